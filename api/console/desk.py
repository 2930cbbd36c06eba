"""工作台: what the officer has to do today, by light and days left, each act one click away.

A page's parts are sections; a part of the system with something of its own to show adds a function to `SECTIONS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api import lists
from api.console import alerts, desk_work
from api.console.visitors import Paged, Visiting, Visitor
from domain.rules.authority import CASELESS_POSTS, OFFICE_POSTS, READ_ALL_POSTS, UNIT_POSTS
from domain.trace import LABELS
from projections import awaited_list, readings

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

ALERTS = 6
"""Open alerts shown on the desk."""
READINGS = 10
NOTICE_FROM = 10
"""The month from which next year's holidays are missed."""
LATE_READERS = READ_ALL_POSTS


@dataclass(frozen=True, slots=True)
class Section:
    """栏目 — a part of the desk: its template, and what the template shows; `aside` puts it beside the work."""

    template: str
    shown: dict[str, Any] = field(default_factory=dict)
    aside: bool = True


def my_lights(visitor: Visitor) -> Section | None:
    """各灯件数: of my unit, or of all that I may see where I oversee."""
    act = visitor.act
    if act.role in CASELESS_POSTS:
        return None
    own = act.role in OFFICE_POSTS | UNIT_POSTS | {"unit_officer"}
    units = [act.unit, *sorted(visitor.directory.minded(act.unit))] if own else None
    visibility, lights = lists.eyes(visitor.services, act), lists.lights(visitor.services, act)
    with lists.reading(visitor.services, awaited_list.NEEDS).transaction() as connection:
        counted = awaited_list.by_light(connection, visibility, lights, units)
    whose = visitor.directory.unit_name(act.unit) if own else "全部"
    return Section("desk_lights.html", {"counts": counted, "whose": whose, "unit": act.unit if own else ""})


def my_alerts(visitor: Visitor) -> Section | None:
    """本人待签收预警."""
    if visitor.act.role in CASELESS_POSTS:
        return None
    found, count = alerts.open_alerts(visitor, ALERTS)
    return Section("desk_alerts.html", {"alerts": found, "count": count})


def late_units(visitor: Visitor) -> Section | None:
    """超期单位: for those who oversee."""
    act = visitor.act
    if act.role not in LATE_READERS:
        return None
    with lists.reading(visitor.services, awaited_list.NEEDS).transaction() as connection:
        rows = awaited_list.late_units(connection, lists.eyes(visitor.services, act), act.today)
    named = [(visitor.directory.unit_name(row["unit"]), row) for row in rows]
    return Section("desk_late.html", {"late": named})


def standing_in(visitor: Visitor) -> Section | None:
    """今日代办: for whom I stand in today."""
    directory, act = visitor.directory, visitor.act
    names = [directory.officers[id].name for id in directory.stands_in_for(act.by, act.today)]
    return Section("desk_standing_in.html", {"names": names}) if names and act.for_whom is None else None


def calendars(visitor: Visitor) -> Section | None:
    """日历提醒: a year whose holidays are not published makes limits provisional."""
    today = visitor.act.today
    calendar = visitor.services.casework.known(visitor.act.at).calendar
    years = [today.year] + ([today.year + 1] if today.month >= NOTICE_FROM else [])
    missing = [year for year in years if not calendar.firm(date(year, 1, 1))]
    return Section("desk_calendars.html", {"years": missing}) if missing else None


def last_readings(visitor: Visitor) -> Section | None:
    """近期查阅留痕: for the auditor."""
    act = visitor.act
    if act.role != "auditor":
        return None
    with visitor.services.database.transaction() as connection:
        page = readings.readings(
            connection, lists.eyes(visitor.services, act), readings.Wanted(), limit=READINGS, cursor=None
        )
    rows = [(visitor.directory.officer_called(row["officer"], row["at"]), row) for row in page.items]
    return Section("desk_readings.html", {"readings": rows, "labels": LABELS}, aside=False)


def upkeep(visitor: Visitor) -> Section | None:
    """维护事项: units that nobody minds, and officers away without anybody in their place; for who keeps the directory."""
    act, directory = visitor.act, visitor.directory
    if act.role not in CASELESS_POSTS:
        return None
    handling = [one for one in directory.units.values() if one.kind in {"unit", "petition_office"}]
    empty = [one.name for one in handling if directory.minding(one.id) != one.id]
    away = [
        one.name
        for one in directory.officers.values()
        if directory.is_absent(one.id, act.today) and directory.standing_in(one.id, act.today) is None
    ]
    return Section("desk_upkeep.html", {"empty": empty, "away": away}, aside=False)


SECTIONS: list[Callable[[Visitor], Section | None]] = [
    calendars,
    standing_in,
    my_lights,
    my_alerts,
    late_units,
    last_readings,
    upkeep,
]
"""工作台栏目: in the order in which they are shown; one that has nothing to show answers None."""


@router.get("")
def desk(
    visitor: Visiting,
    group: Annotated[str | None, Query(max_length=50)] = None,
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    """工作台."""
    work = None
    if visitor.act.role not in CASELESS_POSTS | {"auditor"}:
        work = desk_work.work(visitor, group, start)
    sections = [made for made in (section(visitor) for section in SECTIONS) if made is not None]
    return visitor.page(
        "desk.html",
        work=work,
        group=group if group in desk_work.GROUPS else None,
        start=start,
        beside=[one for one in sections if one.aside],
        below=[one for one in sections if not one.aside],
    )
