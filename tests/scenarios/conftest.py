"""An office with its directory over a real database, for whole lives of petitions."""

from collections.abc import Iterator

import pytest

from eventstore.database import Database
from tests.scenarios.office import Office


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    one = Office(database)
    yield one
    one.close()
