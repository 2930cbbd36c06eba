"""演示数据: founds the demo office in an empty database, once."""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from api import letters
from api.bootstrap import Services
from api.demo import cases, reception
from api.passwords import hasher
from domain.acts import Act, legal_date, system_act
from domain.directory import decisions, duty
from domain.directory.fold import DIRECTORY_ID, Directory, fold
from domain.facts import Fact

PASSWORD = "shixian-demo"
HERE = Path(__file__).parent
OLDEST = timedelta(days=150)
"""The office is founded before the oldest of its cases."""
WATCHED = timedelta(days=45)
"""So far back the alerts are raised on their own days; what was due before is raised at once."""

Office = dict[str, list[dict[str, Any]]]
Decision = Callable[[Directory, Act], Fact]

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
        reception.seed(services, now)
        _absences(services, table, now)
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


def _found(services: Services, table: Office, act: Act) -> None:
    """建立机构: the tree of units, then the officers, then who stands in for whom, since everybody has to be there."""
    _publish(services, act, [*_units(table), *_officers(table), *_orders(table)])


def _units(table: Office) -> Iterator[Decision]:
    for one in table["unit"]:
        yield partial(_unit, one)


def _unit(one: dict[str, Any], now: Directory, act: Act) -> Fact:
    code, parent = one.get("code", ""), one.get("parent", "")
    return decisions.found_unit(one["id"], one["name"], one["kind"], code, now, act, parent)


def _officers(table: Office) -> Iterator[Decision]:
    for one in table["officer"]:
        yield partial(decisions.appoint, one["id"], one["name"], one["unit"], one["post"])
        for further in one.get("further", ()):
            unit, _, post = further.partition("/")
            yield partial(decisions.give_post, one["id"], unit, post)


def _orders(table: Office) -> Iterator[Decision]:
    for one in table["officer"]:
        if "stand_ins" in one:
            yield partial(duty.name_stand_ins, one["id"], one["stand_ins"])


def _absences(services: Services, table: Office, now: datetime) -> None:
    """离岗: of the day on which the office is set up."""
    today = legal_date(now)

    def day(count: int) -> date:
        return today + timedelta(days=count)

    _publish(
        services,
        system_act(now),
        [
            partial(
                duty.record_absence,
                one["officer"],
                day(one["from_in_days"]),
                day(one["to_in_days"]),
                one["reason"],
            )
            for one in table["absence"]
        ],
    )


def _publish(services: Services, act: Act, decided: Sequence[Decision]) -> None:
    def drafts(_: int) -> list[Fact]:
        directory, facts = services.casework.directory(), list[Fact]()
        for decide in decided:
            facts.append(decide(directory, act))
            directory = fold(directory, facts[-1])
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
        elif step.slug == "open":
            ids[step.ref] = casework.open_item(step.command(ids), act).id
        else:
            casework.handle(ids[step.ref], step.command(ids), act)
    casework.raise_alerts(list(ids.values()), now)
