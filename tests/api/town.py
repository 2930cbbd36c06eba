"""A small town for the tests of the outside: the demo's units and officers, each with an account."""

from functools import cache
from typing import Any

from api.bootstrap import Services
from api.passwords import hasher
from domain.acts import envelope, system_act
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID

PASSWORD = "shixian-demo"

UNITS = (
    ("petition-office", "清江区信访局", "petition_office", "XF"),
    ("unit-a", "清江区住房和城乡建设局", "unit", "ZJ"),
    ("unit-b", "清江区人力资源和社会保障局", "unit", "RS"),
    ("supervision", "清江区督查室", "supervision", "DC"),
    ("leadership", "清江区领导", "leadership", "LD"),
    ("system", "系统", "service", "SYS"),
)
OFFICERS = (
    ("office", "林小雨", "petition-office", "office_clerk"),
    ("office-head", "陈国平", "petition-office", "office_head"),
    ("inspector", "郑督", "supervision", "inspector"),
    ("leader", "周明远", "leadership", "leader"),
    ("unit-a-head", "赵一鸣", "unit-a", "unit_head"),
    ("unit-a-clerk", "钱多多", "unit-a", "unit_clerk"),
    ("unit-a-officer", "孙三立", "unit-a", "unit_officer"),
    ("unit-b-head", "李四海", "unit-b", "unit_head"),
    ("unit-b-clerk", "吴五常", "unit-b", "unit_clerk"),
    ("unit-b-officer", "郑六合", "unit-b", "unit_officer"),
    ("auditor", "何审之", "supervision", "auditor"),
    ("admin", "管理员", "system", "admin"),
)
NAMES = tuple(officer for officer, *_ in OFFICERS)


@cache
def hashed(password: str) -> str:
    """Hashing takes a moment; once a run is enough."""
    return hasher.hash(password)


def found(services: Services) -> None:
    """Units, officers and accounts."""
    act = system_act(services.clock())

    def founding(version: int) -> list[Any]:
        facts: list[Any] = []
        for unit, name, kind, code in UNITS:
            made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
            facts.append(UnitFounded(**made, unit_id=unit, name=name, kind=kind, code=code))
        for officer, name, unit, post in OFFICERS:
            made = envelope(DIRECTORY_ID, version + len(facts) + 1, act)
            facts.append(OfficerAppointed(**made, officer=officer, name=name, unit_id=unit, post=post))
        return facts

    services.casework.publish(DIRECTORY_ID, founding, act)
    with services.database.transaction() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO accounts (username, officer, password_hash) VALUES (%s, %s, %s)",
            [(name, name, hashed(PASSWORD)) for name in NAMES],
        )
