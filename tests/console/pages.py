"""An officer at the console, without a browser: opens pages, reads them, sends their forms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import httpx
from lxml import html

from api.bootstrap import Services
from api.cookies import SESSION
from api.sessions import open_session
from tests.api.caller import Caller

OURS = "http://office.test"


@dataclass(frozen=True)
class Page:
    """What came back: a page, a piece of one, or where to go next."""

    answer: httpx.Response

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def goes_to(self) -> str | None:
        """Where the browser is sent, as an address within the site."""
        found = self.answer.headers.get("location") or self.answer.headers.get("hx-redirect")
        return found.removeprefix(OURS) if found is not None else None

    @cached_property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.answer.text)

    @property
    def text(self) -> str:
        """What a reader sees, with single spaces."""
        return " ".join(self.tree.text_content().split())

    def all(self, xpath: str) -> list[Any]:
        return self.tree.xpath(xpath)

    def one(self, xpath: str) -> Any:
        [found] = self.tree.xpath(xpath)
        return found

    def form(self, action: str) -> dict[str, str]:
        """What the form at the page that is sent to `action` holds before anybody fills it in."""
        fields = self.one(f"//form[@action={action!r}]").form_values()
        return dict(fields)


class Pages:
    """One officer's browser: a session cookie, further cookies as they are set, and forms sent from our own pages."""

    def __init__(self, client: Caller, token: str | None) -> None:
        self._client = client
        self.cookies = {} if token is None else {SESSION: token}

    def get(self, path: str, **given: Any) -> Page:
        return self.send("GET", path, **given)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, **given: Any) -> Page:
        headers = {"Content-Type": "application/x-www-form-urlencoded", **given.pop("headers", {})}
        content = urlencode(fields or {}, doseq=True)
        return self.send("POST", path, content=content, headers=headers, **given)

    def follow(self, page: Page) -> Page:
        assert page.goes_to is not None, page.answer.text
        return self.get(page.goes_to)

    def send(self, method: str, path: str, **given: Any) -> Page:
        headers = {"Origin": OURS, **given.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self._client.request(method, path, headers=headers, **given)
        self.cookies |= dict(answer.cookies)
        for line in answer.headers.get_list("set-cookie"):
            name = line.partition("=")[0]
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
        return Page(answer)


def opening_pages(services: Services, client: Caller) -> Callable[[str], Pages]:
    """Officers at the console, by username; signed in without the password's slow check."""
    return lambda username: Pages(client.signed(None), open_session(services, username)[0])


def nobody(client: Caller) -> Pages:
    """A browser in which nobody is signed in."""
    return Pages(client.signed(None), None)
