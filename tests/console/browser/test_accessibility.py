"""No page keeps anybody out: axe finds nothing serious, nothing is cut off on a telephone or at double size, the focus
is always to be seen. One test a page, from the one table of all pages.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from api import progress_page
from api.console.console import PAGES
from tests.console.browser.conftest import DESKTOP, PHONE, Open
from tests.console.browser.office import Office
from tests.console.browser.places import PLACES, Place

VENDOR = Path(__file__).parents[1] / "vendor"
AXE = VENDOR / "axe.min.js"
LOCALE = json.loads((VENDOR / "axe.zh_CN.json").read_text("utf-8"))
DOUBLE = {"width": DESKTOP["width"] // 2, "height": DESKTOP["height"] // 2}
"""What is left of the screen at 200 %."""
GRAVE = {"serious", "critical"}
STOPS = 25

JUDGED = """async locale => {
  axe.configure({locale});
  const found = await axe.run(document, {resultTypes: ["violations"]});
  return found.violations.map(one => ({
    impact: one.impact, id: one.id, help: one.help, at: one.nodes.slice(0, 5).map(node => node.html.slice(0, 160)),
  }));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  return [one.outerHTML.slice(0, 160), style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2];
}"""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > room + 1);
  return wide.slice(0, 5).map(one => one.outerHTML.slice(0, 120));
}"""


DRAWN = """() => new Promise(done => {
  let before = "", same = 0;
  const look = () => {
    const now = [...document.querySelectorAll("body, main, main *")]
      .map(one => one.getBoundingClientRect()).map(one => `${one.left},${one.top},${one.width},${one.height}`).join(";");
    same = now === before ? same + 1 : 0;
    before = now;
    if (same >= 3) done(true); else requestAnimationFrame(look);
  };
  document.fonts.ready.then(() => requestAnimationFrame(look));
})"""
"""Until nothing has moved for three frames: scripts fit what they draw to a new size in frames of their own."""


def seen_at(page: Page, size: Any) -> None:
    """The page at another size, once it has come to rest there."""
    page.set_viewport_size(size)
    page.wait_for_function("wide => window.innerWidth === wide", arg=size["width"])
    page.evaluate(DRAWN)


def grave(page: Page) -> list[dict[str, Any]]:
    """What axe calls serious or critical."""
    found: list[dict[str, Any]] = page.evaluate(JUDGED, LOCALE)
    return [one for one in found if one["impact"] in GRAVE]


def unseen(page: Page) -> list[str]:
    """Where the focus goes, by the Tab key, without being seen."""
    seen: dict[str, bool] = {}
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        if found is not None:
            at, shown = found
            # within a field of a date the focus goes on to the button of its calendar, which the browser outlines
            seen[at] = seen.get(at, False) or shown
    return [at for at, shown in seen.items() if not shown]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_for_everybody(open_page: Open, demo: Office, place: Place):
    # the policy of our pages would keep axe out too
    page = open_page(place.who, viewport=DESKTOP, bypass_csp=True)
    if place.status >= 400:
        page.watch.expect_refusal()
    place.open(page, demo)
    assert page.locator("h1").count() == 1
    assert page.title().endswith("时限")
    assert page.title().strip(" ·时限")
    assert page.locator("html[lang=zh-CN]").count() == 1
    page.evaluate(DRAWN)
    page.add_script_tag(path=str(AXE))
    findings = {"desktop": grave(page)}
    unseen_at = unseen(page)
    seen_at(page, DOUBLE)
    wide = {"200 %": page.evaluate(TOO_WIDE)}
    seen_at(page, PHONE)
    wide["phone"] = page.evaluate(TOO_WIDE)
    findings["phone"] = grave(page)
    assert findings == {"desktop": [], "phone": []}
    assert unseen_at == []
    assert wide == {"200 %": [], "phone": []}


NO_PAGES = {
    "/console/alerts/badge",
    "/console/alerts/stream",
    "/console/imports/{id}",  # of a file that was sent: in the tests of the imports
    "/console/exports/{id:uuid}",  # while a ledger is being written
    "/console/rules/calendars",  # leads to this year's
    "/console/reception/rota/{id}",
    "/console/reception/shifts/{id}",
    "/console/reception/{id:uuid}/register",  # the form of the registration, filled in
    "/console/reception/{id:uuid}/acts/{slug}",  # as the acts on other cases
    "/console/negative-lists/{id:uuid}/acts/{slug}",
    "/console/supervision-items/{id:uuid}/papers",  # as the papers of petitions
    "/console/seals/check",  # a piece of the page of seals; opened by itself it leads there
    "/console/readings/export",  # a workbook
}
"""What pages fetch for themselves, what is there only for a moment, and what is like a page that is in the table."""
FILES = (
    "/attachments/{sha256}",
    "/{file}",
    "/refused.{ending}",
    "/file",
    "/{notice}/{form}",
    "/dossier.zip",
    "/register.xlsx",
)


def addresses() -> set[str]:
    """The address of every page that the console and the citizens' look-up answer at."""
    routers = [one.router for one in (*PAGES, progress_page)]
    found = {route.path for router in routers for route in router.routes if "GET" in route.methods}
    return {one for one in found - NO_PAGES if not one.endswith(FILES)}


def test_every_page_is_in_the_table(demo: Office):
    known = [place.where if isinstance(place.where, str) else place.where(demo) for place in PLACES]
    shapes = {one: re.compile("^" + re.sub(r"\{[^}]*\}", "[^/]+", one) + "$") for one in addresses()}
    unknown = {
        one for one, shape in shapes.items() if not any(shape.match(at.partition("?")[0]) for at in known)
    }
    assert unknown == set(), "a page without a place in places.py is judged by nobody"
