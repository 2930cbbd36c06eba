"""接访值班簿: the fold of an office's book of one year – the rota as it stands with what it was before, and the shifts."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from domain.directory.fold import NAMESPACE
from domain.facts import Fact
from domain.rota import events
from domain.rota.events import Entry


class Version(msgspec.Struct, frozen=True):
    """一次公布 — an entry as it was published or changed, when, by whom and why."""

    entry: Entry
    at: datetime
    by: str
    reason: str | None = None
    cancelled: bool = False


class Day(msgspec.Struct, frozen=True):
    """接待安排 — one entry of the rota, with everything it ever was; the last counts."""

    id: str
    office: str
    versions: tuple[Version, ...]

    @property
    def entry(self) -> Entry:
        """现行安排."""
        return self.versions[-1].entry

    @property
    def cancelled(self) -> bool:
        """已取消."""
        return self.versions[-1].cancelled


class Note(msgspec.Struct, frozen=True):
    """值班记事 — an entry of the duty log."""

    at: datetime
    by: str
    text: str


class Matter(msgspec.Struct, frozen=True):
    """值班事项 — a matter logged on the shift."""

    case: UUID
    number: str


class Shift(msgspec.Struct, frozen=True):
    """班次 — a shift of the duty log."""

    id: str
    office: str
    day: date
    from_time: str
    to_time: str
    officers: tuple[str, ...]
    leader: str | None = None
    place: str | None = None
    notes: tuple[Note, ...] = ()
    matters: tuple[Matter, ...] = ()
    closed_on: date | None = None
    closed_by: str | None = None
    closing_text: str | None = None

    @property
    def ends_on(self) -> date:
        """交班日: a shift that ends at or before the hour it began at ends on the next day."""
        return self.day + timedelta(days=1) if self.to_time <= self.from_time else self.day

    def covers(self, on: date) -> bool:
        """当班: whether the day is one of the shift's."""
        return self.day <= on <= self.ends_on


class Book(msgspec.Struct, frozen=True):
    """接访值班簿 — an office's book of one year."""

    version: int = 0
    days: dict[str, Day] = {}
    shifts: dict[str, Shift] = {}


def stream_of(office: str, year: int) -> UUID:
    """值班簿标识: one book an office and year."""
    return uuid5(NAMESPACE, f"reception-book:{office}:{year}")


def place_of(id: str) -> tuple[str, int] | None:
    """所在值班簿: office and year of an entry or a shift, from its id; None of what is no such id."""
    office, _, rest = id.partition(".")
    year = rest.partition(".")[0]
    return (office, int(year)) if office and year.isdecimal() and len(year) == 4 else None


def fold(book: Book, fact: Fact) -> Book:
    """折叠: the book after the fact."""
    days, shifts = book.days, book.shifts
    match fact:
        case events.RotaPublished():
            first = {e.id: Day(e.id, fact.office, (_version(e, fact),)) for e in fact.entries}
            days = {**days, **first}
        case events.RotaAmended():
            day, made = days[fact.entry.id], _version(fact.entry, fact, fact.reason, fact.cancelled)
            days = {**days, day.id: replace(day, versions=(*day.versions, made))}
        case events.ShiftOpened():
            shifts = {**shifts, fact.shift: _shift(fact)}
        case events.ShiftNoted():
            shift = shifts[fact.shift]
            note = Note(fact.recorded_at, fact.by, fact.text)
            shifts = {**shifts, shift.id: replace(shift, notes=(*shift.notes, note))}
        case events.MatterTaken():
            shift = shifts[fact.shift]
            matter = Matter(fact.case, fact.case_number)
            shifts = {**shifts, shift.id: replace(shift, matters=(*shift.matters, matter))}
        case events.ShiftClosed():
            shift = shifts[fact.shift]
            closed = replace(shift, closed_on=fact.on, closed_by=fact.by, closing_text=fact.text)
            shifts = {**shifts, shift.id: closed}
        case _:
            return book
    return Book(fact.originator_version, days, shifts)


def project(facts: Iterable[Fact]) -> Book:
    """折叠全部: the book after all of these facts."""
    book = Book()
    for fact in facts:
        book = fold(book, fact)
    return book


def _version(entry: Entry, fact: Fact, reason: str | None = None, cancelled: bool = False) -> Version:
    return Version(entry, fact.recorded_at, fact.by, reason, cancelled)


def _shift(fact: events.ShiftOpened) -> Shift:
    return Shift(
        fact.shift,
        fact.office,
        fact.day,
        fact.from_time,
        fact.to_time,
        fact.officers,
        fact.leader,
        fact.place,
    )
