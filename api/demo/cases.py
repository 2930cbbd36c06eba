"""演示案件: the invented petitions and supervision items as acts in the order of time, dated back from today."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.acts import SHANGHAI
from domain.attachments import AttachmentEntry
from domain.cases import Kind
from domain.kinds import ITEM, PETITION
from domain.petition.commands import AgainstEntry, PetitionerEntry, Register
from domain.rulebase.fold import Known
from domain.rules.calendar import DAY, Calendar
from domain.rules.counting import limit
from domain.supervision.commands import Open

HERE = Path(__file__).parent
CLERK = "office"
INSPECTOR = "inspector"
BOOK = "petition-2022"
OPENS = time(9, 10)
BETWEEN = timedelta(minutes=12)
_AHEAD = "_in_days"
_LISTS = frozenset({"assisting_units", "to_leaders", "leaders", "officers", "missing"})


@dataclass(frozen=True, slots=True)
class Step:
    """步骤 — one act of a case: on which day, by whom, and the slug of the command with its fields."""

    on: date
    ref: str
    by: str
    slug: str
    fields: Mapping[str, Any]
    commands: Mapping[str, type]

    def command(self, cases: Mapping[str, UUID]) -> Any:
        """命令: with the dates that are counted from the day, and the cases that it names."""
        fields = dict(self.fields)
        for name in [name for name in fields if name.endswith(_AHEAD)]:
            days = fields.pop(name)
            name = name.removesuffix(_AHEAD)
            fields[name if name.endswith("_by") else f"{name}_on"] = self.on + timedelta(days=days)
        if "attachments" in fields:
            fields["attachments"] = tuple(AttachmentEntry(name) for name in fields["attachments"])
        for name in ("petition", "earlier_petition"):
            if name in fields:
                fields[name] = cases[fields[name]]
        fields |= {name: tuple(value) for name, value in fields.items() if name in _LISTS}
        match self.slug:
            case "register":
                return _register(fields)
            case "open":
                return Open(**fields)
            case _:
                return self.commands[self.slug](**fields)


def steps(today: date, known: Known) -> list[Step]:
    """全部步骤: of all cases, in the order of time."""
    petitions = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["case"]
    items = tomllib.loads((HERE / "items.toml").read_text("utf-8"))["item"]
    found = [step for case in petitions for step in _of_case(case, CLERK, "register", PETITION, today, known)]
    found += [step for item in items for step in _of_case(item, INSPECTOR, "open", ITEM, today, known)]
    return sorted(found, key=lambda step: step.on)


def times(steps: list[Step], now: datetime) -> Iterator[tuple[datetime, Step]]:
    """时刻: when each step was recorded – in office hours, one after the other, never later than now."""
    last, at = date.min, now
    for step in steps:
        at = at + BETWEEN if step.on == last else datetime.combine(step.on, OPENS, SHANGHAI)
        last = step.on
        yield min(at, now), step


def _of_case(
    case: dict[str, Any], opener: str, opening: str, kind: Kind, today: date, known: Known
) -> Iterator[Step]:
    apart = {"ref", "received", "due_soon", "acts"}
    fields = {name: value for name, value in case.items() if name not in apart}
    if "due_soon" in case:
        start = _start_due_soon(case["due_soon"], today, known)
    else:
        start = _worked(today - timedelta(days=case["received"]), today, known.calendar)
    yield Step(start, case["ref"], opener, opening, fields, kind.commands)
    for act in case["acts"]:
        after = timedelta(days=act["after"])
        on = _worked(start + after, today, known.calendar) if after else start
        own = {name: value for name, value in act.items() if name not in {"after", "by", "do"}}
        yield Step(on, case["ref"], act["by"], act["do"], own, kind.commands)


def _worked(on: date, today: date, calendar: Calendar) -> date:
    return min(calendar.next_working(on), today)


def _start_due_soon(clock: str, today: date, known: Known) -> date:
    """The day from which the clock is due one to three working days from today: a working day if there is one."""
    book = known.books.version(BOOK, today)
    spec = known.books.clock(book, clock) if book is not None else None
    if spec is None:
        return today
    due = {start: limit(spec, start, known.calendar).due_on for start in (today - n * DAY for n in range(60))}
    near = [start for start, on in due.items() if 1 <= known.calendar.between(today, on) <= 3]
    return next((start for start in near if known.calendar.is_working(start)), near[0] if near else today)


def _register(fields: dict[str, Any]) -> Register:
    petitioners = tuple(PetitionerEntry(**one) for one in fields.pop("petitioners", ()))
    against = tuple(AgainstEntry(**one) for one in fields.pop("against", ()))
    return Register(**fields, petitioners=petitioners, against=against)
