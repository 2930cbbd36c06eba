"""规则库的折叠: shipped tables and published facts → the rule books and calendar known at an instant."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import uuid5

from domain.directory.fold import NAMESPACE
from domain.facts import Fact
from domain.rulebase import events
from domain.rules import calendar as calendars
from domain.rules import rulebook as rulebooks
from domain.rules.calendar import Calendar, Decree
from domain.rules.rulebook import Books, Rulebook

RULEBASE_ID = uuid5(NAMESPACE, "rulebase")


@dataclass(frozen=True)
class Known:
    """已知规则 — the rule books and the calendar as known at one instant."""

    books: Books
    calendar: Calendar


@dataclass(frozen=True)
class Rulebase:
    """规则库 — every rule-book version and every decree, shipped or published."""

    version: int
    rulebooks: tuple[Rulebook, ...]
    decrees: tuple[Decree, ...]

    def known(self, at: datetime) -> Known:
        """当时所知: only what was published by that instant."""
        marks = [book.published_at for book in self.rulebooks] + [d.published_at for d in self.decrees]
        latest = max((mark for mark in marks if mark <= at), default=at)
        return _known(self, latest)

    def with_decree(self, decree: Decree) -> "Rulebase":
        """试算: the same with one more decree, for previews."""
        return Rulebase(self.version, self.rulebooks, (*self.decrees, decree))

    def with_rulebook(self, book: Rulebook) -> "Rulebase":
        """试算: the same with one more rule-book version, for previews."""
        return Rulebase(self.version, (*self.rulebooks, book), self.decrees)

    def __hash__(self) -> int:
        return hash((self.version, len(self.rulebooks), len(self.decrees), id(self.decrees)))


@lru_cache(maxsize=64)
def _known(rulebase: Rulebase, at: datetime) -> Known:
    books = Books(rulebase.rulebooks).known(at)
    return Known(books, calendars.as_known(rulebase.decrees, at))


def shipped() -> Rulebase:
    """出厂规则: the tables the package ships with, before any publication."""
    return Rulebase(0, rulebooks.shipped(), calendars.shipped())


def fold(rulebase: Rulebase, fact: Fact) -> Rulebase:
    """折叠: the rule base after the fact."""
    match fact:
        case events.RulebookPublished():
            book = replace(rulebooks.parse(fact.table), entered_at=fact.recorded_at)
            return Rulebase(fact.originator_version, (*rulebase.rulebooks, book), rulebase.decrees)
        case events.CalendarDecreed():
            return Rulebase(fact.originator_version, rulebase.rulebooks, (*rulebase.decrees, decree_of(fact)))
        case _:
            return rulebase


def decree_of(fact: events.CalendarDecreed) -> Decree:
    """放假安排: the decree that the fact recorded."""
    return Decree(
        year=fact.year,
        source=fact.source,
        published_at=fact.published_at,
        days_off=frozenset(fact.days_off),
        make_up_days=frozenset(fact.make_up_days),
        entered_at=fact.recorded_at,
    )
