"""机构人员: the tree of units, who holds which post, who stands in for whom, and what changed when and by whom."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from api import directory_shapes, two_managers
from api.acting import Conditioned, Conditions, Done, done
from api.bodies import Form
from api.bootstrap import Services
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
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.instants import At
from api.logs import bind
from api.paging import USUAL, Cursor, Limit, decode, encode
from domain.acts import Act, legal_date
from domain.directory import decisions, duty
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.directory.powers import known
from domain.errors import Invalid, NotYours, Stale, Unknown
from domain.facts import Fact

router = APIRouter(prefix="/v1/directory", tags=["机构人员"])

READERS = frozenset({"admin", "inspector", "auditor"})
"""Who reads what was changed in the directory, and by whom."""


@router.get("", responses=READS, summary="机构人员")
def directory(services: Held, act: Signed, response: Response, at: At = None) -> dict[str, Any]:
    """单位目录和全部人员的职务、顶岗顺序、离岗；?at= 查询当时的情形."""
    then, on = services.casework.directory(at), legal_date(at or act.at)
    _tag(response, then)
    officers = [directory_shapes.officer(one, then, on, act) for one in then.officers.values()]
    return {"version": then.version, "day": on, "units": directory_shapes.tree(then), "officers": officers}


@router.get("/history", responses=READS, summary="机构人员变动记录")
def history(services: Held, act: Signed, limit: Limit = USUAL, cursor: Cursor = None) -> dict[str, Any]:
    """每一次变动、由谁办理，名称为当时的名称；系统管理员、督查员、审计人员可查."""
    if act.role not in READERS:
        raise NotYours("directory.history_not_yours", "机构人员变动记录由系统管理员、督查员、审计人员查阅。")
    past, now = services.casework.history(DIRECTORY_ID), services.casework.directory()
    start = _start(cursor)
    items = [directory_shapes.event(one, now) for one in past[start : start + limit]]
    more = start + limit < len(past)
    return {"items": items, "next_cursor": encode((start + limit,)) if more else None, "total": len(past)}


@router.get("/units/{id}", responses=READS, summary="单位")
def unit(id: str, services: Held, act: Signed, response: Response, at: At = None) -> dict[str, Any]:
    """单位的上级、下级、任职人员和曾用名称；?at= 查询当时的情形."""
    then = services.casework.directory(at)
    found = then.units.get(id)
    if found is None:
        raise Unknown("directory.no_such_unit", "没有这个单位。")
    _tag(response, then)
    return directory_shapes.unit_in_full(found, then)


@router.get("/officers/{id}", responses=READS, summary="工作人员")
def officer(id: str, services: Held, act: Signed, response: Response, at: At = None) -> dict[str, Any]:
    """某日以哪些职务、可代何人办理；?at= 查询当时的情形."""
    then = services.casework.directory(at)
    found = known(id, then)
    _tag(response, then)
    return directory_shapes.officer_in_full(found, then, legal_date(at or act.at), act)


@router.post("/units", status_code=201, response_model=Done, responses=WRITES, summary="设立单位")
def found_unit(body: FoundUnit, services: Held, act: Signed, sent: Conditioned, response: Response) -> Any:
    """由系统管理员或者督查员办理."""
    change = _Change(services, act, sent, response, "found-unit", "/units", body)
    return change.made(
        lambda now: decisions.found_unit(
            body.id, body.name, body.kind, body.code or "", now, act, body.parent or ""
        )
    )


@router.post("/units/{id}/rename", response_model=Done, responses=WRITES, summary="单位更名")
def rename_unit(
    id: str, body: RenameUnit, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """以前的记录仍显示当时的名称."""
    change = _Change(services, act, sent, response, "rename-unit", f"/units/{id}/rename", body)
    return change.made(lambda now: decisions.rename_unit(id, body.name, now, act))


@router.post("/units/{id}/move", response_model=Done, responses=WRITES, summary="调整隶属")
def move_unit(
    id: str, body: MoveUnit, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """连同其下级单位一并调整."""
    change = _Change(services, act, sent, response, "move-unit", f"/units/{id}/move", body)
    return change.made(lambda now: decisions.move_unit(id, body.parent or "", now, act))


@router.post("/officers", status_code=201, response_model=Done, responses=WRITES, summary="新任人员")
def take_on(body: TakeOn, services: Held, act: Signed, sent: Conditioned, response: Response) -> Any:
    """由系统管理员或者督查员办理；登录账号另行开立."""
    change = _Change(services, act, sent, response, "take-on", "/officers", body)
    return change.made(lambda now: decisions.take_on(body.id, body.name, body.unit, body.post, now, act))


@router.post("/officers/{id}/appoint", response_model=Done, responses=WRITES, summary="任职")
def appoint(
    id: str, body: Appoint, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """改任主要职务，或者更改姓名；改任后顶岗人员须重新指定."""
    change = _Change(services, act, sent, response, "appoint", f"/officers/{id}/appoint", body)
    return change.made(
        lambda now: decisions.appoint(id, body.name or known(id, now).name, body.unit, body.post, now, act)
    )


@router.post("/officers/{id}/give-post", response_model=Done, responses=WRITES, summary="兼任")
def give_post(
    id: str, body: FurtherPost, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """兼任的职务以请求头 Acting-As 选用."""
    change = _Change(services, act, sent, response, "give-post", f"/officers/{id}/give-post", body)
    return change.made(lambda now: decisions.give_post(id, body.unit, body.post, now, act))


@router.post("/officers/{id}/take-post", response_model=Done, responses=WRITES, summary="免兼")
def take_post(
    id: str, body: FurtherPost, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """免去兼任的职务."""
    change = _Change(services, act, sent, response, "take-post", f"/officers/{id}/take-post", body)
    return change.made(lambda now: decisions.take_post(id, body.unit, body.post, now, act))


@router.post("/officers/{id}/dismiss", response_model=Done, responses=WRITES, summary="离任")
def dismiss(
    id: str,
    body: Annotated[Dismiss, Body(default_factory=Dismiss)],
    services: Held,
    act: Signed,
    sent: Conditioned,
    response: Response,
) -> Any:
    """离任后不能登录和办理；姓名仍留在以前的记录中."""
    change = _Change(services, act, sent, response, "dismiss", f"/officers/{id}/dismiss", body)
    return change.made(lambda now: decisions.dismiss(id, body.reason or "", now, act))


@router.post("/officers/{id}/stand-ins", response_model=Done, responses=WRITES, summary="指定顶岗人员")
def name_stand_ins(
    id: str, body: NameStandIns, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """按顶岗顺序列出；由本单位负责人、系统管理员或者督查员办理."""
    change = _Change(services, act, sent, response, "stand-ins", f"/officers/{id}/stand-ins", body)
    return change.made(lambda now: duty.name_stand_ins(id, body.stand_ins, now, act))


@router.post("/officers/{id}/absences", response_model=Done, responses=WRITES, summary="离岗登记")
def record_absence(
    id: str, body: RecordAbsence, services: Held, act: Signed, sent: Conditioned, response: Response
) -> Any:
    """由本人、本单位负责人、系统管理员或者督查员办理；离岗期间由顶岗人员代为办理."""
    change = _Change(services, act, sent, response, "absence", f"/officers/{id}/absences", body)
    return change.made(lambda now: duty.record_absence(id, body.from_on, body.to_on, body.reason, now, act))


@router.post("/officers/{id}/return", response_model=Done, responses=WRITES, summary="返岗")
def end_absence(
    id: str,
    body: Annotated[EndAbsence, Body(default_factory=EndAbsence)],
    services: Held,
    act: Signed,
    sent: Conditioned,
    response: Response,
) -> Any:
    """自该日起在岗；填写尚未开始的离岗的起始日，则取消该次离岗."""
    change = _Change(services, act, sent, response, "return", f"/officers/{id}/return", body)
    return change.made(lambda now: duty.end_absence(id, body.on or act.today, now, act))


class _Change:
    """变动 — one command on the directory, as it was sent."""

    def __init__(
        self,
        services: Services,
        act: Act,
        sent: Conditions,
        response: Response,
        command: str,
        path: str,
        form: Form,
    ) -> None:
        bind(command=command)
        self._services, self._act, self._sent, self._response = services, act, sent, response
        self._key = sent.keyed(f"/v1/directory{path}", form)

    def made(self, decide: Callable[[Directory], Fact]) -> dict[str, Any]:
        """办理: the fact that the directory allows, against the version it was decided on."""

        def drafts(_: int) -> list[Fact]:
            now = self._services.casework.directory()
            if self._sent.expects is not None and self._sent.expects != now.version:
                raise Stale(
                    "directory.stale",
                    "您打开页面之后，机构人员已有新的记录，请刷新后再办理。",
                    version=now.version,
                )
            fact = decide(now)
            two_managers.must_be_apart(self._services.database, now, fact, self._act)
            return [fact]

        receipt = self._services.casework.publish(DIRECTORY_ID, drafts, self._act, key=self._key)
        return done(receipt, self._response)


def _tag(response: Response, then: Directory) -> None:
    response.headers["ETag"] = f'"{then.version}"'


def _start(cursor: str | None) -> int:
    match decode(cursor):
        case None:
            return 0
        case (int(start),) if start >= 0:
            return start
        case _:
            raise Invalid("cursor.malformed", "翻页标记无效，请从第一页重新查询。")
