"""The ordered feed: everything once and in order, each officer's part of it, and never a petitioner's data."""

from collections.abc import Callable
from typing import Any

import pytest

from api import feed
from api.bootstrap import Services
from tests.api.caller import Caller
from tests.api.cases import PERSONAL, accusation, done, registered

SignIn = Callable[[str], Caller]
URL = "/v1/events"
HOUSE = {"UnitFounded", "OfficerAppointed"}


def followed(caller: Caller, limit: int = 200, after: int = 0) -> list[dict[str, Any]]:
    """The feed from a position to its end."""
    found: list[dict[str, Any]] = []
    while True:
        answer = caller.get(URL, params={"after": after, "limit": limit})
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert len(body["items"]) <= limit
        found += body["items"]
        assert body["next"] >= after
        after = body["next"]
        if not body["more"]:
            return found


@pytest.fixture
def two(sign_in: SignIn) -> tuple[str, str]:
    """A petition with unit A, and an accusation against the head of unit A that unit B has."""
    office = sign_in("office")
    plain, hidden = registered(office), accusation(office, person="赵一鸣")
    done(office, plain, "transfer", to_unit="unit-a")
    done(office, hidden, "transfer", to_unit="unit-b")
    done(sign_in("unit-a-clerk"), plain, "accept")
    done(sign_in("unit-a-clerk"), plain, "serve", notice="acceptance", method="post", signed_by="王建国")
    return plain, hidden


def test_nobody_follows_without_signing_in(client: Caller) -> None:
    assert client.get(URL).status_code == 401


def test_an_event_has_the_agreed_shape(sign_in: SignIn, two: tuple[str, str]) -> None:
    (accepted,) = [one for one in followed(sign_in("unit-a-head")) if one["event"] == "Accepted"]
    told = {
        "case": two[0],
        "version": 3,
        "on": "2026-03-02",
        "recorded_at": "2026-03-02T02:00:00Z",
        "by": "unit-a-clerk",
        "data": {"track": "ordinary", "assumed": False},
    }
    assert {name: accepted[name] for name in told} == told
    assert isinstance(accepted["position"], int)


def test_each_officer_follows_their_part(sign_in: SignIn, two: tuple[str, str]) -> None:
    plain, hidden = two
    for officer, cases, house in (
        ("office", {plain, hidden}, False),
        ("leader", {plain}, False),
        ("unit-a-head", {plain}, False),
        ("unit-a-officer", set(), False),
        ("unit-b-clerk", {hidden}, False),
        ("unit-b-officer", set(), False),
        ("auditor", {plain, hidden}, True),
        ("admin", set(), True),
    ):
        events = followed(sign_in(officer))
        assert {one["case"] for one in events if one["case"] is not None} == cases, officer
        assert bool(HOUSE & {one["event"] for one in events}) is house, officer


def test_the_auditor_follows_everything_in_order(
    sign_in: SignIn, services: Services, two: tuple[str, str]
) -> None:
    log = services.casework.store.select_log(0, 1000)
    events = followed(sign_in("auditor"), limit=3)
    assert [one["position"] for one in events] == [row.position for row in log]


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_small_bites_miss_and_repeat_nothing(
    sign_in: SignIn, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(feed, "CHUNK", 3)
    monkeypatch.setattr(feed, "MOST_SCANNED", 6)
    versions = [one["version"] for one in followed(sign_in("unit-a-head"), limit)]
    assert versions == [1, 2, 3, 4]


def test_one_resumes_where_one_stopped(sign_in: SignIn, two: tuple[str, str]) -> None:
    head = sign_in("unit-a-head")
    before = head.get(URL, params={"limit": 200}).json()["next"]
    assert followed(head, after=before) == []
    done(sign_in("unit-a-clerk"), two[0], "report", text="正在办理")
    assert [one["event"] for one in followed(head, after=before)] == ["Reported"]


def test_no_personal_data_goes_out(sign_in: SignIn, two: tuple[str, str]) -> None:
    for officer in ("office", "auditor", "unit-a-head"):
        text = sign_in(officer).get(URL, params={"limit": 200}).text
        assert not [word for word in PERSONAL if word in text]
        assert '"personal"' not in text
        assert "query_code" not in text


@pytest.mark.parametrize(
    "given", [{"after": -1}, {"after": "x"}, {"after": 2**63}, {"limit": 0}, {"limit": 201}]
)
def test_a_malformed_question_is_told_so(sign_in: SignIn, given: dict[str, Any]) -> None:
    assert sign_in("office").get(URL, params=given).status_code == 422


def test_a13_a_repeat_of_a_hidden_accusation_does_not_name_it(sign_in: SignIn) -> None:
    """The accused unit holds the repeat: it may know that there was an earlier petition, not which."""
    office, unit = sign_in("office"), sign_in("unit-a-clerk")
    letter = {"channel": "letter", "category": "appeal", "subject": "供暖", "content": "温度不达标"}
    against = {"category": "accusation", "against": [{"unit": "unit-a"}]}
    hidden = office.post("/v1/petitions", json=letter | against).json()
    later = office.post("/v1/petitions", json=letter).json()["id"]
    office.post(f"/v1/petitions/{later}/transfer", json={"to_unit": "unit-a"}).raise_for_status()
    link = {"earlier_petition": hidden["id"]}
    office.post(f"/v1/petitions/{later}/link-repeat", json=link).raise_for_status()
    for url in (
        f"/v1/petitions/{later}",
        f"/v1/petitions/{later}/history",
        f"/v1/petitions/{later}/replay",
        "/v1/events",
    ):
        told = unit.get(url)
        assert told.status_code == 200
        assert hidden["id"] not in told.text, url
        assert hidden["number"] not in told.text, url
    assert hidden["id"] in office.get(f"/v1/petitions/{later}").text
