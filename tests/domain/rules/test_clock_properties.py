"""What holds for the clocks of every history, whatever happened in it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.rules import rulebook
from domain.rules.deadlines import Case, Moment, clocks
from domain.rules.rows import MOMENTS
from domain.rules.rulebook import Books
from tests.domain.rules.happenings import BOOKS, CALENDAR, keys

FIRST = date(2026, 1, 5)
UNITS = ("a", "b", "c")
BESIDE = {"leader-instruction", "negative-filing", "supervision"}
ALONE = Books(book for book in rulebook.shipped() if book.id not in BESIDE)


def data_of(name: str, part: str, due: date) -> Mapping[str, Any]:
    usual: dict[str, Any] = {"part": part, "due_on": due, "count_from": due, "answered_by": "dc"}
    if name in {"cadence_due", "reported"}:
        usual["period"] = f"{due.year}Q{(due.month + 2) // 3}"
    if name == "rescheduled":
        usual["clock"] = "unit-limit"
    if name == "extended":
        usual["days"] = 5
    return usual


@st.composite
def histories(draw: st.DrawFn) -> list[Moment]:
    """Up to twelve events, each told in one to three moments, in any order."""
    found: list[Moment] = []
    day = FIRST
    for version in range(1, draw(st.integers(1, 12)) + 1):
        day += timedelta(days=draw(st.integers(0, 20)))
        for _ in range(draw(st.integers(1, 3))):
            name, unit = draw(st.sampled_from(sorted(MOMENTS))), draw(st.sampled_from(UNITS))
            due = day + timedelta(days=draw(st.integers(0, 200)))
            data = data_of(name, draw(st.sampled_from(["", unit, f"{unit}/{due}"])), due)
            found.append(Moment(name, day, version, unit, day, data))
    return found


CASES = st.builds(
    Case,
    st.sampled_from(["petition", "document", "supervision", "month"]),
    st.sampled_from([None, "letters-cppcc"]),
    st.fixed_dictionaries(
        {
            "category": st.just("appeal"),
            "way": st.just("opinion"),
            "anonymous": st.just("no"),
            "limit_class": st.sampled_from(["read", "street"]),
            "cadence": st.sampled_from(["quarterly", "monthly"]),
        }
    ),
)


@given(case=CASES, history=histories())
def test_no_two_clocks_share_a_key(case: Case, history: list[Moment]):
    found = keys(clocks(case, history, BOOKS, CALENDAR))
    assert len(found) == len(set(found))


@given(case=CASES.filter(lambda case: case.kind in {"petition", "document"}), history=histories())
def test_what_lies_beside_changes_nothing_of_the_main_books(case: Case, history: list[Moment]):
    found = [c for c in clocks(case, history, BOOKS, CALENDAR) if c.rulebook not in BESIDE]
    assert found == clocks(case, history, ALONE, CALENDAR)


@given(reported=st.sets(st.integers(1, 4)), unit=st.sampled_from(UNITS))
def test_a_report_stops_the_clock_of_its_own_period_and_unit_alone(reported: set[int], unit: str):
    ends = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31)]
    owed = [
        Moment("cadence_due", FIRST, 1, each, FIRST, {"part": f"{each}/{n}", "period": n, "count_from": end})
        for each in UNITS
        for n, end in enumerate(ends, start=1)
    ]
    told = [Moment("reported", FIRST, 1 + n, unit, FIRST, {"period": n}) for n in sorted(reported)]
    case = Case("supervision", None, {"cadence": "quarterly"})
    stopped = {c.part for c in clocks(case, owed + told, BOOKS, CALENDAR) if c.state == "stopped"}
    assert stopped == {f"{unit}/{n}" for n in reported}
