"""A founded office over a fresh database, and the lists over it."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from domain.casework import Casework
from eventstore.database import Database
from eventstore.embedded import Server
from tests.conftest import TEMPLATE, fresh
from tests.projections.listing import Archive, Lists, varied
from tests.projections.office import Office, a_casework


@pytest.fixture
def casework(database_dsn: str) -> Iterator[Casework]:
    """The one door over a fresh database."""
    with a_casework(database_dsn) as casework:
        yield casework


@pytest.fixture
def office(casework: Casework) -> Office:
    """A founded office."""
    return Office(casework)


@pytest.fixture
def lists(database: Database, casework: Casework, office: Office) -> Lists:
    """The lists over a database of the test's own."""
    return Lists(database, casework, office)


@pytest.fixture
def cases(lists: Lists) -> dict[str, UUID]:
    """The varied history in the test's own database, read by the views; each case by its name."""
    return varied(lists)


@pytest.fixture(scope="package")
def kept(server: Server, server_dsn: str) -> Iterator[Archive]:
    """The varied history once, for the tests that only read."""
    with fresh(server, TEMPLATE) as dsn, Database(dsn, name="test") as database, a_casework(dsn) as casework:
        lists = Lists(database, casework, Office(casework))
        yield lists, varied(lists)


@pytest.fixture
def archive(kept: Archive) -> Archive:
    """The lists of the kept history, on the usual day."""
    lists, cases = kept
    return Lists(lists.database, lists.casework, lists.office), cases
