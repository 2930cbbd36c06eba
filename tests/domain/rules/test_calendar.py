"""Working days: the shipped notices against an independent list, what was known when, and refusals of a bad one."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules import calendar as calendars
from domain.rules.calendar import Calendar, CalendarError

DAYS = st.dates(date(2007, 1, 1), date(2026, 12, 31))
INNER_DAYS = st.dates(date(2007, 7, 1), date(2026, 6, 30))
COUNTS = st.integers(0, 60)


def known(year: int, month: int, day: int) -> Calendar:
    """The calendar as known at the end of that day in Shanghai."""
    return calendars.as_known(calendars.shipped(), datetime(year, month, day, 15, 59, tzinfo=UTC))


@pytest.mark.parametrize("year", range(2007, 2027))
def test_a_year_agrees_day_by_day_with_the_reference(calendar: Calendar, year: int):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    wrong = [d for d in days if d.year == year and calendar.is_working(d) != chinese_calendar.is_workday(d)]
    assert wrong == []


def test_the_reference_knows_no_later_year_than_ours():
    with pytest.raises(NotImplementedError):
        chinese_calendar.is_workday(date(2027, 1, 4))


@pytest.mark.parametrize("year", [2025, 2026])
def test_these_years_have_248_working_days(calendar: Calendar, year: int):
    assert calendar.between(date(year - 1, 12, 31), date(year, 12, 31)) == 248


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_notice_names_its_source_and_came_before_its_last_holiday(year: int):
    decrees = [decree for decree in calendars.shipped() if decree.year == year]
    assert decrees
    for decree in decrees:
        assert decree.source.startswith("国务院")
        assert decree.published_at.utcoffset() == timedelta(hours=8)
        assert decree.published_at.date() < max(decree.days_off | decree.make_up_days)
        assert decree.days_off | decree.make_up_days == set(decree.names)


def test_the_days_off_of_2026_are_those_of_the_notice(calendar: Calendar):
    decree = calendar.decrees[2026]
    assert len(decree.days_off) == 33
    assert {date(2026, 2, d) for d in range(15, 24)} <= decree.days_off
    assert decree.make_up_days == {
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28),
        date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10),
    }  # fmt: skip


class TestAsKnown:
    def test_the_spring_festival_of_2020_was_lengthened_on_27_january(self):
        before, after = known(2020, 1, 26), known(2020, 1, 27)
        assert before.is_working(date(2020, 1, 31))
        assert before.is_working(date(2020, 2, 1))
        assert after.next_working(date(2020, 1, 25)) == date(2020, 2, 3)

    def test_labour_day_of_2019_was_lengthened_on_22_march(self):
        assert known(2019, 3, 21).is_working(date(2019, 5, 2))
        assert known(2019, 3, 22).is_rest(date(2019, 5, 2))
        assert known(2019, 3, 22).is_working(date(2019, 5, 5))

    def test_3_september_2015_was_declared_on_13_may(self):
        assert known(2015, 5, 12).is_working(date(2015, 9, 3))
        assert known(2015, 5, 13).is_rest(date(2015, 9, 3))
        assert known(2015, 5, 13).is_working(date(2015, 9, 6))

    def test_the_last_days_of_2018_came_with_the_next_years_notice(self):
        assert known(2018, 6, 1).is_working(date(2018, 12, 31))
        assert known(2018, 12, 6).is_rest(date(2018, 12, 31))

    def test_a_year_is_firm_from_its_notice_on(self):
        assert not known(2025, 11, 3).firm(date(2026, 1, 5))
        assert known(2025, 11, 4).firm(date(2026, 1, 5))

    def test_an_instant_before_every_notice_knows_none(self):
        assert known(2000, 1, 1).decrees == {}

    def test_of_two_notices_published_together_the_later_one_counts(self):
        first, second = (
            calendars.parse({"year": 2027, "source": source, "published_at": "2026-11-30T00:00:00+08:00"})
            for source in ("先录入", "后录入")
        )
        at = datetime(2027, 1, 1, tzinfo=UTC)
        assert calendars.as_known([first, second], at).decrees[2027].source == "后录入"


class TestWithoutANotice:
    def test_2027_rests_on_weekends_and_statutory_days(self, calendar: Calendar):
        for day in ("2027-01-01", "2027-01-02", "2027-02-05", "2027-02-08", "2027-06-09", "2027-10-03"):
            assert calendar.is_rest(date.fromisoformat(day))
        assert calendar.is_working(date(2027, 2, 9))
        assert not calendar.firm(date(2027, 2, 9))

    def test_a_later_year_rests_on_the_fixed_days(self, calendar: Calendar):
        assert calendar.is_rest(date(2031, 10, 2))
        assert calendar.is_rest(date(2031, 5, 2))
        assert calendar.is_working(date(2031, 10, 6))

    def test_statutory_days_can_be_given(self):
        own = Calendar({}, {2027: frozenset({date(2027, 3, 1)})})
        assert own.is_rest(date(2027, 3, 1))
        assert own.is_working(date(2027, 1, 1))


class TestSteps:
    def test_the_day_of_receipt_can_be_day_one(self, calendar: Calendar):
        assert calendar.add(date(2026, 2, 13), 3) == date(2026, 2, 25)
        assert calendar.add(date(2026, 2, 13), 3, first_day=True) == date(2026, 2, 24)

    def test_a_rest_day_of_receipt_starts_on_the_next_working_day(self, calendar: Calendar):
        assert calendar.add(date(2026, 2, 16), 1, first_day=True) == date(2026, 2, 24)

    def test_between_is_signed(self, calendar: Calendar):
        assert calendar.between(date(2026, 2, 13), date(2026, 2, 24)) == 2
        assert calendar.between(date(2026, 2, 24), date(2026, 2, 13)) == -2
        assert calendar.between(date(2025, 12, 31), date(2026, 1, 4)) == 1

    def test_a_day_has_its_festival_and_its_notice(self, calendar: Calendar):
        assert calendar.occasion(date(2026, 2, 14)) == "春节"
        assert calendar.occasion(date(2026, 2, 21)) == "春节"
        assert calendar.occasion(date(2026, 3, 7)) == ""
        assert "2026年部分节假日安排" in calendar.source(date(2026, 2, 14))

    def test_a_day_the_second_notice_left_alone_keeps_the_first_as_its_source(self, calendar: Calendar):
        assert "延长2020年春节假期" in calendar.source(date(2020, 2, 1))
        assert "2020年部分节假日安排" in calendar.source(date(2020, 10, 1))


class TestProperties:
    @given(d=DAYS, n=COUNTS)
    def test_adding_is_monotone(self, calendar: Calendar, d: date, n: int):
        assert d <= calendar.add(d, n) < calendar.add(d, n + 1)
        assert calendar.add(d, n) <= calendar.add(d + timedelta(days=1), n)

    @given(d=DAYS, n=st.integers(1, 60))
    def test_the_end_of_a_count_is_a_working_day(self, calendar: Calendar, d: date, n: int):
        assert calendar.is_working(calendar.add(d, n))
        assert calendar.is_working(calendar.subtract(d, n))

    @given(d=DAYS, n=COUNTS)
    def test_subtracting_undoes_adding_on_a_working_day(self, calendar: Calendar, d: date, n: int):
        working = calendar.next_working(d)
        assert calendar.subtract(calendar.add(working, n), n) == working

    @given(d=DAYS, n=COUNTS)
    def test_between_counts_what_adding_added(self, calendar: Calendar, d: date, n: int):
        assert calendar.between(d, calendar.add(d, n)) == n

    @given(a=DAYS, b=DAYS, c=DAYS)
    def test_between_adds_up(self, calendar: Calendar, a: date, b: date, c: date):
        assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)

    @given(d=INNER_DAYS, day=DAYS)
    def test_what_is_known_is_the_newest_version_published_by_then(self, d: date, day: date):
        then = datetime.combine(day, time(12), UTC)
        published = [e for e in calendars.shipped() if e.year == d.year and e.published_at <= then]
        expected = max(published, key=lambda decree: decree.published_at, default=None)
        assert calendars.as_known(calendars.shipped(), then).decrees.get(d.year) == expected


GOOD = {"year": 2027, "source": "通知", "published_at": "2026-11-30T00:00:00+08:00"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": 1}, "未知字段：extra"),
        ({"year": "2027"}, "缺少年份"),
        ({"source": " "}, "缺少来源"),
        ({"published_at": "2026-11-30T00:00:00"}, "须带时区"),
        ({"published_at": "某日"}, "时刻无法识别"),
        ({"days_off": ["2028-01-01"]}, "不在2027年内"),
        ({"days_off": ["元旦"]}, "日期无法识别"),
        ({"days_off": "2027-01-01"}, "应为日期列表"),
        ({"days_off": ["2027-01-02"], "make_up_days": ["2027-01-02"]}, "既列为放假又列为上班"),
        ({"days_off": ["2027-01-02", "2027-01-02"]}, "2027-01-02列了2次"),
        ({"make_up_days": ["2027-01-09", "2027-01-09"]}, "2027-01-09列了2次"),
        ({"make_up_days": ["2027-01-04"]}, "不是星期六、星期日"),
        ({"holiday": [{"name": "元旦", "from": "2027-01-01"}]}, "须有 name、from、to"),
        ({"holiday": [{"name": "元旦", "from": "2027-01-03", "to": "2027-01-01"}]}, "不合理"),
    ],
)
def test_a_faulty_notice_is_refused(change: dict, message: str):
    with pytest.raises(CalendarError, match=message):
        calendars.parse(GOOD | change)


def test_a_notice_may_be_two_plain_lists():
    decree = calendars.parse(GOOD | {"days_off": ["2027-01-01"], "make_up_days": ["2027-01-09"]})
    calendar = calendars.as_known([decree], datetime(2027, 1, 1, tzinfo=UTC))
    assert calendar.is_rest(date(2027, 1, 1))
    assert calendar.is_working(date(2027, 1, 9))
    assert calendar.occasion(date(2027, 1, 9)) == "节假日"
