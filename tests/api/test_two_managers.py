"""Nobody comes into another's powers by one manager alone: who gives posts and who hands out keys are two people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.bootstrap import Services
from api.settings import Oidc
from tests.api.caller import Caller, calling
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.test_accounts import URL, set_up
from tests.api.test_passwords import NEW, sign
from tests.api.town import PASSWORD
from tests.conftest import Clock

HOME = "/v1/directory/officers"
TOKENS = "/v1/tokens"
OTHER = {"admin": "inspector", "inspector": "admin"}
OVERSEERS = ("leader", "auditor", "inspector", "unit-b-officer")
"""The last one stands in for the leader."""
PUPPET = {"id": "puppet", "name": "木偶", "unit": "unit-a", "post": "unit_officer"}


def taken_on(caller: Caller, **changed: str) -> None:
    answer = caller.post(HOME, json={**PUPPET, **changed})
    assert answer.is_success, answer.text


def changed(sign_in: SignIn) -> list[tuple[str, str, str]]:
    items = sign_in("auditor").get(f"{URL}/changes").json()["items"]
    return [(one["by"], one["account"], one["what"]) for one in items]


def token(officer: str = "puppet", *scopes: str) -> dict[str, Any]:
    return {"name": "业务系统", "officer": officer, "scopes": list(scopes or ("read:cases",))}


def dismissed(caller: Caller, officer: str) -> None:
    assert caller.post(f"{HOME}/{officer}/dismiss").is_success


@pytest.mark.parametrize("manager", OTHER)
@pytest.mark.parametrize("post", ["unit_officer", "auditor", "leader"])
class TestPuppets:
    """一人任命，另一人开户."""

    def test_who_took_somebody_on_hands_out_no_key(self, sign_in: SignIn, manager: str, post: str):
        one, other = sign_in(manager), sign_in(OTHER[manager])
        taken_on(one, post=post)
        refused(one.post(URL, json={"officer": "puppet"}), 403, "account.own_appointee")
        if post == "unit_officer":
            refused(one.post(TOKENS, json=token()), 403, "account.own_appointee")
        else:
            assert one.post(TOKENS, json=token()).status_code == 202
            refused(one.post(f"{TOKENS}/confirm", json=token()), 403, "account.own_asking")
        assert other.post(URL, json={"officer": "puppet"}).status_code == 201
        if post == "unit_officer":
            refused(one.post(f"{URL}/puppet/reset"), 403, "account.own_appointee")
        else:
            assert one.post(f"{URL}/puppet/reset").status_code == 202
            refused(one.post(f"{URL}/puppet/reset/confirm"), 403, "account.own_asking")

    def test_the_only_manager_may_and_it_shows(self, sign_in: SignIn, manager: str, post: str):
        one = sign_in(manager)
        if manager == "inspector":
            taken_on(one, id="admin-2", name="新管", unit="system", post="admin")
        dismissed(one, OTHER[manager])
        taken_on(one, post=post)
        assert one.post(URL, json={"officer": "puppet"}).status_code == 201
        assert changed(sign_in)[0] == (manager, "puppet", "opened")
        assert one.post(f"{URL}/puppet/reset").status_code == 200


@pytest.mark.parametrize("manager", OTHER)
def test_nor_does_who_gave_any_of_the_posts(sign_in: SignIn, manager: str) -> None:
    one = sign_in(manager)
    given = one.post(f"{HOME}/unit-b-officer/give-post", json={"unit": "unit-b", "post": "unit_clerk"})
    assert given.is_success
    refused(one.post(f"{URL}/unit-b-officer/reset"), 403, "account.own_appointee")
    assert sign_in(OTHER[manager]).post(f"{URL}/unit-b-officer/reset").status_code == 200


class TestKeysFirst:
    """先发钥，后任命."""

    @pytest.mark.parametrize("post", ["leader", "auditor", "inspector", "admin"])
    def test_who_reset_somebody_gives_no_overseeing_post(self, sign_in: SignIn, post: str):
        admin, inspector = sign_in("admin"), sign_in("inspector")
        assert admin.post(f"{URL}/unit-b-officer/reset").status_code == 200
        body = {"unit": "unit-b", "post": post}
        home = f"{HOME}/unit-b-officer"
        for way in ("give-post", "appoint"):
            refused(admin.post(f"{home}/{way}", json=body), 403, "directory.keys_held")
        assert admin.post(f"{home}/give-post", json={**body, "post": "unit_clerk"}).is_success
        assert inspector.post(f"{home}/give-post", json=body).is_success

    def test_nor_a_token(self, sign_in: SignIn):
        admin, inspector = sign_in("admin"), sign_in("inspector")
        taken_on(inspector)
        made = admin.post(TOKENS, json=token())
        assert made.status_code == 201
        body = {"unit": "leadership", "post": "leader"}
        refused(admin.post(f"{HOME}/puppet/give-post", json=body), 403, "directory.keys_held")
        assert admin.post(f"{TOKENS}/{made.json()['id']}/revoke").is_success
        assert admin.post(f"{HOME}/puppet/give-post", json=body).is_success

    def test_nor_the_place_of_who_oversees(self, sign_in: SignIn):
        admin, inspector = sign_in("admin"), sign_in("inspector")
        assert admin.post(f"{URL}/unit-b-officer/reset").status_code == 200
        body = {"stand_ins": ["unit-b-officer"]}
        refused(admin.post(f"{HOME}/leader/stand-ins", json=body), 403, "directory.keys_held")
        assert admin.post(f"{HOME}/unit-b-head/stand-ins", json=body).is_success
        assert inspector.post(f"{HOME}/leader/stand-ins", json=body).is_success

    def test_a_new_name_is_no_new_post(self, sign_in: SignIn, services: Services):
        with services.database.transaction() as connection:
            connection.execute(
                "INSERT INTO account_changes (at, by, account, what) VALUES (now(), 'admin', 'leader', 'opened')"
            )
        body = {"unit": "leadership", "post": "leader", "name": "周明"}
        assert sign_in("admin").post(f"{HOME}/leader/appoint", json=body).is_success


class TestTwoForWhoOversees:
    """重要职务两人经手."""

    @pytest.fixture(autouse=True)
    def three(self, sign_in: SignIn, services: Services) -> None:
        """A third manager, so that the inspector's own account has two as well; a stand-in for the leader."""
        taken_on(sign_in("inspector"), id="admin-2", name="王管", unit="system", post="admin")
        with services.database.transaction() as connection:
            connection.execute("INSERT INTO accounts (username, officer) VALUES ('admin-2', 'admin-2')")
        order = {"stand_ins": ["unit-b-officer"]}
        assert sign_in("inspector").post(f"{HOME}/leader/stand-ins", json=order).is_success

    @pytest.mark.parametrize("officer", OVERSEERS)
    def test_one_asks_and_another_resets(self, client: Caller, sign_in: SignIn, clock: Clock, officer: str):
        one, other, url = sign_in("admin"), sign_in("admin-2"), f"{URL}/{officer}/reset"
        refused(other.post(f"{url}/confirm"), 409, "account.not_asked")
        asked = one.post(url)
        assert (asked.status_code, asked.json()["status"]) == (202, "pending")
        assert "code" not in asked.json()
        assert sign(client, PASSWORD, officer).status_code == 201, "nothing has happened yet"
        for again in (one, other):
            refused(again.post(url), 409, "account.asked_already")
        refused(one.post(f"{url}/confirm"), 403, "account.own_asking")
        refused(sign_in(officer).post(f"{url}/confirm"), 403)
        done = other.post(f"{url}/confirm")
        assert done.status_code == 200, done.text
        assert sign(client, PASSWORD, officer).status_code == 401
        assert set_up(client, done.json()["code"]).status_code == 200
        assert sign(client, NEW, officer).status_code == 201
        refused(other.post(f"{url}/confirm"), 409, "account.not_asked")
        assert changed(sign_in)[:3] == [
            (officer, officer, "password_set"),
            ("admin-2", officer, "reset"),
            ("admin", officer, "reset_asked"),
        ]
        assert one.post(url).status_code == 202
        clock.set(clock() + timedelta(hours=25))
        refused(sign_in("admin-2").post(f"{url}/confirm"), 409, "account.not_asked")

    @pytest.mark.parametrize("officer", OVERSEERS)
    def test_one_asks_and_another_links(self, sign_in: SignIn, services: Services, officer: str):
        provider = Oidc("http://127.0.0.1:9400", "shixian")
        app = create_app(replace(services, settings=replace(services.settings, oidc=provider)))
        with calling(app) as office:
            one, other = (office.signed(sign_in(name).token) for name in ("admin", "admin-2"))
            url = f"{URL}/{officer}/oidc"
            assert one.post(url, json={"subject": "mine"}).status_code == 202
            refused(one.post(f"{url}/confirm", json={"subject": "mine"}), 403, "account.own_asking")
            refused(other.post(f"{url}/confirm", json={"subject": None}), 422, "request.malformed")
            assert other.post(f"{url}/confirm", json={"subject": "theirs"}).json()["linked"] is True
            assert one.post(url, json={"subject": None}).json()["linked"] is False
            assert one.post(f"{URL}/office/oidc", json={"subject": "hers"}).json()["linked"] is True

    def test_one_asks_and_another_makes_the_token(self, sign_in: SignIn):
        taken_on(sign_in("inspector"), unit="leadership", post="leader")
        one, other, url = sign_in("admin"), sign_in("admin-2"), f"{TOKENS}/confirm"
        refused(other.post(url, json=token()), 409, "account.not_asked")
        assert one.post(TOKENS, json=token()).status_code == 202
        refused(one.post(url, json=token()), 403, "account.own_asking")
        made = other.post(url, json=token())
        assert made.status_code == 201, made.text
        assert changed(sign_in)[:2] == [
            ("admin-2", "token:puppet", "token_made"),
            ("admin", "token:puppet", "token_asked"),
        ]


def test_where_every_manager_gave_a_post_two_do_it(sign_in: SignIn) -> None:
    admin, inspector = sign_in("admin"), sign_in("inspector")
    for caller, unit in ((admin, "unit-a"), (inspector, "unit-b")):
        body = {"unit": unit, "post": "unit_clerk"}
        answer: httpx.Response = caller.post(f"{HOME}/unit-b-officer/give-post", json=body)
        assert answer.is_success, answer.text
    assert admin.post(f"{URL}/unit-b-officer/reset").status_code == 202
    assert inspector.post(f"{URL}/unit-b-officer/reset/confirm").status_code == 200
