"""被检举控告对象: whom an accusation names, in the directory's ids and as written. Pure.

Units below an accused unit stand accused with it: what is kept from a bureau is kept from its sections.
"""

from collections.abc import Iterable
from typing import Protocol

from domain.directory.fold import Directory
from domain.rules.authority import names_person, names_unit, plain


class Named(Protocol):
    """被反映对象 — a unit, a person, or a person of a unit, as written."""

    @property
    def unit(self) -> str | None: ...
    @property
    def person(self) -> str | None: ...


def accused_units(against: Iterable[Named], directory: Directory) -> frozenset[str]:
    """被检举控告单位: the plain texts as written, the ids of the units they name, and of all units below those."""
    written = {plain(one.unit) for one in against if one.unit} - {""}
    named = {
        unit.id
        for unit in directory.units.values()
        for text in written
        if text in {plain(unit.id), plain(unit.code)}
        or any(names_unit(text, plain(name)) for name in unit.names)
    }
    below = {under for unit in named for under in directory.below(unit)}
    return frozenset(written | named | below)


def accused_people(against: Iterable[Named], directory: Directory) -> frozenset[str]:
    """被检举控告人员: the plain texts as written and the ids of the officers they name."""
    written = {plain(one.person) for one in against if one.person} - {""}
    named = {
        officer.id
        for officer in directory.officers.values()
        for text in written
        if text == plain(officer.id) or any(names_person(text, plain(name)) for name in officer.names)
    }
    return frozenset(written | named)
