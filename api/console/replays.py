"""重放页: a case step by step – its events and the days on which a limit ran out –, with the limits as known then beside as
known now, and what every party could see and had been told.

A slider goes along the steps; links lead from step to step without a script. A long case is shown some events at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.console import case_sections, case_timeline
from api.console.case_places import PLACES, Place
from api.console.case_timeline import Told as Event
from api.console.case_words import Words, said
from api.console.rendering import day, instant
from api.console.visitors import Paged, Visiting, Visitor
from api.replay_course import Change, Course, Moment, changes
from api.replay_parties import SEES, parties
from api.replay_shapes import CHANGES, authority, message, pairs, rule
from api.replay_told import Told, told
from domain.acts import legal_date
from domain.facts import term_of
from domain.kinds import MONTH

router = APIRouter(prefix="/console", route_class=Paged, include_in_schema=False)

WINDOW = 100
"""Events on one slider."""
LATELY = 6
"""Things told that stand open; earlier ones are folded away."""
REPLAYED = tuple(place for place in PLACES if place.kind is not MONTH)

Step = Annotated[int | None, Query(ge=1, le=10_000_000)]
From = Annotated[int, Query(alias="from", ge=0, le=10_000_000)]

DIFFERENCES: Mapping[str, str] = {
    "due_on": "届满日",
    "nominal_due_on": "名义届满日",
    "provisional": "是否暂定",
    "status": "状态",
    "stopped_on": "停止日",
    "days_extended": "延期",
    "rulebook": "规则册",
    "rulebook_version": "规则册版本",
    "basis": "依据",
    "label": "名称",
    "unit_responsible": "责任单位",
}
"""What may differ between then and now, in words; what follows from another of them isn't said."""


@dataclass(frozen=True, slots=True)
class Stop:
    """一步 — its number on the slider, the day, and what it is, in a few words."""

    number: int
    on: date
    label: str
    what: str


@dataclass(frozen=True, slots=True)
class Ride:
    """一程 — the moments that one slider goes along, from the first event after `skipped`."""

    course: Course
    skipped: int
    moments: Sequence[Moment]
    before: Moment | None

    @property
    def is_last(self) -> bool:
        """末程: whether no event comes after it."""
        return self.moments[-1].count == self.course.length


def _add_pages(place: Place) -> None:
    @router.get(f"/{place.folder}/{{id:uuid}}/replay", name=f"{place.folder}-replay")
    def replay_page(visitor: Visiting, id: UUID, step: Step = None, skipped: From = 0) -> HTMLResponse:
        """重放."""
        seen = place.look(visitor, id)
        ride = _ride(Course(visitor.services, seen), skipped)
        number = min(step or 1, len(ride.moments))
        address = f"{place.of(id)}/replay"
        shown = _shown(visitor, ride, number, address)
        template = "replay_piece.html" if visitor.is_htmx else "replay.html"
        return visitor.page(template, place=place, case_address=place.of(id), address=address, **shown)


for _place in REPLAYED:
    _add_pages(_place)


def _ride(course: Course, skipped: int) -> Ride:
    first = min(skipped, course.length - 1)
    upto = min(first + WINDOW, course.length)
    before: Moment | None = None
    if first:
        event = course.event(first)
        before = (list(course.between(event)) or [event])[-1]
    moments: list[Moment] = []
    for count in range(first + 1, upto + 1):
        event = course.event(count)
        moments += [event, *course.between(event)]
    if upto == course.length:
        moments.append(course.asked())
    return Ride(course, first, moments, before)


def _shown(visitor: Visitor, ride: Ride, number: int, address: str) -> dict[str, Any]:
    moment, course = ride.moments[number - 1], ride.course
    before = ride.moments[number - 2] if number > 1 else ride.before
    known = told(visitor.services, course.seen, course.then)
    stops = [Stop(n, one.then.today, _label(one), one.what) for n, one in enumerate(ride.moments, 1)]
    words = Words(moment.then.directory, moment.then.known)
    return {
        "seen": course.seen,
        "facts_stage": case_sections.stage_of(moment.then),
        "moment": moment,
        "number": number,
        "stops": stops,
        "stop": stops[number - 1],
        "said": f"第 {number} 步，共 {len(stops)} 步：{day(moment.then.today)} {stops[number - 1].label}",
        "links": _links(ride, number, address),
        "event": _event(moment, words),
        "authority": authority(course, moment) if moment.event is not None else None,
        "backdated": _backdated(moment),
        "rule": rule(moment.rule) if moment.rule is not None else None,
        "clocks": [_clock(one) for one in pairs(moment)],
        "changes": [_changed(one) for one in changes(before, moment)],
        "parties": [_party(one, moment, known) for one in parties(moment.then)],
        "windows": _windows(ride, address),
        "first": ride.skipped,
    }


def _label(moment: Moment) -> str:
    if moment.event is not None:
        return term_of(type(moment.event.fact))
    if moment.rule is not None:
        return term_of(type(moment.rule))
    return "期限届满" if moment.passed else "现在"


def _links(ride: Ride, number: int, address: str) -> dict[str, str | None]:
    """往前往后: to the steps beside, also into the part of the case before or after this one."""

    def to(step: int, skipped: int = ride.skipped) -> str:
        asked = {"step": step} | ({"from": skipped} if skipped else {})
        return f"{address}?{urlencode(asked)}"

    last = len(ride.moments)
    after = to(number + 1) if number < last else None if ride.is_last else to(1, ride.skipped + WINDOW)
    before = to(number - 1) if number > 1 else None
    return {"first": to(1), "previous": before, "next": after, "last": to(last)}


def _windows(ride: Ride, address: str) -> list[dict[str, Any]]:
    """各程: of a long case, which events each slider goes along."""
    if ride.course.length <= WINDOW and not ride.skipped:
        return []
    edges = [*range(0, ride.course.length, WINDOW), ride.course.length]
    return [
        {"label": f"第 {a + 1} 至 {b} 条", "href": f"{address}?from={a}", "current": a <= ride.skipped < b}
        for a, b in pairwise(edges)
    ]


def _event(moment: Moment, words: Words) -> Event | None:
    if moment.event is None:
        return None
    found = case_timeline.of(moment.then, words, newest_first=False)
    return next((one for one in found if one.version == moment.event.fact.originator_version), None)


def _backdated(moment: Moment) -> int:
    """补录日数: by how many days the record lies behind what it records."""
    fact = moment.event.fact if moment.event is not None else None
    return 0 if fact is None else (legal_date(fact.recorded_at) - fact.on).days


def _clock(pair: Mapping[str, Any]) -> dict[str, Any]:
    then, now = pair["then"], pair["now"]
    if then is None or now is None:
        why = "当时尚无此期限" if then is None else "现在看来不再适用"
        return {"label": pair["label"], "then": _told_clock(then), "now": _told_clock(now), "why": why}
    differs = [DIFFERENCES[name] for name in pair["differs"] if name in DIFFERENCES]
    return {
        "label": pair["label"],
        "then": _told_clock(then),
        "now": _told_clock(now),
        "why": "、".join(differs) if differs else None,
    }


def _told_clock(item: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if item is None else {**item, "status_label": said("clock_state", item["status"])}


def _changed(one: Change) -> str:
    if one.change == "moved":
        return f"{one.clock.label}：届满日由 {one.moved_from} 改为 {one.moved_to}"
    due = f"，{one.clock.due_on} 届满" if one.change == "started" else ""
    return f"{one.clock.label}：{CHANGES[one.change]}{due}"


def _party(party: Any, moment: Moment, known: Told) -> dict[str, Any]:
    found = [message(one, moment, known) for one in known.of(party.key, moment.count)]
    new = moment.count if moment.event is not None else None
    told_here = [one | {"new": one["version"] == new, "said": _message(one)} for one in found[::-1]]
    return {
        "name": party.name,
        "sees": party.sees,
        "sees_label": SEES[party.sees],
        "minded_by": party.minded_by,
        "viewers": [
            {"name": one.name, "post": one.post, "sees_label": SEES[one.sees]} for one in party.viewers
        ],
        "lately": told_here[:LATELY],
        "earlier": told_here[LATELY:],
    }


def _message(one: Mapping[str, Any]) -> str:
    """告知内容: what stands beside the name of what was told."""
    parts: list[str] = []
    if one["what"] in {"paper", "served"}:
        parts += [one["text"], one["number"] or ""]
        parts += [f"{at['label']} {at['on']}{'（暂定）' if at['provisional'] else ''}" for at in one["dates"]]
    elif one["what"] == "alert":
        parts.append(f"届满 {one['due_on']}")
        parts += [_delivery(at) for at in one["deliveries"] if at["channel"] != "in_app"]
        if one["acknowledged_at"] is not None:
            parts.append(f"{instant(one['acknowledged_at'])} 签收")
        else:
            parts.append(
                f"{instant(one['withdrawn_at'])} 撤回" if one["withdrawn_at"] is not None else "当时未签收"
            )
    else:
        parts.append(one["text"])
    if one["to"]:
        parts.append("发给" + "、".join(who["name"] for who in one["to"]))
    return " · ".join(part for part in parts if part)


def _delivery(one: Mapping[str, Any]) -> str:
    return (
        f"{one['channel']} {instant(one['at'])} 送达"
        if one["at"] is not None
        else f"{one['channel']} 当时未送达"
    )
