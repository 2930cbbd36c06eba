"""收件方: note outside whatever arrives, and answer as badly as receivers do."""

import contextlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ANSWER = b'{"errcode":0}'
ODD = 5
"""It behaves badly about one id in so many: each such costs those that follow it a wait."""
SECRET = "not-a-real-secret"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(ANSWER),
    ANSWER,
)

Behave = Callable[["Receiver", int], bytes]
"""What goes back over the line for the n-th time that an id comes; nothing at all if it is empty."""


def plain(_: "Receiver", nth: int) -> bytes:
    """Takes it and says so."""
    return PLAIN


def twice(_: "Receiver", nth: int) -> bytes:
    """Answers two times over."""
    return PLAIN + PLAIN


def closes_first(_: "Receiver", nth: int) -> bytes:
    """Takes it, and the first time closes the line without a word."""
    return b"" if nth == 1 else PLAIN


def slow(receiver: "Receiver", nth: int) -> bytes:
    """Answers late, the first time later than anybody waits."""
    receiver.closing.wait(7.0 if nth == 1 else 0.3)
    return PLAIN


def refuses_first(_: "Receiver", nth: int) -> bytes:
    """Out of order for the first two times."""
    return b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n" if nth < 3 else PLAIN


@dataclass
class Receiver:
    """收件方 — what came, in the order in which it came."""

    behave: Behave = plain
    port: int = 0
    ids: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    times: Counter[str] = field(default_factory=Counter)
    odd: set[str] = field(default_factory=set)
    guard: threading.Lock = field(default_factory=threading.Lock)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def firsts(self) -> list[str]:
        """初次收到: each id once, in the order in which it came first."""
        return list(dict.fromkeys(self.ids))

    def take(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        name = request.headers["X-Shixian-Id"]
        with self.guard:
            self.ids.append(name)
            self.bodies.append(json.loads(body))
            self.times[name] += 1
            nth = self.times[name]
            if nth == 1 and len(self.times) % ODD == 1:
                self.odd.add(name)
        request.close_connection = True
        with contextlib.suppress(OSError):
            request.wfile.write(self.behave(self, nth) if name in self.odd else PLAIN)


@contextmanager
def receiving(behave: Behave = plain, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver, up while the block runs."""
    receiver = Receiver(behave)
    parts = {"do_POST": lambda request: receiver.take(request), "log_message": lambda *_: None}
    handler = type("Handler", (BaseHTTPRequestHandler,), parts)
    server = ThreadingHTTPServer((host, 0), handler)
    server.daemon_threads = True
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
