"""机构人员的填单: which changes an officer is offered on whose page. What is allowed, the directory's decisions say."""

from collections.abc import Mapping

from api.bodies import Form
from api.console.forms import Choices
from api.console.slips import Slip, field
from api.directory_forms import (
    Appoint,
    Dismiss,
    EndAbsence,
    FoundUnit,
    FurtherPost,
    MoveUnit,
    NameStandIns,
    RecordAbsence,
    RenameUnit,
    TakeOn,
)
from domain.acts import Act
from domain.directory.decisions import POSTS
from domain.directory.fold import Directory
from domain.directory.people import Officer, Unit
from domain.directory.powers import MANAGERS, may_manage_duty

KINDS: Mapping[str, str] = {
    "petition_office": "信访工作机构",
    "unit": "承办单位",
    "supervision": "督查部门",
    "leadership": "领导",
    "service": "系统",
}
POST_CHOICES: Choices = tuple(POSTS.items())
PLACES = 3
"""So many places for stand-ins are offered, and one more than there are."""
ID_HELP = "小写字母、数字和连字符，如 mzj-wang；确定后不能更改。"


def units(directory: Directory) -> Choices:
    """全部单位: in the order of the tree."""
    return tuple((one.id, directory.unit_name(one.id)) for one in directory.units.values())


def people(directory: Directory, but: str = "") -> Choices:
    """在任人员: with their units."""
    return tuple(
        (one.id, f"{one.name}（{directory.unit_name(one.unit)}）")
        for one in directory.officers.values()
        if one.serving and one.id != but
    )


def of_directory(directory: Directory, act: Act) -> list[Slip]:
    """机构人员页的填单: new units and new officers."""
    if act.role not in MANAGERS:
        return []
    return [_found(directory, ""), _take_on(directory, "")]


def of_unit(unit: Unit, directory: Directory, act: Act) -> list[Slip]:
    """单位页的填单."""
    if act.role not in MANAGERS:
        return []
    here = f"/console/directory/units/{unit.id}"
    others = tuple(pair for pair in units(directory) if pair[0] != unit.id)
    return [
        _take_on(directory, unit.id),
        _found(directory, unit.id),
        Slip(
            "rename",
            "单位更名",
            f"{here}/rename",
            (field("name", "新名称", value=unit.name),),
            RenameUnit,
            "更名",
        ),
        Slip(
            "move",
            "调整隶属",
            f"{here}/move",
            (field("parent", "上级单位", "choice", required=False, choices=others, value=unit.parent),),
            MoveUnit,
            "调整",
            "连同下级单位一并调整；不选则没有上级单位。",
        ),
    ]


def of_officer(one: Officer, directory: Directory, act: Act) -> list[Slip]:
    """人员页的填单: duties for who may manage them, posts for managers."""
    here = f"/console/directory/officers/{one.id}"
    found: list[Slip] = []
    if one.serving and (may_manage_duty(one, directory, act) or one.id == act.by):
        found += [_absence(here), _return(here, act)]
    if one.serving and may_manage_duty(one, directory, act):
        found.append(_stand_ins(here, one, directory))
    if act.role in MANAGERS:
        found += _posts(here, one, directory)
    return found


def _found(directory: Directory, parent: str) -> Slip:
    fields = (
        field("name", "单位名称"),
        field("id", "标识", help=ID_HELP),
        field("kind", "类别", "choice", choices=tuple(KINDS.items()), value="unit"),
        field("code", "编号代码", required=False, help="编号的开头，大写字母或数字；信访工作机构必须填写。"),
        field("parent", "上级单位", "choice", required=False, choices=units(directory), value=parent),
    )
    return Slip("found-unit", "设立单位", "/console/directory/units", fields, FoundUnit, "设立")


def _take_on(directory: Directory, unit: str) -> Slip:
    fields = (
        field("name", "姓名"),
        field("id", "标识", help=ID_HELP),
        field("unit", "单位", "choice", choices=units(directory), value=unit),
        field("post", "职务", "choice", choices=POST_CHOICES),
    )
    note = "登录账号另在“系统管理”中由其他管理人员开立。"
    return Slip("take-on", "新任人员", "/console/directory/officers", fields, TakeOn, "任职", note)


def _absence(here: str) -> Slip:
    fields = (
        field("from_on", "离岗起始日", "date"),
        field("to_on", "离岗截止日", "date", required=False, help="不填则至办理返岗之日。"),
        field("reason", "事由"),
    )
    note = "离岗期间由顶岗人员按顺序代行职务。"
    return Slip("absences", "离岗登记", f"{here}/absences", fields, RecordAbsence, "登记离岗", note)


def _return(here: str, act: Act) -> Slip:
    fields = (field("on", "返岗日", "date", required=False, value=str(act.today)),)
    note = "填写尚未开始的离岗的起始日，则取消该次离岗。"
    return Slip("return", "返岗", f"{here}/return", fields, EndAbsence, "登记返岗", note)


def _stand_ins(here: str, one: Officer, directory: Directory) -> Slip:
    offered = people(directory, one.id)
    count = max(PLACES, len(one.stand_ins) + 1)
    held = (*one.stand_ins, *[""] * count)
    fields = tuple(
        field(f"stand_ins.{at}", f"第{at + 1}顶岗", "choice", required=False, choices=offered, value=held[at])
        for at in range(count)
    )
    note = "前一位也离岗时由后一位顶岗；全部不选则没有顶岗人员。"
    return Slip("stand-ins", "顶岗顺序", f"{here}/stand-ins", fields, NameStandIns, "确定顺序", note)


def _posts(here: str, one: Officer, directory: Directory) -> list[Slip]:
    unit = field("unit", "单位", "choice", choices=units(directory), value=one.unit)
    main = field("post", "职务", "choice", choices=POST_CHOICES, value=one.post)
    name = field("name", "姓名", value=one.name, help="更正姓名的，在此修改。")
    note = "改任后顶岗人员须重新指定；以前的记录仍显示当时的姓名和职务。"
    appoint = Slip("appoint", "任职、改任", f"{here}/appoint", (name, unit, main), Appoint, "任职", note)
    if not one.serving:
        return [appoint]
    further = (
        field("unit", "单位", "choice", choices=units(directory)),
        field("post", "职务", "choice", choices=POST_CHOICES),
    )
    dismiss = (field("reason", "事由", "text", required=False),)
    told = "离任后不能登录和办理，全部职务一并免去。"
    found = [appoint, Slip("give-post", "兼任职务", f"{here}/give-post", further, FurtherPost, "兼任")]
    if one.further:
        found.append(_take_post(here, one, directory))
    return [*found, Slip("dismiss", "离任", f"{here}/dismiss", dismiss, Dismiss, "办理离任", told, warn=True)]


def _take_post(here: str, one: Officer, directory: Directory) -> Slip:
    held = tuple(
        (post.key, f"{directory.unit_name(post.unit)} · {POSTS.get(post.post, post.post)}")
        for post in one.further
    )
    fields = (field("held", "兼任的职务", "choice", choices=held),)
    return Slip("take-post", "免去兼任", f"{here}/take-post", fields, HeldPost, "免去")


class HeldPost(Form):
    """免兼 — which of the further posts, as "unit/post"."""

    held: str

    def taken(self) -> FurtherPost:
        """所免职务."""
        unit, _, post = self.held.partition("/")
        return FurtherPost(unit=unit or "-", post=post or "-")
