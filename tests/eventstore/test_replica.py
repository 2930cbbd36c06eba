"""Lists are read from a standby as long as it keeps up, never from before what the reader has seen; else from the primary."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from threading import Event

import psycopg
import pytest
import structlog.testing

from api import lists
from api.bootstrap import Services, build
from api.settings import SettingError, Settings
from domain.petition import commands
from eventstore.database import Database
from eventstore.replica import Replica
from projections import ledger_list
from projections.catalogue import VIEWS
from projections.runner import catch_up
from tests.conftest import Clock
from tests.eventstore.pairs import STREAMING, Pair, until
from tests.keys import RUN
from tests.owner import append_rubbish, as_owner
from tests.scheduler.bureau import Bureau, morning

MONDAY = date(2026, 3, 2)
LETTER = commands.Register("letter", "appeal", "供暖", "温度不达标", (commands.PetitionerEntry("某某"),))


@contextmanager
def served(two: Pair, home: Path, of: str) -> Iterator[Services]:
    """The service over a database of its own on the primary."""
    home = home.with_name(f"office_{home.name}")
    two.fresh(home.name)
    keys = Path(os.environ[RUN], "keys")
    primary, replica = (two.address(host, home.name) for host in (two.hosts[0], of))
    settings = Settings(home=home, database_url=primary, replica_url=replica, keys=keys)
    with build(settings, Clock(morning(MONDAY))) as made:
        yield made


def registered(services: Services, bureau: Bureau) -> int:
    """One more petition, and the views it shows in up to date; its position."""
    receipt = bureau.casework.register(LETTER, bureau.clerk(MONDAY))
    catch_up(services.database, bureau.casework, [view for view in VIEWS if view.name in ledger_list.NEEDS])
    return receipt.position


def listed(services: Services, bureau: Bureau, after: int | None) -> tuple[bool, int]:
    """Whether the replica was read, and how many petitions the list holds."""
    act = bureau.clerk(MONDAY)
    database = lists.reading(services, ledger_list.NEEDS, after)
    wanted = ledger_list.Wanted()
    with database.transaction() as connection:
        page = ledger_list.petitions(
            connection, lists.eyes(services, act), lists.lights(services, act), wanted, limit=50, cursor=None
        )
    return database is not services.database, page.total


@contextmanager
def held_back(two: Pair) -> Iterator[None]:
    """The standby goes on receiving and shows nothing new."""
    with psycopg.connect(two.address(two.hosts[1]), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        until(connection, "SELECT pg_get_wal_replay_pause_state()", ("paused",))
        try:
            yield
        finally:
            connection.execute("SELECT pg_wal_replay_resume()")


def test_c2_a_list_is_read_from_the_standby_and_shows_what_its_reader_has_done(two: Pair, home: Path):
    """C2: read your own write holds there too; one that can't show it in a moment is passed over."""
    with served(two, home, two.hosts[1]) as services:
        bureau = Bureau(services.database, MONDAY)
        assert services.replica is not None
        position = registered(services, bureau)
        two.level()
        assert listed(services, bureau, position) == (True, 1)
        with structlog.testing.capture_logs() as said, held_back(two):
            position = registered(services, bureau)
            assert listed(services, bureau, None) == (True, 1), (
                "a moment behind is near enough for who saw nothing newer"
            )
            assert listed(services, bureau, position) == (False, 2)
        assert not said
        two.level()
        assert listed(services, bureau, position) == (True, 2)
        bureau.close()


def test_c2_a_standby_that_falls_behind_is_not_read_until_it_has_caught_up(two: Pair, home: Path):
    """C2: how far it is behind is measured, and bounded."""
    with served(two, home, two.hosts[1]) as services:
        bureau = Bureau(services.database, MONDAY)
        name = f"office_{home.name}"
        quick = Replica(two.address(two.hosts[1], name), services.database, late=0.1, look=0)
        with structlog.testing.capture_logs() as said:
            look(quick, True)
            with held_back(two):
                registered(services, bureau)
                look(quick, False)
            look(quick, True)
        assert [one["event"] for one in said] == ["replica.used", "replica.away", "replica.used"]
        quick.close()
        bureau.close()


@contextmanager
def cut_off(two: Pair) -> Iterator[None]:
    """The primary lets nobody follow it any more."""
    rules = two.primary.data / "pg_hba.conf"
    before = rules.read_text()
    with psycopg.connect(two.address(two.hosts[0]), autocommit=True) as connection:
        rules.write_text(f"host replication all 127.0.0.0/8 reject\n{before}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_replication")
        try:
            yield
        finally:
            rules.write_text(before)
            connection.execute("SELECT pg_reload_conf()")
            until(connection, STREAMING, (1,))


def test_c2_a_standby_that_receives_from_nobody_is_not_read(two: Pair, home: Path):
    """C2: however much it shows; what comes to the primary now doesn't reach it."""
    name = f"alone_{home.name}"
    two.fresh(name)
    two.level()
    with Database(two.address(two.hosts[0], name), name="test") as primary:
        replica = Replica(two.address(two.hosts[1], name), primary, late=60, look=0)
        look(replica, True)
        with cut_off(two):
            look(replica, False)
        look(replica, True)
        replica.close()


ANOTHER_WAY = """
ALTER TABLE casework_events RENAME TO facts;
CREATE VIEW casework_events AS SELECT notification_id, originator_id, originator_version,
    CASE WHEN pg_is_in_recovery() THEN stored_at + interval '1 second' ELSE stored_at END AS stored_at FROM facts;
GRANT SELECT ON casework_events TO PUBLIC;
"""
"""The standby shows another fact at the position of the newest, as one does that follows a fork of the log."""


def test_c2_a_standby_that_took_another_way_is_not_read(two: Pair, home: Path):
    """C2: of the same server and database, no matter behind, and yet not the same log."""
    name = f"forked_{home.name}"
    two.fresh(name)
    with Database(two.address(two.hosts[0], name), name="test") as primary:
        append_rubbish(primary)
        replica = Replica(two.address(two.hosts[1], name), primary, late=60, look=0)
        look(replica, True)
        with as_owner(primary) as owner:
            owner.execute(ANOTHER_WAY)
        two.level()
        assert not any(replica.usable() for _ in range(5))
        with as_owner(primary) as owner:
            owner.execute("DROP VIEW casework_events; ALTER TABLE facts RENAME TO casework_events")
        look(replica, True)
        replica.close()


def look(replica: Replica, wanted: bool) -> None:
    for _ in range(500):
        if replica.usable() == wanted:
            return
        Event().wait(0.01)
    raise AssertionError(f"usable is not {wanted}")


@pytest.mark.parametrize("host", ["127.255.255.1", "itself"])
def test_without_a_standby_that_follows_lists_come_from_the_primary(two: Pair, home: Path, host: str):
    """Nobody there, or a server that follows nobody, such as one that was promoted."""
    with served(two, home, two.hosts[0] if host == "itself" else host) as services:
        bureau = Bureau(services.database, MONDAY)
        assert listed(services, bureau, registered(services, bureau)) == (False, 1)
        bureau.close()


def test_c2_a_standby_of_another_database_is_never_read(two: Pair, home: Path, database: Database):
    """C2: not of another server, nor of another database of the same one, however far their logs have come."""
    name = f"other_{home.name}"
    two.fresh(name)
    with (
        psycopg.connect(two.address(two.hosts[0]), autocommit=True) as connection,
        Database(two.address(two.hosts[0], name), name="test") as neighbour,
        Database(two.address(two.hosts[0]), name="test") as own,
    ):
        connection.execute("SELECT pg_switch_wal()")
        two.level()
        for primary, wanted in ((neighbour, False), (database, False), (own, True)):
            replica = Replica(two.address(two.hosts[1]), primary, late=0, look=0)
            if wanted:
                look(replica, True)
            else:
                assert not any(replica.usable() for _ in range(5))
            replica.close()


def test_an_address_that_cannot_be_read_is_named():
    with pytest.raises(SettingError, match="SHIXIAN_REPLICA_URL"):
        Settings.read({"SHIXIAN_REPLICA_URL": "mysql://replica/shixian"})
