"""机构人员的决定: units founded, renamed and moved; officers appointed, given further posts and dismissed."""

from re import compile as pattern

from domain.acts import PETITIONER, Act
from domain.directory import powers
from domain.directory.events import (
    OfficerAppointed,
    OfficerDismissed,
    PostGiven,
    PostTaken,
    UnitFounded,
    UnitMoved,
    UnitRenamed,
)
from domain.directory.fold import Directory, fold
from domain.directory.people import Post, Unit
from domain.errors import Invalid, NotNow, Unknown
from domain.facts import Fact
from domain.rules.deadlines import OUTSIDE

KINDS = ("petition_office", "supervision", "leadership", "unit", "service")
POSTS = {
    "office_clerk": "信访工作机构工作人员",
    "office_head": "信访工作机构负责人",
    "inspector": "督查员",
    "leader": "领导",
    "unit_head": "承办单位负责人",
    "unit_clerk": "承办单位信访专员",
    "unit_officer": "承办人",
    "auditor": "审计人员",
    "admin": "系统管理员",
}
MOST_FURTHER, MOST_LEVELS, LONGEST_REASON = 20, 12, 500

_ID = pattern(r"[a-z0-9]+([-_.][a-z0-9]+)*")
_CODE = pattern(r"[A-Z0-9]{1,12}")
_LONGEST_ID, _LONGEST_NAME = 64, 100


def found_unit(
    unit_id: str, name: str, kind: str, code: str, directory: Directory, act: Act, parent: str = ""
) -> UnitFounded:
    """设立单位: raises Invalid for a known or unusable id, kind, name, code or unit above; NotYours."""
    powers.must_manage(act)
    _must_be_id(unit_id)
    if unit_id in OUTSIDE:
        raise Invalid("directory.bad_id", f"标识 {unit_id} 留作系统自身使用。")
    _must_be_name(name)
    if kind not in KINDS:
        raise Invalid("directory.unknown_kind", f"单位类别应为：{'、'.join(KINDS)}。")
    if unit_id in directory.units:
        raise Invalid("directory.unit_exists", "该单位标识已经使用。")
    _must_be_free(name, directory)
    if (code or kind == "petition_office") and not _CODE.fullmatch(code):
        raise Invalid("directory.bad_code", "单位代码应为1至12位大写字母或数字；信访工作机构必须填写。")
    if code and any(unit.code == code for unit in directory.units.values()):
        raise Invalid("directory.code_taken", "该单位代码已经使用。")
    _must_be_above(parent, directory, levels=1)
    made = powers.envelope(directory, act)
    return UnitFounded(**made, unit_id=unit_id, name=name, kind=kind, code=code, parent=parent)


def rename_unit(unit_id: str, name: str, directory: Directory, act: Act) -> UnitRenamed:
    """单位更名: raises Unknown, Invalid for an unusable, unchanged or taken name, NotYours."""
    powers.must_manage(act)
    unit = _unit(unit_id, directory)
    _must_be_name(name)
    if unit.name == name:
        raise Invalid("directory.name_unchanged", "新名称与现名称相同。")
    _must_be_free(name, directory)
    return UnitRenamed(**powers.envelope(directory, act), unit_id=unit_id, name=name)


def move_unit(unit_id: str, parent: str, directory: Directory, act: Act) -> UnitMoved:
    """调整隶属: under another unit, or under none. Raises Unknown, Invalid for a cycle, NotYours."""
    powers.must_manage(act)
    unit = _unit(unit_id, directory)
    below = directory.below(unit_id)
    if parent == unit_id or parent in below:
        raise Invalid("directory.cycle", "单位不能隶属于自身或者其下级单位。")
    depth = len(directory.above(unit_id))
    deepest = max((len(directory.above(one)) for one in below), default=depth)
    _must_be_above(parent, directory, levels=deepest - depth + 1)
    if unit.parent == parent:
        raise Invalid("directory.parent_unchanged", "该单位的隶属没有变化。")
    return UnitMoved(**powers.envelope(directory, act), unit_id=unit_id, parent=parent)


def take_on(
    officer: str, name: str, unit_id: str, post: str, directory: Directory, act: Act
) -> OfficerAppointed:
    """任职: of somebody new, whose id nobody has or had. Raises as `appoint`, and Invalid for an id in use."""
    powers.must_manage(act)
    if officer in directory.officers:
        raise Invalid("directory.officer_exists", "该人员标识已经使用。")
    return appoint(officer, name, unit_id, post, directory, act)


def appoint(
    officer: str, name: str, unit_id: str, post: str, directory: Directory, act: Act
) -> OfficerAppointed:
    """任职: of a new officer, or to another main post. Raises Invalid for an unknown unit or post, NotYours, NotNow."""
    powers.must_manage(act)
    _must_be_id(officer)
    if officer in {"system", PETITIONER}:
        raise Invalid("directory.bad_id", f"标识 {officer} 留作系统自身使用。")
    powers.must_not_be_own(officer, act)
    _must_be_name(name)
    _must_be_post(unit_id, post, directory)
    held = directory.officers.get(officer)
    if held is not None:
        powers.must_not_stand_in(held, act)
    if held is not None and (held.name, held.unit, held.post) == (name, unit_id, post):
        raise Invalid("directory.already_appointed", "该人员已任此职。")
    fact = OfficerAppointed(
        **powers.envelope(directory, act), officer=officer, name=name, unit_id=unit_id, post=post
    )
    _must_leave_an_admin(directory, fact)
    return fact


def give_post(officer: str, unit_id: str, post: str, directory: Directory, act: Act) -> PostGiven:
    """兼任: a further post. Raises Unknown, NotNow after dismissal, Invalid for a post held already, NotYours."""
    powers.must_manage(act)
    held = powers.serving(officer, directory)
    powers.must_not_be_own(officer, act)
    powers.must_not_stand_in(held, act)
    _must_be_post(unit_id, post, directory)
    if Post(unit_id, post) in held.posts:
        raise Invalid("directory.already_appointed", "该人员已任此职。")
    if len(held.further) >= MOST_FURTHER:
        raise NotNow("directory.too_many_posts", f"兼任职务不能超过{MOST_FURTHER}个。")
    return PostGiven(**powers.envelope(directory, act), officer=officer, unit_id=unit_id, post=post)


def take_post(officer: str, unit_id: str, post: str, directory: Directory, act: Act) -> PostTaken:
    """免兼: the end of a further post. Raises Unknown, NotNow for one not held so or the last administrator's, NotYours."""
    powers.must_manage(act)
    held = powers.serving(officer, directory)
    powers.must_not_be_own(officer, act)
    powers.must_not_stand_in(held, act)
    if Post(unit_id, post) not in held.further:
        raise NotNow("directory.post_not_further", "该人员没有兼任此职；免去主要职务请办理任职或者离任。")
    fact = PostTaken(**powers.envelope(directory, act), officer=officer, unit_id=unit_id, post=post)
    _must_leave_an_admin(directory, fact)
    return fact


def dismiss(officer: str, reason: str, directory: Directory, act: Act) -> OfficerDismissed:
    """离任: the end of every post. Raises Unknown, NotNow if dismissed before or the last administrator, NotYours."""
    powers.must_manage(act)
    powers.serving(officer, directory)
    powers.must_not_be_own(officer, act)
    powers.must_not_gain(officer, directory, act, own_turn=False)
    if len(reason) > LONGEST_REASON:
        raise Invalid("directory.reason_too_long", f"事由最长{LONGEST_REASON}个字。")
    fact = OfficerDismissed(**powers.envelope(directory, act), officer=officer, reason=reason)
    _must_leave_an_admin(directory, fact)
    return fact


def _unit(unit_id: str, directory: Directory) -> Unit:
    found = directory.units.get(unit_id)
    if found is None:
        raise Unknown("directory.no_such_unit", "没有这个单位。")
    return found


def _must_be_above(parent: str, directory: Directory, levels: int) -> None:
    """可为上级: known, or none; and the tree doesn't grow too deep with so many levels under it."""
    if not parent:
        return
    if parent not in directory.units:
        raise Invalid("directory.unknown_parent", "没有这个上级单位，请从单位目录中选择。")
    if len(directory.above(parent)) + 1 + levels > MOST_LEVELS:
        raise Invalid("directory.too_deep", f"单位层级不能超过{MOST_LEVELS}级。")


def _must_be_post(unit_id: str, post: str, directory: Directory) -> None:
    if unit_id not in directory.units:
        raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。")
    if post not in POSTS:
        raise Invalid("directory.unknown_post", f"职务应为：{'、'.join(POSTS)}。")


def _must_leave_an_admin(directory: Directory, fact: Fact) -> None:
    if directory.with_post(("admin",)) and not fold(directory, fact).with_post(("admin",)):
        raise NotNow("directory.last_admin", "这是最后一名系统管理员，请先任命其他系统管理员。")


def _must_be_id(id: str) -> None:
    if not _ID.fullmatch(id) or len(id) > _LONGEST_ID:
        raise Invalid("directory.bad_id", "标识只能用小写英文字母、数字、连字符，最长64个字符。")


def _must_be_name(name: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise Invalid("directory.bad_name", f"请填写名称，最长{_LONGEST_NAME}个字。")


def _must_be_free(name: str, directory: Directory) -> None:
    if any(unit.name == name for unit in directory.units.values()):
        raise Invalid("directory.name_taken", "已有同名单位。")
