"""What a page must not do while it is used: complain, break, fail to load, or ask another host for anything."""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

LEFT = "net::ERR_ABORTED"
"""A request given up because the page was left, a download taken over, a stream closed: no failure."""


class Watch:
    """Everything that went wrong in one context."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self._host = urlsplit(address).netloc
        self.faults: list[str] = []
        self._refusals = 0
        context.on("page", self._page)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("console", self._console)

    def expect_refusal(self) -> None:
        """The next answer that says no (4xx) is meant."""
        self._refusals += 1

    def _page(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # what a refused request makes the browser say is judged by the answer itself
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self._host:
            self.faults.append(f"another host: {request.url}")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT:
            self.faults.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status < 400:
            return
        if response.status < 500 and self._refusals:
            self._refusals -= 1
            return
        self.faults.append(f"{response.status}: {response.request.method} {response.url}")
