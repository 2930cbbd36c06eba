"""The calculator: every published figure through POST /v1/deadline-preview, its refusals, and its three states."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.caller import Caller
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
HEARING = [{"from": "2026-03-10", "to": "2026-03-17"}]

FIGURES = [
    ("petition-2022", "notify", "2026-03-02", 0, "2026-03-17", "2026-03-17"),
    ("petition-2022", "notify", "2026-02-05", 0, "2026-02-20", "2026-02-24"),
    ("petition-2022", "notify", "2026-01-30", 0, "2026-02-14", "2026-02-14"),
    ("petition-2022", "route", "2025-04-12", 0, "2025-04-27", "2025-04-27"),
    ("petition-2022", "route", "2026-04-18", 0, "2026-05-03", "2026-05-06"),
    ("petition-2022", "object", "2026-02-12", 0, "2026-02-26", "2026-02-26"),
    ("petition-2022", "object", "2026-09-18", 0, "2026-09-24", "2026-09-24"),
    ("petition-2022", "finish", "2026-01-05", 0, "2026-03-06", "2026-03-06"),
    ("petition-2022", "finish", "2026-08-05", 0, "2026-10-04", "2026-10-08"),
    ("petition-2022", "finish", "2026-07-09", 30, "2026-10-07", "2026-10-08"),
    ("petition-2022", "finish", "2026-03-10", 15, "2026-05-24", "2026-05-25"),
    ("petition-2022", "review-request", "2025-12-02", 0, "2026-01-01", "2026-01-04"),
    ("petition-2005", "decide", "2020-01-10", 0, "2020-01-25", "2020-02-03"),
    ("petition-2005", "advice-reply", "2025-09-01", 0, "2025-10-01", "2025-10-09"),
    ("petition-summary", "accept", "2026-02-13", 0, "2026-02-25", "2026-02-25"),
    ("petition-summary", "finish", "2026-04-28", 0, "2026-05-14", "2026-05-14"),
    ("letters-grain-bureau", "leader-assigned", "2026-09-20", 0, "2026-09-27", "2026-09-28"),
    ("letters-grain-bureau", "superior-assigned", "2026-06-06", 15, "2026-07-06", "2026-07-06"),
    ("letters-cppcc", "reply", "2026-01-31", 0, "2026-02-28", "2026-02-28"),
    ("staff-complaints", "complex", "2026-04-28", 0, "2026-05-05", "2026-05-06"),
    ("time-limited", "decision", "2026-02-13", 0, "2026-03-11", "2026-03-11"),
    ("time-limited", "special", "2026-02-14", 0, "2026-02-25", "2026-02-25"),
    ("documents", "incoming", "2026-09-24", 0, "2026-10-12", "2026-10-12"),
    ("supervision", "unit-limit", "2026-10-08", 0, "2026-09-28", "2026-09-28"),
    ("supervision", "objection", "2025-09-26", 0, "2025-09-29", "2025-09-29"),
    ("supervision", "result-review", "2026-02-11", 0, "2026-02-25", "2026-02-25"),
    ("petition-zhejiang-2016", "finish", "2026-05-20", 60, "2026-08-18", "2026-08-18"),
    # the vectors of the counting rules that the list above doesn't hold
    ("petition-2022", "notify", "2026-04-24", 0, "2026-05-09", "2026-05-09"),
    ("petition-2022", "notify", "2026-04-18", 0, "2026-05-03", "2026-05-06"),
    ("petition-2022", "notify", "2025-04-12", 0, "2025-04-27", "2025-04-27"),
    ("petition-2022", "notify", "2025-01-13", 0, "2025-01-28", "2025-02-05"),
    ("petition-2022", "finish", "2026-07-09", 0, "2026-09-07", "2026-09-07"),
    ("petition-2022", "review-request", "2025-09-01", 0, "2025-10-01", "2025-10-09"),
    ("petition-2022", "object", "2026-09-24", 0, "2026-10-09", "2026-10-09"),
    ("petition-2022", "reexamination", "2026-03-02", 0, "2026-04-01", "2026-04-01"),
]


@pytest.fixture
def ask(sign_in: SignIn) -> Callable[..., Any]:
    """The calculator's answer to a unit's officer, who may ask as anybody signed in may."""

    def asked(rulebook: str, clock: str, started_on: str, **more: Any) -> Any:
        sent = {"rulebook": rulebook, "clock": clock, "started_on": started_on, **more}
        return sign_in("unit-a-officer").post("/v1/deadline-preview", json=sent)

    return asked


def test_every_published_figure(ask: Callable[..., Any]) -> None:
    wrong = []
    for rulebook, clock, started_on, extension, nominal, due in FIGURES:
        more = {"extension_days": extension} if extension else {}
        answer = ask(rulebook, clock, started_on, **more)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        if (found["nominal_due_on"], found["due_on"], found["provisional"]) != (nominal, due, False):
            wrong.append((rulebook, clock, started_on, found["nominal_due_on"], found["due_on"]))
    assert wrong == []


def test_the_days_of_a_hearing_are_not_counted(ask: Callable[..., Any]) -> None:
    found = ask("petition-2022", "reexamination", "2026-03-02", suspensions=HEARING).json()
    assert (found["nominal_due_on"], found["due_on"]) == ("2026-04-09", "2026-04-09")


def test_before_a_decree_was_known_the_earlier_one_counts(ask: Callable[..., Any]) -> None:
    before = ask("petition-2005", "decide", "2020-01-10", known_at="2020-01-20T09:00:00+08:00").json()
    after = ask("petition-2005", "decide", "2020-01-10", known_at="2020-01-28T09:00:00+08:00").json()
    assert (before["due_on"], after["due_on"]) == ("2020-01-31", "2020-02-03")


def test_a_year_without_a_decree_is_provisional(ask: Callable[..., Any]) -> None:
    found = ask("petition-2022", "review-request", "2026-12-02").json()
    assert found["nominal_due_on"] == "2027-01-01"
    assert found["provisional"] is True
    assert any("暂定" in line for line in found["explanation"])


def test_the_shape_of_a_clock(ask: Callable[..., Any]) -> None:
    found = ask("petition-2022", "notify", "2026-02-27").json()
    assert {
        "clock", "label", "rulebook", "rulebook_version", "basis", "unit_responsible", "started_on", "nominal_due_on",
        "due_on", "provisional", "status", "light", "stopped_on", "days_left", "working_days_left", "explanation",
    } <= set(found)  # fmt: skip
    assert (found["clock"], found["rulebook"], found["status"], found["light"]) == (
        "notify",
        "petition-2022",
        "running",
        "green",
    )
    assert (found["days_left"], found["working_days_left"]) == (14, 10)
    assert found["basis"].startswith("《信访工作条例》第二十三条")


def test_status_and_light_follow_today_and_the_stop(ask: Callable[..., Any], clock: Clock) -> None:
    clock.set(datetime(2026, 3, 18, 2, tzinfo=UTC))
    overdue = ask("petition-2022", "notify", "2026-03-02").json()
    assert (overdue["status"], overdue["light"], overdue["days_left"]) == ("overdue", "red", -1)
    met = ask("petition-2022", "notify", "2026-03-02", stopped_on="2026-03-17").json()
    assert (met["status"], met["light"], met["stopped_on"]) == ("met", "grey", "2026-03-17")
    late = ask("petition-2022", "notify", "2026-03-02", stopped_on="2026-03-18").json()
    assert late["status"] == "met_late"


def test_a_clock_with_a_set_date(ask: Callable[..., Any]) -> None:
    found = ask("supervision", "item", "2026-09-01", due_on="2026-10-08").json()
    assert found["due_on"] == "2026-10-08"


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({"extension_days": 31}, 422, "petition.extension_over_cap"),
        ({"extension_days": -1}, 422, "deadline.extension_negative"),
        ({"extension_days": 10**30}, 422, "deadline.out_of_range"),
        ({"suspensions": HEARING}, 422, "deadline.suspension_not_allowed"),
        ({"clock": "item", "rulebook": "supervision"}, 422, "deadline.date_not_set"),
        ({"clock": "decide"}, 404, "rulebook.clock_unknown"),
        ({"rulebook": "petition-1995"}, 404, "rulebook.unknown"),
        ({"known_at": "2001-01-01T00:00:00+08:00"}, 404, "rulebook.unknown"),
        ({"started_on": "1994-12-31"}, 422, "date.out_of_range"),
        ({"started_on": "2101-01-01"}, 422, "request.malformed"),
        ({"started_on": "2026-02-30"}, 422, "request.malformed"),
        ({"started_on": None}, 422, "request.malformed"),
        ({"stopped_on": "2026-03-01"}, 422, "date.before_antecedent"),
        ({"known_at": "2026-03-02T10:00:00"}, 422, "request.malformed"),
        ({"extension_days": "3"}, 422, "request.malformed"),
        ({"extra": 1}, 422, "request.malformed"),
    ],
)
def test_refusals(ask: Callable[..., Any], sent: dict[str, Any], status: int, code: str) -> None:
    usual = {"rulebook": "petition-2022", "clock": "finish", "started_on": "2026-03-02"}
    answer = ask(**usual | sent)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    if code.startswith(("petition.", "deadline.")):
        assert problem["basis"]


def test_reversed_suspension(ask: Callable[..., Any]) -> None:
    answer = ask(
        "petition-2022",
        "reexamination",
        "2026-03-02",
        suspensions=[{"from": "2026-03-17", "to": "2026-03-10"}],
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "deadline.suspension_reversed")


def test_nobody_asks_without_signing_in(client: Caller) -> None:
    sent = {"rulebook": "petition-2022", "clock": "finish", "started_on": "2026-03-02"}
    assert client.post("/v1/deadline-preview", json=sent).status_code == 401
