"""Too much, sent over a real socket by plain clients that read the answer only once they have sent everything."""

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from api import intake
from api.intake import Body
from tests.api.caller import serving
from tests.api.conftest import Town

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "multipart/form-data; boundary=line"}
PART = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
direct = build_opener(ProxyHandler({}))


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    with serving(town.app) as found:
        yield found


def in_pieces(first: bytes, size: int) -> Iterator[bytes]:
    yield first
    for _ in range(size // 65536):
        yield b"a" * 65536


def problem(town: Town, url: str, data: Any, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """What urllib makes of the answer, with its `Connection: close`."""
    signed = {"Authorization": f"Bearer {town.walker.as_('office').token}"}
    with pytest.raises(HTTPError) as caught:
        direct.open(Request(url, data, headers | signed), timeout=30)
    with caught.value as answer:
        return answer.code, json.loads(answer.read())


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "in pieces"])
@pytest.mark.parametrize(
    ("path", "headers", "first", "size"),
    [
        pytest.param("/v1/petitions", JSON, b'{"content": "', 10 * MIB, id="a letter"),
        pytest.param("/v1/sessions", JSON, b'{"username": "', 10 * MIB, id="a name"),
        pytest.param("/v1/imports", FORM, PART, 40 * MIB, id="a file"),
        pytest.param("/v1/attachments", FORM, PART, 30 * MIB, id="an attachment"),
    ],
)
def test_a_plain_client_reads_why_it_was_too_much(
    town: Town, address: str, path: str, headers: dict[str, str], first: bytes, size: int, chunked: bool
) -> None:
    pieces = in_pieces(first, size)
    status, told = problem(town, address + path, pieces if chunked else b"".join(pieces), headers)
    assert (status, told["code"]) == (413, "request.too_large")


def test_a_form_that_is_none_is_told_so_after_it_was_sent(town: Town, address: str) -> None:
    status, told = problem(town, f"{address}/v1/imports", b"a" * 20 * MIB, FORM)
    assert (status, told["code"]) == (422, "request.malformed")


def test_the_connection_serves_on_after_too_much(address: str) -> None:
    client = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    client.request("POST", "/v1/sessions", b"a" * 2 * MIB, JSON)
    answer = client.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (413, None)
    answer.read()
    before = client.sock
    client.request("GET", "/healthz")
    assert client.getresponse().status == 200
    assert client.sock is before
    client.close()


@contextmanager
def opened(address: str, *lines: str) -> Iterator[socket.socket]:
    """A request whose head was sent."""
    at = urlsplit(address)
    head = ("POST /v1/petitions HTTP/1.1", "Host: office.test", "Content-Type: application/json", *lines)
    with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
        connection.sendall("\r\n".join((*head, "", "")).encode())
        yield connection


def read(connection: socket.socket) -> tuple[int, str | None, str]:
    with http.client.HTTPResponse(connection) as answer:
        answer.begin()
        return answer.status, answer.getheader("Connection"), json.loads(answer.read())["code"]


TOO_LARGE = (413, "close", "request.too_large")


def test_who_falls_silent_is_not_waited_for(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PATIENCE", 0.1)
    with opened(address, f"Content-Length: {2 * MIB}") as connection:
        connection.sendall(b"a" * 1000)
        assert read(connection) == TOO_LARGE


def test_who_announces_more_than_is_ever_received_is_answered_at_once(address: str) -> None:
    with opened(address, f"Content-Length: {intake.DRAINED + 1}") as connection:
        assert read(connection) == TOO_LARGE


def test_who_asks_before_sending_is_told_not_to(address: str) -> None:
    with opened(address, f"Content-Length: {2 * MIB}", "Expect: 100-continue") as connection:
        assert connection.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 413"
        assert read(connection) == TOO_LARGE


def test_nobody_is_received_for_ever() -> None:
    given = 0

    async def endless() -> dict[str, Any]:
        nonlocal given
        given += MIB
        return {"type": "http.request", "body": bytes(MIB), "more_body": True}

    assert not asyncio.run(Body({"type": "http", "headers": []}, endless).drained())
    assert given == intake.DRAINED
