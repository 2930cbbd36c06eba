"""Passwords: which are taken, how one changes one's own, and that nobody learns or sets anybody else's."""

import json

import pytest

from api.bootstrap import Services
from api.demo.seeding import PASSWORD as OF_THE_DEMO
from api.passwords import LONGEST, hashed, matches, must_be_strong, weaknesses
from api.tries import TRIES
from domain.errors import Invalid
from tests.api.caller import Caller
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.town import PASSWORD

NEW = "青山依旧在-17盏灯"
URL = "/v1/accounts/me/password"


def sign(client: Caller, password: str, username: str = "office"):
    return client.post("/v1/sessions", json={"username": username, "password": password})


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        (NEW, set()),
        ("correct horse battery", set()),
        ("k8#Vt-2mQz", set()),
        ("长" * 4 + "短" * 3 + "不一样的", set()),
        ("k8#Vt-2mQ", {"length"}),
        ("清江短句", {"length", "common"}),
        ("Linxiaoyu-7k#Q林小雨", {"name"}),
        ("my-OFFICE-7k#Qz", {"name"}),
        ("ｏｆｆｉｃｅ-7k#Qz-88", {"name"}),
        ("password123", {"common"}),
        ("1234567890", {"common"}),
        ("qwertyuiop", {"common"}),
        ("P@ssw0rd2026", {"common"}),
        ("aaaaaaaaaaaaaaaaaaaa", {"common"}),
        ("口令口令口令口令口令", {"common"}),
        ("abcdefghijkl", {"common"}),
        ("shixian2026", {"common"}),
        (OF_THE_DEMO, {"common"}),
        ("SHIXIAN-DEMO", {"common"}),
        ("office", {"length", "name", "common"}),
        ("123", {"length", "common"}),
    ],
)
def test_what_a_password_lacks(password: str, missing: set[str]):
    assert set(weaknesses(password, "office", "林小雨")) == missing


def test_it_is_told_what_is_missing_and_never_what_was_sent():
    with pytest.raises(Invalid) as refusal:
        must_be_strong("office-1", "office", "林小雨")
    assert refusal.value.code == "password.too_weak"
    assert refusal.value.details == {"missing": ["length", "name", "common"]}
    assert "office" not in refusal.value.message
    assert "10 个字符" in refusal.value.message


def test_a_name_of_one_character_forbids_nothing():
    assert weaknesses("一二三四木头人七八九十", "木") == {}


def test_judging_the_longest_takes_no_time_to_speak_of():
    assert weaknesses("ab1-" * (LONGEST // 4), "office") is not None


def test_no_password_matches_where_there_is_none():
    assert not matches("", None)
    assert not matches(NEW, None)
    assert matches(NEW, hashed(NEW))
    assert hashed(NEW) != hashed(NEW)


class TestChangingOnesOwn:
    """修改本人口令."""

    def test_the_new_one_counts_and_all_other_sessions_end(
        self, client: Caller, sign_in: SignIn, services: Services
    ):
        here, there = sign_in("office"), sign_in("office")
        answer = here.post(URL, json={"current": PASSWORD, "new": NEW})
        assert (answer.status_code, answer.content) == (204, b"")
        assert here.get("/v1/sessions/current").status_code == 200
        refused(there.get("/v1/sessions/current"), 401, "session.missing")
        refused(sign(client, PASSWORD), 401, "session.refused")
        assert sign(client, NEW).status_code == 201
        told = sign_in("auditor").get("/v1/accounts/changes").json()["items"][0]
        assert (told["account"], told["by"], told["what"]) == ("office", "office", "password_changed")

    def test_only_with_the_present_one(self, client: Caller, sign_in: SignIn):
        refused(
            sign_in("office").post(URL, json={"current": "guess", "new": NEW}), 422, "password.current_wrong"
        )
        assert sign(client, PASSWORD).status_code == 201

    @pytest.mark.usefixtures("quick_hashes")
    def test_guessing_the_present_one_is_limited(self, sign_in: SignIn):
        thief = sign_in("office")
        for _ in range(TRIES):
            refused(thief.post(URL, json={"current": "guess", "new": NEW}), 422, "password.current_wrong")
        refused(thief.post(URL, json={"current": PASSWORD, "new": NEW}), 429, "session.too_often")

    def test_not_to_a_weak_one_nor_to_the_same(self, client: Caller, sign_in: SignIn):
        office = sign_in("office")
        problem = refused(
            office.post(URL, json={"current": PASSWORD, "new": "office-1"}), 422, "password.too_weak"
        )
        assert problem["missing"] == ["length", "name", "common"]
        assert "office-1" not in str(problem)
        assert office.post(URL, json={"current": PASSWORD, "new": NEW}).status_code == 204
        refused(office.post(URL, json={"current": NEW, "new": NEW}), 422, "password.unchanged")

    @pytest.mark.parametrize(
        "body",
        [
            {"new": NEW},
            {"current": PASSWORD},
            {"current": PASSWORD, "new": NEW, "account": "leader"},
            {"current": PASSWORD, "new": "\ud800" * 12},
            {"current": PASSWORD, "new": "x" * 1001},
            {"current": PASSWORD, "new": None},
        ],
    )
    def test_a_form_that_is_none_is_refused(self, sign_in: SignIn, body: dict[str, object]):
        content = json.dumps(body).encode()
        answer = sign_in("office").post(URL, content=content, headers={"Content-Type": "application/json"})
        refused(answer, 422, "request.malformed")

    def test_a_stranger_learns_nothing(self, client: Caller):
        refused(client.post(URL, json={"current": PASSWORD, "new": NEW}), 401, "session.missing")
