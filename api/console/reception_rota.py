"""接待日安排: what is published to citizens, by four weeks; the petition office publishes and amends, with the reason."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api import reception_desk, reception_shapes
from api.bodies import command_of
from api.console import forms, offers
from api.console.forms import Choices, Entered, Unfilled, filled
from api.console.reception import Given, a_day, key_of, said, text_of
from api.console.visitors import Paged, Visiting, Visitor, then
from api.logs import bind
from domain.errors import Invalid, NotNow
from domain.rota.commands import AmendRota, PublishRota
from domain.rota.decisions import may_manage

router = APIRouter(prefix="/console/reception/rota", route_class=Paged, include_in_schema=False)

ADDRESS = "/console/reception/rota"
SPAN = timedelta(days=27)
WEEKS = timedelta(days=28)
From = Annotated[str | None, Query(alias="from", max_length=10)]


@router.get("")
def rota(visitor: Visiting, since: From = None, like: Literal["before"] | None = None) -> HTMLResponse:
    """接待日安排; with `like`, the form holds what was published for the four weeks before."""
    first = a_day(since, visitor.act.today)
    return _page(visitor, since, _again(visitor, first) if like is not None else None)


@router.post("")
def publish(visitor: Visiting, given: Given) -> Response:
    """公布: the rows that were filled in."""
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(PublishRota, given)
        receipt = reception_desk.publish(
            visitor.services, visitor.act, command_of(form), key_of(once, ADDRESS, form)
        )
    except Unfilled as faults:
        return _page(visitor, None, given, once, faults.problems)
    except (Invalid, NotNow) as refused:
        return _page(visitor, None, given, once, {"": said(refused)})
    bind(command="rota", position=receipt.position)
    return then(visitor.request, ADDRESS, "接待日安排已经公布，群众可在公示页查看。")


@router.get("/{id}")
def entry(visitor: Visiting, id: str) -> HTMLResponse:
    """一次接待: as it stands, what it was before, and the form to change it."""
    return _entry(visitor, id)


@router.post("/{id}")
def amend(visitor: Visiting, id: str, given: Given) -> Response:
    """调整: with the reason."""
    once = text_of(given, "once") or str(uuid4())
    try:
        form = filled(AmendRota, given)
        key = key_of(once, f"{ADDRESS}/{id}", form)
        receipt = reception_desk.amend(visitor.services, visitor.act, id, command_of(form), key)
    except Unfilled as faults:
        return _entry(visitor, id, given, once, faults.problems)
    except (Invalid, NotNow) as refused:
        return _entry(visitor, id, given, once, {"": said(refused)})
    bind(command="rota-amend", position=receipt.position)
    return then(visitor.request, ADDRESS, "接待日安排已经调整，原安排留有记录。")


def _page(
    visitor: Visitor,
    since: str | None,
    given: FormData | None = None,
    once: str = "",
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    act, directory = visitor.act, visitor.directory
    first = a_day(since, act.today)
    manages = may_manage(act.unit, act) and directory.is_office(act.unit)
    found = reception_desk.days(visitor.services, first, first + SPAN)
    entries = _fields(visitor, PublishRota, given, problems or {}) if manages else None
    return visitor.page(
        "reception_rota.html",
        status=422 if problems else 200,
        days=[reception_shapes.day(one, directory) for one in found],
        first=first,
        last=first + SPAN,
        earlier=first - SPAN - timedelta(days=1),
        later=first + SPAN + timedelta(days=1),
        entries=entries,
        faults=_faults(problems),
        once=once or str(uuid4()),
        offices=sum(1 for one in directory.units.values() if one.kind == "petition_office"),
    )


def _entry(
    visitor: Visitor,
    id: str,
    given: FormData | None = None,
    once: str = "",
    problems: dict[str, str] | None = None,
) -> HTMLResponse:
    act, directory = visitor.act, visitor.directory
    day = reception_desk.day_of(visitor.services, id)
    manages = may_manage(day.office, act) and not day.cancelled and day.entry.on >= act.today
    preset = {
        name: getattr(day.entry, name) for name in ("on", "from_time", "to_time", "place", "post", "officer")
    }
    if day.entry.officer is None:
        preset["name"] = day.entry.name
    return visitor.page(
        "reception_rota_entry.html",
        status=422 if problems else 200,
        day=reception_shapes.day(day, directory),
        fields=_fields(visitor, AmendRota, given, problems or {}, preset) if manages else None,
        faults=_faults(problems),
        once=once or str(uuid4()),
    )


def _fields(
    visitor: Visitor,
    command: type,
    given: FormData | None,
    problems: dict[str, str],
    preset: dict[str, Any] | None = None,
) -> list[Entered]:
    offered: dict[str, Choices] = {"officer": offers.officers(visitor.directory)}
    fields = forms.entered(command, "rota", offered, given, problems, preset)
    return [
        replace(
            _plain(one),
            rows=tuple(tuple(replace(_plain(inner), required=False) for inner in row) for row in one.rows),
        )
        for one in fields
    ]


def _plain(one: Entered) -> Entered:
    """A reception day lies ahead: what is said of the days of acts doesn't hold for it."""
    return replace(one, help="") if one.name.rpartition(".")[2] == "on" else one


def _again(visitor: Visitor, first: date) -> FormData:
    """照前四周预填: the four weeks before, four weeks later, for the office to correct and publish."""
    found = reception_desk.days(visitor.services, first - WEEKS, first - timedelta(days=1), cancelled=False)
    own = [one.entry for one in found if one.office == visitor.act.unit]
    return FormData(
        [
            (f"entries.{at}.{name}", value)
            for at, one in enumerate(own)
            for name, value in (
                ("on", (one.on + WEEKS).isoformat()),
                ("from_time", one.from_time),
                ("to_time", one.to_time),
                ("place", one.place),
                ("post", one.post),
                ("officer", one.officer or ""),
                ("name", "" if one.officer is not None else one.name),
            )
        ]
    )


def _faults(problems: dict[str, str] | None) -> list[str]:
    return [f"{_name_of(at)}：{text}" if at else text for at, text in (problems or {}).items()]


def _name_of(at: str) -> str:
    parts = at.split(".")
    row = f"第{int(parts[1]) + 1}行" if len(parts) > 1 and parts[1].isdecimal() else ""
    name = next((part for part in reversed(parts) if not part.isdecimal()), at)
    return f"{row}{forms.label(name, 'rota')}"
