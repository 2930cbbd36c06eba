"""Receivers for what the scheduler sends."""

from collections.abc import Iterator

import pytest

from tests.scheduler.receivers import Hook, Postbox, a_hook, a_postbox


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook receiver."""
    with a_hook() as one:
        yield one


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A mail server."""
    with a_postbox() as one:
        yield one
