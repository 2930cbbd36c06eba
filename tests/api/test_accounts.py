"""Accounts: opened and reset by a one-time code, locked and unlocked; and the first one of an empty office."""

import re
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI

from api import account_codes
from api.app import create_app
from api.bootstrap import Services, build
from api.settings import Settings
from api.tries import ADDRESS_TRIES, TRIES
from domain.acts import system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact
from tests.api.caller import Caller, calling
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.test_passwords import NEW, sign
from tests.api.town import NAMES, PASSWORD
from tests.conftest import Clock
from tests.owner import as_owner

URL = "/v1/accounts"
MANAGERS = ("admin", "inspector")


@pytest.fixture
def newcomer(services: Services) -> str:
    """An officer who was just appointed and has no account."""
    act = system_act(services.clock())

    def drafts(_: int) -> list[Fact]:
        directory = services.casework.directory()
        return [decisions.appoint("unit-a-new", "孙新来", "unit-a", "unit_officer", directory, act)]

    services.casework.publish(DIRECTORY_ID, drafts, act)
    return "unit-a-new"


def set_up(client: Caller, code: str, password: str = NEW):
    return client.post(f"{URL}/setup", json={"code": code, "password": password})


class TestOpening:
    """开户."""

    @pytest.mark.parametrize("manager", MANAGERS)
    def test_a_newcomer_sets_the_own_password_with_a_code(
        self, client: Caller, sign_in: SignIn, newcomer: str, clock: Clock, manager: str
    ):
        made = sign_in(manager).post(URL, json={"officer": newcomer})
        assert made.status_code == 201, made.text
        code = made.json()
        assert (code["username"], code["officer"]) == (newcomer, newcomer)
        assert code["page"] == f"/setup?code={code['code']}"
        assert datetime.fromisoformat(code["expires_at"]) == clock() + timedelta(hours=24)
        refused(sign(client, NEW, newcomer), 401, "session.refused")
        done = set_up(client, code["code"])
        assert (done.status_code, done.json()) == (200, {"username": newcomer})
        assert sign(client, NEW, newcomer).status_code == 201
        told = sign_in("auditor").get(f"{URL}/changes").json()["items"][:2]
        assert [(one["by"], one["what"]) for one in told] == [
            (newcomer, "password_set"),
            (manager, "opened"),
        ]

    def test_under_another_name(self, client: Caller, sign_in: SignIn, newcomer: str):
        code = sign_in("admin").post(URL, json={"officer": newcomer, "username": "孙新来"}).json()
        assert set_up(client, code["code"]).json() == {"username": "孙新来"}
        assert sign(client, NEW, "孙新来").json()["officer"]["id"] == newcomer

    def test_only_for_who_serves_and_once(self, sign_in: SignIn, newcomer: str):
        admin = sign_in("admin")
        refused(admin.post(URL, json={"officer": "ghost"}), 422, "account.unknown_officer")
        refused(admin.post(URL, json={"officer": "office"}), 409, "account.exists")
        taken = {"officer": newcomer, "username": "office"}
        refused(admin.post(URL, json=taken), 409, "account.exists")

    @pytest.mark.parametrize("name", ["a/b", "..", "", " x", "x\n", "x y", "\u200bx", "x" * 65])
    def test_no_name_that_has_no_address(self, sign_in: SignIn, newcomer: str, name: str):
        body = {"officer": newcomer, "username": name}
        refused(sign_in("admin").post(URL, json=body), 422, "request.malformed")

    @pytest.mark.parametrize("who", [name for name in NAMES if name not in MANAGERS])
    def test_nobody_else_may(self, sign_in: SignIn, newcomer: str, who: str):
        officer = sign_in(who)
        refused(officer.post(URL, json={"officer": newcomer}), 403, "account.not_yours")
        for act in ("reset", "lock", "unlock"):
            refused(officer.post(f"{URL}/leader/{act}"), 403, "account.not_yours")
            refused(officer.post(f"{URL}/no-such/{act}"), 403, "account.not_yours")
        refused(officer.post(f"{URL}/leader/oidc", json={"subject": "x"}), 403, "account.not_yours")
        refused(officer.delete(f"{URL}/leader/sessions"), 403, "account.not_yours")
        if who != "auditor":
            refused(officer.get(URL), 403, "account.not_yours")
            refused(officer.get(f"{URL}/changes"), 403, "account.not_yours")

    def test_no_password_is_taken_from_anybody_else(self, sign_in: SignIn, newcomer: str):
        body = {"officer": newcomer, "password": NEW}
        refused(sign_in("admin").post(URL, json=body), 422, "request.malformed")


class TestTheCode:
    """一次性设置码."""

    @pytest.fixture
    def code(self, sign_in: SignIn) -> str:
        return str(sign_in("admin").post(f"{URL}/office/reset").json()["code"])

    def test_whatever_is_wrong_with_it_the_answer_is_the_same(
        self, client: Caller, sign_in: SignIn, code: str, clock: Clock
    ):
        answers = [set_up(client, "made-up"), set_up(client, "x" * 43)]
        assert set_up(client, code).status_code == 200
        answers.append(set_up(client, code))
        voided = sign_in("admin").post(f"{URL}/office/reset").json()["code"]
        late = sign_in("admin").post(f"{URL}/office/reset").json()["code"]
        answers.append(set_up(client, voided))
        clock.set(clock() + timedelta(hours=24))
        answers.append(set_up(client, late))
        locked = sign_in("admin").post(f"{URL}/office/reset").json()["code"]
        sign_in("admin").post(f"{URL}/office/lock")
        answers.append(set_up(client, locked))
        for answer in answers:
            refused(answer, 404, "account.code_refused")
        assert len({answer.content for answer in answers}) == 1

    def test_of_many_at_once_one_uses_it(self, client: Caller, code: str):
        with ThreadPoolExecutor(6) as threads:
            statuses = list(threads.map(lambda _: set_up(client, code).status_code, range(6)))
        assert sorted(statuses) == [200, 404, 404, 404, 404, 404]

    def test_a_weak_password_does_not_use_it_up(self, client: Caller, code: str):
        for weak in ("short", "my-office-7k#Qz"):
            problem = refused(set_up(client, code, weak), 422, "password.too_weak")
            assert weak not in str(problem)
        assert set_up(client, code).status_code == 200

    def test_it_is_stored_nowhere(self, services: Services, code: str):
        with services.database.connection() as connection:
            stored = connection.execute("SELECT * FROM account_codes").fetchall()
        assert len(stored) == 1
        assert code not in repr(stored)

    def test_guessing_is_limited(self, client: Caller):
        for _ in range(ADDRESS_TRIES):
            refused(set_up(client, "guess"), 404, "account.code_refused")
        refused(set_up(client, "guess"), 429, "session.too_often")

    def test_of_a_dismissed_officer_it_is_no_use(self, client: Caller, services: Services, code: str):
        act = system_act(services.clock())

        def drafts(_: int) -> list[Fact]:
            return [decisions.dismiss("office", "调离", services.casework.directory(), act)]

        services.casework.publish(DIRECTORY_ID, drafts, act)
        refused(set_up(client, code), 404, "account.code_refused")


class TestResetting:
    """重设口令."""

    def test_the_old_password_and_sessions_end_at_once(self, client: Caller, sign_in: SignIn):
        office = sign_in("office")
        code = sign_in("inspector").post(f"{URL}/office/reset").json()["code"]
        refused(office.get("/v1/sessions/current"), 401, "session.missing")
        refused(sign(client, PASSWORD), 401, "session.refused")
        assert set_up(client, code).status_code == 200
        assert sign(client, NEW).status_code == 200 + 1

    def test_not_ones_own(self, sign_in: SignIn):
        for act in ("reset", "lock", "unlock"):
            refused(sign_in("admin").post(f"{URL}/admin/{act}"), 403, "account.own")

    def test_nor_that_of_whom_one_stands_in_for(self, sign_in: SignIn):
        home, instead = "/v1/directory/officers/inspector", {"Acting-For": "inspector"}
        admin, clerk = sign_in("admin"), sign_in("unit-a-clerk")
        assert admin.post(f"{home}/stand-ins", json={"stand_ins": ["unit-a-clerk"]}).is_success
        away = {"from_on": "2026-03-02", "reason": "公差"}
        assert sign_in("inspector").post(f"{home}/absences", json=away).is_success
        for name in ("inspector", "unit-a-clerk"):
            refused(clerk.post(f"{URL}/{name}/reset", headers=instead), 403, "account.own")
        assert clerk.post(f"{URL}/office/lock", headers=instead).is_success
        [told] = admin.get(f"{URL}/changes").json()["items"]
        assert (told["by"], told["for_whom"], told["what"]) == ("unit-a-clerk", "inspector", "locked")

    def test_of_nobody(self, sign_in: SignIn):
        for act in ("reset", "lock", "unlock"):
            refused(sign_in("admin").post(f"{URL}/ghost/{act}"), 404, "account.unknown")
        refused(sign_in("admin").delete(f"{URL}/ghost/sessions"), 404, "account.unknown")


class TestLocking:
    """锁定."""

    def test_it_ends_sessions_and_signing_in_until_unlocked(self, client: Caller, sign_in: SignIn):
        office, admin = sign_in("office"), sign_in("admin")
        shown = admin.post(f"{URL}/office/lock")
        assert (shown.status_code, shown.json()["locked"], shown.json()["sessions"]) == (200, True, 0)
        refused(office.get("/v1/sessions/current"), 401, "session.missing")
        refused(sign_in("office").get("/v1/sessions/current"), 401, "session.missing")
        refused(sign(client, PASSWORD), 401, "session.refused")
        refused(admin.post(f"{URL}/office/lock"), 409, "account.locked")
        refused(admin.post(f"{URL}/office/reset"), 409, "account.locked")
        assert admin.post(f"{URL}/office/unlock").json()["locked"] is False
        refused(admin.post(f"{URL}/office/unlock"), 409, "account.not_locked")
        refused(office.get("/v1/sessions/current"), 401, "session.missing")
        assert sign(client, PASSWORD).status_code == 201

    def test_locked_unknown_and_wrong_get_the_same_answer(self, client: Caller, sign_in: SignIn):
        sign_in("admin").post(f"{URL}/leader/lock")
        sign_in("admin").post(f"{URL}/office-head/reset")
        tried = [
            ("leader", PASSWORD),
            ("leader", "x"),
            ("nobody", "x"),
            ("office", "x"),
            ("office-head", PASSWORD),
        ]
        answers = [sign(client, password, name) for name, password in tried]
        for answer in answers:
            refused(answer, 401, "session.refused")
        assert len({answer.content for answer in answers}) == 1
        assert len({str(sorted(_told(answer.headers))) for answer in answers}) == 1

    def test_ending_sessions_leaves_the_account_open(self, client: Caller, sign_in: SignIn):
        office = sign_in("office")
        assert sign_in("inspector").delete(f"{URL}/office/sessions").status_code == 204
        refused(office.get("/v1/sessions/current"), 401, "session.missing")
        assert sign(client, PASSWORD).status_code == 201


def _told(headers: Any) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers.items() if name != "x-request-id"]


class TestTheList:
    """账户列表."""

    def test_it_shows_no_hash(self, sign_in: SignIn):
        answer = sign_in("auditor").get(URL, params={"limit": 200})
        items = answer.json()["items"]
        assert [one["username"] for one in items] == sorted(NAMES)
        assert all(one["has_password"] and not one["locked"] for one in items)
        assert "argon2" not in answer.text
        assert "hash" not in answer.text
        first = next(one for one in items if one["username"] == "auditor")
        assert (first["name"], first["unit"], first["post"], first["sessions"]) == (
            "何审之",
            "supervision",
            "auditor",
            1,
        )

    def test_it_has_pages(self, sign_in: SignIn):
        admin, seen, cursor = sign_in("admin"), list[str](), None
        while True:
            page = admin.get(
                URL, params={"limit": 5, **({"cursor": cursor} if cursor is not None else {})}
            ).json()
            seen += [one["username"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == sorted(NAMES)
        for name in ("office", "leader", "auditor"):
            admin.post(f"{URL}/{name}/lock")
        page = admin.get(f"{URL}/changes", params={"limit": 2}).json()
        assert [one["account"] for one in page["items"]] == ["auditor", "leader"]
        page = admin.get(f"{URL}/changes", params={"limit": 2, "cursor": page["next_cursor"]}).json()
        assert ([one["account"] for one in page["items"]], page["next_cursor"]) == (["office"], None)
        refused(admin.get(URL, params={"cursor": "WzFd"}), 422, "cursor.malformed")
        refused(admin.get(f"{URL}/changes", params={"cursor": "WyJ4Il0"}), 422, "cursor.malformed")

    def test_what_was_done_stays(self, services: Services, sign_in: SignIn):
        """The service has no right to change it, and the owner of the database is refused as well."""
        sign_in("admin").post(f"{URL}/office/lock")
        for those, said in (
            (services.database.transaction(), "permission denied"),
            (as_owner(services.database), "append-only"),
        ):
            with pytest.raises(psycopg.Error, match=said), those as connection:
                connection.execute("DELETE FROM account_changes")


@pytest.mark.usefixtures("quick_hashes")
def test_a_thousand_tries_are_limited_and_leave_no_name_and_no_password(
    client: Caller, services: Services, capsys: pytest.CaptureFixture[str], clock: Clock
):
    """From one address, over many names; nobody is signed in, and all but a few are turned away unheard."""
    statuses = []
    for number in range(1000):
        name = "office" if number % 2 else f"somebody-{number}"
        answer = sign(client, f"guess-{number}-hunter2", name)
        statuses.append(answer.status_code)
        assert "hunter2" not in answer.text
    assert set(statuses) == {401, 429}
    assert statuses.count(401) <= ADDRESS_TRIES
    said = capsys.readouterr()
    assert "sign_in.limited" in said.out + said.err
    assert "origin=loopback" in said.out + said.err
    assert "127.0.0.1" not in said.out + said.err
    for word in ("hunter2", "somebody-", "username", PASSWORD):
        assert word not in said.out + said.err
    with services.database.connection() as connection:
        stored = repr(connection.execute("SELECT * FROM sign_in_failures").fetchall())
    assert "hunter2" not in stored
    assert "somebody" not in stored
    assert TRIES < ADDRESS_TRIES


class TestAnEmptyOffice:
    """空库: its first account."""

    @pytest.fixture
    def empty(self, settings: Settings, clock: Clock) -> Iterator[Services]:
        with build(settings, clock) as made:
            yield made

    @pytest.fixture
    def app(self, empty: Services) -> FastAPI:
        return create_app(empty)

    @pytest.fixture
    def stranger(self, app: FastAPI) -> Iterator[Caller]:
        with calling(app) as caller:
            yield caller

    def test_the_link_founds_an_administrator_once(self, empty: Services, stranger: Caller):
        voided = account_codes.first_code(empty)
        code = account_codes.first_code(empty)
        assert voided is not None
        assert code is not None
        refused(set_up(stranger, voided), 404, "account.code_refused")
        refused(set_up(stranger, code, "my-admin-7k#Qz"), 422, "password.too_weak")
        assert empty.casework.directory().version == 0
        done = set_up(stranger, code)
        assert (done.status_code, done.json()) == (200, {"username": "admin"})
        signed = sign(stranger, NEW, "admin").json()
        assert (signed["officer"]["post"], signed["officer"]["unit"]) == ("admin", "system")
        refused(set_up(stranger, code), 404, "account.code_refused")
        assert account_codes.first_code(empty) is None
        told = stranger.signed(signed["token"]).get(f"{URL}/changes").json()["items"]
        assert [(one["what"], one["by"]) for one in told] == [("founded", "admin")]

    def test_it_ends_after_a_day(self, empty: Services, stranger: Caller, clock: Clock):
        code = account_codes.first_code(empty)
        assert code is not None
        clock.set(clock() + timedelta(hours=24))
        refused(set_up(stranger, code), 404, "account.code_refused")

    def test_it_is_void_once_there_is_an_account(self, empty: Services, stranger: Caller):
        code = account_codes.first_code(empty)
        assert code is not None
        with empty.database.transaction() as connection:
            connection.execute("INSERT INTO accounts (username, officer) VALUES ('first', 'first')")
        refused(set_up(stranger, code), 404, "account.code_refused")
        assert empty.casework.directory().version == 0

    def test_units_and_officers_already_there_stay(self, empty: Services, stranger: Caller):
        act = system_act(empty.clock())

        def drafts(_: int) -> list[Fact]:
            directory = empty.casework.directory()
            return [decisions.found_unit("machine-room", "机房", "service", "", directory, act)]

        empty.casework.publish(DIRECTORY_ID, drafts, act)
        code = account_codes.first_code(empty)
        assert code is not None
        assert set_up(stranger, code).status_code == 200
        assert empty.casework.directory().officers["admin"].unit == "machine-room"


def test_the_page_behind_the_link_loads_nothing_and_says_nothing_of_the_code(client: Caller):
    page, other = client.get("/setup?code=abc"), client.get("/setup")
    assert page.status_code == 200
    assert page.content == other.content
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["referrer-policy"] == "no-referrer"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for tag in ("script", "style"):
        [inner] = re.findall(rf"<{tag}>(.*?)</{tag}>", page.text, re.DOTALL)
        assert f"'sha256-{b64encode(sha256(inner.encode()).digest()).decode()}'" in policy
    assert not re.findall(r"(?:src|href)=|https?:", page.text)
