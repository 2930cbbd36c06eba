"""规则: rule books and calendars to read, to publish and to try out; the calculator; the grounds that can be chosen."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from api import rule_shapes
from api.acting import Conditioned, Conditions, Done, done
from api.bodies import FreeForm
from api.bootstrap import Services
from api.calculator import Question, count
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.instants import KnownAt
from api.logs import bind
from api.paging import MOST, Cursor, Limit
from api.rule_forms import DecreeEntered, Preview, TrialDecree, WhatIf
from api.shapes import deadline_item
from api.whatif import Asked, moves, must_be_as_shown
from domain.acts import Act
from domain.casework import Key
from domain.errors import Invalid, NotYours, Stale, Unknown
from domain.facts import Fact
from domain.rulebase import decisions
from domain.rulebase.fold import RULEBASE_ID, Rulebase
from domain.rules import grounds

router = APIRouter(prefix="/v1", tags=["规则册与放假安排"])

Table = Annotated[
    FreeForm, Body(description="规则册的一个版本，字段与 GET /v1/rulebooks/{id} 的 versions 相同")
]

Shown = Annotated[
    str | None, Query(max_length=4000, description="试算返回的 preview；与试算时所示不一致的，不予录入")
]


class GroundShown(BaseModel):
    """代码项."""

    code: str
    label: str
    basis: str


class Grounds(BaseModel):
    """可选情形 — for declining, for supervising, the notices that can be served, and what items are opened for."""

    decline: list[GroundShown]
    supervision: list[GroundShown]
    notices: list[GroundShown]
    sources: list[GroundShown]


@router.get("/rulebooks", responses=READS, summary="规则册列表")
def rulebooks(services: Held, act: Signed, known_at: KnownAt = None) -> dict[str, Any]:
    """每个规则册一项，列出今天适用的版本."""
    books = services.casework.known(known_at or act.at).books
    ids = sorted({book.id for book in books.all()})
    items = [rule_shapes.summary(books, id, act.today) for id in ids]
    return {"items": items, "next_cursor": None, "total": len(items)}


@router.get("/rulebooks/{id}", responses=READS, summary="规则册")
def rulebook(
    id: str, services: Held, act: Signed, response: Response, known_at: KnownAt = None
) -> dict[str, Any]:
    """全部版本，含来源、施行期间和各项时限."""
    books = services.casework.known(known_at or act.at).books
    versions = [book for book in books.all() if book.id == id]
    if not versions:
        raise Unknown("rulebook.unknown", "没有这个规则册。")
    response.headers["ETag"] = f'"{services.casework.rulebase().version}"'
    today = books.version(id, act.today)
    shown = [rule_shapes.version(books, book) | {"in_use": book is today} for book in versions]
    return rule_shapes.summary(books, id, act.today) | {"versions": shown}


@router.post(
    "/rulebooks/{id}/versions", status_code=201, response_model=Done, responses=WRITES, summary="发布规则版本"
)
def publish(
    id: str,
    table: Table,
    services: Held,
    act: Signed,
    sent: Conditioned,
    response: Response,
    preview: Shown = None,
) -> Any:
    """系统管理员发布规则册的新版本；在办的期限沿用起算时的版本，除非新版本写明随之调整."""
    _must_be_admin(act)
    bind(command="publish-rulebook")
    _must_be_of(table, id)
    given = {name: value for name, value in table.items() if name not in _SHOWN_ONLY} | {"id": id}
    key = _key(sent, f"POST /v1/rulebooks/{id}/versions", table)

    def made(base: Rulebase) -> Fact:
        if preview is not None:
            must_be_as_shown(services, act, on_trial(services, act, id, table), preview)
        return decisions.publish(given, base, act)

    return _recorded(services, act, sent, key, made, response)


@router.post("/rulebooks/{id}/versions/preview", responses=READS, summary="规则版本试算")
def preview_version(
    id: str, table: Table, services: Held, act: Signed, cursor: Cursor = None, limit: Limit = MOST
) -> dict[str, Any]:
    """发布后到期日会变动的未结事项；不作任何记录."""
    _must_be_of(table, id)
    return moves(services, act, on_trial(services, act, id, table), limit=limit, cursor=cursor)


@router.get("/calendars/{year}", responses=READS, summary="放假安排")
def calendar(
    year: int, services: Held, act: Signed, response: Response, known_at: KnownAt = None
) -> dict[str, Any]:
    """某年的放假安排及其历次版本；尚未公布的，days_off 为推算所用的法定节假日."""
    _must_be_countable(year)
    base, known = services.casework.rulebase(), services.casework.known(known_at or act.at)
    response.headers["ETag"] = f'"{base.version}"'
    decrees = [one for one in base.decrees if one.year == year and one.published_at <= (known_at or act.at)]
    versions = sorted(decrees, key=lambda one: one.published_at)
    shown = [
        rule_shapes.decree(one) | {"in_use": one is known.calendar.decrees.get(year)} for one in versions
    ]
    return rule_shapes.year(year, known.calendar) | {"versions": shown}


@router.put("/calendars/{year}", response_model=Done, responses=WRITES, summary="录入放假安排")
def decree(
    year: int,
    body: DecreeEntered,
    services: Held,
    act: Signed,
    sent: Conditioned,
    response: Response,
    preview: Shown = None,
) -> Any:
    """系统管理员录入国务院办公厅公布的年度放假安排；暂定的期限随之确定."""
    _must_be_admin(act)
    bind(command="decree-calendar")
    key = _key(sent, f"PUT /v1/calendars/{year}", body.model_dump(mode="json"))

    def made(base: Rulebase) -> Fact:
        if preview is not None:
            must_be_as_shown(services, act, Asked(_with_decree(services, act, year, body)), preview)
        return decisions.decree(
            year, body.source, body.published_at, body.days_off, body.make_up_days, base, act
        )

    return _recorded(services, act, sent, key, made, response)


@router.post("/calendars/{year}/preview", responses=READS, summary="放假安排试算")
def preview_calendar(
    year: int, body: TrialDecree, services: Held, act: Signed, cursor: Cursor = None, limit: Limit = MOST
) -> dict[str, Any]:
    """录入后到期日会变动的未结事项；不作任何记录."""
    asked = Asked(_with_decree(services, act, year, body))
    return moves(services, act, asked, limit=limit, cursor=cursor)


@router.post("/what-if", responses=READS, summary="规则试算")
def what_if(
    body: WhatIf, services: Held, act: Signed, cursor: Cursor = None, limit: Limit = MOST
) -> dict[str, Any]:
    """改用所给规则册或者放假安排后，到期日会变动的未结事项，以及已结、未结事项中会有多少逾期；不作任何记录."""
    if (body.rulebook is None) == (body.calendar is None):
        raise Invalid("what_if.one_of_two", "请填写 rulebook 或者 calendar 其中之一。")
    if body.calendar is not None:
        asked = Asked(_with_decree(services, act, body.calendar.year, body.calendar))
    else:
        asked = on_trial(services, act, None, body.rulebook or {})
    asked = asked._replace(lateness=True, since=body.from_, until=body.to)
    return moves(services, act, asked, limit=limit, cursor=cursor)


@router.post("/deadline-preview", responses=READS, summary="期限试算")
def preview(body: Preview, services: Held, act: Signed) -> dict[str, Any]:
    """从起始日计算一项时限，逐步说明."""
    known = services.casework.known(body.known_at or act.at)
    question = Question(
        rulebook=body.rulebook,
        clock=body.clock,
        started_on=body.started_on,
        extension_days=body.extension_days,
        suspensions=tuple((one.from_, one.to) for one in body.suspensions),
        due_on=body.due_on,
        stopped_on=body.stopped_on,
    )
    return deadline_item(count(question, known), act.today, known.calendar, services.casework.directory())


@router.get("/grounds", responses=READS, summary="可选情形")
def all_grounds(_: Signed) -> Grounds:
    """不予受理情形、督办情形、文书种类、督查事项来源类别，各附依据."""

    def shown(entries: tuple[grounds.Entry, ...]) -> list[GroundShown]:
        return [GroundShown(code=one.code, label=one.label, basis=one.basis) for one in entries]

    return Grounds(
        decline=shown(grounds.decline_grounds()),
        supervision=shown(grounds.supervision_grounds()),
        notices=shown(grounds.notices()),
        sources=shown(grounds.source_categories()),
    )


_SHOWN_ONLY = frozenset({"in_use", "inherited_clocks"})
"""What a version shows besides its table; sent back with a changed version, it is passed over."""


def on_trial(services: Services, act: Act, id: str | None, table: Mapping[str, Any]) -> Asked:
    """试算的规则版本: as if it were published now. Raises Invalid."""
    given = {name: value for name, value in table.items() if name not in _SHOWN_ONLY}
    trial = decisions.on_trial(
        given if id is None else given | {"id": id}, services.casework.rulebase(), act.at
    )
    return Asked(trial, trial.rulebooks[-1].id)


def _must_be_of(table: Mapping[str, Any], id: str) -> None:
    if table.get("id", id) != id:
        raise Invalid("rulebook.id_mismatch", "内容中的规则册标识与地址不一致。")


def _with_decree(services: Services, act: Act, year: int, body: TrialDecree | DecreeEntered) -> Rulebase:
    base = services.casework.rulebase()
    return base.with_decree(
        decisions.read_decree(year, body.source, act.at, body.days_off, body.make_up_days)
    )


def _must_be_admin(act: Act) -> None:
    if act.role != "admin":
        raise NotYours("rulebase.not_yours", "规则册和放假安排由系统管理员录入。")


def _must_be_countable(year: int) -> None:
    if not decisions.FIRST_YEAR <= year <= decisions.LAST_YEAR:
        raise Invalid(
            "calendar.year_out_of_range", f"年份应在{decisions.FIRST_YEAR}至{decisions.LAST_YEAR}之间。"
        )


def _key(sent: Conditions, path: str, content: Any) -> Key | None:
    if sent.key is None:
        return None
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return Key(sent.key, sha256(f"{path}\n{text}".encode()).hexdigest())


def _recorded(
    services: Services,
    act: Act,
    sent: Conditions,
    key: Key | None,
    made: Callable[[Rulebase], Fact],
    response: Response,
) -> dict[str, Any]:
    """录入规则库: the fact that the rule base allows, against the version it was decided on."""

    def drafts(_: int) -> list[Fact]:
        base = services.casework.rulebase()
        if sent.expects is not None and sent.expects != base.version:
            raise Stale(
                "rulebase.stale", "您打开页面之后，规则库已有新的记录，请刷新后再办理。", version=base.version
            )
        return [made(base)]

    return done(services.casework.publish(RULEBASE_ID, drafts, act, key=key), response)
