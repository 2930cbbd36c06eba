"""The town of the tables: the builders' officers and those whom the tables need besides, each with an account."""

from collections.abc import Sequence
from typing import Any

from api.bootstrap import Services
from domain.acts import envelope, system_act
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID, Officer, Unit
from tests import builders, items
from tests.api.town import PASSWORD, hashed

UNITS: tuple[Unit, ...] = (
    *builders.UNITS,
    Unit("unit-c", "清江区城市管理局", "unit", "C"),
    Unit("unit-a-safety", "房屋安全科", "unit", "AF", parent="unit-a"),
    Unit("east-office", "东河街道信访站", "petition_office", "DH"),
)
c_head = Officer("c-head", "郑八", "unit-c", "unit_head")
c_clerk = Officer("c-clerk", "王九", "unit-c", "unit_clerk")
c_officer = Officer("c-officer", "冯十一", "unit-c", "unit_officer")
safety_head = Officer("safety-head", "韩十", "unit-a-safety", "unit_head")
east_clerk = Officer("east-clerk", "沈东", "east-office", "office_clerk")
OFFICERS: tuple[Officer, ...] = (
    *items.OFFICERS, c_head, c_clerk, c_officer, safety_head, east_clerk,
)  # fmt: skip
IDS = tuple(officer.id for officer in OFFICERS)
SELDOM = frozenset({"inspector2", c_officer.id, safety_head.id, east_clerk.id})
"""Whose case is like another's: they are tried on one act a stage."""
OF_UNIT = {unit.id: frozenset(o.id for o in OFFICERS if o.unit == unit.id) for unit in UNITS}
"""Everybody of a unit."""


def posts(unit: str, *held: str) -> frozenset[str]:
    """The officers of a unit with one of these posts."""
    return frozenset(o.id for o in OFFICERS if o.unit == unit and o.post in held)


def with_post(*held: str) -> frozenset[str]:
    """The officers with one of these posts, in whichever unit."""
    return frozenset(o.id for o in OFFICERS if o.post in held)


def officer(id: str) -> Officer:
    return next(one for one in OFFICERS if one.id == id)


def found(services: Services, units: Sequence[Unit] = UNITS, officers: Sequence[Officer] = OFFICERS) -> None:
    """Units, officers and accounts."""
    act = system_act(services.clock())

    def founding(version: int) -> list[Any]:
        facts: list[Any] = []
        for unit in units:
            made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
            called = {"name": unit.name, "kind": unit.kind, "code": unit.code, "parent": unit.parent}
            facts.append(UnitFounded(**made, unit_id=unit.id, **called))
        for one in officers:
            made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
            held = {"name": one.name, "unit_id": one.unit, "post": one.post}
            facts.append(OfficerAppointed(**made, officer=one.id, **held))
        return facts

    services.casework.publish(DIRECTORY_ID, founding, act)
    with services.database.transaction() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO accounts (username, officer, password_hash) VALUES (%s, %s, %s)",
            [(one.id, one.id, hashed(PASSWORD)) for one in officers],
        )
