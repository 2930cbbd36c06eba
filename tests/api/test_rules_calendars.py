"""Calendars over HTTP: a decree makes provisional dates firm and moves them; a trial tells which, and stores nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]

NEW_YEAR = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]
DECREE = {
    "source": "国务院办公厅关于2027年部分节假日安排的通知",
    "published_at": "2026-03-01T10:00:00+08:00",
    "days_off": NEW_YEAR,
    "make_up_days": ["2027-01-09"],
}
LETTER = {"channel": "letter", "category": "appeal", "subject": "供暖", "content": "不热"}
ASSIGNED = {"to_unit": "unit-a", "on": "2026-03-01"}


@pytest.fixture
def case(sign_in: SignIn, catch_up: CatchUp) -> dict[str, Any]:
    """A petition registered on Sunday, 1 March 2026: `route` is due on Monday, the 16th."""
    made: dict[str, Any] = (
        sign_in("office").post("/v1/petitions", json=LETTER | {"received_on": "2026-03-01"}).json()
    )
    catch_up()
    return made


def ask(officer: Caller, **more: Any) -> dict[str, Any]:
    """The calculator's clock from 2 December 2026, nominally due on New Year's Day."""
    sent = {"rulebook": "petition-2022", "clock": "review-request", "started_on": "2026-12-02", **more}
    found: dict[str, Any] = officer.post("/v1/deadline-preview", json=sent).json()
    return found


def test_a_published_year(sign_in: SignIn) -> None:
    found = sign_in("unit-a-officer").get("/v1/calendars/2026").json()
    assert (found["year"], found["published"]) == (2026, True)
    assert "2026-02-15" in found["days_off"]
    assert found["make_up_days"] == [
        "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
    ]  # fmt: skip
    assert len(found["versions"]) == 1


def test_a_year_that_changed_while_it_ran(sign_in: SignIn) -> None:
    office = sign_in("office")
    found = office.get("/v1/calendars/2020").json()
    assert len(found["versions"]) == 2
    assert "2020-02-02" in found["days_off"]
    then = office.get("/v1/calendars/2020", params={"known_at": "2020-01-20T00:00:00+08:00"}).json()
    assert len(then["versions"]) == 1
    assert "2020-02-02" not in then["days_off"]


def test_a_year_nobody_has_published(sign_in: SignIn) -> None:
    found = sign_in("office").get("/v1/calendars/2027").json()
    assert (found["published"], found["source"], found["versions"]) == (False, None, [])
    assert "2027-10-01" in found["days_off"]


@pytest.mark.parametrize("year", ["1994", "2101", "99999999999999999999"])
def test_a_year_out_of_range(sign_in: SignIn, year: str) -> None:
    answer = sign_in("office").get(f"/v1/calendars/{year}")
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar.year_out_of_range")


def test_a_decree_makes_a_provisional_date_firm_and_moves_it(sign_in: SignIn) -> None:
    office = sign_in("office")
    before = ask(office)
    assert (before["due_on"], before["provisional"]) == ("2027-01-04", True)
    answer = sign_in("admin").put("/v1/calendars/2027", json=DECREE)
    assert (answer.status_code, answer.json()["events"]) == (200, ["CalendarDecreed"])
    after = ask(office)
    assert (after["due_on"], after["provisional"]) == ("2027-01-05", False)
    then = ask(office, known_at="2026-02-28T00:00:00+08:00")
    assert (then["due_on"], then["provisional"]) == ("2027-01-04", True)
    found = office.get("/v1/calendars/2027").json()
    assert (found["published"], found["source"], found["days_off"]) == (True, DECREE["source"], NEW_YEAR)


def test_a_later_decree_of_the_same_year_is_a_second_version(
    sign_in: SignIn, case: dict[str, Any], catch_up: CatchUp
) -> None:
    admin, office = sign_in("admin"), sign_in("office")
    year = office.get("/v1/calendars/2026").json()
    trial = {
        "days_off": [*year["days_off"], "2026-03-16", "2026-03-17"],
        "make_up_days": year["make_up_days"],
    }
    expected = [("route", "2026-03-16", "2026-03-18")]
    for officer in (office, admin, sign_in("leader"), sign_in("auditor"), sign_in("inspector")):
        moved = officer.post("/v1/calendars/2026/preview", json=trial)
        assert moved.status_code == 200, moved.text
        found = [(m["clock"], m["from"], m["to"]) for m in moved.json()["items"]]
        assert found == expected
        assert [m["case_number"] for m in moved.json()["items"]] == [case["number"]]
        assert "subject" not in moved.text
    same = office.post("/v1/what-if", json={"calendar": {"year": 2026, **trial}})
    alone = {name: value for name, value in same.json().items() if name != "lateness"}
    assert alone == office.post("/v1/calendars/2026/preview", json=trial).json()
    assert len(office.get("/v1/calendars/2026").json()["versions"]) == 1
    entered = admin.put(
        "/v1/calendars/2026", json=trial | {"source": "补充通知", "published_at": "2026-03-02"}
    )
    assert entered.status_code == 200, entered.text
    catch_up()
    assert office.get("/v1/deadlines", params={"clock": "route"}).json()["items"][0]["due_on"] == "2026-03-18"
    assert len(office.get("/v1/calendars/2026").json()["versions"]) == 2


@pytest.mark.parametrize("username", ["unit-a-head", "unit-a-clerk", "unit-b-officer"])
def test_units_try_nothing_out(sign_in: SignIn, username: str) -> None:
    officer = sign_in(username)
    answer = officer.post("/v1/calendars/2027/preview", json={"days_off": NEW_YEAR})
    assert (answer.status_code, answer.json()["code"]) == (403, "rulebase.not_yours")
    assert officer.put("/v1/calendars/2027", json=DECREE).status_code == 403


def test_a_trial_shows_no_accusation_to_whom_it_accuses(sign_in: SignIn, catch_up: CatchUp) -> None:
    accusation = LETTER | {
        "category": "accusation",
        "against": [{"person": "郑督"}],
        "received_on": "2026-03-01",
    }
    assert sign_in("office").post("/v1/petitions", json=accusation).status_code == 201
    catch_up()
    trial = {"days_off": ["2026-03-16"]}
    assert sign_in("inspector").post("/v1/calendars/2026/preview", json=trial).json()["items"] == []
    assert sign_in("auditor").post("/v1/calendars/2026/preview", json=trial).json()["total"] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"source": " "}, "request.malformed"),
        ({"published_at": "2026-03-02T10:00:01+08:00"}, "calendar.published_in_future"),
        ({"published_at": "2026-03-01T10:00:00"}, "request.malformed"),
        ({"days_off": ["2026-01-01"]}, "calendar.wrong_day"),
        ({"days_off": []}, "calendar.no_days_off"),
        ({"days_off": ["2027-02-30"]}, "request.malformed"),
        ({"days_off": ["20270101"]}, "request.malformed"),
        ({"make_up_days": ["2027-01-01"]}, "calendar.wrong_day"),
        ({"days_off": ["2027-01-01", "2027-01-01"]}, "calendar.wrong_day"),
        ({"make_up_days": ["2027-01-08"]}, "calendar.wrong_day"),
        ({"make_up_days": ["2028-01-08"]}, "calendar.wrong_day"),
        ({"surprise": 1}, "request.malformed"),
    ],
)
def test_refused_decrees(sign_in: SignIn, fields: dict[str, Any], code: str) -> None:
    answer = sign_in("admin").put("/v1/calendars/2027", json=DECREE | fields)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_correction_of_a_correction_is_compared_with_what_is_in_force(sign_in: SignIn) -> None:
    """C2, issue 5: of notices published at one instant the last one entered counts."""
    admin = sign_in("admin")
    first, second = DECREE, DECREE | {"make_up_days": []}
    for entered in (first, second):
        assert admin.put("/v1/calendars/2027", json=entered).status_code == 200
    again = admin.put("/v1/calendars/2027", json=second)
    assert (again.status_code, again.json()["code"]) == (422, "calendar.already_decreed")
    assert admin.put("/v1/calendars/2027", json=first).status_code == 200


def test_the_same_decree_again_or_an_older_one(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    assert admin.put("/v1/calendars/2027", json=DECREE).status_code == 200
    again = admin.put("/v1/calendars/2027", json=DECREE)
    assert (again.status_code, again.json()["code"]) == (422, "calendar.already_decreed")
    older = DECREE | {"published_at": "2026-02-01", "days_off": NEW_YEAR[:3]}
    answer = admin.put("/v1/calendars/2027", json=older)
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar.superseded")


def test_a_trial_of_both_or_neither(sign_in: SignIn) -> None:
    office = sign_in("office")
    answer = office.post("/v1/what-if", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "what_if.one_of_two")
    broken = office.post("/v1/what-if", json={"rulebook": {"id": "petition-2022"}})
    assert (broken.status_code, broken.json()["code"]) == (422, "rulebook.malformed")
