"""Tokens of other systems: what their scopes open, whose name they act in, and when they end."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from api.bootstrap import Services
from api.holders import digest
from api.scopes import OPENINGS, PERSONAL, SCOPES, needed
from domain.acts import Act, system_act
from domain.directory import decisions
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.facts import Fact
from tests.api.caller import Caller
from tests.api.cases import registered
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.town import NAMES
from tests.conftest import Clock

URL = "/v1/tokens"
ROBOT = "letter-box"


@pytest.fixture
def robot(services: Services) -> str:
    """The officer that stands for another system: the petition office's letter box."""
    act = system_act(services.clock())

    def drafts(_: int) -> list[Fact]:
        directory = services.casework.directory()
        return [decisions.appoint(ROBOT, "信箱系统", "petition-office", "office_clerk", directory, act)]

    services.casework.publish(DIRECTORY_ID, drafts, act)
    return ROBOT


def publish(services: Services, decide: Callable[[Directory, Act], Fact]) -> None:
    """What the service itself changes in the directory."""
    act = system_act(services.clock())
    services.casework.publish(DIRECTORY_ID, lambda _: [decide(services.casework.directory(), act)], act)


def made(sign_in: SignIn, *scopes: str, **more: Any) -> dict[str, Any]:
    body = {"name": "网上信箱", "officer": ROBOT, "scopes": list(scopes), **more}
    answer = sign_in("admin").post(URL, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.usefixtures("robot")
class TestWhatATokenOpens:
    """权限."""

    def test_it_does_what_its_scope_says_in_its_officers_name(
        self, client: Caller, sign_in: SignIn, services: Services
    ):
        token = made(sign_in, "write:cases", "read:cases")
        assert token["token"].startswith("sxt_")
        assert len(token["token"]) > 40
        system = client.signed(token["token"])
        case = registered(system)
        assert system.get(f"/v1/petitions/{case}").status_code == 200
        [event] = system.get(f"/v1/petitions/{case}/history").json()["items"]
        assert event["by"] == ROBOT

    @pytest.mark.parametrize("scope", SCOPES)
    def test_one_scope_opens_nothing_else(self, client: Caller, app: FastAPI, sign_in: SignIn, scope: str):
        system = client.signed(made(sign_in, scope)["token"])
        for path, methods in app.openapi()["paths"].items():
            for method, operation in methods.items():
                if "security" not in operation or path == "/v1/alerts/stream":
                    continue
                address = path.replace("{id}", str(uuid4())).replace("{", "").replace("}", "")
                answer = system.request(method.upper(), address)
                closed = answer.status_code == 403 and answer.json()["code"] == "token.scope_missing"
                assert closed == (needed(method.upper(), address) != scope), (method, path, answer.text)

    def test_who_petitioners_are_takes_a_scope_of_its_own(self, client: Caller, sign_in: SignIn):
        case = registered(sign_in("office"))
        closed = ("petitioners", "attachments", f"attachments/{'0' * 64}")
        ordinary = [one for one in SCOPES if one != PERSONAL]
        without, within = (
            client.signed(made(sign_in, *scopes)["token"]) for scopes in (ordinary, (PERSONAL,))
        )
        assert without.get(f"/v1/petitions/{case}").status_code == 200
        for path in closed:
            refused(without.get(f"/v1/petitions/{case}/{path}"), 403, "token.scope_missing")
        assert within.get(f"/v1/petitions/{case}/petitioners").status_code == 200
        assert within.get(f"/v1/petitions/{case}/attachments").status_code == 200
        refused(within.get(f"/v1/petitions/{case}"), 403, "token.scope_missing")

    def test_no_machine_reads_them_as_the_auditor(self, client: Caller, sign_in: SignIn, services: Services):
        case = registered(sign_in("office"))
        before = client.signed(made(sign_in, PERSONAL)["token"])
        publish(services, lambda now, act: decisions.give_post(ROBOT, "supervision", "auditor", now, act))
        body = {"name": "x", "officer": ROBOT, "scopes": [PERSONAL]}
        refused(sign_in("admin").post(URL, json=body), 422, "token.no_personal_data")
        url, auditing = f"/v1/petitions/{case}/petitioners", {"Acting-As": "supervision/auditor"}
        refused(before.get(url, headers=auditing), 403, "token.scope_missing")
        assert before.get(url).status_code == 200

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/v1/sessions"),
            ("GET", "/v1/sessions/current"),
            ("DELETE", "/v1/sessions"),
            ("GET", "/v1/accounts"),
            ("POST", "/v1/accounts"),
            ("POST", "/v1/accounts/me/password"),
            ("POST", "/v1/accounts/office/reset"),
            ("GET", "/v1/tokens"),
            ("POST", "/v1/tokens"),
            ("GET", "/v1/alert-channels"),
            ("PUT", "/v1/alert-channels"),
            ("GET", "/v1/webhooks"),
            ("PUT", "/v1/webhooks"),
            ("POST", "/v1/rulebooks/petition-2022/versions"),
            ("PUT", "/v1/calendars/2027"),
        ],
    )
    def test_what_no_scope_opens(self, client: Caller, sign_in: SignIn, method: str, path: str):
        system = client.signed(made(sign_in, *SCOPES)["token"])
        refused(system.request(method, path, json={}), 403, "token.scope_missing")

    def test_it_stands_in_for_nobody(self, client: Caller, sign_in: SignIn):
        system = client.signed(made(sign_in, "read:cases")["token"])
        answer = system.get("/v1/petitions", headers={"Acting-For": "office"})
        refused(answer, 403, "token.no_standing_in")
        answer = system.get("/v1/petitions", headers={"Acting-As": "leadership/leader"})
        refused(answer, 403, "post.not_held")

    def test_as_a_cookie_it_is_worth_nothing(self, client: Caller, sign_in: SignIn):
        token = made(sign_in, "read:cases")["token"]
        cookie = {"Cookie": f"shixian_session={token}"}
        refused(client.get("/v1/petitions", headers=cookie), 401, "session.missing")
        assert client.signed(token).get("/v1/petitions", headers=cookie).status_code == 200


@pytest.mark.usefixtures("robot")
class TestItsEnd:
    """失效."""

    def test_revoked_it_is_no_use(self, client: Caller, sign_in: SignIn):
        token = made(sign_in, "read:cases")
        system = client.signed(token["token"])
        assert system.get("/v1/petitions").status_code == 200
        shown = sign_in("inspector").post(f"{URL}/{token['id']}/revoke")
        assert (shown.status_code, shown.json()["revoked_by"]) == (200, "inspector")
        refused(system.get("/v1/petitions"), 401, "session.missing")
        refused(sign_in("admin").post(f"{URL}/{token['id']}/revoke"), 409, "token.revoked")
        refused(sign_in("admin").post(f"{URL}/{uuid4()}/revoke"), 404, "token.unknown")

    def test_after_its_last_day_it_is_no_use(self, client: Caller, sign_in: SignIn, clock: Clock):
        system = client.signed(made(sign_in, "read:cases", expires_on="2026-03-03")["token"])
        clock.set(clock() + timedelta(days=1))
        assert system.get("/v1/petitions").status_code == 200
        clock.set(clock() + timedelta(days=1))
        refused(system.get("/v1/petitions"), 401, "session.missing")
        body = {"name": "x", "officer": ROBOT, "scopes": ["imports"], "expires_on": "2026-03-03"}
        refused(sign_in("admin").post(URL, json=body), 422, "token.expired")

    def test_without_its_officer_it_is_no_use(self, client: Caller, sign_in: SignIn, services: Services):
        system = client.signed(made(sign_in, "read:cases")["token"])
        act = system_act(services.clock())

        def drafts(_: int) -> list[Fact]:
            return [decisions.dismiss(ROBOT, "停用", services.casework.directory(), act)]

        services.casework.publish(DIRECTORY_ID, drafts, act)
        refused(system.get("/v1/petitions"), 401, "session.missing")

    def test_nor_once_its_officer_has_left_and_come_back(
        self, client: Caller, sign_in: SignIn, services: Services, clock: Clock
    ):
        before = made(sign_in, "read:cases")["token"]
        for step in (
            lambda now, act: decisions.dismiss(ROBOT, "停用", now, act),
            lambda now, act: decisions.appoint(
                ROBOT, "信箱系统", "petition-office", "office_clerk", now, act
            ),
        ):
            clock.set(clock() + timedelta(minutes=1))
            publish(services, step)
        refused(client.signed(before).get("/v1/petitions"), 401, "session.missing")
        assert client.signed(made(sign_in, "read:cases")["token"]).get("/v1/petitions").status_code == 200

    @pytest.mark.parametrize("token", ["sxt_", "sxt_x", "sxt_" + "a" * 43])
    def test_a_made_up_one_is_none(self, client: Caller, token: str):
        refused(client.signed(token).get("/v1/petitions"), 401, "session.missing")


@pytest.mark.usefixtures("robot")
class TestMakingOne:
    """发放."""

    def test_it_is_shown_once_and_stored_nowhere(self, sign_in: SignIn, services: Services):
        token = made(sign_in, "imports", "alerts", "imports")
        listed = sign_in("auditor").get(URL)
        assert token["token"] not in listed.text
        [shown] = listed.json()["items"]
        assert shown == {name: value for name, value in token.items() if name != "token"}
        assert shown["scopes"] == ["alerts", "imports"]
        assert listed.json()["scopes"] == SCOPES
        with services.database.connection() as connection:
            [row] = connection.execute("SELECT * FROM api_tokens").fetchall()
        assert bytes(row["token_digest"]) == digest(token["token"])
        assert token["token"] not in repr(row)

    def test_its_last_use_is_known(self, client: Caller, sign_in: SignIn, clock: Clock):
        token = made(sign_in, "read:cases")
        assert token["last_used_at"] is None
        client.signed(token["token"]).get("/v1/petitions")
        [shown] = sign_in("admin").get(URL).json()["items"]
        assert shown["last_used_at"] is not None

    def test_only_managers_do(self, sign_in: SignIn):
        body = {"name": "x", "officer": ROBOT, "scopes": ["imports"]}
        for name in NAMES:
            if name in {"admin", "inspector"}:
                continue
            refused(sign_in(name).post(URL, json=body), 403, "account.not_yours")
            refused(sign_in(name).post(f"{URL}/{uuid4()}/revoke"), 403, "account.not_yours")
            if name != "auditor":
                refused(sign_in(name).get(URL), 403, "account.not_yours")

    def test_never_in_a_persons_name(self, sign_in: SignIn):
        body = {"name": "x", "officer": "leader", "scopes": ["read:cases"]}
        refused(sign_in("admin").post(URL, json=body), 409, "token.officer_has_account")
        made(sign_in, "imports")
        refused(
            sign_in("admin").post("/v1/accounts", json={"officer": ROBOT}), 409, "account.officer_has_tokens"
        )

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"scopes": ["read:everything"]}, "token.unknown_scope"),
            ({"scopes": []}, "request.malformed"),
            ({"scopes": "imports"}, "request.malformed"),
            ({"officer": "ghost"}, "account.unknown_officer"),
            ({"name": ""}, "request.malformed"),
            ({"expires_on": "soon"}, "request.malformed"),
            ({"token": "sxt_mine"}, "request.malformed"),
        ],
    )
    def test_what_makes_none(self, sign_in: SignIn, body: dict[str, Any], code: str):
        given = {"name": "x", "officer": ROBOT, "scopes": ["imports"], **body}
        refused(sign_in("admin").post(URL, json=given), 422, code)


def test_every_opening_is_somewhere_and_names_a_scope(app: FastAPI):
    paths = tuple(app.openapi()["paths"])
    assert {one.scope for one in OPENINGS} == set(SCOPES)
    assert needed("GET", "/v1/petitionsx") is None
    assert needed("DELETE", "/v1/petitions") is None
    assert needed("GET", "/v1/alert-channels") is None
    there = {
        one.prefix
        for one in OPENINGS
        if any(path.startswith(one.prefix.replace("*", "{id}")) for path in paths)
    }
    assert {"/v1/petitions/*/petitioners", "/v1/petitions/*/attachments"} <= there
    assert {"/v1/petitions", "/v1/events", "/v1/imports", "/v1/alerts", "/v1/deadlines"} <= there
