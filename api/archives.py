"""档案: which files are due to be appraised, lent or asked to be destroyed; what a destruction would take; its register.

A file is seen by who sees its case. The register is also the administrator's, who has no cases: of confidential ones it
then tells nothing.
"""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from api import custody_shapes, lists, sheets
from api.bootstrap import Services
from api.case_reading import Seen, look
from api.errors import READS
from api.identity import Held, Signed
from api.paging import USUAL, After, Cursor, Limit
from domain.acts import Act
from domain.cases import Kind
from domain.directory.fold import Directory
from domain.erasure import erasing
from domain.erasure.commands import ALL
from domain.erasure.files import the_file
from domain.errors import NotYours
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition.fold import Petition
from domain.rules import retention
from domain.rules.authority import CASELESS_POSTS, OFFICE_POSTS, OVERSEEING_POSTS
from projections import archive_lists, paging
from projections.archive_lists import NEEDS, Sought, State, Wanted
from projections.paging import Condition
from projections.view import Row

router = APIRouter(tags=["档案"], responses=READS)
cases = APIRouter()
lists_of_files = APIRouter(prefix="/v1/archives")

REGISTER_POSTS = OVERSEEING_POSTS | OFFICE_POSTS | CASELESS_POSTS
"""Who reads the register of destructions."""

OfKind = Annotated[Literal["petition", "item", "reception"] | None, Query(description="案件种类")]
People = Annotated[list[str] | None, Query(max_length=1000, description="信访人代号，all 为全部")]
Texts = Annotated[bool, Query(description="是否清除正文和附件")]
Office = Annotated[str | None, Query(max_length=200, description="单位编号")]
Ground = Annotated[str | None, Query(max_length=40, description="销毁依据代码")]
Day = Annotated[date | None, Query(description="日期")]


@lists_of_files.get("", summary="案卷列表")
def files(
    services: Held,
    act: Signed,
    state: Annotated[
        State, Query(description="due 到期待鉴定，kept 在管，lent 已借出，asked 正在办理销毁，all 全部")
    ] = "due",
    kind: OfKind = None,
    office: Office = None,
    kept: Annotated[str | None, Query(alias="retention", max_length=40, description="保管期限代码")] = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Whose retention ran out first comes first; only what the officer may see, also in `total`."""
    place = lists.place(cursor)
    lists.wait(services, NEEDS, after)
    asked = Wanted(state=state, kind=kind, office=office, retention=kept)
    with services.database.transaction() as connection:
        page = archive_lists.files(
            connection, lists.eyes(services, act), act.today, asked, limit=limit, cursor=place
        )
    directory = services.casework.directory()
    return lists.answer(page, lambda row: listed(row, directory, act.today))


@lists_of_files.get("/retention", summary="保管期限表")
def table(services: Held, act: Signed) -> dict[str, Any]:
    """保管期限、适用范围、起算、依据，以及各项销毁依据；依据核对到什么程度一并写明."""
    return custody_shapes.table()


@lists_of_files.get("/erasures", summary="销毁清册")
def register(
    services: Held,
    act: Signed,
    kind: OfKind = None,
    office: Office = None,
    ground: Ground = None,
    erased_from: Day = None,
    erased_to: Day = None,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first: number, ground, who asked, approved and witnessed, when, and how much."""
    must_read_register(act)
    place = lists.place(cursor)
    lists.wait(services, NEEDS, after)
    sought = Sought(kind=kind, office=office, ground=ground, erased_from=erased_from, erased_to=erased_to)
    page = entries(services, act, sought, limit, place)
    directory = services.casework.directory()
    return lists.answer(page, lambda row: entry(row, directory))


@lists_of_files.get(
    "/erasures.xlsx",
    summary="导出销毁清册（Excel）",
    response_class=Response,
    responses={200: {"description": "文件", "content": {sheets.XLSX: {}}}},
)
def register_sheet(
    services: Held,
    act: Signed,
    kind: OfKind = None,
    office: Office = None,
    ground: Ground = None,
    erased_from: Day = None,
    erased_to: Day = None,
    after: After = None,
) -> Response:
    """The same rows as the list has."""
    must_read_register(act)
    lists.wait(services, NEEDS, after)
    sought = Sought(kind=kind, office=office, ground=ground, erased_from=erased_from, erased_to=erased_to)
    return sheet(services, act, sought)


def _add_file(kind: Kind, prefix: str, folder: str) -> None:
    """The file of a case stands beside the case; whoever reads that, reads it."""

    @cases.get(f"/v1/{folder}/{{id}}/custody", summary="案卷保管情况", operation_id=f"{prefix}custody")
    def file(services: Held, act: Signed, id: UUID) -> dict[str, Any]:
        """保管期限、借阅、正在办理的销毁申请和已经清除的内容."""
        seen = look(services, act, id, kind=kind)
        return {"id": id, "number": seen.state.number, "custody": custody_shapes.custody(seen)}

    @cases.get(
        f"/v1/{folder}/{{id}}/erasure-preview",
        summary="销毁预览",
        operation_id=f"{prefix}erasure-preview",
    )
    def preview(services: Held, act: Signed, id: UUID, people: People = None, texts: Texts = True) -> Any:
        """将要清除的信访人、正文、附件、关联事项，以及保留的内容；不作任何记录."""
        seen = look(services, act, id, kind=kind)
        return planned(services, seen, people if people is not None else [ALL], texts)


for _kind, _prefix, _folder in (
    (PETITION, "", "petitions"),
    (ITEM, "item-", "supervision-items"),
    (RECEPTION, "reception-", "reception"),
):
    _add_file(_kind, _prefix, _folder)


def planned(services: Services, seen: Seen, people: list[str], texts: bool) -> dict[str, Any]:
    """清除预览: of the open request if there is one, else of what is asked about."""
    file, facts = the_file(seen.state), [one.fact for one in seen.history]
    along = services.casework.linked(seen.state, facts) if isinstance(seen.state, Petition) else []
    if file.custody.request is not None:
        plan = erasing.asked_for(file, seen.state, along)
    else:
        keys = file.people_left if ALL in people else tuple(k for k in file.people_left if k in people)
        plan = erasing.planned(file, seen.state, along, keys, texts and not file.custody.texts_gone)
    named = {one.sha256: one.name for fact in facts for one in getattr(fact, "attachments", ()) if one.sha256}
    hashes = erasing.hashes_in(plan, facts)
    lying = services.casework.surroundings.only_in(plan.cases, hashes)
    told = [named.get(sha256, "关联事项的附件") for sha256 in lying]
    shown = custody_shapes.planned(plan, told)
    shown["linked"] = [one for one in shown["linked"] if one["case"] not in seen.hidden]
    named_in = erasing.still_named(plan, seen.state, facts, along)
    shown["named_in"] = custody_shapes.places(one for one in named_in if one.case not in seen.hidden)
    return shown | {"attachments_kept": len(hashes) - len(lying)}


def must_read_register(act: Act) -> None:
    """可以查阅清册. Raises NotYours."""
    if act.role not in REGISTER_POSTS:
        raise NotYours(
            "erasure.register_not_yours", "销毁清册由信访工作机构、领导、督查员、审计和管理人员查阅。"
        )


def _seen(services: Services, act: Act) -> Condition:
    if act.role in CASELESS_POSTS:
        return archive_lists.EVERYTHING_OPEN
    return lists.eyes(services, act).condition()


def entries(services: Services, act: Act, sought: Sought, limit: int, cursor: str | None) -> paging.Page:
    """销毁清册: a page of it, for whoever may read it. Raises NotYours."""
    must_read_register(act)
    with services.database.transaction() as connection:
        return archive_lists.register(connection, _seen(services, act), sought, limit=limit, cursor=cursor)


def listed(row: Row, directory: Directory, today: date) -> dict[str, Any]:
    """列表行: a file as the list shows it."""
    kept = {name: value for name, value in row.items() if name not in {"case_id", "class", "position"}}
    ends = row["runs_out_on"]
    return {
        "id": row["case_id"],
        **kept,
        "kind_label": custody_shapes.KINDS[row["kind"]],
        "office_name": directory.unit_name(row["office"]),
        "retention": row["class"],
        "retention_label": retention.of_code(row["class"]).label,
        "is_due": ends is not None and ends < today,
    }


def entry(row: Row, directory: Directory) -> dict[str, Any]:
    """清册行: one destruction, with the names of those who had a part in it."""

    def called(officers: list[str]) -> list[str]:
        return [
            directory.officer_called(one, row["erased_at"]) if one in directory.officers else one
            for one in officers
        ]

    kept = {name: value for name, value in row.items() if name not in {"case_id", "class", "position"}}
    return {
        "id": row["case_id"],
        **kept,
        "kind_label": custody_shapes.KINDS[row["kind"]],
        "office_name": directory.unit_name(row["office"]),
        "retention_label": retention.of_code(row["class"]).label,
        "ground_label": retention.label_of_ground(row["ground"]),
        "requested_by_names": called(row["requested_by"]),
        "approved_by_names": called(row["approved_by"]),
        "witnessed_by_names": called(row["witnessed_by"]),
    }


COLUMNS = (
    sheets.Column("清册编号", "text", 24),
    sheets.Column("事项种类", "text", 14),
    sheets.Column("事项编号", "text", 20),
    sheets.Column("单位", "text", 22),
    sheets.Column("保管期限", "text", 10),
    sheets.Column("销毁依据", "text", 34),
    sheets.Column("申请理由", "text", 34),
    sheets.Column("申请人", "text", 14),
    sheets.Column("批准人", "text", 14),
    sheets.Column("监销人", "text", 20),
    sheets.Column("销毁日期", "date", 12),
    sheets.Column("清除信访人数", "number", 12),
    sheets.Column("清除正文", "text", 10),
    sheets.Column("清除附件数", "number", 12),
    sheets.Column("随同清除", "text", 30),
)


def sheet(services: Services, act: Act, sought: Sought) -> Response:
    """销毁清册文件: all rows that the officer may see, as Excel."""
    title = f"{services.casework.directory().unit_name(act.unit)}销毁清册"
    target = BytesIO()
    sheets.write(target, title, COLUMNS, _lines(services, act, sought), act.at)
    return sheets.download(f"{title}.xlsx", sheets.XLSX, target.getvalue())


def _lines(services: Services, act: Act, sought: Sought) -> Iterator[list[Any]]:
    directory, cursor = services.casework.directory(), None
    while True:
        page = entries(services, act, sought, paging.MOST, cursor)
        for row in page.items:
            one = entry(row, directory)
            along = one["along_with_number"]
            linked = "、".join(each["number"] for each in one["linked"])
            yield [
                one["number"],
                one["kind_label"],
                one["case_number"],
                one["office_name"],
                one["retention_label"],
                one["ground_label"],
                one["reason"],
                *("、".join(one[f"{part}_by_names"]) for part in ("requested", "approved", "witnessed")),
                one["erased_on"],
                one["people"],
                "是" if one["texts"] else "否",
                one["attachments"],
                f"随{along}" if along else linked,
            ]
        cursor = page.next_cursor
        if cursor is None:
            return


router.include_router(lists_of_files)
router.include_router(cases)
