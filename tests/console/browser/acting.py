"""Officers at the console: one who uses the mouse alone, one who uses the keyboard alone. Both read the page's words."""

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from api.console import forms
from domain.facts import term_of
from domain.petition.petition import COMMANDS as PETITION_ACTS
from domain.supervision.commands import COMMANDS as ITEM_ACTS
from tests.console.browser.office import PASSWORD

MOST_STOPS = 250
TERMS = {slug: term_of(command) for slug, command in {**ITEM_ACTS, **PETITION_ACTS}.items()}


def named(label: str) -> re.Pattern[str]:
    """A label as the page writes it: with the star of what must be filled in."""
    return re.compile(rf"^{re.escape(label)}\*?$")


class Mouse:
    """Points and clicks; types only into what was clicked."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, username: str) -> "Mouse":
        self.page.goto("/console")
        self.write(self.page.get_by_label("用户名"), username)
        self.write(self.page.get_by_label("口令"), PASSWORD)
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("navigation", name="栏目")).to_be_visible()
        return self

    def to(self, entry: str) -> None:
        """A page of the menu."""
        self.page.get_by_role("navigation", name="栏目").get_by_role("link", name=entry, exact=True).click()
        expect(self.page.locator("nav a[aria-current=page]")).to_contain_text(entry)

    def push(self, where: Locator) -> None:
        where.click()

    def write(self, where: Locator, text: str) -> None:
        """What stood there is marked by the mouse and typed over."""
        where.click(click_count=3)
        self.page.keyboard.insert_text(text)

    def fill(self, within: Locator, label: str, value: str) -> None:
        """A field of a form, whatever its kind."""
        control = within.get_by_label(named(label)).first
        if control.evaluate("one => one.tagName") == "SELECT":
            control.select_option(value)
        elif control.get_attribute("type") == "date":
            control.fill(value)
        else:
            self.write(control, value)

    def act(self, slug: str, fields: Mapping[str, Any] | None = None) -> None:
        """An act on the case whose page is open, through its form, until the page says it was done."""
        self.page.locator("ul.acts").get_by_role("link", name=TERMS[slug], exact=True).click()
        form = self.page.locator(f"#act .act-form[data-act={slug}] form")
        expect(form).to_be_visible()
        for name, value in (fields or {}).items():
            self.fill(form, forms.label(name, slug), value)
        form.get_by_role("button", name=TERMS[slug], exact=True).click()
        done(self.page, slug)


class Keyboard:
    """Never points: Tab and Shift+Tab from one control to the next, Enter and Space to press it, arrows to choose."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def reach(self, where: Locator) -> None:
        """Tab until the focus is there."""
        expect(where).to_be_visible()
        for _ in range(MOST_STOPS):
            if where.evaluate("one => one === document.activeElement"):
                return
            self.press("Tab")
        raise AssertionError(f"the Tab key never comes to {where}")

    def push(self, where: Locator) -> None:
        self.reach(where)
        self.press("Enter")

    def write(self, where: Locator, text: str) -> None:
        self.reach(where)
        self.page.keyboard.insert_text(text)

    def sign_in(self, username: str) -> "Keyboard":
        self.page.goto("/console")
        self.write(self.page.get_by_label("用户名"), username)
        self.write(self.page.get_by_label("口令"), PASSWORD)
        self.press("Enter")
        expect(self.page.get_by_role("navigation", name="栏目")).to_be_visible()
        return self

    def to(self, entry: str) -> None:
        self.push(
            self.page.get_by_role("navigation", name="栏目").get_by_role("link", name=entry, exact=True)
        )
        expect(self.page.locator("nav a[aria-current=page]")).to_contain_text(entry)

    def fill(self, within: Locator, label: str, value: str) -> None:
        control = within.get_by_label(named(label)).first
        self.reach(control)
        if control.evaluate("one => one.tagName") == "SELECT":
            self.choose(control, value)
        elif control.get_attribute("type") == "date":
            self.page.keyboard.type(value.replace("-", ""))
        else:
            self.press("Control+A")
            self.page.keyboard.insert_text(value)

    def choose(self, control: Locator, value: str) -> None:
        """An entry of a list, by the arrow keys."""
        entries = control.evaluate("one => [...one.options].filter(e => !e.disabled).map(e => e.value)")
        self.press("Home")
        for _ in entries:
            if control.input_value() == value:
                return
            self.press("ArrowDown")
        assert control.input_value() == value

    def act(self, slug: str, fields: Mapping[str, Any] | None = None) -> None:
        self.push(self.page.locator("ul.acts").get_by_role("link", name=TERMS[slug], exact=True))
        form = self.page.locator(f"#act .act-form[data-act={slug}] form")
        expect(form).to_be_visible()
        for name, value in (fields or {}).items():
            self.fill(form, forms.label(name, slug), value)
        self.push(form.get_by_role("button", name=TERMS[slug], exact=True))
        done(self.page, slug)


def done(page: Page, slug: str) -> None:
    """The case's page says that the act was recorded; if not, what the form says is what went wrong."""
    said = page.locator("p.note", has_text=TERMS[slug]).or_(page.locator("#act [role=alert], #act .problem"))
    expect(said.first).to_be_visible()
    expect(page.locator("p.note"), page.locator("#act").inner_text()).to_contain_text(TERMS[slug])


def number_on(page: Page) -> str:
    """The number that the receipt shows."""
    number = page.locator("article.receipt dl dd strong").first
    expect(number).to_be_visible()
    return number.inner_text()
