"""机构人员的折叠: facts → who holds which post where."""

from collections.abc import Iterable
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from domain.directory import events
from domain.facts import Fact
from domain.rules.deadlines import OUTSIDE

NAMESPACE = UUID("6c0f5d1e-3c5f-5b8e-9a51-0d2f6f0c7e11")
DIRECTORY_ID = uuid5(NAMESPACE, "directory")


class Unit(msgspec.Struct, frozen=True):
    """单位 — `kind` is "petition_office", "supervision", "leadership", "unit" or "service"."""

    id: str
    name: str
    kind: str
    code: str


class Officer(msgspec.Struct, frozen=True):
    """工作人员 — the post an officer holds in a unit."""

    id: str
    name: str
    unit: str
    post: str


class Directory(msgspec.Struct, frozen=True):
    """机构人员 — units and officers as they are after `version` facts."""

    version: int = 0
    units: dict[str, Unit] = {}
    officers: dict[str, Officer] = {}

    def holders(self, unit: str, posts: Iterable[str]) -> list[str]:
        """任职人员: the officers who hold one of the posts in the unit."""
        wanted = set(posts)
        return [o.id for o in self.officers.values() if o.unit == unit and o.post in wanted]

    def with_post(self, posts: Iterable[str]) -> list[str]:
        """任职人员: the officers who hold one of the posts in any unit."""
        wanted = set(posts)
        return [o.id for o in self.officers.values() if o.post in wanted]

    def is_office(self, unit: str) -> bool:
        """信访工作机构: whether the unit is a petition office, which routes rather than handles."""
        found = self.units.get(unit)
        return found is not None and found.kind == "petition_office"

    def unit_name(self, unit: str) -> str:
        """单位名称: the name; of an organ outside the directory what it is called, or the id as given."""
        found = self.units.get(unit)
        return found.name if found is not None else OUTSIDE.get(unit, unit)

    def resolve(self, unit: str) -> str:
        """单位标识: the id of a unit given by id or by name; anything else stays as it is."""
        if unit in self.units:
            return unit
        return next((u.id for u in self.units.values() if u.name == unit), unit)


def fold(directory: Directory, fact: Fact) -> Directory:
    """折叠: the directory after the fact."""
    match fact:
        case events.UnitFounded():
            unit = Unit(fact.unit_id, fact.name, fact.kind, fact.code)
            units = {**directory.units, unit.id: unit}
            return replace(directory, version=fact.originator_version, units=units)
        case events.OfficerAppointed():
            officer = Officer(fact.officer, fact.name, fact.unit_id, fact.post)
            officers = {**directory.officers, officer.id: officer}
            return replace(directory, version=fact.originator_version, officers=officers)
        case _:
            return directory
