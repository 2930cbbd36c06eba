"""答复用时 (A13): whatever the work behind it, a 404 leaves on the same beat; every other answer leaves at once."""

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.evenness import Evenness


def held(status: int, took: float, beat: float = 0.025) -> list[float]:
    """How long an answer is held that took so long to make."""
    waits: list[float] = []
    times = iter([100.0, 100.0 + took])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        assert message["type"].startswith("http.response")

    asyncio.run(Evenness(app, beat, lambda: next(times), wait)({"type": "http"}, receive, send))
    return waits


@pytest.mark.parametrize("took", [0.0023, 0.0035, 0.0241])
def test_a13_hidden_and_unknown_leave_on_the_same_beat(took: float):
    assert [took + wait for wait in held(404, took)] == [pytest.approx(0.025)]


def test_a13_one_that_took_longer_leaves_on_a_later_beat():
    assert [0.031 + wait for wait in held(404, 0.031)] == [pytest.approx(0.05)]


@pytest.mark.parametrize("status", [200, 403, 409, 422])
def test_other_answers_leave_at_once(status: int):
    assert held(status, 0.0023) == []


def test_no_beat_no_wait():
    assert held(404, 0.0023, beat=0) == []
