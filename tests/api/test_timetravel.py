"""Earlier states of the world and of the office's knowledge: the pure selection of facts, and what the service answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.bootstrap import Services
from domain.acts import SHANGHAI, Act, legal_date
from domain.facts import Fact
from domain.petition import events
from domain.petition.fold import project
from domain.petition.registration import Intake
from domain.petition.situation import clocks_of
from domain.petition.timetravel import as_of
from domain.rulebase import fold as rulebase
from tests.api.caller import Caller
from tests.api.cases import done, registered
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CASE = UUID("00000000-0000-4000-8000-00000000000c")
KNOWN = rulebase.shipped().known(datetime(2026, 11, 22, tzinfo=UTC))
DAY = date(2026, 3, 2)


def moment(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)


def a_fact(kind: type[Fact], version: int, on: date, recorded_at: datetime, **own: Any) -> Fact:
    envelope = {"by": "office", "unit": "petition-office", "role": "office_clerk"}
    ids = {"originator_id": CASE, "originator_version": version}
    return kind(**ids, **envelope, on=on, recorded_at=recorded_at.astimezone(UTC), **own)


def a_registration(on: date, recorded_at: datetime) -> Fact:
    own: dict[str, Any] = {
        "number": "XF-2026-000001",
        "query_code": "H7K2M9PQRS",
        "office": "petition-office",
        "channel": "letter",
        "category": "appeal",
        "subject": "反映小区供暖不足",
        "content": "来信全文。",
        "petitioners": (),
        "headcount": 1,
        "at_office": True,
    }
    return a_fact(events.Registered, 1, on, recorded_at, **own)


LATER = (
    (events.Transferred, {"to_unit": "unit-a"}),
    (events.Accepted, {}),
    (events.ExtensionRequested, {"days": 20, "reason": "案情复杂"}),
    (events.ExtensionGranted, {"days": 20}),
    (events.HearingOpened, {"about": "handling"}),
    (events.HearingClosed, {"opened_on": DAY}),
    (events.Objected, {"reason": "不属于本单位职权范围"}),
    (events.HandedBack, {"reason": "情况属实", "from_unit": "unit-a"}),
    (events.Replied, {"result": "support", "text": "处理意见"}),
    (events.Served, {"notice": "opinion", "method": "post"}),
    (events.Supervised, {"ground": "S6", "advice": "限期办结", "answer_by": DAY}),
    (events.Withdrawn, {"reason": "信访人撤回"}),
    (events.Reopened, {"reason": "情况有变"}),
)
SPAN = 40


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    """Any facts after a registration, recorded in order, each on the day of its record or before it."""
    minutes = sorted(draw(st.lists(st.integers(0, SPAN * 24 * 60), min_size=1, max_size=8)))
    begun = draw(st.integers(0, 60))
    facts: list[Fact] = []
    for version, minute in enumerate(minutes, 1):
        recorded = moment("2026-03-02", 0) + timedelta(minutes=minute)
        received = legal_date(moment("2026-03-02") + timedelta(minutes=minutes[0])) - timedelta(days=begun)
        on = max(received, legal_date(recorded) - timedelta(days=draw(st.integers(0, 20))))
        if version == 1:
            facts.append(a_registration(received, recorded))
        else:
            kind, own = draw(st.sampled_from(LATER))
            facts.append(a_fact(kind, version, on, recorded, **own))
    return facts


instants = st.integers(-90 * 24 * 60, (SPAN + 5) * 24 * 60).map(
    lambda minutes: moment("2026-03-02", 0) + timedelta(minutes=minutes)
)


@given(histories())
def test_without_a_time_everything_counts(history: list[Fact]) -> None:
    assert as_of(history) == history


@given(histories(), st.none() | instants, st.none() | instants)
def test_what_counts_can_always_be_told(
    history: list[Fact], at: datetime | None, known_at: datetime | None
) -> None:
    kept = as_of(history, at, known_at)
    versions = [fact.originator_version for fact in kept]
    assert versions == sorted(set(versions))
    assert not kept or kept[0] is history[0]
    petition = project(None, kept)
    assert (petition is None) == (not kept)
    if petition is not None:
        assert petition.version == versions[-1]
        clocks_of(kept, petition, KNOWN, DAY)


@given(histories(), instants)
def test_nothing_of_the_future_counts(history: list[Fact], instant: datetime) -> None:
    assert all(fact.on <= legal_date(instant) for fact in as_of(history, at=instant))
    if history[0].recorded_at <= instant:
        assert all(fact.recorded_at <= instant for fact in as_of(history, known_at=instant))
    else:
        assert all(fact.on <= legal_date(instant) for fact in as_of(history, known_at=instant))


@given(histories(), instants, instants)
def test_the_world_only_gains(history: list[Fact], one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    before = {fact.originator_version for fact in as_of(history, at=earlier)}
    assert before <= {fact.originator_version for fact in as_of(history, at=later)}


@given(histories(), instants, instants)
def test_knowledge_only_gains_once_the_case_is_entered(
    history: list[Fact], one: datetime, other: datetime
) -> None:
    earlier, later = (max(instant, history[0].recorded_at) for instant in sorted((one, other)))
    before = as_of(history, known_at=earlier)
    assert before == as_of(history, known_at=later)[: len(before)] == history[: len(before)]


@given(histories())
def test_in_the_end_everything_is_known_and_has_happened(history: list[Fact]) -> None:
    end = moment("2026-03-02") + timedelta(days=SPAN + 2)
    assert as_of(history, end, end) == history


REGISTERED = a_registration(DAY, moment("2026-03-02"))
ON_TIME = a_fact(events.Transferred, 2, date(2026, 3, 5), moment("2026-03-05", 15), to_unit="unit-a")
BACK_DATED = a_fact(events.Accepted, 3, date(2026, 3, 9), moment("2026-03-12"))
STORY = [REGISTERED, ON_TIME, BACK_DATED]


@pytest.mark.parametrize(
    ("at", "count"),
    [
        (moment("2026-03-01", 23), 0),
        (moment("2026-03-02", 9), 0),
        (moment("2026-03-02", 10), 1),
        (moment("2026-03-05", 14), 1),
        (moment("2026-03-05", 15), 2),
        (moment("2026-03-08", 23), 2),
        (moment("2026-03-09", 0), 3),
    ],
)
def test_the_world_then(at: datetime, count: int) -> None:
    assert as_of(STORY, at=at) == STORY[:count]


@pytest.mark.parametrize(
    ("known_at", "count"),
    [
        (moment("2026-03-02", 9), 1),
        (moment("2026-03-01", 23), 0),
        (moment("2026-03-02", 10), 1),
        (moment("2026-03-09", 23), 2),
        (moment("2026-03-12", 9), 2),
        (moment("2026-03-12", 10), 3),
    ],
)
def test_what_was_known_then(known_at: datetime, count: int) -> None:
    assert as_of(STORY, known_at=known_at) == STORY[:count]


def test_both_times_at_once() -> None:
    world, knowledge = moment("2026-03-10"), moment("2026-03-11")
    assert as_of(STORY, at=world) == STORY
    assert as_of(STORY, at=world, known_at=knowledge) == STORY[:2]


# What the service answers


def due(caller: Caller, case: str, clock: str, **when: str) -> str:
    answer = caller.get(f"/v1/petitions/{case}/deadlines", params=when)
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json()["items"] if one["clock"] == clock]
    return str(found["due_on"])


def test_a_back_dated_entry_is_judged_by_the_calendar_known_then(sign_in: SignIn) -> None:
    """The Spring Festival of 2020 was prolonged by a notice of 27 January; until then 31 January was a working day."""
    office = sign_in("office")
    case = registered(office, received_on="2020-01-10", rulebook="petition-2005")
    assert due(office, case, "decide", known_at="2020-01-26T12:00:00+08:00") == "2020-01-31"
    assert due(office, case, "decide", known_at="2020-01-26T12:00+08:00") == "2020-01-31"
    assert due(office, case, "decide", known_at="2020-01-28T12:00:00+08:00") == "2020-02-03"
    assert due(office, case, "decide") == "2020-02-03"
    before = office.get(f"/v1/petitions/{case}", params={"known_at": "2020-01-09T12:00:00+08:00"})
    assert (before.status_code, before.json()["code"]) == (404, "petition.unknown")


def test_an_offset_whose_plus_was_not_escaped_is_understood(sign_in: SignIn) -> None:
    office = sign_in("office")
    case = registered(office, received_on="2020-01-10", rulebook="petition-2005")
    answer = office.get(f"/v1/petitions/{case}/deadlines?known_at=2020-01-26T12:00:00+08:00")
    assert answer.json()["items"][0]["due_on"] == "2020-01-31"


def test_an_imported_letter_is_told_on_its_legal_dates(sign_in: SignIn, services: Services) -> None:
    letter = Intake(
        source=events.Source("letters", "1", "digest"),
        received_on=date(2019, 3, 1),
        replied_on=date(2019, 3, 20),
        subject="咨询公租房申请",
        content="来信全文。",
        reply="答复全文。",
        petitioner="刘某",
    )
    by = Act("office", "petition-office", "office_clerk", services.clock())
    (case,) = services.casework.take_in([letter], by)
    auditor = sign_in("auditor")
    url = f"/v1/petitions/{case}"

    def stage(**when: str) -> str:
        answer = auditor.get(url, params=when)
        return str(answer.json().get("stage"))

    assert stage(at="2019-03-10T12:00:00+08:00") == "handling"
    assert stage(known_at="2019-03-10T12:00:00+08:00") == "handling"
    assert stage(known_at="2019-03-20T00:00:00+08:00") == "replied"
    assert stage() == "replied"
    assert auditor.get(url, params={"at": "2019-02-28T23:59:59+08:00"}).status_code == 404
    then = auditor.get(f"{url}/deadlines", params={"at": "2019-03-18T12:00:00+08:00"}).json()["items"]
    decide = next(one for one in then if one["clock"] == "decide")
    assert (decide["due_on"], decide["status"], decide["light"]) == ("2019-03-18", "running", "yellow")


def test_before_any_rule_book_there_are_no_deadlines(sign_in: SignIn) -> None:
    office = sign_in("office")
    case = registered(office, received_on="2004-01-10")
    answer = office.get(f"/v1/petitions/{case}/deadlines", params={"known_at": "2004-06-01T00:00:00+08:00"})
    assert (answer.status_code, answer.json()) == (200, {"items": []})


def test_every_read_of_a_case_travels(sign_in: SignIn, clock: Clock) -> None:
    case = registered(sign_in("office"))
    clock.set(moment("2026-03-06"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-20"))
    done(sign_in("unit-a-clerk"), case, "accept", on="2026-03-09")
    office, url = sign_in("office"), f"/v1/petitions/{case}"
    then = {"at": "2026-03-08T12:00:00+08:00"}
    state = office.get(url, params=then)
    assert (state.json()["stage"], state.json()["version"], state.json()["light"]) == (
        "with_unit",
        2,
        "green",
    )
    assert "etag" not in state.headers
    assert [one["version"] for one in office.get(f"{url}/history", params=then).json()["items"]] == [1, 2]
    replay = office.get(f"{url}/replay", params=then).json()["items"]
    assert replay[-1]["state"] == state.json()
    assert replay[-1]["deadlines"] == office.get(f"{url}/deadlines", params=then).json()["items"]
    assert office.get(f"{url}/petitioners", params=then).status_code == 200
    known = {"at": "2026-03-10T12:00:00+08:00", "known_at": "2026-03-10T12:00:00+08:00"}
    assert office.get(url, params=known).json()["stage"] == "with_unit"
    assert office.get(url, params={"at": known["at"]}).json()["stage"] == "handling"


def test_the_past_opens_no_door(sign_in: SignIn, clock: Clock) -> None:
    """Who may read is decided by the case as it stands: an accused unit can't look before it was accused."""
    case = registered(sign_in("office"), against=[{"unit": "unit-a"}])
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-06"))
    done(sign_in("office"), case, "classify", category="accusation")
    answer = sign_in("unit-a-head").get(f"/v1/petitions/{case}", params={"at": "2026-03-03T12:00:00+08:00"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "instant",
    [
        "2026-03-02",
        "2026-03-02T10:00:00",
        "2026-02-30T10:00:00+08:00",
        "2026-03-02T25:00:00+08:00",
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-23:59",
        "1772416800",
        "now",
        "",
    ],
)
@pytest.mark.parametrize("name", ["at", "known_at"])
def test_an_instant_needs_its_offset(sign_in: SignIn, name: str, instant: str) -> None:
    office = sign_in("office")
    answer = office.get(f"/v1/petitions/{registered(office)}", params={name: instant})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")
