"""客户端: so many kept connections of one process, each sending its next request when the last one is answered.

The same for every service that is measured, and lean: it shares the machine's cores with what it measures.
"""

import asyncio
from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import cast

import uvloop

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Unanswered(RuntimeError):
    """未办成 — a service under measurement answered something else than done, or went away."""


class Client(asyncio.Protocol):
    """一个客户端 — sends what it is given in turn; `done` is set when all clients together have nothing left."""

    transport: asyncio.Transport

    def __init__(self, requests: Iterator[bytes], done: asyncio.Future[None], seconds: list[float]) -> None:
        self._requests, self._done, self._seconds = requests, done, seconds
        self._received, self._sent_at = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(HEAD_END)
        if not end or len(body) < length_of(head):
            return
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._fail(self._received.decode("utf-8", "replace"))
            return
        self._seconds.append(perf_counter() - self._sent_at)
        self._received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail("the connection was closed")

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is not None:
            self._sent_at = perf_counter()
            self.transport.write(request)
        elif not self._done.done():
            self._done.set_result(None)

    def _fail(self, why: str) -> None:
        if not self._done.done():
            self._done.set_exception(Unanswered(why))


def length_of(head: bytes) -> int:
    """内容长度: what the head of an answer announces."""
    lines = head.lower().split(b"\r\n")
    return next((int(one[len(LENGTH) :]) for one in lines if one.startswith(LENGTH)), 0)


def post(path: str, token: str, body: bytes) -> bytes:
    """一个请求: JSON sent by whoever holds the token."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: office.test\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, token: str) -> bytes:
    """一次查阅: what is asked for by whoever holds the token."""
    return f"GET {path} HTTP/1.1\r\nHost: office.test\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def run(port: int, requests: Sequence[bytes], clients: int) -> list[float]:
    """逐一发送: by so many clients, each every so manieth request; the seconds that each answer took."""
    return uvloop.run(_run(port, requests, clients))


async def _run(port: int, requests: Sequence[bytes], clients: int) -> list[float]:
    loop, seconds = asyncio.get_running_loop(), list[float]()
    transports, ends = [], []
    for number in range(clients):
        done = loop.create_future()
        mine = iter(requests[number::clients])

        def made(mine: Iterator[bytes] = mine, done: asyncio.Future[None] = done) -> Client:
            return Client(mine, done, seconds)

        transport, _ = await loop.create_connection(made, "127.0.0.1", port)
        transports.append(transport)
        ends.append(done)
    try:
        await asyncio.gather(*ends)
    finally:
        for transport in transports:
            transport.abort()
    return seconds
