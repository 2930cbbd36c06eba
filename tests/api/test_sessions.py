"""Signing in and out: what a token is good for, how long, and what a guesser learns."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from api.bootstrap import Services
from api.errors import TooOften
from api.holders import IDLE, digest
from api.serving import config
from api.sessions import Doorkeeper, create_account
from api.settings import SettingError, Settings
from api.tries import ADDRESS_TRIES, LONGEST_WAIT, NAME_TRIES, TRIES, WITHIN, admit, forget
from domain.acts import Act, system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID
from domain.errors import Busy
from domain.facts import Fact
from eventstore.database import Database
from tests.api.caller import Caller
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.town import PASSWORD
from tests.conftest import Clock


def sign(client: Caller, username: str, password: str = PASSWORD):
    return client.post("/v1/sessions", json={"username": username, "password": password})


def test_nothing_but_signing_in_is_open_to_strangers(client: Caller):
    refused(client.get("/v1/sessions/current"), 401, "session.missing")
    refused(client.delete("/v1/sessions/current"), 401, "session.missing")
    for token in ("", "x", "ü", "a" * 5000, "0" * 43):
        answer = client.get("/v1/sessions/current", headers={b"Authorization": b"Bearer " + token.encode()})
        refused(answer, 401, "session.missing")
    answer = client.get(
        "/v1/sessions/current", headers={"Authorization": "Basic b2ZmaWNlOnNoaXhpYW4tZGVtbw=="}
    )
    refused(answer, 401, "session.missing")


def test_a_name_and_its_password_get_a_token(client: Caller, clock: Clock):
    answer = sign(client, "unit-a-clerk")
    assert answer.status_code == 201, answer.text
    session = answer.json()
    assert session["officer"] == {
        "id": "unit-a-clerk",
        "name": "钱多多",
        "unit": "unit-a",
        "unit_name": "清江区住房和城乡建设局",
        "post": "unit_clerk",
    }
    assert datetime.fromisoformat(session["expires_at"]) == clock() + timedelta(hours=12)
    assert session["acting_as"] == ["unit-a/unit_clerk"]
    assert session["acting_for"] == []
    current = client.signed(session["token"]).get("/v1/sessions/current").json()
    assert current == {name: session[name] for name in session if name != "token"}
    assert "set-cookie" not in answer.headers


def test_a_token_is_random_and_only_its_digest_is_kept(client: Caller, services: Services):
    tokens = {sign(client, "office").json()["token"] for _ in range(2)}
    assert len(tokens) == 2
    assert all(len(token) >= 43 for token in tokens)
    with services.database.connection() as connection:
        rows = connection.execute("SELECT * FROM sessions").fetchall()
        accounts = connection.execute("SELECT * FROM accounts").fetchall()
    assert {bytes(row["token_digest"]) for row in rows} == {digest(token) for token in tokens}
    stored = repr(rows) + repr(accounts)
    assert not any(token in stored for token in tokens)
    assert PASSWORD not in stored
    assert all(row["password_hash"].startswith("$argon2id$") for row in accounts)


def test_after_twelve_hours_it_ends(client: Caller, clock: Clock):
    officer = client.signed(sign(client, "office").json()["token"])
    for _ in range(11):
        clock.set(clock() + timedelta(hours=1))
        assert officer.get("/v1/sessions/current").status_code == 200
    clock.set(clock() + timedelta(hours=1) - timedelta(seconds=1))
    assert officer.get("/v1/sessions/current").status_code == 200
    clock.set(clock() + timedelta(seconds=1))
    refused(officer.get("/v1/sessions/current"), 401, "session.missing")


def test_left_alone_for_two_hours_it_ends(client: Caller, clock: Clock):
    officer = client.signed(sign(client, "office").json()["token"])
    clock.set(clock() + IDLE - timedelta(seconds=1))
    assert officer.get("/v1/sessions/current").status_code == 200
    clock.set(clock() + IDLE)
    refused(officer.get("/v1/sessions/current"), 401, "session.missing")


def test_one_sees_and_ends_ones_own_sessions_only(client: Caller, sign_in: SignIn, clock: Clock):
    here = sign_in("office")
    clock.set(clock() + timedelta(minutes=1))
    there, other = sign_in("office"), sign_in("leader")
    items = here.get("/v1/sessions").json()["items"]
    assert [one["current"] for one in items] == [False, True]
    assert {one["via"] for one in items} == {"password"}
    refused(other.delete(f"/v1/sessions/{items[0]['id']}"), 404, "session.unknown")
    assert here.delete(f"/v1/sessions/{items[0]['id']}").status_code == 204
    refused(there.get("/v1/sessions/current"), 401, "session.missing")
    assert here.get("/v1/sessions/current").status_code == 200


def test_signing_out_everywhere_ends_all_of_ones_own(client: Caller, sign_in: SignIn):
    here, there, other = sign_in("office"), sign_in("office"), sign_in("leader")
    assert here.delete("/v1/sessions").status_code == 204
    for ended in (here, there):
        refused(ended.get("/v1/sessions/current"), 401, "session.missing")
    assert other.get("/v1/sessions/current").status_code == 200


def test_who_is_dismissed_is_signed_out_and_cannot_sign_in(
    client: Caller, services: Services, sign_in: SignIn
):
    officer = sign_in("unit-a-officer")
    act = system_act(services.clock())

    def drafts(_: int) -> list[Fact]:
        return [decisions.dismiss("unit-a-officer", "调离", services.casework.directory(), act)]

    services.casework.publish(DIRECTORY_ID, drafts, act)
    refused(officer.get("/v1/sessions/current"), 401, "session.missing")
    refused(sign(client, "unit-a-officer"), 401, "session.refused")


def test_who_comes_back_after_dismissal_signs_in_anew(
    client: Caller, services: Services, sign_in: SignIn, clock: Clock
):
    before = sign_in("unit-a-officer")
    code = sign_in("inspector").post("/v1/accounts/unit-a-officer/reset").json()["code"]
    again = sign_in("unit-a-officer")
    for dismissing in (True, False):
        clock.set(clock() + timedelta(minutes=1))
        act = system_act(services.clock())

        def drafts(_: int, act: Act = act, dismissing: bool = dismissing) -> list[Fact]:
            now = services.casework.directory()
            if dismissing:
                return [decisions.dismiss("unit-a-officer", "调离", now, act)]
            return [decisions.appoint("unit-a-officer", "孙三立", "unit-a", "unit_officer", now, act)]

        services.casework.publish(DIRECTORY_ID, drafts, act)
    for caller in (before, again):
        refused(caller.get("/v1/sessions/current"), 401, "session.missing")
    used = client.post("/v1/accounts/setup", json={"code": code, "password": "a-quiet-7k#Qz-lake"})
    refused(used, 404, "account.code_refused")
    assert sign_in("unit-a-officer").get("/v1/sessions/current").status_code == 200


def test_signing_out_ends_it_at_once_and_only_it(client: Caller, sign_in: SignIn):
    here, there = sign_in("office"), sign_in("office")
    answer = here.delete("/v1/sessions/current")
    assert (answer.status_code, answer.content) == (204, b"")
    refused(here.get("/v1/sessions/current"), 401, "session.missing")
    refused(here.delete("/v1/sessions/current"), 401, "session.missing")
    assert there.get("/v1/sessions/current").status_code == 200


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client: Caller):
    wrong = sign(client, "office", "guess")
    unknown = sign(client, "nobody", "guess")
    refused(wrong, 401, "session.refused")
    assert wrong.content == unknown.content
    assert wrong.headers["www-authenticate"] == "Bearer"


def test_a_wrong_password_and_an_unknown_name_cost_the_same_work(client: Caller):
    def seconds(username: str) -> float:
        started = perf_counter()
        refused(sign(client, username, "guess"), 401, "session.refused")
        return perf_counter() - started

    seconds("nobody")
    pairs = [(seconds("office"), seconds("nobody")) for _ in range(5)]
    ratio = median(unknown for _, unknown in pairs) / median(known for known, _ in pairs)
    assert 0.4 < ratio < 2.5, pairs


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "office"},
        {"username": "office", "password": ""},
        {"username": "office", "password": 5},
        {"username": "off\x00ice", "password": "x"},
        {"username": "office", "password": "x" * 1001},
        {"username": "office", "password": PASSWORD, "officer": "leader"},
    ],
)
def test_a_form_that_is_none_is_refused(client: Caller, body: dict[str, object]):
    refused(client.post("/v1/sessions", json=body), 422, "request.malformed")


@pytest.mark.usefixtures("quick_hashes")
def test_who_keeps_guessing_has_to_wait(client: Caller, clock: Clock):
    for _ in range(TRIES):
        refused(sign(client, "office", "guess"), 401, "session.refused")
    answer = sign(client, "office")
    refused(answer, 429, "session.too_often")
    assert 0 < int(answer.headers["retry-after"]) <= 301
    assert sign(client, "leader").status_code == 201, "another officer at the same address may still sign in"
    clock.set(clock() + timedelta(minutes=5))
    assert sign(client, "office").status_code == 201


@pytest.mark.usefixtures("quick_hashes")
def test_guessing_an_unknown_name_is_slowed_down_the_same(client: Caller):
    for _ in range(TRIES):
        refused(sign(client, "nobody", "guess"), 401, "session.refused")
    refused(sign(client, "nobody", "guess"), 429, "session.too_often")


@pytest.mark.usefixtures("quick_hashes")
def test_signing_in_wipes_earlier_failures(client: Caller):
    for _ in range(2):
        for _ in range(TRIES - 1):
            refused(sign(client, "office", "guess"), 401, "session.refused")
        assert sign(client, "office").status_code == 201


def test_an_account_may_get_a_new_password(client: Caller, services: Services):
    create_account(services.database, "office", "office", "新的口令-2026")
    refused(sign(client, "office"), 401, "session.refused")
    assert sign(client, "office", "新的口令-2026").status_code == 201


def test_an_account_of_nobody_in_the_directory_is_no_use(client: Caller, services: Services):
    create_account(services.database, "ghost", "ghost", "no-such-officer")
    refused(sign(client, "ghost", "no-such-officer"), 401, "session.refused")


def guesses(app: FastAPI, settings: Settings) -> list[int]:
    """What a guesser gets who writes another X-Forwarded-For each time, through the server as it is set up."""
    served = config(app, settings)
    served.load()
    statuses = []
    with start_blocking_portal() as portal:
        transport = httpx.ASGITransport(served.loaded_app, client=("127.0.0.1", 40000))
        http = httpx.AsyncClient(transport=transport, base_url="http://office.test", timeout=60)
        for number in range(TRIES + 1):
            body = {"username": "office", "password": "guess"}
            headers = {"X-Forwarded-For": f"10.1.1.{number}"}
            answer = portal.call(
                lambda body=body, headers=headers: http.post("/v1/sessions", json=body, headers=headers)
            )
            statuses.append(answer.status_code)
        portal.call(http.aclose)
    return statuses


def test_nobody_says_by_a_header_where_they_are(app: FastAPI, settings: Settings):
    assert guesses(app, settings) == [401] * TRIES + [429]


def test_the_proxy_that_was_named_says_where_a_request_came_from(
    app: FastAPI, services: Services, settings: Settings
):
    assert guesses(app, replace(settings, trusted_proxy="127.0.0.1/32")) == [401] * (TRIES + 1)
    forget(services.database, "127.0.0.1", "office")
    another = replace(settings, trusted_proxy="10.9.9.9/32")
    assert guesses(app, another) == [401] * TRIES + [429]


def test_a_proxy_is_an_address(tmp_path: Path):
    home = {"SHIXIAN_HOME": str(tmp_path)}
    assert Settings.read(home).trusted_proxy is None
    assert Settings.read({**home, "SHIXIAN_TRUSTED_PROXY": "10.0.0.5"}).trusted_proxy == "10.0.0.5/32"
    for bad in ("*", "proxy.local", "10.0.0.5/8"):
        with pytest.raises(SettingError, match="SHIXIAN_TRUSTED_PROXY"):
            Settings.read({**home, "SHIXIAN_TRUSTED_PROXY": bad})


class TestTheDoorkeeper:
    """门卫."""

    def test_no_more_than_so_many_hash_at_once(self):
        keeper = Doorkeeper(2, patience=0.01)
        with keeper.turn(), keeper.turn(), pytest.raises(Busy, match=r"session\.busy"), keeper.turn():
            pass
        with keeper.turn(), keeper.turn():
            pass

    def test_a_turn_that_failed_is_given_back(self):
        keeper = Doorkeeper(1, patience=0.01)
        for _ in range(20):
            with pytest.raises(ZeroDivisionError), keeper.turn():
                raise ZeroDivisionError


class TestTheCountOfTries:
    """登录尝试."""

    def test_a_name_tried_from_everywhere_has_to_wait_ever_longer(self, database: Database, clock: Clock):
        number, waits = 0, []
        for number in range(NAME_TRIES):
            admit(database, f"10.0.0.{number}", clock(), "office")
        for _ in range(8):
            with pytest.raises(TooOften) as refusal:
                admit(database, "10.2.2.2", clock(), "office")
            waits.append(int(str(refusal.value.details["retry_after"])))
            clock.set(clock() + timedelta(seconds=waits[-1]))
            number += 1
            admit(database, f"10.0.0.{number}", clock(), "office")
        assert waits == sorted(waits)
        assert waits[0] < waits[1] < waits[-1] == LONGEST_WAIT.total_seconds() + 1
        admit(database, "10.2.2.2", clock(), "leader")
        forget(database, "10.2.2.2", "office")
        admit(database, "10.2.2.2", clock(), "office")

    @pytest.mark.parametrize("address", ["10.0.0.1", "2001:db8::{:x}"])
    def test_many_names_tried_from_one_address_have_to_wait(
        self, database: Database, clock: Clock, address: str
    ):
        for number in range(ADDRESS_TRIES):
            admit(database, address.format(number + 1), clock(), f"name-{number}")
        with pytest.raises(TooOften):
            admit(database, address.format(5000), clock(), "one more")
        with pytest.raises(TooOften):
            admit(database, address.format(5000), clock())
        admit(database, "10.0.0.2", clock(), "one more")
        clock.set(clock() + WITHIN)
        admit(database, address.format(5000), clock(), "one more")

    def test_signing_in_oneself_does_not_make_others_names_cheap(self, database: Database, clock: Clock):
        for number in range(ADDRESS_TRIES - 1):
            admit(database, "10.0.0.1", clock(), f"name-{number}")
            admit(database, "10.0.0.1", clock(), "own")
            forget(database, "10.0.0.1", "own")
        admit(database, "10.0.0.1", clock(), "another")
        with pytest.raises(TooOften):
            admit(database, "10.0.0.1", clock(), "own")

    def test_it_holds_in_every_process_and_counts_each_try_of_many_at_once(
        self, database_dsn: str, clock: Clock
    ):
        with Database(database_dsn) as one, Database(database_dsn) as other, ThreadPoolExecutor(8) as threads:

            def heard(number: int) -> bool:
                try:
                    admit((one, other)[number % 2], "10.0.0.1", clock(), "office")
                except TooOften:
                    return False
                return True

            assert sum(threads.map(heard, range(TRIES * 4))) == TRIES

    def test_no_tried_name_is_stored(self, database: Database, clock: Clock):
        admit(database, "10.0.0.1", clock(), "a password in the wrong field")
        with database.connection() as connection:
            rows = connection.execute("SELECT * FROM sign_in_failures").fetchall()
        assert len(rows) == 3
        assert "password" not in repr(rows)
        assert "10.0.0.1" not in repr(rows)
