"""The demo office behind a real socket, its read models following in the background, on a day that stands still."""

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID

import httpx
import psycopg
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api import demo
from api.app import create_app
from api.bootstrap import Services, build
from api.sessions import open_session
from api.settings import Settings
from eventstore import migrate
from eventstore.embedded import Server
from projections import leading, runner
from scheduler.limits import record_limits
from tests.api.caller import serving
from tests.conftest import Clock, fresh
from tests.console.browser.chromium import HOST
from tests.keys import run_keys

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
"""Thursday, 19 November 2026, 10:00 in Shanghai."""
COMING_YEAR = {
    "source": "国务院办公厅关于2027年部分节假日安排的通知",
    "published_at": "2026-11-18",
    "days_off": ["2027-01-01", *(f"2027-02-{day:02}" for day in range(5, 13)), "2027-12-31"],
    "make_up_days": ["2027-01-30", "2027-02-20"],
}
"""A decree as none was published."""
TEMPLATE = "template_demo"
PASSWORD = "shixian-demo"


@dataclass(frozen=True)
class Office:
    """The served demo office."""

    services: Services
    address: str
    clock: Clock

    def token(self, username: str) -> str:
        """A session of that officer's, without the password's slow check."""
        return open_session(self.services, username)[0]

    def rows(self, query: LiteralString, *values: Any) -> list[dict[str, Any]]:
        with self.services.database.connection() as connection:
            return connection.execute(query, values).fetchall()

    def number_of(self, subject: str) -> str:
        """The number of the case whose subject holds this."""
        [row] = self.rows("SELECT number FROM ledger WHERE subject LIKE %s", f"%{subject}%")
        return str(row["number"])

    def case(self, subject: str) -> UUID:
        """The case whose subject holds this."""
        [row] = self.rows("SELECT case_id FROM ledger WHERE subject LIKE %s", f"%{subject}%")
        return UUID(str(row["case_id"]))

    def of_kind(self, kind: str) -> UUID:
        """The first case of that kind by number."""
        rows = self.rows("SELECT case_id FROM ledger WHERE kind = %s ORDER BY number LIMIT 1", kind)
        return UUID(str(rows[0]["case_id"]))

    def receipt(self, subject: str) -> tuple[str, str]:
        """Number and query code of that petition."""
        petition = self.services.casework.petition(self.case(subject))
        assert petition is not None
        return petition.number, petition.query_code

    def rule_change(self) -> int:
        """The decree on the coming year, entered when first asked for; what it moves is not recorded yet."""
        known = self.services.casework.rulebase().version
        if known:
            return known
        here = self.address.replace(HOST, "127.0.0.1")  # only the browser knows the office's name
        answer = httpx.put(
            f"{here}/v1/calendars/2027",
            json=COMING_YEAR,
            headers={"Authorization": f"Bearer {self.token('admin')}", "Idempotency-Key": "decree-2027"},
        )
        assert answer.status_code == 200, answer.text
        return self.services.casework.rulebase().version

    def recorded_rule_change(self) -> int:
        """The same, with every limit that it moved recorded."""
        change = self.rule_change()
        self.catch_up()
        record_limits(self.services.database, self.services.casework, self.clock)
        self.catch_up()
        return change

    def events(self, case: UUID) -> list[str]:
        """What happened to the case, in order."""
        return [type(one.fact).__name__ for one in self.services.casework.history(case)]

    def catch_up(self) -> None:
        """Every read model at the last event, here and now."""
        runner.catch_up(self.services.database, self.services.casework)


def made_ready(server: Server) -> str:
    """The template with the demo office in it, made once a run, whoever comes first."""
    with (server.home / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone()
            if known is None:
                connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}_new")
                connection.execute(f"CREATE DATABASE {TEMPLATE}_new")
                _found(server.address(f"{TEMPLATE}_new"), server.home)
                connection.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")
    return TEMPLATE


def _found(dsn: str, home: Path) -> None:
    migrate.upgrade(dsn)
    with build(
        Settings(home=home, database_url=dsn, pool_size=4, beat=0, keys=run_keys().folder), Clock(NOW)
    ) as services:
        demo.seed(services)
        quick = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)]).hash(PASSWORD)
        with services.database.transaction() as connection:
            connection.execute("UPDATE accounts SET password_hash = %s", (quick,))
        runner.catch_up(services.database, services.casework)


@contextmanager
def opened(server: Server, home: Path) -> Iterator[Office]:
    """The office over a database of its own, served until the block ends."""
    clock, stop = Clock(NOW), threading.Event()
    with fresh(server, made_ready(server)) as dsn:
        settings = Settings(home=home, database_url=dsn, pool_size=12, beat=0, keys=run_keys().folder)
        with build(settings, clock) as services:
            following = threading.Thread(
                target=leading.run_all, args=(services.database, services.casework, stop)
            )
            following.start()
            try:
                with serving(create_app(services)) as address:
                    yield Office(services, f"http://{HOST}:{address.rpartition(':')[2]}", clock)
            finally:
                stop.set()
                following.join(20)
