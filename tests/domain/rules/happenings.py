"""Histories for trying clocks on: moments in order, without a case around them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from domain.rules import calendar as calendars
from domain.rules import rulebook
from domain.rules.calendar import Calendar
from domain.rules.deadlines import Case, Clock, Moment, clocks
from domain.rules.rulebook import Books
from tests.domain.rules.conftest import WRITTEN_AT

BOOKS = Books(rulebook.shipped())
CALENDAR: Calendar = calendars.as_known(calendars.shipped(), WRITTEN_AT)
DATES = frozenset({"due_on", "count_from"})

ITEM = Case("supervision", None, {"form": "item"})
DOCUMENT = Case("document", None, {"form": "document", "limit_class": "incoming"})
PETITION = Case("petition", None, {"category": "appeal", "way": "opinion", "anonymous": "no"})
MONTH = Case("month", None, {})


def on(day: str) -> date:
    return date.fromisoformat(day)


@dataclass(frozen=True, slots=True)
class History:
    """经过 — a case, what happened in it so far, and its clocks."""

    case: Case
    moments: tuple[Moment, ...] = ()
    books: Books = BOOKS

    def then(self, day: str, *names: str, unit: str = "", **data: Any) -> "History":
        """One more event on that day, told in one or several moments."""
        return self.add(day, *(told(name, unit, **data) for name in names))

    def add(self, day: str, *tellings: tuple[str, str, dict[str, Any]]) -> "History":
        """One more event whose moments are of several units."""
        version = self.moments[-1].version + 1 if self.moments else 1
        more = tuple(
            Moment(name, on(day), version, unit, on(day), {k: _read(k, v) for k, v in data.items()})
            for name, unit, data in tellings
        )
        return replace(self, moments=self.moments + more)

    def clocks(self) -> list[Clock]:
        return clocks(self.case, self.moments, self.books, CALENDAR)

    def all(self, clock: str) -> list[Clock]:
        return [c for c in self.clocks() if c.clock == clock]

    def one(self, clock: str, part: str | None = None) -> Clock:
        (found,) = [c for c in self.all(clock) if part in {None, c.part}]
        return found

    def state(self, clock: str, part: str | None = None) -> str:
        return self.one(clock, part).state

    def due(self, clock: str, part: str | None = None) -> str:
        return self.one(clock, part).due_on.isoformat()

    def names(self) -> set[str]:
        return {c.clock for c in self.clocks()}


def told(name: str, unit: str = "", **data: Any) -> tuple[str, str, dict[str, Any]]:
    return name, unit, data


def _read(key: str, value: Any) -> Any:
    return on(value) if key in DATES and isinstance(value, str) else value


def keys(found: Sequence[Clock]) -> list[tuple[str, int, str]]:
    """What a clock is known by."""
    return [(c.clock, c.start_version, c.part) for c in found]
