"""Whatever goes wrong has one shape, and neither the answer nor the log tells what a petitioner wrote."""

import errno
import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
import structlog
from fastapi import FastAPI

from api import checks, logs
from api.app import create_app
from api.bootstrap import Services, build
from api.errors import STATUS, TITLES, SignedOut, TooLarge, TooOften, answer
from api.settings import SettingError, Settings
from domain.errors import Busy, Invalid, NotNow, NotYours, Stale, Unknown
from projections.catalogue import VIEWS
from tests.api.caller import Caller, calling
from tests.api.conftest import SignIn
from tests.api.lives import LETTER, Walker
from tests.api.problems import refused
from tests.conftest import Clock

Logged = Callable[[], list[dict[str, object]]]

SECRET = "王秀兰 13900000001"


@pytest.fixture
def logged() -> Iterator[Logged]:
    """The lines logged since it was last asked, as a process writes them."""
    root, stream = logging.getLogger(), StringIO()
    before, level = root.handlers[:], root.level
    logs.configure("info", stream)

    def taken() -> list[dict[str, object]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield taken
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (SignedOut, 401),
        (NotYours, 403),
        (Unknown, 404),
        (NotNow, 409),
        (Stale, 412),
        (TooLarge, 413),
        (Invalid, 422),
        (TooOften, 429),
        (Busy, 503),
    ],
)
def test_each_kind_of_refusal_has_its_number(kind, status: int):
    made = answer(kind("some.code", "说明。", "《条例》第一条", cap=30, status="x", detail="y"))
    problem = json.loads(made.body)
    assert made.status_code == problem["status"] == status
    assert problem == {
        "type": "urn:shixian:problem:some.code",
        "title": TITLES[status],
        "status": status,
        "detail": "说明。",
        "code": "some.code",
        "basis": "《条例》第一条",
        "cap": 30,
    }
    assert ("retry-after" in made.headers) == (status in {429, 503})


def test_a_new_kind_of_a_kind_is_answered_like_it():
    class AlreadyExtended(NotNow):
        pass

    assert answer(AlreadyExtended("petition.already_extended", "已延期。")).status_code == 409
    assert "basis" not in json.loads(answer(NotNow("x.y", "说明。")).body)


def test_every_status_has_a_title():
    assert set(STATUS.values()) <= set(TITLES)


def test_what_nobody_expected_is_a_500_that_tells_nothing(app: FastAPI, client: Caller, logged: Logged):
    def explode() -> None:
        raise RuntimeError(SECRET)

    app.add_api_route("/v1/explode", explode)
    made = client.get("/v1/explode", params={"q": SECRET})
    refused(made, 500, "server.failed")
    assert SECRET not in made.text
    failed, done = logged()
    assert failed["event"] == "request.failed"
    assert failed["error"] == "RuntimeError"
    assert str(failed["at"]).startswith("test_errors.py:")
    assert failed["request"] == done["request"] == made.headers["x-request-id"]
    assert "王秀兰" not in json.dumps([failed, done], ensure_ascii=False)


@pytest.mark.parametrize(
    "error",
    [psycopg.OperationalError(SECRET), psycopg.InterfaceError(SECRET), psycopg.errors.AdminShutdown(SECRET)],
)
def test_a_database_that_is_away_is_busy(app: FastAPI, client: Caller, error: Exception):
    def lose() -> None:
        raise error

    app.add_api_route("/v1/lose", lose)
    made = client.get("/v1/lose")
    refused(made, 503, "database.away")
    assert made.headers["retry-after"] == "1"
    assert SECRET not in made.text


def test_a_closed_pool_is_busy_for_reads_and_writes(
    app: FastAPI, client: Caller, services: Services, sign_in: SignIn
):
    office = sign_in("office")
    services.database.close()
    refused(office.post("/v1/petitions", json=LETTER), 503, "database.away")
    refused(office.get("/v1/sessions/current"), 503, "database.away")
    refused(client.get("/readyz"), 503, "database.away")
    assert client.get("/healthz").status_code == 200


def test_a_line_says_who_did_what_to_which_case_by_id_alone(walker: Walker, logged: Logged):
    case = walker.register(subject="反映王秀兰家暖气")
    answer = walker.do(case, "office", "urge", {"method": "phone", "text": SECRET})
    walker.as_("office").get(f"/v1/petitions/{case}/acts?phone=13900000001")
    register, urge, acts = logged()
    assert register["command"] == "register"
    assert register["petition"] == case
    assert urge["event"] == "request.done"
    assert (urge["actor"], urge["command"], urge["petition"]) == ("office", "urge", case)
    assert urge["position"] == str(answer.json()["position"])
    assert (urge["method"], urge["route"], urge["status"]) == ("POST", "/v1/petitions/{id}/urge", 200)
    assert acts["route"] == "/v1/petitions/{id}/acts"
    everything = json.dumps([register, urge, acts], ensure_ascii=False)
    for secret in ("王秀兰", "1390000", "林小雨", str(walker.as_("office").token), "暖气"):
        assert secret not in everything


def test_two_requests_at_once_keep_their_lines_apart(walker: Walker, logged: Logged):
    cases = [walker.register() for _ in range(2)]
    officers = [walker.as_(who) for who in ("inspector", "leader")]
    logged()
    barrier = threading.Barrier(2)

    def urge(n: int) -> None:
        barrier.wait()
        body = {"method": "phone", "text": "催"}
        officers[n].post(f"/v1/petitions/{cases[n]}/urge", json=body).raise_for_status()

    threads = [threading.Thread(target=urge, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(one["actor"], one["petition"]) for one in logged()} == {
        ("inspector", cases[0]),
        ("leader", cases[1]),
    }


def test_libraries_write_the_same_lines_and_no_message_of_an_exception(logged: Logged):
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("elsewhere").exception("it failed")
    (line,) = logged()
    assert line["event"] == "it failed"
    assert (line["logger"], line["level"], line["error"]) == ("elsewhere", "error", "ValueError")
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_every_answer_carries_the_headers_browsers_need(client: Caller):
    for url in ("/healthz", "/v1/sessions/current", "/nothing"):
        headers = client.get(url).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-request-id"]


def test_c1_on_a_disk_without_room_for_the_log_commands_are_answered(logged: Logged, sign_in: SignIn):
    """C1: a line is lost, what it would tell of isn't, nor its answer."""

    class Full(StringIO):
        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, text)

    logs.configure("info", Full())
    structlog.get_logger().warning("one of ours")
    logging.getLogger("psycopg").warning("one of theirs")
    answered = sign_in("office").post("/v1/petitions", json=LETTER)
    assert answered.status_code == 201, answered.text


class TestHealth:
    """运行状况."""

    def beat(self, services: Services, clock: Clock) -> None:
        with services.database.transaction() as connection:
            for name in ("scheduler", "sweep", "dispatch"):
                connection.execute("INSERT INTO heartbeats (name, at) VALUES (%s, %s)", (name, clock()))

    def test_alive_needs_nothing(self, client: Caller):
        assert client.get("/healthz").json() == {"status": "alive"}

    def test_ready_with_a_heartbeat_and_views_that_follow(
        self, client: Caller, services, clock: Clock, catch_up
    ):
        self.beat(services, clock)
        catch_up()
        answer = client.get("/readyz")
        assert answer.status_code == 200, answer.text
        ready = answer.json()
        assert {one["name"] for one in ready["projections"]} == {view.name for view in VIEWS}
        assert {one["lag"] for one in ready["projections"]} == {0}
        assert all(one["fresh"] for one in ready["heartbeats"])

    @pytest.mark.parametrize("stalled", [False, True])
    def test_where_in_the_log_only_its_keepers_are_told(
        self, client: Caller, sign_in: SignIn, services: Services, clock: Clock, catch_up, stalled: bool
    ):
        self.beat(services, clock)
        catch_up()
        if stalled:
            self.stall(services)
        for caller in (client, client.signed("made-up"), *map(sign_in, ("office", "leader"))):
            told = caller.get("/readyz")
            assert told.status_code == (503 if stalled else 200)
            assert {frozenset(one) for one in told.json()["projections"]} == {
                frozenset({"name", "state", "lag"})
            }
            assert {frozenset(one) for one in told.json()["heartbeats"]} == {frozenset({"name", "fresh"})}
            assert "KeyError" not in told.text
        for name in ("admin", "inspector", "auditor"):
            told = sign_in(name).get("/readyz").json()
            assert all(one["head"] > 0 for one in told["projections"])
            assert [one["stalled_position"] for one in told["projections"]].count(3) == stalled
            assert all(one["at"] for one in told["heartbeats"])

    def test_not_without_a_heartbeat(self, client: Caller, catch_up):
        catch_up()
        problem = refused(client.get("/readyz"), 503, "health.not_ready")
        assert problem["detail"] == "定时任务无心跳：scheduler、sweep、dispatch。"

    def test_not_when_the_heart_stopped(self, client: Caller, services: Services, clock: Clock, catch_up):
        self.beat(services, clock)
        catch_up()
        clock.set(clock() + timedelta(minutes=3))
        refused(client.get("/readyz"), 503, "health.not_ready")

    def stall(self, services: Services) -> None:
        with services.database.transaction() as connection:
            connection.execute(
                "UPDATE projection_tracking SET stalled_at = now(), stalled_position = 3, error = 'KeyError'"
                " WHERE name = 'ledger'"
            )

    def test_not_when_a_view_is_stalled(self, client: Caller, services: Services, clock: Clock, catch_up):
        self.beat(services, clock)
        catch_up()
        self.stall(services)
        problem = refused(client.get("/readyz"), 503, "health.not_ready")
        assert problem["detail"] == "视图停滞，须排除故障：ledger。"

    def test_one_that_stands_still_is_told_from_one_that_is_behind(
        self, client: Caller, services: Services, clock: Clock, catch_up
    ):
        """Somebody has to see to the one; the other goes on by itself."""
        self.beat(services, clock)
        catch_up()
        self.stall(services)
        with services.database.transaction() as connection:
            connection.execute("UPDATE projection_tracking SET position = -5001 WHERE name = 'figures'")
        problem = refused(client.get("/readyz"), 503, "health.not_ready")
        assert problem["detail"] == "视图停滞，须排除故障：ledger；视图落后，正在追赶：figures。"
        states = {one["name"]: one["state"] for one in problem["projections"]}
        assert (states.pop("ledger"), states.pop("figures")) == ("stalled", "behind")
        assert set(states.values()) == {"following"}
        told = {one.what: one.state for one in checks.run(services)}
        assert (told["读模型 ledger"], told["读模型 figures"], told["读模型 deadlines"]) == (
            "bad",
            "bad",
            "ok",
        )


class TestSettings:
    """设置."""

    def test_each_has_a_default_that_works(self):
        settings = Settings.read({})
        assert (settings.host, settings.port, settings.database_url, settings.empty) == (
            "127.0.0.1",
            8000,
            None,
            False,
        )
        assert settings.home.is_absolute()

    def test_they_are_read(self, tmp_path: Path):
        settings = Settings.read(
            {
                "SHIXIAN_HOME": str(tmp_path),
                "SHIXIAN_PORT": "8123",
                "SHIXIAN_EMPTY": "1",
                "DATABASE_URL": "postgresql:///x",
            }
        )
        assert (settings.home, settings.port, settings.empty) == (tmp_path, 8123, True)
        assert settings.database_url == "postgresql:///x"

    @pytest.mark.parametrize(
        "given",
        [
            {"SHIXIAN_PORT": "0"},
            {"SHIXIAN_PORT": "65536"},
            {"SHIXIAN_PORT": "八千"},
            {"SHIXIAN_PORT": "9" * 50},
            {"SHIXIAN_EMPTY": "maybe"},
            {"SHIXIAN_LOG_LEVEL": "loud"},
        ],
    )
    def test_nonsense_is_named(self, given: dict[str, str]):
        with pytest.raises(SettingError, match=next(iter(given))):
            Settings.read(given)

    def test_without_an_address_nothing_is_built(self, tmp_path: Path):
        with pytest.raises(SettingError, match="DATABASE_URL"):
            build(Settings(home=tmp_path))


def test_an_empty_office_takes_nobody_in(settings: Settings, clock: Clock):
    with build(settings, clock) as services, calling(create_app(services)) as client:
        answer = client.post("/v1/sessions", json={"username": "office", "password": "shixian-demo"})
        refused(answer, 401, "session.refused")
