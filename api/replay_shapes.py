"""重放的接口形状: each event of a case with both its clocks, the limits as known then beside as known now, what changed, and
what every party could see and was told; between events the days on which a limit ran out or a rule moved one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from api import case_shapes, paging
from api.bootstrap import Services
from api.case_reading import Seen, officer_called
from api.replay_course import Change, ClockKey, Course, Moment, changes
from api.replay_parties import SEES, Party, held_powers, parties
from api.replay_told import Message, Told, told
from api.shapes import deadline_item
from domain.acts import Act, legal_date
from domain.directory.decisions import POSTS
from domain.facts import Fact, name_of, term_of
from domain.rulebase.events import CalendarDecreed, RulebookPublished
from domain.rules import papers
from domain.rules.deadlines import Clock

USUAL, MOST = 100, 200
"""Events of one answer: each is judged twice over the whole history before it."""

Limit = Annotated[int, Query(ge=1, le=MOST, description="每页事件数，最多 200")]

COMPARED = (
    "due_on", "nominal_due_on", "provisional", "status", "light", "stopped_on", "days_left", "days_extended", "rulebook",
    "rulebook_version", "basis", "label", "unit_responsible", "explanation",
)  # fmt: skip
"""What is compared of a clock as known then and now."""

CHANGES: Mapping[str, str] = {
    "started": "起算",
    "moved": "改期",
    "settled": "由暂定改为确定",
    "running": "计时中",
    "suspended": "中止",
    "resumed": "恢复计时",
    "met": "按时完成",
    "met_late": "超期完成",
    "overdue": "超期",
    "cancelled": "终止",
    "reassigned": "责任单位变更",
    "gone": "不再适用",
}
"""期限变化的说法."""


def answer(services: Services, seen: Seen, cursor: str | None = None, limit: int = USUAL) -> dict[str, Any]:
    """逐步重放: a page of the case's events, and the case at the instant asked about – now, if none was."""
    course = Course(services, seen)
    known = told(services, seen, course.then)
    skipped = max(0, min(paging.place(cursor, int, 0), course.length))
    upto = min(skipped + limit, course.length)
    items: list[dict[str, Any]] = []
    last = _last_before(course, skipped)
    for count in range(skipped + 1, upto + 1):
        moment = course.event(count)
        between = list(course.between(moment))
        items.append(_step(course, last, moment, between, known))
        last = between[-1] if between else moment
    return {
        "items": items,
        "total": course.length,
        "next_cursor": paging.encode((upto,)) if upto < course.length else None,
        "asked": _asked(course, known),
    }


def _last_before(course: Course, skipped: int) -> Moment | None:
    if not skipped:
        return None
    before = course.event(skipped)
    return (list(course.between(before)) or [before])[-1]


def _step(
    course: Course, last: Moment | None, moment: Moment, between: Sequence[Moment], known: Told
) -> dict[str, Any]:
    then = moment.then
    fact = then.last.fact
    return {
        **case_shapes.step(course.plain(moment)),
        "backdated_days": (legal_date(fact.recorded_at) - fact.on).days,
        "authority": authority(course, moment),
        **judged(last, moment),
        "parties": [_party(one, moment, known, since=moment.count - 1) for one in parties(then)],
        "passed": [
            {"what": one.what, **judged(before, one), **cause(one)}
            for before, one in zip([moment, *between], between, strict=False)
        ],
    }


def judged(before: Moment | None, moment: Moment) -> dict[str, Any]:
    """判断: when, the limits then and now beside each other, and what changed since the moment before."""
    return {
        "at": moment.at,
        "judged_on": moment.then.today,
        "clocks": pairs(moment),
        "changes": [change(one) for one in changes(before, moment)],
    }


def _asked(course: Course, known: Told) -> dict[str, Any]:
    moment = course.asked()
    return {
        "at": moment.at,
        "judged_on": moment.then.today,
        "state": case_shapes.state(moment.then),
        "clocks": pairs(moment),
        "parties": [_party(one, moment, known, since=0) for one in parties(moment.then)],
    }


def authority(course: Course, moment: Moment) -> dict[str, Any]:
    """职权: the post acted in, as it was called, and what made the officer competent for the case as it stood before."""
    fact = moment.then.last.fact
    named = {"post": fact.role, "post_label": POSTS.get(fact.role)}
    if moment.count == 1 or fact.by == "system":
        return named | {"powers": []}
    before = course.then(moment.count - 1)
    name = officer_called(before.directory, fact.by, fact.recorded_at) or ""
    person = before.directory.officers.get(fact.by)
    own_unit = person.unit if person is not None else ""
    act = Act(fact.by, fact.unit, fact.role, fact.recorded_at, name, fact.for_whom, own_unit)
    return named | {"powers": held_powers(before, act)}


def cause(moment: Moment) -> dict[str, Any]:
    """缘由: which limits ran out, or which rule was recorded."""
    return {
        "limits": [
            {
                "clock": one.clock,
                "part": one.part,
                "label": one.label,
                "due_on": one.due_on,
                "window": one.window,
            }
            for one in moment.passed
        ],
        "rule": None if moment.rule is None else rule(moment.rule),
    }


def rule(fact: Fact) -> dict[str, Any]:
    """规则变更: what was published or decreed."""
    shown: dict[str, Any] = {
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "recorded_at": fact.recorded_at,
    }
    if isinstance(fact, CalendarDecreed):
        return shown | {"year": fact.year, "source": fact.source}
    if isinstance(fact, RulebookPublished):
        return shown | {"rulebook": fact.rulebook, "title": fact.table.get("title")}
    return shown


def pairs(moment: Moment) -> list[dict[str, Any]]:
    """当时与现在: each clock as known then and as now understood, both judged on the day of the moment."""
    keys: list[ClockKey] = list(dict.fromkeys([*moment.signals, *moment.signals_now]))
    found = []
    for key in keys:
        then = _item(moment.signals.get(key), moment.then)
        now = _item(moment.signals_now.get(key), moment.now)
        one = then or now or {}
        differs = [name for name in COMPARED if then is None or now is None or then[name] != now[name]]
        found.append(
            {
                "clock": key[0],
                "part": key[2],
                "label": one["label"],
                "then": then,
                "now": now,
                "differs": differs,
            }
        )
    return found


def _item(found: tuple[Clock, Any] | None, seen: Seen) -> dict[str, Any] | None:
    if found is None:
        return None
    clock = found[0]
    return deadline_item(clock, seen.today, seen.known.calendar, seen.directory) | {
        "unit_name": seen.unit_name(clock.unit or None)
    }


def change(one: Change) -> dict[str, Any]:
    """期限变化."""
    return {
        "clock": one.clock.clock,
        "part": one.clock.part,
        "label": one.clock.label,
        "change": one.change,
        "change_label": CHANGES[one.change],
        "from": one.moved_from,
        "to": one.moved_to,
    }


def _party(party: Party, moment: Moment, known: Told, since: int) -> dict[str, Any]:
    """一方: what it could see, and what it was told after so many facts; how much it had been told before."""
    all_told = known.of(party.key, moment.count)
    new = [one for one in all_told if one.version > since]
    return {
        "party": party.kind,
        "unit": party.unit,
        "name": party.name,
        "sees": party.sees,
        "sees_label": SEES[party.sees],
        "minded_by": party.minded_by,
        "officers": [
            {"officer": one.officer, "name": one.name, "post_label": one.post, "sees": one.sees}
            for one in party.viewers
        ],
        "told_before": len(all_told) - len(new),
        "told": [message(one, moment, known) for one in new],
    }


def message(one: Message, moment: Moment, known: Told) -> dict[str, Any]:
    """告知: as it stood at the moment."""
    directory = moment.then.directory
    shown: dict[str, Any] = {
        "version": one.version,
        "at": one.at,
        "on": one.on,
        "what": one.what,
        "label": one.label,
        "text": one.text,
        "to": [{"officer": who, "name": officer_called(directory, who, one.at) or who} for who in one.to],
    }
    if one.what in {"paper", "served"}:
        shown |= {"number": one.number, "templates": list(one.templates)}
        shown["dates"] = [
            {"label": papers.date_label(at.name, at.clock), "on": at.on, "provisional": at.provisional}
            for at in one.dates
        ]
    if one.alert is not None:
        shown |= {"alert": one.alert, "due_on": one.due_on, **_fate(one.alert, one.at, moment, known)}
    return shown


def _fate(alert: UUID, raised_at: datetime, moment: Moment, known: Told) -> dict[str, Any]:
    """What had become of an alert by the moment."""
    answered, taken_back = known.acknowledged.get(alert), known.withdrawn.get(alert)
    shown: dict[str, Any] = {
        "deliveries": [
            {"channel": one.channel, "state": one.state, "at": one.at}
            for one in known.delivered(alert, raised_at, moment.at)
        ],
        "acknowledged_by": None,
        "acknowledged_at": None,
        "withdrawn_at": None,
    }
    if answered is not None and answered.version <= moment.count:
        shown |= {"acknowledged_by": answered.by, "acknowledged_at": answered.at}
    if taken_back is not None and taken_back.version <= moment.count:
        shown["withdrawn_at"] = taken_back.at
    return shown
