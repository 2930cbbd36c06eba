"""被检举控告对象: whom an accusation names, in the directory's ids and as written. Pure.

Every text may name units and officers, in whichever field it was written. Units below an accused unit stand accused
with it, and so do the officers who hold a post in one of them, whichever of their posts they act in: what is kept from a
bureau is kept from its sections. Whoever belonged to the accused when the case was registered, or has since, stands
accused for good: no move undoes an accusation.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from domain.directory.fold import Directory
from domain.directory.former import STILL
from domain.directory.people import Officer, Unit
from domain.rules.naming import (
    UnitName,
    abbreviates,
    exactly,
    meant,
    person_pattern,
    plain,
    title_pattern,
    unit_name,
)

TITLED = frozenset({"unit_head", "office_head", "office_clerk", "leader", "inspector"})
"""Posts whose holders may be meant by surname and title."""


class Named(Protocol):
    """被反映对象 — a unit, a person, or a person of a unit, as written."""

    @property
    def unit(self) -> str | None: ...
    @property
    def person(self) -> str | None: ...


def written(against: Iterable[Named]) -> frozenset[str]:
    """原文: every text in which somebody is named, plain."""
    return frozenset(plain(text) for one in against for text in (one.unit, one.person) if text) - {""}


def accused_units(against: Iterable[Named], directory: Directory, since: datetime = STILL) -> frozenset[str]:
    """被检举控告单位: the plain texts as written, the ids of the units they name, and of all units that are below those
    or have been `since` the instant."""
    texts = written(against)
    return texts | _units(_Within(directory), texts, since) if texts else texts


def accused_people(against: Iterable[Named], directory: Directory, since: datetime = STILL) -> frozenset[str]:
    """被检举控告人员: the plain texts as written, the ids of the officers they name, and of those who belong to an
    accused unit or have belonged to one `since` the instant."""
    texts = written(against)
    return texts | _people(_Within(directory), texts, since) if texts else texts


class _Within:
    """所查机构 — a directory as what was found in it is remembered by: this one, not one that looks the same."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory

    def __hash__(self) -> int:
        return id(self.directory)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Within) and other.directory is self.directory


@lru_cache(maxsize=256)
def _units(within: _Within, texts: frozenset[str], since: datetime) -> frozenset[str]:
    directory, named = within.directory, _units_named(texts, within.directory)
    below = {
        unit
        for unit in (directory.units if named else ())
        if any(above in named and until >= since for above, until in directory.chain(unit).items())
    }
    return named | below


@lru_cache(maxsize=256)
def _people(within: _Within, texts: frozenset[str], since: datetime) -> frozenset[str]:
    directory, units = within.directory, _units_named(texts, within.directory)
    return frozenset(
        officer
        for officer in directory.officers
        if any(unit in units and until >= since for unit, until in directory.belonging(officer).items())
        or any(
            meant(text, pattern)
            for pattern, until in patterns_of_officer(directory, officer)
            if until >= since
            for text in texts
        )
    )


def names_of_unit(unit: Unit) -> tuple[UnitName, ...]:
    """单位的名称: every name it ever bore."""
    return tuple(unit_name(found) for one in sorted(unit.names) if (found := plain(one)))


def patterns_of_unit(unit: Unit) -> Iterator[str]:
    """单位的指称: its id and code as a whole, and every name within a text."""
    yield from (exactly(found) for one in (unit.id, unit.code) if (found := plain(one)))
    yield from (one.pattern for one in names_of_unit(unit))


def patterns_of_officer(directory: Directory, officer: str) -> Iterator[tuple[str, datetime]]:
    """人员的指称: the id as a whole, every name ever borne, and each surname with a title until the last such post."""
    yield exactly(plain(officer)), STILL
    found: Officer | None = directory.officers.get(officer)
    names = sorted({plain(one) for one in found.names} - {""}) if found is not None else []
    titled = [until for _, post, until in directory.posts_ever(officer) if post in TITLED]
    for name in names:
        yield person_pattern(name), STILL
        if titled:
            yield title_pattern(name), max(titled)


def _units_named(texts: frozenset[str], directory: Directory) -> frozenset[str]:
    return frozenset(
        unit.id
        for unit in directory.units.values()
        if any(meant(text, pattern) for pattern in patterns_of_unit(unit) for text in texts)
        or any(abbreviates(text, name) for name in names_of_unit(unit) for text in texts)
    )
