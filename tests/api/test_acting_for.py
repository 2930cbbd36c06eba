"""Whose capacity one acts in: said in headers, judged by the directory, recorded with both names – and never forged."""

from typing import Any

import httpx
import pytest

from tests.api.caller import Caller
from tests.api.cases import done, registered
from tests.api.conftest import SignIn
from tests.api.problems import refused

HOME = "/v1/directory/officers"
FOR_CLERK = {"Acting-For": "unit-a-clerk"}
CURRENT = "/v1/sessions/current"


@pytest.fixture
def away(sign_in: SignIn) -> None:
    """The clerk of unit A is away; the officer of that unit stands in, after the head."""
    admin = sign_in("admin")
    order = {"stand_ins": ["unit-a-head", "unit-a-officer"]}
    assert admin.post(f"{HOME}/unit-a-clerk/stand-ins", json=order).is_success
    for name in ("unit-a-clerk", "unit-a-head"):  # who would be asked first is away, too
        body = {"from_on": "2026-03-02", "reason": "公差"}
        assert admin.post(f"{HOME}/{name}/absences", json=body).is_success


@pytest.fixture
def case(sign_in: SignIn) -> str:
    """A petition that is with unit A, to be accepted by its clerk or head."""
    made = registered(sign_in("office"))
    done(sign_in("office"), made, "transfer", to_unit="unit-a")
    return made


def accept(caller: Caller, case: str, **given: Any) -> httpx.Response:
    return caller.post(f"/v1/petitions/{case}/accept", **{"json": {}, **given})


@pytest.mark.usefixtures("away")
class TestStandingIn:
    """顶岗."""

    def test_what_one_does_is_recorded_with_both_names(
        self, sign_in: SignIn, case: str, capsys: pytest.CaptureFixture[str]
    ):
        officer = sign_in("unit-a-officer")
        refused(accept(officer, case), 404)
        capsys.readouterr()
        answer = accept(officer, case, headers=FOR_CLERK)
        assert answer.status_code == 200, answer.text
        said = capsys.readouterr()
        assert "actor=unit-a-officer" in said.out + said.err
        assert "for_whom=unit-a-clerk" in said.out + said.err
        last = officer.get(f"/v1/petitions/{case}/history", headers=FOR_CLERK).json()["items"][-1]
        assert (last["by"], last["for_whom"]) == ("unit-a-officer", "unit-a-clerk")

    def test_one_is_told_for_whom_one_may(self, sign_in: SignIn):
        assert sign_in("unit-a-officer").get(CURRENT).json()["acting_for"] == ["unit-a-clerk"]
        assert sign_in("unit-b-officer").get(CURRENT).json()["acting_for"] == []

    def test_never_for_who_is_there_again(self, sign_in: SignIn, case: str):
        assert sign_in("unit-a-clerk").post(f"{HOME}/unit-a-clerk/return").is_success
        refused(accept(sign_in("unit-a-officer"), case, headers=FOR_CLERK), 403, "standin.not_absent")

    def test_never_before_ones_turn(self, sign_in: SignIn, case: str):
        assert sign_in("unit-a-head").post(f"{HOME}/unit-a-head/return").is_success
        refused(accept(sign_in("unit-a-officer"), case, headers=FOR_CLERK), 403, "standin.earlier_present")

    def test_never_unnamed(self, sign_in: SignIn, case: str):
        for name in ("unit-b-clerk", "admin", "inspector", "leader", "unit-a-clerk"):
            refused(accept(sign_in(name), case, headers=FOR_CLERK), 403, "standin.not_yours")

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "/v1/sessions", None),
            ("GET", CURRENT, None),
            ("DELETE", "/v1/sessions", None),
            ("DELETE", CURRENT, None),
            ("POST", "/v1/accounts/me/password", {"current": "x", "new": "y"}),
        ],
    )
    def test_nobody_minds_anothers_sessions_and_password(
        self, sign_in: SignIn, method: str, path: str, body: Any
    ):
        officer = sign_in("unit-a-officer")
        refused(officer.request(method, path, headers=FOR_CLERK, json=body), 403, "session.in_person")
        assert officer.get(CURRENT).status_code == 200


class TestWhatIsLogged:
    """冒名留痕."""

    def test_a_refused_capacity_is_logged_by_ids_and_nothing_else(
        self, sign_in: SignIn, capsys: pytest.CaptureFixture[str]
    ):
        officer = sign_in("unit-b-officer")
        for headers, code, known in (
            ({"Acting-For": "unit-a-clerk"}, "standin.not_yours", "for_whom=unit-a-clerk"),
            ({"Acting-For": "Wang-13900000001"}, "standin.not_yours", "for_whom=None"),
            ({"Acting-As": "Wang-13900000001/x"}, "post.not_held", "for_whom=None"),
        ):
            capsys.readouterr()
            refused(officer.get("/v1/petitions", headers=headers), 403, code)
            said = "".join(capsys.readouterr())
            [line] = [one for one in said.splitlines() if "capacity.refused" in one]
            for part in (f"code={code}", "actor=unit-b-officer", known):
                assert part in line
            assert "13900000001" not in said
        capsys.readouterr()
        assert officer.get("/v1/petitions").is_success
        assert "capacity.refused" not in "".join(capsys.readouterr())


class TestForging:
    """冒名."""

    @pytest.mark.parametrize(
        "headers",
        [
            {"Acting-For": "unit-a-clerk"},
            {"Acting-For": ""},
            {"Acting-For": "system"},
            {"Acting-For": "ghost"},
            {"Acting-For": "unit-b-officer"},
            {"Acting-As": "unit-a/unit_clerk"},
            {"Acting-As": ""},
            {"Acting-As": "/"},
            {"Acting-For": "unit-a-clerk", "Acting-As": "unit-a/unit_clerk"},
        ],
    )
    def test_a_header_gives_nobody_a_capacity(self, sign_in: SignIn, case: str, headers: dict[str, str]):
        other = sign_in("unit-b-officer")
        refused(accept(other, case, headers=headers), 403)
        refused(other.get("/v1/petitions", headers=headers), 403)

    def test_a_header_that_comes_twice_is_refused(self, client: Caller, sign_in: SignIn):
        token = sign_in("unit-a-officer").token
        twice = [("Acting-For", "unit-a-clerk"), ("Acting-For", "unit-a-head")]
        answer = client._portal.call(
            lambda: client._http.get("/v1/petitions", headers=[("Authorization", f"Bearer {token}"), *twice])
        )
        refused(answer, 422, "request.header_twice")

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Actor": "unit-a-clerk"},
            {"X-User": "unit-a-clerk"},
            {"X-Forwarded-User": "unit-a-clerk"},
            {"X-Remote-User": "unit-a-clerk"},
            {"From": "unit-a-clerk"},
            {"Cookie": "shixian_session=unit-a-clerk; actor=unit-a-clerk"},
        ],
    )
    def test_other_headers_say_nothing(self, sign_in: SignIn, case: str, headers: dict[str, str]):
        refused(accept(sign_in("unit-b-officer"), case, headers=headers), 404)
        mine = sign_in("unit-a-officer").get(CURRENT, headers=headers).json()
        assert mine["officer"]["id"] == "unit-a-officer"

    @pytest.mark.parametrize("field", ["by", "actor", "officer", "role", "unit", "for_whom", "acting_for"])
    def test_the_body_says_nothing(self, sign_in: SignIn, case: str, field: str):
        answer = accept(sign_in("unit-a-officer"), case, json={field: "unit-a-clerk"})
        assert answer.status_code in {403, 422}, answer.text
        answer = accept(sign_in("unit-a-clerk"), case, json={field: "unit-a-head"})
        refused(answer, 422, "request.malformed")

    @pytest.mark.parametrize("field", ["by", "actor", "officer", "role", "for_whom", "token", "access_token"])
    def test_the_address_says_nothing(self, client: Caller, sign_in: SignIn, case: str, field: str):
        token = sign_in("unit-a-clerk").token
        value = token if "token" in field else "unit-a-clerk"
        url = f"/v1/petitions/{case}/accept"
        assert sign_in("unit-a-officer").post(url, params={field: value}, json={}).status_code == 404
        refused(client.post(url, params={field: value}, json={}), 401, "session.missing")
        answer = sign_in("unit-a-clerk").post(url, params={field: "leader"}, json={})
        assert answer.status_code == 200, answer.text
        history = sign_in("unit-a-clerk").get(f"/v1/petitions/{case}/history").json()["items"]
        assert (history[-1]["by"], history[-1]["for_whom"]) == ("unit-a-clerk", None)


class TestFurtherPosts:
    """兼任."""

    def test_one_acts_in_each_of_ones_posts_and_in_no_other(self, sign_in: SignIn, case: str):
        body = {"unit": "unit-a", "post": "unit_clerk"}
        given = sign_in("admin").post(f"{HOME}/unit-b-officer/give-post", json=body)
        assert given.is_success, given.text
        both = sign_in("unit-b-officer")
        assert both.get(CURRENT).json()["acting_as"] == ["unit-b/unit_officer", "unit-a/unit_clerk"]
        refused(accept(both, case, headers={"Acting-As": "unit-a/unit_head"}), 403, "post.not_held")
        answer = accept(both, case, headers={"Acting-As": "unit-a/unit_clerk"})
        assert answer.status_code == 200, answer.text


def test_b14_nothing_is_dated_to_a_day_on_which_the_other_was_there(sign_in: SignIn, away: None) -> None:
    case = registered(sign_in("office"), received_on="2026-02-26")
    done(sign_in("office"), case, "transfer", to_unit="unit-a", on="2026-02-26")
    officer = sign_in("unit-a-officer")
    early = accept(officer, case, headers=FOR_CLERK, json={"on": "2026-02-27"})
    refused(early, 403, "standin.not_absent_then")
    assert accept(officer, case, headers=FOR_CLERK, json={"on": "2026-03-02"}).is_success
