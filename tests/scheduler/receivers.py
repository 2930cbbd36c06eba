"""收件方: a webhook and a mail server on this machine that note what they get and answer as they are told."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from aiosmtpd.controller import Controller

from scheduler.channels import Channel, parse_channel

SECRET = "not-a-real-secret"


@dataclass
class Hook:
    """回调收件方 — answers `status` and `answer`; `at` lets a test act when the n-th request has come in."""

    port: int = 0
    status: int = 200
    answer: bytes = b'{"errcode":0,"errmsg":"ok"}'
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    silent_until: threading.Event | None = None
    nth: int = 0
    nth_came: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def channel(self, id: str = "hook", *, enabled: bool = True, path: str = "/in") -> Channel:
        """The alert channel that leads here."""
        settings = {"url": f"http://127.0.0.1:{self.port}{path}", "secret": SECRET}
        return parse_channel(id, "webhook", settings, enabled)

    def ids(self) -> list[str]:
        """The outbox ids received, repeats included."""
        return [headers["x-shixian-id"] for headers, _ in self.got]

    def bodies(self) -> list[dict[str, Any]]:
        """The bodies received."""
        return [json.loads(body) for _, body in self.got]


def take(hook: Hook, request: BaseHTTPRequestHandler) -> None:
    """Notes one request and answers it."""
    body = request.rfile.read(int(request.headers["Content-Length"]))
    with hook.guard:
        hook.got.append(({name.lower(): value for name, value in request.headers.items()}, body))
        if len(hook.got) == hook.nth:
            hook.nth_came.set()
    if hook.silent_until:
        hook.silent_until.wait(10)
    with contextlib.suppress(OSError):
        request.send_response(hook.status)
        for name, value in hook.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(hook.answer)))
        request.end_headers()
        request.wfile.write(hook.answer)


@contextlib.contextmanager
def a_hook() -> Iterator[Hook]:
    """A webhook receiver, up while the block runs."""
    hook = Hook()

    parts = {"do_POST": lambda request: take(hook, request), "log_message": lambda *_: None}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (BaseHTTPRequestHandler,), parts))
    server.daemon_threads = True
    hook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Postbox:
    """邮件收件方 — refuses the addresses in `refuses`, and every message while `full`."""

    port: int = 0
    refuses: set[str] = field(default_factory=set)
    full: bool = False
    got: list[Any] = field(default_factory=list)

    async def recipient(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Answers RCPT."""
        if address in self.refuses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def message(self, server: Any, session: Any, envelope: Any) -> str:
        """Answers the end of DATA."""
        if self.full:
            return "452 no space left"
        self.got.append(envelope)
        return "250 taken"

    def channel(self, recipients: object, id: str = "mail") -> Channel:
        """The alert channel that leads here."""
        settings = {
            "host": "127.0.0.1",
            "port": self.port,
            "sender": "alerts@office.test",
            "recipients": recipients,
        }
        return parse_channel(id, "mail", settings, True)


class AnyPort(Controller):
    """Listens on a port the system chose."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextlib.contextmanager
def a_postbox() -> Iterator[Postbox]:
    """A mail server, up while the block runs."""
    postbox = Postbox()
    answers = SimpleNamespace(handle_RCPT=postbox.recipient, handle_DATA=postbox.message)
    controller = AnyPort(answers, hostname="127.0.0.1", port=0)
    controller.start()
    postbox.port = controller.port
    try:
        yield postbox
    finally:
        controller.stop()
