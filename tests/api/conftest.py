"""The service over a fresh database with the small town in it; a clock that obeys; clients that are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.bootstrap import Services, build
from api.sessions import open_session
from api.settings import Settings
from projections import runner
from tests.api import town
from tests.api.caller import Caller, calling
from tests.conftest import Clock

SignIn = Callable[[str], Caller]


@pytest.fixture
def settings(database_dsn: str, tmp_path: Path) -> Settings:
    """Settings over the test's own database."""
    return Settings(home=tmp_path, database_url=database_dsn, pool_size=10)


@pytest.fixture
def services(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Services over a fresh database with the small town's directory and accounts."""
    with build(settings, clock) as made:
        town.found(made)
        yield made


@pytest.fixture
def app(services: Services) -> FastAPI:
    """The application."""
    return create_app(services)


@pytest.fixture
def client(app: FastAPI) -> Iterator[Caller]:
    """A client that isn't signed in."""
    with calling(app) as caller:
        yield caller


@pytest.fixture
def sign_in(services: Services, client: Caller) -> SignIn:
    """Clients that are signed in, by username; without the password's slow check."""
    return lambda username: client.signed(open_session(services, username)[0])


@pytest.fixture
def catch_up(services: Services) -> Callable[[], None]:
    """Brings every read model up to the last event, here and now."""
    return lambda: runner.catch_up(services.database, services.casework)
