"""Who sends a request's content too slowly is told so and let go; over a real socket, with a deadline made short."""

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from starlette.types import Message

from api.intake import Intake, Watch
from api.pace import Pace
from tests.api.caller import serving
from tests.api.conftest import Town

JSON = ("POST /v1/petitions HTTP/1.1", "Content-Type: application/json", "Content-Length: 1000")
FORM = (
    "POST /v1/attachments HTTP/1.1",
    "Content-Type: multipart/form-data; boundary=line",
    "Content-Length: 1000",
)
PIECES = ("POST /v1/petitions HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked")
STARTED = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na'


@pytest.fixture(scope="module")
def hasty(town: Town) -> Iterator[str]:
    """The service with a twentieth of a second's patience."""
    with serving(Watch(Intake(town.app, patience=0.05, rate=1e9))) as address:
        yield address


@pytest.mark.parametrize(
    ("head", "begun"),
    [
        pytest.param(JSON, b"", id="nothing of a letter"),
        pytest.param(JSON, b'{"subject": "', id="a letter begun"),
        pytest.param(PIECES, b"1\r\n{\r\n", id="a letter in pieces"),
        pytest.param(FORM, STARTED, id="a file begun"),
    ],
)
def test_who_falls_silent_is_told_so_and_let_go(
    town: Town, hasty: str, head: tuple[str, ...], begun: bytes
) -> None:
    at = urlsplit(hasty)
    signed = ("Host: office.test", f"Authorization: Bearer {town.walker.as_('office').token}")
    with socket.create_connection((at.hostname, at.port), timeout=20) as connection:
        connection.sendall("\r\n".join((*head, *signed, "", "")).encode() + begun)
        with http.client.HTTPResponse(connection) as answer:
            answer.begin()
            told = json.loads(answer.read())
        assert (answer.status, told["code"]) == (408, "request.too_slow")
        assert answer.getheader("Content-Type") == "application/problem+json"
        assert answer.getheader("Connection") == "close"
        assert connection.recv(1) == b""


def test_what_comes_in_time_is_taken(town: Town, hasty: str) -> None:
    client = http.client.HTTPConnection(urlsplit(hasty).netloc, timeout=20)
    signed = {"Authorization": f"Bearer {town.walker.as_('office').token}"}
    client.request("GET", "/v1/sessions/current", headers=signed)
    assert client.getresponse().status == 200
    client.close()


def given(*messages: Message) -> Pace:
    """What comes is these, and then nothing any more."""
    waiting = iter(messages)

    async def receive() -> Message:
        for message in waiting:
            return message
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")

    return Pace(receive, patience=0.01, rate=1000)


def piece(size: int, more: bool = True) -> Message:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


def test_what_has_come_buys_time_for_the_rest() -> None:
    pace = given(piece(5000), piece(2000))

    async def received() -> list[float]:
        left = [pace.left]
        for _ in range(2):
            await pace.receive()
            left.append(pace.left)
        return left

    before, after_one, after_two = asyncio.run(received())
    assert before == 0.01
    assert 4 < after_one < 5.01
    assert 6 < after_two < 7.01


def test_without_another_byte_the_time_runs_out() -> None:
    pace = given(piece(10))

    async def received() -> None:
        await pace.receive()
        await pace.receive()

    with pytest.raises(TimeoutError):
        asyncio.run(received())


def test_once_all_has_come_nobody_is_hurried() -> None:
    pace = given(piece(0, more=False))

    async def received() -> bool:
        await pace.receive()
        waiting = asyncio.ensure_future(pace.receive())
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        waiting.cancel()
        return bool(done)

    assert not asyncio.run(received())
