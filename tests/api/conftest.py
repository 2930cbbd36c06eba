"""The service over a fresh database with the small town in it; a clock that obeys; clients that are signed in.

`town` is the same once a module, for tables of many small tests that each have a petition of their own.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api import passwords
from api.bootstrap import Services, build
from api.sessions import open_session
from api.settings import Settings
from eventstore.embedded import Server
from projections import runner
from tests.api import town as small_town
from tests.api.apps import lent
from tests.api.caller import Caller, calling
from tests.api.item_lives import ItemWalker, appoint_deputy
from tests.api.lives import Walker
from tests.conftest import TEMPLATE, Clock, fresh

SignIn = Callable[[str], Caller]


@dataclass(frozen=True)
class Town:
    """A served office and who walks petitions through it."""

    app: FastAPI
    services: Services
    client: Caller
    walker: Walker
    clock: Clock

    def head(self) -> int:
        """The position of the last event stored."""
        return self.services.casework.store.max_notification_id() or 0


def signing_in(services: Services, client: Caller) -> SignIn:
    return lambda username: client.signed(open_session(services, username)[0])


@contextmanager
def served(settings: Settings, clock: Clock) -> Iterator[Services]:
    with build(settings, clock) as made:
        small_town.found(made)
        yield made


@pytest.fixture
def settings(database_dsn: str, tmp_path: Path) -> Settings:
    """Settings over the test's own database."""
    return Settings(home=tmp_path, database_url=database_dsn, pool_size=10, beat=0)


@pytest.fixture
def services(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Services over a fresh database with the small town's directory and accounts."""
    with served(settings, clock) as made:
        yield made


@pytest.fixture
def app(services: Services) -> Iterator[FastAPI]:
    """The application."""
    with lent(services) as app:
        yield app


@pytest.fixture
def client(app: FastAPI) -> Iterator[Caller]:
    """A client that isn't signed in."""
    with calling(app) as caller:
        yield caller


@pytest.fixture
def sign_in(services: Services, client: Caller) -> SignIn:
    """Clients that are signed in, by username; without the password's slow check."""
    return signing_in(services, client)


@pytest.fixture
def quick_hashes(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash at next to no cost, for those who sign in dozens of times."""
    quick = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
    unknown = quick.hash("of nobody")
    monkeypatch.setattr(passwords, "hasher", quick)
    monkeypatch.setattr(passwords, "_nobody", lambda: unknown)
    with services.database.transaction() as connection:
        connection.execute("UPDATE accounts SET password_hash = %s", (quick.hash(small_town.PASSWORD),))


@pytest.fixture
def walker(sign_in: SignIn) -> Walker:
    """Walks petitions along their ways."""
    return Walker(sign_in)


@pytest.fixture
def catch_up(services: Services) -> Callable[[], None]:
    """Brings every read model up to the last event, here and now."""
    return lambda: runner.catch_up(services.database, services.casework)


@pytest.fixture(scope="module")
def town(server: Server, server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One served office for all tests of a module; it is Monday, 2 March 2026, 10:00 in Shanghai."""
    clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with fresh(server, TEMPLATE) as dsn:
        settings = Settings(
            home=tmp_path_factory.mktemp("town"),
            database_url=dsn,
            pool_size=10,
            beat=0,
        )
        with served(settings, clock) as services, lent(services) as app, calling(app) as client:
            yield Town(app, services, client, Walker(signing_in(services, client)), clock)


@pytest.fixture(scope="module")
def item_walker(town: Town) -> ItemWalker:
    """Walks supervision items through the module's town, which gets a second leader."""
    appoint_deputy(town.services)
    return ItemWalker(signing_in(town.services, town.client))
