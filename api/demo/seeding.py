"""演示数据: founds the demo office in an empty database, once."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog

from api import letters
from api.bootstrap import Services
from api.demo import cases
from api.passwords import hasher
from domain.acts import Act, legal_date, system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID, Directory, fold
from domain.facts import Fact

PASSWORD = "shixian-demo"
HERE = Path(__file__).parent
OLDEST = timedelta(days=150)
"""The office is founded before the oldest of its cases."""
WATCHED = timedelta(days=45)
"""So far back the alerts are raised on their own days; what was due before is raised at once."""

log = structlog.get_logger("demo")


def seed(services: Services) -> bool:
    """建立演示机关: whether there was anything to do; an office that exists is left alone.

    Cut short, it leaves an office without accounts, which the next start gives it.
    """
    table = tomllib.loads((HERE / "office.toml").read_text("utf-8"))
    officers = [one["id"] for one in table["officer"]]
    now = services.clock()
    if services.casework.directory().version == 0:
        _found(services, table, system_act(now - OLDEST))
        _letters(services, now)
        _cases(services, now)
    elif _has_accounts(services) or not set(officers) <= set(services.casework.directory().officers):
        return False
    _accounts(services, officers)
    log.info("demo.seeded", officers=len(officers))
    return True


def _has_accounts(services: Services) -> bool:
    with services.database.connection() as connection:
        return connection.execute("SELECT FROM accounts LIMIT 1").fetchone() is not None


def _accounts(services: Services, officers: list[str]) -> None:
    """One hash for all: hashing takes a while, and everybody knows this password anyhow."""
    hashed = hasher.hash(PASSWORD)
    with services.database.transaction() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO accounts (username, officer, password_hash) VALUES (%s, %s, %s)",
            [(officer, officer, hashed) for officer in officers],
        )


def _found(services: Services, table: dict[str, list[dict[str, str]]], act: Act) -> None:
    def drafts(_: int) -> list[Fact]:
        directory, facts = services.casework.directory(), list[Fact]()

        def record(fact: Fact) -> Directory:
            facts.append(fact)
            return fold(directory, fact)

        for one in table["unit"]:
            made = decisions.found_unit(one["id"], one["name"], one["kind"], one["code"], directory, act)
            directory = record(made)
        for one in table["officer"]:
            directory = record(
                decisions.appoint(one["id"], one["name"], one["unit"], one["post"], directory, act)
            )
        return facts

    services.casework.publish(DIRECTORY_ID, drafts, act)


def _letters(services: Services, now: datetime) -> None:
    reading = letters.read((HERE / "letters.csv").read_bytes(), legal_date(now))
    act = Act(by="system", unit="petition-office", role="system", at=now)
    for _ in letters.land(services.casework, reading.letters, lambda: act):
        pass


def _cases(services: Services, now: datetime) -> None:
    casework, known = services.casework, services.casework.known(now)
    ids: dict[str, UUID] = {}
    watched = legal_date(now - WATCHED)
    for at, step in cases.times(cases.steps(legal_date(now), known), now):
        if step.on > watched:
            watched = step.on
            casework.raise_alerts(list(ids.values()), at)
        officer = casework.directory().officers[step.by]
        act = Act(by=officer.id, unit=officer.unit, role=officer.post, at=at, name=officer.name)
        if step.slug == "register":
            ids[step.ref] = casework.register(step.command(ids), act).id
        else:
            casework.handle(ids[step.ref], step.command(ids), act)
    casework.raise_alerts(list(ids.values()), now)
