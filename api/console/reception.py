"""接访值班: the counter – today's rota, a visit logged in one go, what waits for me, what is still to be answered, my shift."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import lists, reception, reception_desk, reception_shapes
from api.acting import Conditions
from api.bodies import FIRST_YEAR, LAST_YEAR, Form, command_of
from api.case_reading import look
from api.console import forms, offers, register
from api.console.case_places import with_ids
from api.console.forms import Choices, Entered, Unfilled, filled, form_data
from api.console.visitors import Paged, Visiting, Visitor, then
from api.logs import bind
from domain.casework import Key
from domain.errors import Invalid, NotNow, Refused
from domain.kinds import RECEPTION
from domain.reception.commands import Receive
from domain.reception.opening import RECEIVERS
from domain.rota.book import Shift
from domain.rota.decisions import is_left, is_on_duty, may_manage
from projections import receptions as view
from projections.receptions import Wanted

router = APIRouter(prefix="/console/reception", route_class=Paged, include_in_schema=False)

Given = Annotated[FormData, Depends(form_data)]
ADDRESS = "/console/reception"
OPEN = 15
"""Records still to be answered that the counter shows."""
CHANNELS = {"visit": "visit", "outreach": "visit", "call": "call", "duty": "call"}
"""信访形式: as which a petition is registered that came up in a reception of each form."""


@router.get("")
def counter(visitor: Visiting) -> HTMLResponse:
    """接访台."""
    return _counter(visitor)


@router.post("")
def log(visitor: Visiting, given: Given) -> Response:
    """接访登记: once, however often it is sent; then back to an empty form, for the next person in the queue."""
    once = text_of(given, "once") or str(uuid4())
    known, problems = with_ids(visitor.services, visitor.act, given, frozenset({"petition"}))
    try:
        if problems:
            raise Unfilled(problems)
        form = filled(Receive, known)
        receipt = visitor.services.casework.receive(
            command_of(form), visitor.act, key=key_of(once, ADDRESS, form)
        )
    except Unfilled as faults:
        return _counter(visitor, given, once, faults.problems)
    except (Invalid, NotNow) as refused:
        return _counter(visitor, given, once, {"": said(refused)})
    bind(command="receive", reception=receipt.id)
    number = dict(receipt.extra)["number"]
    return then(visitor.request, ADDRESS, f"已登记 {number}。")


@router.get("/{id:uuid}/register")
def not_yet(visitor: Visiting, id: UUID) -> Response:
    """尚未调阅: whoever comes by an address is led to the record; its button opens who came."""
    return then(visitor.request, f"{ADDRESS}/{id}")


@router.post("/{id:uuid}/register")
def to_petition(visitor: Visiting, id: UUID) -> HTMLResponse:
    """登记为信访事项: the registration form with what the record holds; who came is read, and the reading recorded."""
    people = reception.opened_visitors(visitor.services, visitor.act, id)
    record = look(visitor.services, visitor.act, id, kind=RECEPTION).state
    items = [
        ("reception", str(id)),
        ("channel", CHANNELS[record.form]),
        ("subject", " ".join(record.content.split())[:60]),
        ("content", record.content),
        ("received_on", record.received_on.isoformat()),
        ("headcount", str(record.headcount)),
        ("first_contact", record.responsible),
    ]
    for at, one in enumerate(people):
        items += [(f"petitioners.{at}.name", one["name"]), (f"petitioners.{at}.phone", one["phone"] or "")]
    for at, one in enumerate(record.against):
        items += [(f"against.{at}.unit", one.unit or ""), (f"against.{at}.person", one.person or "")]
    shown = register.filled_in(visitor, FormData(items))
    response = visitor.page("register.html", **shown)
    response.headers["Cache-Control"] = "no-store"
    return response


def _counter(
    visitor: Visitor, given: FormData | None = None, once: str = "", problems: dict[str, str] | None = None
) -> HTMLResponse:
    act, today = visitor.act, visitor.act.today
    directory = visitor.directory
    shown = shifts_of_today(visitor)
    faults = [f"{name_of(at)}：{text}" if at else text for at, text in (problems or {}).items()]
    return visitor.page(
        "reception.html",
        status=422 if problems else 200,
        fields=_fields(visitor, shown, given, problems or {}) if act.role in RECEIVERS else None,
        faults=faults,
        once=once or str(uuid4()),
        rota=[one for one in reception_desk.days(visitor.services, today, today) if not one.cancelled],
        waiting=waiting(visitor),
        open_ones=_open(visitor),
        shifts=[shift_shown(visitor, one) for one in shown],
        may_manage=may_manage(act.unit, act) and directory.is_office(act.unit),
    )


def _fields(
    visitor: Visitor, shifts: list[Shift], given: FormData | None, problems: dict[str, str]
) -> dict[str, Entered]:
    act, directory = visitor.act, visitor.directory
    mine = [one for one in shifts if one.closed_on is None and is_on_duty(one, act)]
    offered: dict[str, Choices] = {
        "received_by": offers.officers(directory, RECEIVERS),
        "shift": tuple((one.id, shift_label(one)) for one in shifts if one.closed_on is None),
    }
    preset = {
        "form": "visit",
        "received_by": act.principal if act.role in RECEIVERS else "",
        "shift": mine[0].id if mine else "",
        "on": act.today,
    }
    fields = forms.entered(Receive, "receive", offered, given, problems, preset)
    return {one.name: _loose(one) for one in fields}


def _loose(one: Entered) -> Entered:
    """An empty row is no entry, so nothing in it is demanded by the page."""
    return replace(
        one, rows=tuple(tuple(replace(inner, required=False) for inner in row) for row in one.rows)
    )


def waiting(visitor: Visitor) -> list[dict[str, Any]]:
    """等我接收: what somebody has offered me and I haven't answered."""
    services, act = visitor.services, visitor.act
    visibility = lists.eyes(services, act)
    with services.database.transaction() as connection:
        ids = view.offered(connection, visibility, act.principal)
    cases = services.casework.cases(ids)
    return [
        {
            "id": case.state.id,
            "number": case.state.number,
            "folder": "reception" if case.kind is RECEPTION else "petitions",
            "subject": case.state.subject,
            "from_name": _name(
                visitor, case.state.responsible if case.kind is RECEPTION else case.state.contact
            ),
            "version": case.state.version,
        }
        for case in cases.values()
    ]


def _open(visitor: Visitor) -> list[dict[str, Any]]:
    """待答复: what is unsettled or promised, by the day on which it falls due."""
    services = visitor.services
    visibility, lights = lists.eyes(services, visitor.act), lists.lights(services, visitor.act)
    with services.database.transaction() as connection:
        page = view.receptions(
            connection,
            visibility,
            lights,
            Wanted(state="open"),
            order=view.ORDERS["due"],
            limit=OPEN,
        )
    return [reception_shapes.listed(row, visitor.directory) for row in page.items]


def shifts_of_today(visitor: Visitor) -> list[Shift]:
    """当班班次: of today, and yesterday's that end today or are not yet handed over."""
    today = visitor.act.today
    found = reception_desk.shifts(visitor.services, visitor.act, today - timedelta(days=7), today)
    return [one for one in found if one.covers(today) or (one.closed_on is None and one.day <= today)]


def shift_shown(visitor: Visitor, one: Shift) -> dict[str, Any]:
    """班次: as a page shows it, with what is left to hand over."""
    matters = reception_desk.matters(visitor.services, visitor.act, one)
    shown = reception_shapes.shift(one, matters, visitor.directory)
    left = {matter.id for matter in matters if is_left(matter)}
    writes = is_on_duty(one, visitor.act) or may_manage(one.office, visitor.act)
    return shown | {
        "label": shift_label(one),
        "left": left,
        "may_write": writes and one.closed_on is None,
        "begun": one.day <= visitor.act.today,
    }


def shift_label(one: Shift) -> str:
    """班次名称: its day and hours."""
    return f"{one.day.isoformat()} {one.from_time}–{one.to_time}"


def _name(visitor: Visitor, officer: str) -> str:
    found = visitor.directory.officers.get(officer)
    return found.name if found is not None else officer


def name_of(at: str) -> str:
    """栏目名称: of a field, also of one in a row."""
    return forms.label(next(part for part in reversed(at.split(".")) if not part.isdecimal()), "receive")


def text_of(given: FormData, name: str) -> str:
    """所填文字."""
    value = given.get(name)
    return value if isinstance(value, str) else ""


def key_of(once: str, path: str, form: Form) -> Key | None:
    """幂等键: of a page's form, so that a double click does it once."""
    return Conditions(None, f"console.{once}"[:200]).keyed(path, form)


def said(refused: Refused) -> str:
    """拒绝用语: with the rule."""
    if refused.code == "idempotency.key_reused":
        return "本页已经登记过一件；要登记另一件，请重新打开本页。"
    return f"{refused.message}（{refused.basis}）" if refused.basis else refused.message


def a_day(given: str | None, otherwise: date) -> date:
    """所选日期: as written, or the other one where that is no day anybody plans for."""
    try:
        day = date.fromisoformat(given) if given else otherwise
    except ValueError:
        return otherwise
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else otherwise
