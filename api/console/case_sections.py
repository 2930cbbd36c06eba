"""情况栏目: the shapes in which a page shows the facts of a case, and the ways to make a line of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from api import case_stages
from api.case_reading import Seen
from api.console import case_words
from api.console.case_words import Line, Piece, line
from api.console.rendering import day


@dataclass(frozen=True, slots=True)
class Section:
    """一栏 — a heading and its lines."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """正文 — what the case is about, in the words of whoever wrote it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """表 — rows under headings: the units' parts of an item, the entries of a list."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """案件情况 — what a page shows of a case besides its clocks and its course."""

    subject: str
    stage: str
    texts: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    badges: tuple[str, ...] = ()


def stage_of(seen: Seen) -> str:
    """环节名称."""
    return case_stages.label(seen.kind.name, seen.state.stage.value)


def section(title: str, *lines: Line | None) -> Section:
    """一栏: of the lines that say something."""
    return Section(title, tuple(one for one in lines if one is not None))


def named(label: str, pieces: Sequence[Piece]) -> Line | None:
    """一栏: of names."""
    return Line(label, tuple(pieces)) if pieces else None


def linked(seen: Seen, label: str, number: str | None, id: UUID | None, place: str) -> Line | None:
    """关联案件: none of one that the officer may not know of."""
    if number is None or id is None or id in seen.hidden:
        return None
    return Line(label, (Piece(number, f"/console/{place}/{id}"),))


def code(label: str, name: str, value: str | None) -> Line | None:
    """一栏: of a coded value."""
    return line(label, case_words.said(name, value) if value else None)


def dated(label: str, when: date | None, *more: str | None) -> Line | None:
    """一栏: of a date and what is said beside it."""
    return line(label, " · ".join([day(when), *(one for one in more if one)])) if when is not None else None
