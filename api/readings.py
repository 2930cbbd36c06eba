"""查阅留痕: every opening of personal data is a fact before anything is shown; the auditors read them.

Who doesn't handle the case says why first (`reading_reasons`). What can't be recorded isn't shown.
"""

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date
from typing import IO, Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from api import lists, proofs, sheets
from api.bootstrap import Services
from api.case_reading import officer_called
from api.errors import READS, responses
from api.identity import Held, Signed
from api.paging import USUAL, After, Cursor, Limit
from api.sheets import Column
from domain.acts import Act
from domain.casework import Case
from domain.directory.fold import Directory
from domain.errors import NotYours, Unknown
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition.situation import standing_of as petition_standing
from domain.reception.situation import standing_of as reception_standing
from domain.rules import reading
from domain.rules.reading import GROUNDS
from domain.supervision.situation import standing_of as item_standing
from domain.trace import LABELS, Reading
from projections import paging, readings
from projections.readings import NEEDS, Wanted
from projections.view import Row

router = APIRouter(prefix="/v1", tags=["查阅留痕"], responses=READS)

Position = Annotated[int, Path(ge=1, le=2**63 - 1, description="日志位置")]
Word = Annotated[str | None, Query(max_length=200)]

COLUMNS: Sequence[Column] = (
    Column("时间", "instant", 17),
    Column("编号", width=22),
    Column("查阅人", width=10),
    Column("代行", width=10),
    Column("单位", width=22),
    Column("查阅内容", width=20),
    Column("依据", width=18),
    Column("理由", width=40),
    Column("日志位置", "number", 10),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """查阅留痕筛选."""

    case: UUID | None = None
    number: Word = None
    officer: Word = None
    unit: Word = None
    what: Word = None
    ground: Word = None
    read_from: date | None = None
    read_to: date | None = None

    def wanted(self) -> Wanted:
        """所需: as the list understands it."""
        return Wanted(**asdict(self))


Asked = Annotated[Filters, Depends()]


def ground_of(services: Services, act: Act, case: Case) -> str:
    """查阅依据: on what ground this officer is shown what the case holds of people."""
    directory = services.casework.directory()
    if case.kind is ITEM:
        return reading.of_item(item_standing(case.state, directory), act)
    if case.kind is RECEPTION:
        return reading.of_standing(reception_standing(case.state, directory), act)
    return reading.of_standing(petition_standing(case.state, directory), act)


def note(services: Services, act: Act, case_id: UUID, what: str, *, personal: bool = True) -> None:
    """留痕: before anything is shown; `what` is "petitioners", "attachment" and the like.

    Raises NotYours("reading.reason_needed") where a reason has to be stated first; what isn't `personal` needs none.
    """
    ground, reason = _allowed(services, act, case_id)
    if personal and reason is None and GROUNDS[ground].needs_reason:
        raise NotYours(
            "reading.reason_needed",
            f"您以“{GROUNDS[ground].label}”查阅，请先说明查阅理由；十分钟内查阅同一事项不必再次说明。",
            "《信访工作条例》第三十条第三款",
            ground=ground,
        )
    services.casework.note_readings([Reading(case_id, what, ground, reason)], act)


def may_know(services: Services, act: Act, case: Case) -> bool:
    """不必再说明理由: whether the officer handles the case, or has stated a reason a moment ago."""
    if not GROUNDS[ground_of(services, act, case)].needs_reason:
        return True
    return services.casework.stated_reason(case.state.id, act) is not None


def note_once(services: Services, act: Act, cases: Sequence[UUID], what: str) -> None:
    """留痕一次: for each of these cases, unless the same officer left the same a moment ago – typing isn't reading."""
    if cases:
        noted = [Reading(one, what, *_allowed(services, act, one)) for one in cases]
        services.casework.note_readings(noted, act, once=True)


def _allowed(services: Services, act: Act, case_id: UUID) -> tuple[str, str | None]:
    case = services.casework.case(case_id)
    if case is None:
        raise PETITION.unknown()
    ground = ground_of(services, act, case)
    stated = services.casework.stated_reason(case_id, act) if GROUNDS[ground].needs_reason else None
    return ground, stated


def must_audit(act: Act) -> None:
    """审计人员: nobody else sees who looked at what. Raises NotYours."""
    if act.role != "auditor":
        raise NotYours("reading.not_yours", "查阅留痕由审计人员查看。")


@router.get("/readings", summary="查阅留痕列表")
def listed(
    services: Held,
    act: Signed,
    asked: Asked,
    after: After = None,
    cursor: Cursor = None,
    limit: Limit = USUAL,
) -> dict[str, Any]:
    """Newest first; for auditors. An accusation of the auditor in person stays hidden here too. Raises NotYours."""
    must_audit(act)
    lists.wait(services, NEEDS, after)
    page = found(services, act, asked.wanted(), lists.place(cursor), limit)
    directory = services.casework.directory()
    return lists.answer(page, lambda row: shown(row, directory))


def found(services: Services, act: Act, asked: Wanted, cursor: str | None, limit: int | None) -> paging.Page:
    """查阅留痕: a page of what the auditor may see."""
    with services.database.transaction() as connection:
        return readings.readings(connection, lists.eyes(services, act), asked, limit=limit, cursor=cursor)


@router.get("/readings/officers", summary="按人员统计查阅次数")
def officers(services: Held, act: Signed, asked: Asked, after: After = None) -> dict[str, Any]:
    """How often the officers of each unit read, beside what is usual there; for auditors. Raises NotYours."""
    must_audit(act)
    lists.wait(services, NEEDS, after)
    return {"items": counted(services, act, asked.wanted())}


UNUSUAL_TIMES, UNUSUAL_LEAST = 3, 10
"""Who reads so many times as often as the officer in the middle of the unit, and so often at all, stands out."""


def counted(services: Services, act: Act, asked: Wanted) -> list[dict[str, Any]]:
    """按人员统计: the officers of each unit, the most readings first, with the unit's median beside each."""
    with services.database.transaction() as connection:
        rows = readings.by_officer(connection, lists.eyes(services, act), asked)
    directory = services.casework.directory()
    usual = {unit: _median([one["readings"] for one in rows if one["unit"] == unit]) for unit in _units(rows)}
    return [
        {
            **row,
            "officer_name": officer_called(directory, row["officer"], row["last_at"]),
            "unit_name": directory.unit_called(row["unit"], row["last_at"]) if row["unit"] else None,
            "usual": usual[row["unit"]],
            "stands_out": row["readings"] >= max(UNUSUAL_LEAST, UNUSUAL_TIMES * usual[row["unit"]]),
        }
        for row in rows
    ]


def _units(rows: Sequence[Row]) -> set[str]:
    return {row["unit"] for row in rows}


def _median(counts: Sequence[int]) -> int:
    """The lower one of the two in the middle: of two officers the one who reads much is measured by the other."""
    return sorted(counts)[(len(counts) - 1) // 2]


@router.get(
    "/readings/export.xlsx",
    summary="导出查阅留痕（Excel）",
    operation_id="export-readings-xlsx",
    response_class=Response,
    responses=responses(409) | {200: {"content": {sheets.XLSX: {}}, "description": "Excel"}},
)
def exported(services: Held, act: Signed, asked: Asked, after: After = None) -> Response:
    """All rows for the same filters; for auditors. Raises NotYours."""
    must_audit(act)
    lists.wait(services, NEEDS, after)
    return sheet(services, act, asked.wanted())


def sheet(services: Services, act: Act, asked: Wanted) -> Response:
    """Excel: every row there is for these filters."""
    directory = services.casework.directory()
    with ExitStack() as unless_made:
        file: IO[bytes] = unless_made.enter_context(tempfile.TemporaryFile())
        with services.database.transaction() as connection:
            rows = paging.stream(connection, readings.query(lists.eyes(services, act), asked))
            sheets.write(file, "查阅留痕", COLUMNS, (_cells(one, directory) for one in rows), act.at)
        unless_made.pop_all()
    return sheets.download(f"查阅留痕{act.today:%Y%m%d}.xlsx", sheets.XLSX, file)


def _cells(row: Row, directory: Directory) -> list[Any]:
    told = shown(row, directory)
    whom = officer_called(directory, row["for_whom"], row["at"])
    return [
        *(row["at"], row["number"], told["officer_name"] or row["officer"], whom, told["unit_name"]),
        *(told["what_label"], told["ground_label"], row["reason"], row["position"]),
    ]


def shown(row: Row, directory: Directory) -> dict[str, Any]:
    """一次查阅: as the API shows it; stream and version name the fact, whose proof is had by them."""
    return {
        "case": row["case_id"],
        "case_kind": row["kind"],
        "case_number": row["number"],
        "officer": row["officer"],
        "officer_name": officer_called(directory, row["officer"], row["at"]),
        "unit": row["unit"],
        "unit_name": directory.unit_called(row["unit"], row["at"]) if row["unit"] else None,
        "for_whom": row["for_whom"],
        "what": row["what"],
        "what_label": LABELS.get(row["what"], row["what"]),
        "ground": row["ground"],
        "ground_label": ground_label(row["ground"]),
        "reason": row["reason"],
        "at": row["at"],
        "position": row["position"],
        "stream": row["stream"],
        "version": row["version"],
    }


@router.get("/readings/{position}/proof", summary="查阅留痕的封存证明", operation_id="reading-proof")
def proof(services: Held, act: Signed, position: Position) -> dict[str, Any]:
    """That the fact of one reading is a leaf of the sealed log; for auditors. Raises NotYours and Unknown."""
    must_audit(act)
    with services.database.transaction() as connection:
        page = readings.readings(
            connection, lists.eyes(services, act), Wanted(position=position), limit=1, cursor=None
        )
    if not page.items:
        raise Unknown("reading.unknown", "没有这条查阅记录。")
    return proofs.proof_of(services, {position: page.items[0]["version"]})


def ground_label(ground: str) -> str:
    """依据名称."""
    return GROUNDS[ground].label if ground in GROUNDS else ground


def choices() -> Mapping[Literal["what", "ground"], Mapping[str, str]]:
    """筛选项: what there is to read, and the grounds."""
    return {"what": LABELS, "ground": {code: one.label for code, one in GROUNDS.items() if code}}
