"""New alerts as server-sent events over a real socket: delivery, resumption, whose they are, and a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api import alert_stream
from api.bootstrap import Services
from api.errors import TooOften
from api.holders import digest
from api.sessions import LASTS, open_session
from domain.acts import system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact
from tests.api.caller import Caller, serving
from tests.api.cases import done, registered
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
Raise = Callable[[str], int]
URL = "/v1/alerts/stream"
PATIENCE = 20.0


@pytest.fixture
def address(app: FastAPI) -> Iterator[str]:
    """A real server over the application."""
    with serving(app) as found:
        yield found


@pytest.fixture
def raised(services: Services, catch_up: Callable[[], None], clock: Clock) -> Raise:
    """Raises what is due on every case by ten in the morning of a day; the views follow."""

    def by(day: str) -> int:
        clock.set(datetime.fromisoformat(f"{day}T10:00:00+08:00"))
        catch_up()
        with services.database.connection() as connection:
            cases = [row["case_id"] for row in connection.execute("SELECT case_id FROM ledger")]
        count = services.casework.raise_alerts(cases, clock())
        catch_up()
        return count

    return by


@contextmanager
def listening(address: str, token: str, last: str | None = None) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a stream as they come."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last is not None else {})
    with httpx.stream("GET", address + URL, headers=headers, timeout=PATIENCE) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield _events(answer.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    event: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield {"event": event["event"], "id": event["id"], "alert": json.loads(event["data"])}
            event = {}


@pytest.fixture
def with_a(sign_in: SignIn) -> str:
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    return case


def lasting(services: Services, officer: str) -> str:
    """A session that outlasts the days which the clock is moved by."""
    token, ends = open_session(services, officer)
    with services.database.transaction() as connection:
        connection.execute(
            "UPDATE sessions SET expires_at = %(later)s, last_seen_at = %(later)s WHERE token_digest = %(token)s",
            {"later": ends + timedelta(days=30), "token": digest(token)},
        )
    return token


def test_a_new_alert_arrives_and_others_do_not(
    address: str, services: Services, sign_in: SignIn, with_a: str, raised: Raise
) -> None:
    raised("2026-03-10")
    token, other = lasting(services, "unit-a-clerk"), lasting(services, "unit-b-clerk")
    with listening(address, token) as mine, listening(address, other) as theirs:
        raised("2026-03-13")
        first = next(mine)
        assert first["event"] == "alert"
        assert first["id"] == str(first["alert"]["position"])
        assert (first["alert"]["case"], first["alert"]["step_id"]) == (with_a, "due_soon_2")
        listed = sign_in("unit-a-clerk").get("/v1/alerts").json()["items"]
        shown = next(one for one in listed if one["id"] == first["alert"]["id"])
        assert first["alert"] == shown
        with_b = registered(sign_in("office"))
        done(sign_in("office"), with_b, "transfer", to_unit="unit-b")
        raised("2026-03-20")
        assert next(theirs)["alert"]["case"] == with_b


def test_one_resumes_after_the_last_event(
    address: str, services: Services, with_a: str, raised: Raise, sign_in: SignIn
) -> None:
    raised("2026-03-17")
    listed = sign_in("unit-a-clerk").get("/v1/alerts").json()["items"][::-1]
    assert len(listed) > 2
    token, _ = open_session(services, "unit-a-clerk")
    with listening(address, token, last="0") as events:
        assert [next(events)["alert"] for _ in listed] == listed
    with listening(address, token, last=str(listed[0]["position"])) as events:
        assert [next(events)["alert"] for _ in listed[1:]] == listed[1:]


def test_many_open_streams_hold_no_pooled_connection(
    address: str, services: Services, sign_in: SignIn, with_a: str, raised: Raise
) -> None:
    raised("2026-03-10")
    officers = ("unit-a-clerk", "unit-a-head")
    tokens = [open_session(services, officer)[0] for officer in officers]
    most = services.database.pool.max_size
    streams = [listening(address, tokens[number % 2], last="0") for number in range(most + 2)]
    opened = [stream.__enter__() for stream in streams]
    try:
        assert len({next(events)["id"] for events in opened}) == 1
        assert httpx.get(
            f"{address}/v1/alerts", headers={"Authorization": f"Bearer {tokens[0]}"}, timeout=PATIENCE
        ).is_success
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)


def signed_out(services: Services, token: str, _: Clock) -> None:
    with services.database.transaction() as connection:
        connection.execute("DELETE FROM sessions WHERE token_digest = %s", (digest(token),))


def expired(_: Services, __: str, clock: Clock) -> None:
    clock.set(clock() + LASTS)


def moved_to_another_post(services: Services, _: str, __: Clock) -> None:
    act = system_act(services.clock())

    def drafts(_: int) -> list[Fact]:
        directory = services.casework.directory()
        return [decisions.appoint("unit-a-clerk", "钱多多", "unit-b", "unit_clerk", directory, act)]

    services.casework.publish(DIRECTORY_ID, drafts, act)


@pytest.mark.parametrize("ended", [signed_out, expired, moved_to_another_post])
def test_a_stream_ends_with_its_session(
    address: str,
    services: Services,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    ended: Callable[[Services, str, Clock], None],
) -> None:
    monkeypatch.setattr(alert_stream, "AGAIN", 0.1)
    monkeypatch.setattr(alert_stream, "LIFETIME", 12.0)
    token, _ = open_session(services, "unit-a-clerk")
    started = monotonic()
    with listening(address, token) as events:
        ended(services, token, clock)
        assert list(events) == []
    assert monotonic() - started < 10


def test_an_officer_has_so_many_streams_at_once(address: str, services: Services, with_a: str) -> None:
    mine = open_session(services, "unit-a-clerk")[0]
    theirs = open_session(services, "unit-b-clerk")[0]
    with ExitStack() as opened:
        for _ in range(alert_stream.MOST_STREAMS):
            opened.enter_context(listening(address, mine))
        headers = {"Authorization": f"Bearer {mine}"}
        refusal = httpx.get(address + URL, headers=headers, timeout=PATIENCE)
        assert (refusal.status_code, refusal.json()["code"]) == (429, "alert.too_many_streams")
        assert int(refusal.headers["retry-after"]) > 0
        with listening(address, theirs):
            pass


def test_a_seat_is_given_back_once() -> None:
    seats = alert_stream.Seats(2)
    first, second = seats.take("office"), seats.take("office")
    with pytest.raises(TooOften):
        seats.take("office")
    first()
    first()
    seats.take("office")
    with pytest.raises(TooOften):
        seats.take("office")
    second()
    seats.take("office")


def test_the_last_event_must_be_one_of_ours(sign_in: SignIn) -> None:
    assert sign_in("office").get(URL, headers={"Last-Event-ID": "x"}).status_code == 422


def test_an_open_stream_ends_when_the_server_does(services: Services, with_a: str, raised: Raise) -> None:
    raised("2026-03-10")
    token, _ = open_session(services, "unit-a-clerk")
    with socket.create_server(("127.0.0.1", 0)) as opened:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.api.streaming", str(opened.fileno()), services.clock().isoformat()],
            pass_fds=[opened.fileno()],
            env={
                **os.environ,
                "DATABASE_URL": services.database.dsn,
                "SHIXIAN_KEYS": str(services.keys.folder),
            },
        )
        try:
            address = f"http://127.0.0.1:{opened.getsockname()[1]}"
            with listening(address, token, last="0") as events:
                assert next(events)["event"] == "alert"
                server.send_signal(signal.SIGTERM)
                assert server.wait(PATIENCE) in (0, -signal.SIGTERM)
        finally:
            server.kill()
            server.wait(PATIENCE)
