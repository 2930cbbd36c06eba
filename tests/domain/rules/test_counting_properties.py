"""What holds for every limit, whatever its start and length."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.rules.counting import limit
from tests.domain.rules.specs import BACKWARDS, MONTHLY, PLAIN, WORKING

DAYS = st.dates(date(2007, 1, 1), date(2026, 6, 30))


@given(d=DAYS, n=st.integers(1, 90))
def test_a_rolled_limit_ends_on_the_first_working_day_on_or_after(calendar, d, n):
    found = limit(replace(PLAIN, length=n), d, calendar)
    assert found.nominal_due_on == d + timedelta(days=n)
    assert found.nominal_due_on <= found.due_on
    assert calendar.is_working(found.due_on)
    assert calendar.between(found.nominal_due_on - timedelta(days=1), found.due_on) == 1


@given(d=DAYS, n=st.integers(1, 30), spec=st.sampled_from([PLAIN, WORKING, MONTHLY]))
def test_an_extension_never_shortens(calendar, d, n, spec):
    longer = limit(spec, d, calendar, extension_days=n).due_on
    assert limit(spec, d, calendar, extension_days=n - 1).due_on <= longer


@given(d=DAYS, spec=st.sampled_from([PLAIN, WORKING, MONTHLY]))
def test_a_later_start_is_never_due_earlier(calendar, d, spec):
    assert limit(spec, d, calendar).due_on <= limit(spec, d + timedelta(days=1), calendar).due_on


@given(d=DAYS, first=st.integers(-10, 40), length=st.integers(0, 20))
def test_one_suspension_gives_back_exactly_its_days_inside(calendar, d, first, length):
    start = d + timedelta(days=first)
    end = start + timedelta(days=length)
    found = limit(PLAIN, d, calendar, suspensions=[(start, end)])
    inside = sum(d < start + timedelta(days=n) <= found.nominal_due_on for n in range(length + 1))
    assert (found.nominal_due_on - d).days == 15 + inside


@given(d=DAYS, n=st.integers(1, 20))
def test_counting_back_from_the_end_of_a_count_finds_its_start(calendar, d, n):
    start = calendar.next_working(d)
    end = limit(replace(WORKING, length=n), start, calendar).due_on
    assert limit(replace(BACKWARDS, length=n), end, calendar).due_on == start
