"""规则册 — the clocks of a regulation as data: what starts and stops them, how long they are, on what basis.

`parse` takes a table from TOML or JSON and refuses what it doesn't understand; `Books` finds the version.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from msgspec import to_builtins

from domain.rules.calendar import TABLES
from domain.rules.clockspec import ClockSpec
from domain.rules.rows import KINDS, Row, RulebookError
from domain.rules.signals import AlertStep

__all__ = ["Books", "ClockSpec", "Rulebook", "RulebookError", "as_table", "parse", "shipped"]


@dataclass(frozen=True)
class Rulebook:
    """规则册 — one version of a regulation's clocks.

    `statutory` marks the book that judges matters of its `kind` when none is named. Its clocks also run `beside` those
    of the book that judges, for cases of the kinds it names there.
    """

    id: str
    title: str
    version: str
    kind: str
    source: str
    published_at: datetime
    in_force_from: date
    in_force_to: date | None
    inherits: str | None
    running_clocks_move: bool
    clocks: tuple[ClockSpec, ...]
    statutory: bool = False
    alerts: tuple[AlertStep, ...] = ()
    note: str = ""
    beside: tuple[str, ...] = ()
    entered_at: datetime | None = field(default=None, compare=False)
    """When it was recorded here, if not with the publication; no part of the table."""

    @property
    def known_at(self) -> datetime:
        """得知时间 — from when on anybody here could count by it."""
        return self.entered_at or self.published_at

    def in_force(self, on: date) -> bool:
        """有效 — in force on that date, both ends inclusive."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


def parse(table: Mapping[str, object]) -> Rulebook:
    """读取规则册 — a validated rule book from a TOML or JSON table."""
    row = Row("规则册", table)
    row = Row(f"规则册“{row.text('id')}”", table)
    clocks = tuple(ClockSpec.parse(row.about, entry) for entry in row.rows("clock"))
    book = Rulebook(
        id=row.text("id"),
        title=row.text("title"),
        version=row.text("version"),
        kind=row.text("kind"),
        source=row.text("source"),
        published_at=row.instant("published_at"),
        in_force_from=row.day("in_force_from"),
        in_force_to=row.day("in_force_to") if row.has("in_force_to") else None,
        inherits=row.text("inherits") if row.has("inherits") else None,
        running_clocks_move=row.flag("running_clocks_move"),
        clocks=clocks,
        statutory=row.flag("statutory"),
        alerts=tuple(AlertStep.parse(row.about, entry) for entry in row.rows("alerts")),
        note=row.text("note", ""),
        beside=row.texts("beside", KINDS),
    )
    row.done()
    if book.in_force_to is not None and book.in_force_to < book.in_force_from:
        raise row.error("的失效日期早于施行日期")
    if book.inherits == book.id:
        raise row.error("不能继承自身")
    if book.kind in book.beside:
        raise row.error("不能与所适用的同类事项并行（beside）")
    if not clocks and book.inherits is None:
        raise row.error("没有时限（clock）")
    row.once("时限", [spec.clock for spec in clocks])
    row.once("预警步骤", [step.id for step in book.alerts])
    return book


def as_table(book: Rulebook) -> dict[str, Any]:
    """规则册的表 — every field written out, JSON-ready, and what `parse` reads back to an equal rule book."""
    table: dict[str, Any] = to_builtins(asdict(book))
    del table["entered_at"]
    table["clock"] = table.pop("clocks")
    return table


@cache
def shipped() -> tuple[Rulebook, ...]:
    """随附的规则册 — every rule book under `tables/rulebooks`, by file name."""
    files = sorted((TABLES / "rulebooks").glob("*.toml"))
    return tuple(parse(tomllib.loads(file.read_text("utf-8"))) for file in files)


class Books:
    """规则册目录 — all versions of all rule books, and which one judges what.

    What was found is kept: it is asked for every event of every case, and changes only on the days on which some version
    comes into force or goes out of it.
    """

    def __init__(self, rulebooks: Iterable[Rulebook], *, complete: bool = True) -> None:
        self._versions: dict[str, list[Rulebook]] = {}
        for book in rulebooks:
            self._versions.setdefault(book.id, []).append(book)
        for versions in self._versions.values():
            versions.sort(key=lambda book: (book.in_force_from, book.published_at))
            row = Row(f"规则册“{versions[0].id}”", {})
            row.once("版本", [book.version for book in versions])
        every = self.all()
        ends = [one.in_force_to for one in every if one.in_force_to is not None]
        days = {end + timedelta(days=1) for end in ends if end < date.max}
        self._turns = sorted(days.union(one.in_force_from for one in every))
        self._beside: dict[tuple[str, int], tuple[Rulebook, ...]] = {}
        self._statutory: dict[tuple[str, int], Rulebook] = {}
        self._clocks: dict[tuple[str, str, int], tuple[Rulebook, tuple[ClockSpec, ...]]] = {}
        for book in every:
            self._check_descent(book, complete)

    def _between(self, on: date) -> int:
        """Between which two of the days the date lies."""
        return bisect_right(self._turns, on)

    def all(self) -> tuple[Rulebook, ...]:
        """全部版本 — by id, then from the oldest to the newest."""
        return tuple(book for _, versions in sorted(self._versions.items()) for book in versions)

    def known(self, at: datetime) -> "Books":
        """当时所知的规则册 — those published by that instant; from a parent not yet known nothing is inherited."""
        return Books((book for book in self.all() if book.published_at <= at), complete=False)

    def exactly(self, id: str, version: str) -> Rulebook | None:
        """指定版本 — of a book; None if it isn't known."""
        return next((book for book in self._versions.get(id, ()) if book.version == version), None)

    def version(self, id: str, on: date, known_at: datetime | None = None) -> Rulebook | None:
        """适用版本 — the one in force on the date, else the nearest in time; None if the book is unknown."""
        versions = self._versions.get(id, [])
        if known_at is not None:
            versions = [book for book in versions if book.published_at <= known_at]
        return _nearest(versions, on)

    def statutory(self, kind: str, on: date) -> Rulebook:
        """法定规则册 — what judges a matter of that kind on that date when no book is named."""
        key = kind, self._between(on)
        found = self._statutory.get(key)
        if found is None:
            found = _nearest([book for book in self.all() if book.kind == kind and book.statutory], on)
            if found is None:
                raise RulebookError(f"没有适用于“{kind}”的规则册")
            self._statutory[key] = found
        return found

    def beside(self, kind: str, on: date) -> tuple[Rulebook, ...]:
        """并行规则册 — those in force on that date whose clocks run beside the main book's for that kind of case."""
        key = kind, self._between(on)
        kept = self._beside.get(key)
        if kept is None:
            newest = (
                _nearest([b for b in versions if b.in_force(on)], on) for versions in self._versions.values()
            )
            found = [book for book in newest if book is not None and kind in book.beside]
            kept = self._beside[key] = tuple(sorted(found, key=lambda book: book.id))
        return kept

    def clocks(self, book: Rulebook, on: date | None = None) -> tuple[ClockSpec, ...]:
        """全部时限 — the book's own clocks, then those it inherits and doesn't replace.

        The parent's version is the one in force on the date, or its newest when no date is given.
        """
        if book.inherits is None:
            return book.clocks
        key = book.id, book.version, self._between(on or date.max)
        kept = self._clocks.get(key)
        if kept is not None and kept[0] is book:
            return kept[1]
        parent = self.version(book.inherits, on or date.max)
        if parent is None:
            return book.clocks
        own = {spec.clock for spec in book.clocks}
        found = (*book.clocks, *(spec for spec in self.clocks(parent, on) if spec.clock not in own))
        self._clocks[key] = book, found
        return found

    def clock(self, book: Rulebook, name: str, on: date | None = None) -> ClockSpec | None:
        """时限 — by name, inherited ones included; None if the book has no such clock."""
        return next((spec for spec in self.clocks(book, on) if spec.clock == name), None)

    def moved(
        self, book: Rulebook, spec: ClockSpec, started_on: date, stopped_on: date | None
    ) -> tuple[Rulebook, ClockSpec] | None:
        """随修订调整 — the later version a running clock moved to; None if it keeps the version it has."""
        moved: tuple[Rulebook, ClockSpec] | None = None
        for later in self._versions.get(book.id, []):
            came = started_on < later.in_force_from and (
                stopped_on is None or later.in_force_from <= stopped_on
            )
            if came and later.running_clocks_move and later.in_force_from > book.in_force_from:
                changed = self.clock(later, spec.clock, later.in_force_from)
                moved = (later, changed) if changed is not None else moved
        return moved

    def _check_descent(self, book: Rulebook, complete: bool) -> None:
        """A parent must exist, and no book may descend from itself."""
        seen, heirs = {book.id}, [book]
        while heirs:
            heir = heirs.pop()
            if heir.inherits is None:
                continue
            if heir.inherits not in self._versions and not complete:
                continue
            if heir.inherits not in self._versions:
                raise RulebookError(f"规则册“{heir.id}”继承的“{heir.inherits}”不存在")
            if heir.inherits in seen:
                raise RulebookError(f"规则册“{book.id}”的继承关系成环")
            seen.add(heir.inherits)
            heirs.extend(self._versions[heir.inherits])


def _nearest(versions: list[Rulebook], on: date) -> Rulebook | None:
    in_force = [book for book in versions if book.in_force(on)]
    if in_force:
        return max(in_force, key=lambda book: (book.in_force_from, book.published_at))
    over = [book for book in versions if book.in_force_to is not None and book.in_force_to < on]
    if over:
        return max(over, key=lambda book: (book.in_force_to or on, book.published_at))
    return min(versions, key=lambda book: (book.in_force_from, book.published_at), default=None)
