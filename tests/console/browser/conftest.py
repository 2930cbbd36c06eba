"""A browser and a served demo office for each module; a page that misbehaves fails its test.

Where chromium is missing these tests fail and say what to install: none is left out.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from api.cookies import SESSION
from eventstore.embedded import Server
from tests.console.browser import chromium, office
from tests.console.browser.office import Office
from tests.console.browser.watching import Watch

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser a module: playwright holds the thread's event loop, which other tests need too."""
    try:
        chromium.executable()
    except LookupError as missing:
        pytest.fail(str(missing), pytrace=False)
    with chromium.launched(tmp_path_factory.mktemp("chromium")) as launched:
        yield launched


@pytest.fixture(scope="module")
def demo(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One served demo office a module."""
    with office.opened(server, tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture
def open_page(browser: Browser, demo: Office, tmp_path: Path) -> Iterator[Open]:
    """Opens a page of a context of its own: as nobody, or signed in as an officer; at the end nothing has gone wrong."""
    contexts: list[tuple[Any, Watch]] = []

    def open_one(username: str | None = None, *, viewport: Any = DESKTOP, **given: Any) -> Page:
        context = browser.new_context(
            base_url=demo.address,
            viewport=viewport,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            accept_downloads=True,
            **given,
        )
        context.set_default_timeout(10_000)
        watch = Watch(context, demo.address)
        contexts.append((context, watch))
        if username is not None:
            context.add_cookies(
                [{"name": SESSION, "value": demo.token(username), "url": demo.address, "httpOnly": True}]
            )
        page = context.new_page()
        # the test reaches its watch through the page it was given
        page.watch = watch
        return page

    yield open_one
    faults = []
    for context, watch in contexts:
        context.close()
        faults += watch.faults
    assert faults == []
