"""Fixtures of the store: a primary with its standby, shared by the tests that leave both alive."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.eventstore.pairs import Pair, pair


@pytest.fixture(scope="session")
def pairs() -> Iterator[Callable[[], Pair]]:
    """The pair of the run; another one after a test has killed it."""
    made: list[Pair] = []
    with ExitStack() as stack:

        def give() -> Pair:
            if not made or not made[-1].primary.alive():
                made.append(stack.enter_context(pair()))
            return made[-1]

        yield give


@pytest.fixture
def two(pairs: Callable[[], Pair]) -> Pair:
    """A primary and its standby, both at work."""
    return pairs()
