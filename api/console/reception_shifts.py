"""值班日志: who is on duty, what was noted and taken, and the hand-over of what is unsettled, before a shift is closed."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import reception_desk
from api.bodies import command_of
from api.console import forms, offers
from api.console.forms import Choices, Unfilled, filled
from api.console.reception import Given, a_day, key_of, said, shift_shown, text_of
from api.console.visitors import Paged, Visiting, Visitor, then
from api.logs import bind
from domain.errors import Invalid, NotNow
from domain.kinds import RECEPTION
from domain.reception.commands import HandOver
from domain.reception.opening import RECEIVERS
from domain.rota.commands import CloseShift, NoteShift, OpenShift
from domain.rota.decisions import may_manage

router = APIRouter(prefix="/console/reception/shifts", route_class=Paged, include_in_schema=False)

ADDRESS = "/console/reception/shifts"
WEEK = timedelta(days=6)
From = Annotated[str | None, Query(alias="from", max_length=10)]


@router.get("")
def shifts(visitor: Visiting, since: From = None) -> HTMLResponse:
    """值班日志: of a week."""
    return _page(visitor, since)


@router.post("")
def open_shift(visitor: Visiting, given: Given) -> Response:
    """安排值班."""
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(OpenShift, given)
        reception_desk.open_shift(
            visitor.services, visitor.act, command_of(form), key_of(once, ADDRESS, form)
        )
    except Unfilled as faults:
        return _page(visitor, None, given, once, faults.problems)
    except (Invalid, NotNow) as refused:
        return _page(visitor, None, given, once, {"": said(refused)})
    bind(command="shifts")
    return then(visitor.request, ADDRESS, "值班安排已经登记。")


@router.get("/{id}")
def shift(visitor: Visiting, id: str) -> HTMLResponse:
    """班次."""
    return _one(visitor, id)


@router.post("/{id}/note")
def note(visitor: Visiting, id: str, given: Given) -> Response:
    """值班记事."""
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(NoteShift, given)
        key = key_of(once, f"{ADDRESS}/{id}/note", form)
        reception_desk.note(visitor.services, visitor.act, id, command_of(form), key)
    except Unfilled as faults:
        return _one(visitor, id, ["；".join(faults.problems.values())])
    except (Invalid, NotNow) as refused:
        return _one(visitor, id, [said(refused)])
    bind(command="shifts-note")
    return then(visitor.request, f"{ADDRESS}/{id}", "已记入值班日志。")


@router.post("/{id}/hand-over")
def hand_over(visitor: Visiting, id: str, given: Given) -> Response:
    """值班交接: every matter that is ticked goes to the officer named, who has still to confirm each."""
    shift = reception_desk.shift_of(visitor.services, visitor.act, id)
    chosen = set(given.getlist("matter"))
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(HandOver, given)
        if not chosen:
            return _one(visitor, id, ["请勾选要交接的事项。"])
        for matter in reception_desk.matters(visitor.services, visitor.act, shift):
            if str(matter.id) in chosen:
                key = key_of(f"{once}.{matter.id}", f"{ADDRESS}/{id}/hand-over", form)
                visitor.services.casework.handle(
                    matter.id, command_of(form), visitor.act, kind=RECEPTION, key=key
                )
    except Unfilled as faults:
        return _one(visitor, id, ["；".join(faults.problems.values())])
    except (Invalid, NotNow) as refused:
        return _one(visitor, id, [said(refused)])
    bind(command="hand-over")
    return then(visitor.request, f"{ADDRESS}/{id}", "已交接，等待接收人确认；确认之前仍由当班人员负责。")


@router.post("/{id}/close")
def close(visitor: Visiting, id: str, given: Given) -> Response:
    """交班."""
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(CloseShift, given)
        key = key_of(once, f"{ADDRESS}/{id}/close", form)
        reception_desk.close(visitor.services, visitor.act, id, command_of(form), key)
    except Unfilled as faults:
        return _one(visitor, id, ["；".join(faults.problems.values())])
    except (Invalid, NotNow) as refused:
        return _one(visitor, id, [said(refused)])
    bind(command="shifts-close")
    return then(visitor.request, f"{ADDRESS}/{id}", "已交班。")


def _page(
    visitor: Visitor,
    since: str | None,
    given: FormData | None = None,
    once: str = "",
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    act, directory = visitor.act, visitor.directory
    first = a_day(since, act.today - timedelta(days=act.today.weekday()))
    found = reception_desk.shifts(visitor.services, act, first, first + WEEK)
    manages = may_manage(act.unit, act) and directory.is_office(act.unit)
    offered: dict[str, Choices] = {
        "officers": offers.officers(directory, RECEIVERS),
        "leader": offers.officers(directory, frozenset({"leader"})),
    }
    preset = {"on": act.today, "from_time": "08:30", "to_time": "17:30"}
    entered = forms.entered(OpenShift, "shifts", offered, given, problems, preset)
    fields = [replace(one, help="") for one in entered] if manages else None
    return visitor.page(
        "reception_shifts.html",
        status=422 if problems else 200,
        shifts=[shift_shown(visitor, one) for one in reversed(found)],
        first=first,
        last=first + WEEK,
        earlier=first - timedelta(days=7),
        later=first + timedelta(days=7),
        fields=fields,
        faults=[
            f"{forms.label(at.partition('.')[0], 'shifts')}：{text}" if at else text
            for at, text in (problems or {}).items()
        ],
        once=once or str(uuid4()),
    )


def _one(visitor: Visitor, id: str, faults: list[str] | None = None) -> HTMLResponse:
    shift = reception_desk.shift_of(visitor.services, visitor.act, id)
    return visitor.page(
        "reception_shift.html",
        status=422 if faults else 200,
        shift=shift_shown(visitor, shift),
        faults=faults or [],
        officers=offers.officers(visitor.directory, RECEIVERS),
        once=str(uuid4()),
    )
