"""An office with its directory over a real database, and the same over HTTP, for whole lives of cases."""

from collections.abc import Callable, Iterator

import pytest

from api.bootstrap import Services
from eventstore.database import Database
from tests.api.caller import Caller
from tests.api.conftest import app, catch_up, client, services, settings
from tests.conftest import Clock
from tests.scenarios.desk import Desk
from tests.scenarios.office import Office

__all__ = ["app", "catch_up", "client", "services", "settings"]


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    one = Office(database)
    yield one
    one.close()


@pytest.fixture
def desk(services: Services, client: Caller, clock: Clock, catch_up: Callable[[], None]) -> Desk:
    """The small town's office over HTTP; lists are brought up to the last event before they are read."""
    return Desk(services, client, clock, catch_up)
