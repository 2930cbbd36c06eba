"""A standby takes over from a primary that is killed under load: nothing that was confirmed is lost, nothing is there by half."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Lock, Thread
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from domain.acts import Receipt
from domain.casework import Casework, Key
from domain.errors import Busy
from domain.petition import commands
from eventstore.database import Database, library_env
from tests.eventstore.pairs import Pair
from tests.keys import run_keys
from tests.scheduler.bureau import Bureau

MONDAY = date(2026, 3, 2)
EACH = 8
"""Commands confirmed to each client before the primary is killed, and as many after it."""
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PersistenceError, Busy, PoolTimeout)
LEVELS = ("on", "remote_apply")
ONCE = """
SELECT count(*) FROM casework_events
WHERE (notification_id, originator_id, originator_version) = (%s, %s, %s)
"""


@dataclass
class Client:
    """An officer at work: notes what was confirmed, what stayed without an answer, and asks again for every other one of those."""

    casework: Casework
    case: UUID
    act: Bureau
    confirmed: dict[str, Receipt] = field(default_factory=dict)
    unanswered: list[str] = field(default_factory=list)
    after: int = 0
    guard: Lock = field(default_factory=Lock)

    def work(self, killed: Event, enough: Event) -> None:
        """One command after the other until enough are confirmed."""
        while not enough.is_set():
            key = str(uuid4())
            while not enough.is_set():
                was_killed = killed.is_set()
                try:
                    receipt = self.ask(key)
                except AWAY:
                    self.unanswered.append(key)
                    if len(self.unanswered) % 2:
                        break
                else:
                    with self.guard:
                        self.confirmed[key] = receipt
                        self.after += was_killed
                    break

    def ask(self, key: str) -> Receipt:
        command = commands.Propose(f"拟交某某局办理（{key}）")
        return self.casework.handle(self.case, command, self.act.clerk(MONDAY), key=Key(key, key))


def test_c1_a_standby_takes_over_under_load_and_no_confirmed_command_is_lost(two: Pair):
    """C1: lost 0 of the confirmed; what had no answer is there whole, once, or not at all; the service goes on by itself.

    Half of the clients have their commits confirmed when the standby has them on its disk, half when it shows them.
    """
    two.synchronous()
    with Database(two.address(), name="test") as database:
        bureau = Bureau(database, MONDAY)
        cases = bureau.petitions(MONDAY, 4)
        works = [
            Casework(library_env(two.address(options=f"-c synchronous_commit={level}")), keys=run_keys())
            for level in LEVELS
        ]
        clients = [Client(works[n % 2], case, bureau) for n, case in enumerate(cases)]
        killed, enough = Event(), Event()
        threads = [Thread(target=one.work, args=(killed, enough)) for one in clients]
        for thread in threads:
            thread.start()
        try:
            wait_for(lambda: all(len(one.confirmed) >= EACH for one in clients), threads)
            two.kill_primary()
            killed.set()
            two.promote()
            wait_for(lambda: all(one.after >= EACH for one in clients), threads)
        finally:
            enough.set()
            for thread in threads:
                thread.join()
            for one in works:
                one.close()
        bureau.close()
    judge(two, clients)


def wait_for(holds: Callable[[], bool], threads: list[Thread]) -> None:
    for _ in range(6000):
        if holds():
            return
        assert all(thread.is_alive() for thread in threads)
        Event().wait(0.01)
    raise AssertionError("the service did not go on")


def judge(two: Pair, clients: list[Client]) -> None:
    """On the server that took over, asked directly."""
    with psycopg.connect(two.address(two.hosts[1])) as connection:
        for one in clients:
            for receipt in one.confirmed.values():
                place = (receipt.position, receipt.id, receipt.version)
                assert connection.execute(ONCE, place).fetchone() == (1,)
        stored = dict(connection.execute("SELECT key, receipt FROM command_receipts").fetchall())
        made = connection.execute(
            "SELECT originator_id, originator_version, notification_id FROM casework_events"
            " WHERE topic LIKE 'petition.proposed.%'"
        ).fetchall()
    keys = {key for one in clients for key in (*one.confirmed, *one.unanswered)}
    confirmed = {key for one in clients for key in one.confirmed}
    assert confirmed <= stored.keys(), "confirmed and lost"
    by_receipt = {(row["id"], row["version"]) for key, row in stored.items() if key in keys}
    assert by_receipt == {(str(id), version) for id, version, _ in made}, "by half, or twice"
    assert len(made) == len(by_receipt)
