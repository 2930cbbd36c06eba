"""Pages without a browser: the small town's office, and officers who open its pages and send its forms."""

from collections.abc import Callable

import pytest

from tests.api.conftest import (  # fixtures are known where they are imported
    Town,
    app,
    catch_up,
    client,
    item_walker,
    quick_hashes,
    services,
    settings,
    sign_in,
    town,
    walker,
)
from tests.console.pages import Pages, opening_pages

__all__ = [
    "Town",
    "app",
    "catch_up",
    "client",
    "item_walker",
    "quick_hashes",
    "services",
    "settings",
    "sign_in",
    "town",
    "walker",
]


@pytest.fixture
def pages(services, client) -> Callable[[str], Pages]:
    """The console's pages, as the officer of that name opens them."""
    return opening_pages(services, client)


@pytest.fixture(scope="module")
def town_pages(town: Town) -> Callable[[str], Pages]:
    """The same over the module's town."""
    return opening_pages(town.services, town.client)
