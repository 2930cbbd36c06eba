"""办理经过: the events of a case as a page tells them – what, on which legal date, by whom, on what basis, with what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from api import case_links, case_shapes
from api.case_reading import Seen, officer_called
from api.console.case_words import Line, Words
from domain.acts import legal_date
from domain.alerts.events import QUIET
from domain.casework import Recorded
from domain.directory.decisions import POSTS
from domain.facts import name_of, term_of


@dataclass(frozen=True, slots=True)
class Told:
    """一条经过 — an event in words; `quiet` ones are the system's alerts and their acknowledgements."""

    version: int
    event: str
    term: str
    on: date
    recorded_at: datetime
    recorded_later: bool
    by: str
    for_whom: str | None
    unit: str
    post: str
    basis: str | None
    lines: Sequence[Line]
    quiet: bool


def of(seen: Seen, words: Words, newest_first: bool = True) -> list[Told]:
    """办理经过: every event that the officer may be told of."""
    told = [
        _told(one, seen, words)
        for one in seen.history
        if not case_links.tells_of_hidden(one.fact, seen.hidden)
    ]
    return told[::-1] if newest_first else told


def runs(told: Sequence[Told]) -> list[list[Told]]:
    """成段经过: what follows one another, the system's alerts apart from what people did."""
    return [list(run) for _, run in groupby(told, key=lambda one: one.quiet)]


def since(seen: Seen, words: Words, version: int) -> list[Told]:
    """新增经过: what was recorded after a version of the case, alerts aside."""
    return [one for one in of(seen, words, newest_first=False) if one.version > version and not one.quiet]


def _told(one: Recorded, seen: Seen, words: Words) -> Told:
    fact, directory = one.fact, seen.directory
    return Told(
        version=fact.originator_version,
        event=name_of(fact),
        term=term_of(type(fact)),
        on=fact.on,
        recorded_at=fact.recorded_at,
        recorded_later=legal_date(fact.recorded_at) != fact.on,
        by=officer_called(directory, fact.by, fact.recorded_at) or fact.by,
        for_whom=officer_called(directory, fact.for_whom, fact.recorded_at),
        unit=directory.unit_called(fact.unit, fact.recorded_at) if fact.by != "system" else "",
        post=POSTS.get(fact.role, ""),
        basis=fact.basis,
        lines=words.lines(fact, case_shapes.data(fact, seen.hidden)),
        quiet=isinstance(fact, QUIET),
    )
