"""A founded office over a fresh database."""

from collections.abc import Iterator

import pytest

from domain.casework import Casework
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
