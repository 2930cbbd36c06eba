"""演示案件: the invented petitions as acts in the order of time, dated back from today."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from domain.acts import SHANGHAI
from domain.petition.commands import AgainstEntry, LinkRepeat, PetitionerEntry, Register
from domain.petition.petition import COMMANDS
from domain.rulebase.fold import Known
from domain.rules.calendar import DAY, Calendar
from domain.rules.counting import limit

HERE = Path(__file__).parent
CLERK = "office"
BOOK = "petition-2022"
OPENS = time(9, 10)
BETWEEN = timedelta(minutes=12)
_AHEAD = "_in_days"


@dataclass(frozen=True, slots=True)
class Step:
    """步骤 — one act of a case: on which day, by whom, and the slug of the command with its fields."""

    on: date
    ref: str
    by: str
    slug: str
    fields: Mapping[str, Any]

    def command(self, cases: Mapping[str, UUID]) -> Any:
        """命令: with the dates that are counted from the day, and the case that an earlier one is."""
        fields = dict(self.fields)
        for name in [name for name in fields if name.endswith(_AHEAD)]:
            days = fields.pop(name)
            name = name.removesuffix(_AHEAD)
            fields[name if name.endswith("_by") else f"{name}_on"] = self.on + timedelta(days=days)
        if self.slug == "register":
            return _register(fields)
        if self.slug == "link-repeat":
            return LinkRepeat(earlier_petition=cases[fields["earlier"]])
        return COMMANDS[self.slug](**fields)


def steps(today: date, known: Known) -> list[Step]:
    """全部步骤: of all cases, in the order of time."""
    table = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))
    found = [step for case in table["case"] for step in _of_case(case, today, known)]
    return sorted(found, key=lambda step: step.on)


def times(steps: list[Step], now: datetime) -> Iterator[tuple[datetime, Step]]:
    """时刻: when each step was recorded – in office hours, one after the other, never later than now."""
    last, at = date.min, now
    for step in steps:
        at = at + BETWEEN if step.on == last else datetime.combine(step.on, OPENS, SHANGHAI)
        last = step.on
        yield min(at, now), step


def _of_case(case: dict[str, Any], today: date, known: Known) -> Iterator[Step]:
    fields = {
        name: value for name, value in case.items() if name not in {"ref", "received", "due_soon", "acts"}
    }
    if "due_soon" in case:
        start = _start_due_soon(case["due_soon"], today, known)
    else:
        start = _worked(today - timedelta(days=case["received"]), today, known.calendar)
    yield Step(start, case["ref"], CLERK, "register", fields)
    for act in case["acts"]:
        after = timedelta(days=act["after"])
        on = _worked(start + after, today, known.calendar) if after else start
        own = {name: value for name, value in act.items() if name not in {"after", "by", "do"}}
        yield Step(on, case["ref"], act["by"], act["do"], own)


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
