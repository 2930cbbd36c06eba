"""A client without a network: requests go to the application in its own event loop, from any number of threads.

And a real server, for what only shows on a socket.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from starlette.types import ASGIApp


class Caller:
    """Sends requests as one officer, or as nobody."""

    def __init__(self, portal: BlockingPortal, http: httpx.AsyncClient, token: str | None = None) -> None:
        self._portal = portal
        self._http = http
        self.token = token

    def signed(self, token: str | None) -> "Caller":
        """The same client with another officer's token, or with none."""
        return Caller(self._portal, self._http, token)

    def request(self, method: str, url: str, **given: Any) -> httpx.Response:
        headers = dict(given.pop("headers", None) or {})
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._portal.call(lambda: self._http.request(method, url, headers=headers, **given))

    def get(self, url: str, **given: Any) -> httpx.Response:
        return self.request("GET", url, **given)

    def post(self, url: str, **given: Any) -> httpx.Response:
        return self.request("POST", url, **given)

    def put(self, url: str, **given: Any) -> httpx.Response:
        return self.request("PUT", url, **given)

    def delete(self, url: str, **given: Any) -> httpx.Response:
        return self.request("DELETE", url, **given)


@contextmanager
def calling(app: FastAPI) -> Iterator[Caller]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    with start_blocking_portal() as portal:
        http = httpx.AsyncClient(transport=transport, base_url="http://office.test", timeout=60)
        yield Caller(portal, http)
        portal.call(http.aclose)


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The address of a real server over the application."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(20)
        assert not thread.is_alive()
