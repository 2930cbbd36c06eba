"""案件的接口形状: the state, the events and the steps of a case of any kind, as the API shows them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from api import case_links, item_shapes, month_shapes, petition_shapes, reception_shapes
from api.case_reading import SYSTEM, Seen, officer_called
from api.shapes import deadline_item
from domain.casework import Recorded
from domain.directory.fold import Directory
from domain.facts import ENVELOPE, Fact, name_of, term_of
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.rules.signals import Signal, signal

__all__ = ["SYSTEM", "data", "deadlines", "event", "state", "step"]

NEVER_SHOWN = frozenset({"personal", "query_code"})
"""Fields of facts that leave the store through no list, history or feed."""

STATES: Mapping[str, Callable[[Seen], dict[str, Any]]] = {
    PETITION.name: petition_shapes.state,
    ITEM.name: item_shapes.state,
    MONTH.name: month_shapes.state,
    RECEPTION.name: reception_shapes.state,
}
"""状态形状: of each kind of case."""


def state(seen: Seen) -> dict[str, Any]:
    """案件状态: the fold as its kind shows it, without links to hidden cases, with the light of the day asked about."""
    shown = STATES[seen.kind.name](seen)
    untold = case_links.untold(seen.state, seen.hidden)
    return shown | dict.fromkeys(untold & set(shown)) | _light(seen)


def _light(seen: Seen) -> dict[str, Any]:
    """The light of a case is that of its running clock which falls due first; windows don't count."""
    due = [c.due_on for c in seen.clocks if c.state == "running" and not c.window]
    found = Signal("cancelled", "grey", None, None)
    if due:
        found = signal("running", min(due), None, seen.today, seen.known.calendar, False)
    return {
        "light": found.light,
        "next_due_on": min(due, default=None),
        "overdue": found.status == "overdue",
        "days_left": found.days_left,
        "working_days_left": found.working_days_left,
    }


def deadlines(seen: Seen) -> list[dict[str, Any]]:
    """期限: every clock of the case on the day asked about."""
    return [
        deadline_item(clock, seen.today, seen.known.calendar, seen.directory)
        | {"unit_name": seen.unit_name(clock.unit or None)}
        for clock in seen.clocks
    ]


def history(seen: Seen) -> list[dict[str, Any]]:
    """办理经过: every event in the order of its record."""
    told = (one for one in seen.history if not case_links.tells_of_hidden(one.fact, seen.hidden))
    return [event(one, seen.directory, seen.hidden) for one in told]


def step(seen: Seen) -> dict[str, Any]:
    """一步: the last event of what is seen, the state and every clock after it, and the day on which they are judged."""
    return {
        "event": event(seen.last, seen.directory, seen.hidden),
        "as_of": seen.today,
        "state": state(seen),
        "deadlines": deadlines(seen),
    }


def event(one: Recorded, directory: Directory, hidden: case_links.Hidden = case_links.NONE) -> dict[str, Any]:
    """事件: one fact of a case, without personal data, with the names of the time of its record."""
    fact = one.fact
    return {
        "version": fact.originator_version,
        "position": one.position,
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "on": fact.on,
        "recorded_at": fact.recorded_at,
        "by": fact.by,
        "by_name": officer_called(directory, fact.by, fact.recorded_at),
        "unit": fact.unit,
        "unit_name": directory.unit_called(fact.unit, fact.recorded_at),
        "role": fact.role,
        "for_whom": fact.for_whom,
        "for_whom_name": officer_called(directory, fact.for_whom, fact.recorded_at),
        "basis": fact.basis,
        "data": data(fact, hidden),
    }


def data(fact: Fact, hidden: case_links.Hidden = case_links.NONE) -> dict[str, Any]:
    """事件内容: the fact's own fields, also those at their defaults, without personal data, without the code that opens
    the case to a citizen, and without links to hidden cases."""
    closed = ENVELOPE | NEVER_SHOWN | case_links.untold(fact, hidden)
    own = [name for name in fact.__struct_fields__ if name not in closed]
    return {name: msgspec.to_builtins(getattr(fact, name)) for name in own}
