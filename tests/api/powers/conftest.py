"""The service over a database with the town of the tables in it; the same for all tests of a module."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api.bootstrap import build
from api.settings import Settings
from eventstore.embedded import Server
from tests.api.apps import lent
from tests.api.caller import calling
from tests.api.conftest import Town, signing_in
from tests.api.lives import Walker
from tests.api.powers import people
from tests.conftest import TEMPLATE, Clock, fresh


@pytest.fixture(scope="module")
def town(server: Server, server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """It is Monday, 2 March 2026, 10:00 in Shanghai."""
    clock = Clock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))
    with fresh(server, TEMPLATE) as dsn:
        settings = Settings(
            home=tmp_path_factory.mktemp("town"),
            database_url=dsn,
            pool_size=10,
            beat=0,
        )
        with build(settings, clock) as services:
            people.found(services)
            with lent(services) as app, calling(app) as client:
                yield Town(app, services, client, Walker(signing_in(services, client)), clock)
