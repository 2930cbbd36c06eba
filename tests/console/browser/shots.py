"""The pictures of docs/screenshots, made anew of every page: `python -m tests.console.browser.shots [name …]`.

The same office on the same day draws the same picture; a picture that comes out the same isn't written again.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Browser

from api.cookies import SESSION
from eventstore.embedded import Server
from tests.conftest import QUICK
from tests.console.browser import chromium, office
from tests.console.browser.conftest import DESKTOP, PHONE
from tests.console.browser.office import Office
from tests.console.browser.places import PLACES, Place
from tests.keys import RUN

FOLDER = Path(__file__).parents[3] / "docs" / "screenshots"
TALLEST = 1400
"""Pixels of a telephone's picture: a long page is shown from its beginning."""


def main(names: list[str]) -> None:
    """Takes all pictures, or those of the named pages; what no page is any more goes."""
    wanted = [place for place in PLACES if not names or place.name in names]
    FOLDER.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.gettempdir()) / f"shixian-shots-{uuid4().hex[:12]}"
    os.environ[RUN] = str(home)
    server = Server.ensure(home, QUICK)
    try:
        taken = _taken(server, home, wanted)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    if not names:
        for left in {one.name for one in FOLDER.glob("*.png")} - taken:
            (FOLDER / left).unlink()
    size = sum(one.stat().st_size for one in FOLDER.glob("*.png"))
    sys.stdout.write(f"{len(taken)} pictures, {size / 1024 / 1024:.1f} MB\n")


def _taken(server: Server, home: Path, wanted: list[Place]) -> set[str]:
    taken = set()
    with (
        tempfile.TemporaryDirectory() as own,
        chromium.launched(Path(own)) as browser,
        office.opened(server, home) as opened,
    ):
        for place in wanted:
            taken.add(_take(browser, opened, place, DESKTOP, f"{place.name}.png"))
            if place.phone:
                taken.add(_take(browser, opened, place, PHONE, f"{place.name}-phone.png"))
    return taken


def _take(browser: Browser, opened: Office, place: Place, viewport: Any, name: str) -> str:
    context = browser.new_context(
        base_url=opened.address,
        viewport=viewport,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    if place.who is not None:
        token = opened.token(place.who)
        context.add_cookies([{"name": SESSION, "value": token, "url": opened.address}])
    page = context.new_page()
    place.open(page, opened)
    page.evaluate("document.fonts.ready")
    clip = None
    if viewport is PHONE:
        tall = page.evaluate("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": PHONE["width"], "height": min(tall, TALLEST)}
    drawn = page.screenshot(animations="disabled", full_page=clip is not None, clip=clip)
    context.close()
    target = FOLDER / name
    if not target.exists() or target.read_bytes() != drawn:
        target.write_bytes(drawn)
    return name


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    main(sys.argv[1:])
