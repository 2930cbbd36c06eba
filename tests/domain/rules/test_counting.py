"""Counting a limit: each kind of clock, what suspends it, what is refused and what is provisional."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.rules import calendar as calendars
from domain.rules.calendar import Calendar
from domain.rules.counting import CannotCount, limit
from domain.rules.rulebook import Books, ClockSpec
from tests.domain.rules.specs import BACKWARDS, MONTHLY, PLAIN, SET, WORKING


def dates(found):
    return found.nominal_due_on.isoformat(), found.due_on.isoformat()


class TestKinds:
    @pytest.mark.parametrize("length", [0, 1])
    def test_the_same_day(self, calendar: Calendar, length: int):
        spec = replace(PLAIN, length=length, first_day=True, roll=False)
        assert dates(limit(spec, date(2026, 3, 6), calendar)) == ("2026-03-06", "2026-03-06")

    def test_a_dispatch_on_a_rest_day_is_due_that_very_day(self, books: Books, calendar: Calendar):
        spec = books.clock(books.version("documents", date(2026, 3, 7)), "dispatch")
        found = limit(spec, date(2026, 3, 7), calendar)
        assert dates(found) == ("2026-03-07", "2026-03-07")
        assert "末日为休息日，本时限不顺延。" in found.explanation

    def test_the_first_day_of_several(self, calendar: Calendar):
        spec = replace(PLAIN, length=7, first_day=True)
        assert dates(limit(spec, date(2026, 3, 2), calendar)) == ("2026-03-08", "2026-03-09")

    def test_receipt_on_a_rest_day_counts_from_the_next_working_day(self, calendar: Calendar):
        spec = replace(WORKING, length=1, first_day=True)
        found = limit(spec, date(2026, 2, 16), calendar)
        assert found.due_on == date(2026, 2, 24)
        assert "自下一个工作日起算" in found.explanation[0]

    @pytest.mark.parametrize(
        ("started", "length", "nominal"),
        [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-03-31", 1, "2026-04-30"),
            ("2026-03-15", 1, "2026-04-15"),
            ("2025-12-10", 1, "2026-01-10"),
            ("2025-11-30", 3, "2026-02-28"),
        ],
    )
    def test_a_month_ends_on_its_day_or_on_its_last(self, calendar, started, length, nominal):
        spec = replace(MONTHLY, length=length)
        found = limit(spec, date.fromisoformat(started), calendar)
        assert found.nominal_due_on.isoformat() == nominal

    def test_a_month_is_rolled_like_days(self, calendar: Calendar):
        assert dates(limit(MONTHLY, date(2026, 4, 2), calendar)) == ("2026-05-02", "2026-05-06")

    def test_a_date_set_stays_as_set(self, calendar: Calendar):
        found = limit(SET, date(2026, 3, 2), calendar, due_set=date(2026, 4, 5))
        assert dates(found) == ("2026-04-05", "2026-04-05")

    def test_a_date_set_rolls_where_the_rule_says_so(self, calendar: Calendar):
        found = limit(replace(SET, roll=True), date(2026, 3, 2), calendar, due_set=date(2026, 4, 5))
        assert dates(found) == ("2026-04-05", "2026-04-07")

    def test_a_date_set_can_be_extended(self, calendar: Calendar):
        found = limit(SET, date(2026, 3, 2), calendar, due_set=date(2026, 4, 8), extension_days=10)
        assert found.due_on == date(2026, 4, 18)

    def test_a_backwards_clock_may_be_set_otherwise(self, calendar: Calendar):
        found = limit(BACKWARDS, date(2026, 10, 8), calendar, due_set=date(2026, 9, 22))
        assert found.due_on == date(2026, 9, 22)

    def test_a_length_fixed_by_the_rules_outweighs_a_date_set(self, calendar: Calendar):
        found = limit(PLAIN, date(2026, 3, 2), calendar, due_set=date(2026, 3, 9))
        assert found.due_on == date(2026, 3, 17)
        assert any("不采用另行指定的2026年3月9日" in line for line in found.explanation)

    def test_an_extension_is_counted_in_the_clocks_own_days(self, calendar: Calendar):
        found = limit(WORKING, date(2026, 4, 28), calendar, extension_days=5)
        assert found.due_on == date(2026, 5, 14)

    def test_the_quarter_ends_and_the_self_check_is_due_five_working_days_before(
        self, books: Books, calendar: Calendar
    ):
        spec = books.clock(books.version("supervision", date(2026, 9, 30)), "cadence")
        assert limit(spec, date(2026, 9, 30), calendar).due_on == date(2026, 9, 22)

    def test_the_months_list_is_due_on_the_10th_even_on_a_sunday(self, books, calendar):
        spec = books.clock(books.version("negative-filing", date(2026, 4, 30)), "month-list")
        assert limit(spec, date(2026, 4, 30), calendar).due_on == date(2026, 5, 10)


class TestSuspension:
    @pytest.mark.parametrize(
        ("spans", "nominal"),
        [
            ([], "2026-03-17"),
            ([("03-10", "03-17")], "2026-03-25"),
            ([("03-10", "03-14"), ("03-12", "03-17")], "2026-03-25"),
            ([("02-20", "03-02")], "2026-03-17"),
            ([("02-20", "03-04")], "2026-03-19"),
            ([("03-17", "03-17")], "2026-03-18"),
            ([("03-18", "03-20")], "2026-03-17"),
            ([("03-16", "03-20")], "2026-03-22"),
            ([("03-10", "03-12"), ("03-19", "03-20")], "2026-03-22"),
            ([("03-10", "03-10"), ("03-19", "03-20")], "2026-03-18"),
        ],
    )
    def test_suspended_days_are_given_back_once(self, calendar, spans, nominal):
        intervals = [(date.fromisoformat(f"2026-{a}"), date.fromisoformat(f"2026-{b}")) for a, b in spans]
        found = limit(PLAIN, date(2026, 3, 2), calendar, suspensions=intervals)
        assert found.nominal_due_on.isoformat() == nominal

    def test_the_extension_comes_first(self, calendar: Calendar):
        hearing = [(date(2026, 3, 20), date(2026, 3, 22))]
        assert limit(PLAIN, date(2026, 3, 2), calendar, suspensions=hearing).due_on == date(2026, 3, 17)
        found = limit(PLAIN, date(2026, 3, 2), calendar, suspensions=hearing, extension_days=5)
        assert found.due_on == date(2026, 3, 25)

    def test_a_working_day_clock_gives_back_working_days(self, calendar: Calendar):
        hearing = [(date(2026, 3, 6), date(2026, 3, 9))]
        found = limit(WORKING, date(2026, 3, 4), calendar, suspensions=hearing)
        assert found.due_on == date(2026, 3, 13)


class TestRefusals:
    @pytest.mark.parametrize(
        ("spec", "given", "code"),
        [
            (PLAIN, {"extension_days": 31}, "petition.extension_over_cap"),
            (PLAIN, {"extension_days": -1}, "deadline.extension_negative"),
            (replace(PLAIN, extension_cap=None), {"extension_days": 1}, "deadline.extension_not_allowed"),
            (
                replace(PLAIN, extension_cap=None, extension_open=True),
                {"extension_days": 3661},
                "deadline.out_of_range",
            ),
            (
                replace(PLAIN, suspension=()),
                {"suspensions": [(date(2026, 3, 3), date(2026, 3, 4))]},
                "deadline.suspension_not_allowed",
            ),
            (
                PLAIN,
                {"suspensions": [(date(2026, 3, 4), date(2026, 3, 3))]},
                "deadline.suspension_reversed",
            ),
            (PLAIN, {"suspensions": [(date(2026, 3, 4), date.max)]}, "deadline.out_of_range"),
            (SET, {}, "deadline.date_not_set"),
        ],
    )
    def test_it_can_not_be_counted(self, calendar: Calendar, spec, given, code):
        with pytest.raises(CannotCount) as refused:
            limit(spec, date(2026, 3, 2), calendar, **given)
        assert refused.value.code == code
        assert refused.value.basis == "《试行办法》第一条"

    @pytest.mark.parametrize("spec", [PLAIN, WORKING, MONTHLY], ids=lambda spec: spec.unit)
    def test_the_end_of_time(self, calendar: Calendar, spec: ClockSpec):
        with pytest.raises(CannotCount) as refused:
            limit(spec, date(9999, 12, 30), calendar)
        assert refused.value.code == "deadline.out_of_range"

    def test_the_cap_message_names_both_numbers(self, calendar: Calendar):
        with pytest.raises(CannotCount, match=r"不得超过30日.*31日"):
            limit(PLAIN, date(2026, 3, 2), calendar, extension_days=31)

    def test_days_once_granted_stand_though_the_cap_was_lowered(self, calendar: Calendar):
        found = limit(
            replace(PLAIN, extension_cap=10), date(2026, 3, 2), calendar, extension_days=30, granted=True
        )
        assert found.due_on == date(2026, 4, 16)


class TestProvisional:
    @pytest.mark.parametrize(
        ("spec", "started", "given", "provisional"),
        [
            (PLAIN, "2026-12-16", {}, False),
            (PLAIN, "2026-12-17", {}, True),
            (replace(PLAIN, roll=False), "2026-12-30", {}, False),
            (WORKING, "2026-12-24", {}, False),
            (WORKING, "2026-12-25", {}, True),
            (replace(WORKING, first_day=True), "2026-12-25", {}, False),
            (SET, "2026-12-01", {"due_set": date(2027, 3, 1)}, False),
            (replace(SET, roll=True), "2026-12-01", {"due_set": date(2027, 3, 1)}, True),
            (BACKWARDS, "2027-01-08", {}, True),
            (BACKWARDS, "2027-01-01", {}, False),
            (BACKWARDS, "2027-01-08", {"due_set": date(2026, 12, 20)}, False),
            (PLAIN, "2006-11-01", {}, True),
        ],
    )
    def test_a_year_without_a_notice_that_took_part(self, calendar, spec, started, given, provisional):
        assert limit(spec, date.fromisoformat(started), calendar, **given).provisional is provisional

    def test_a_roll_into_the_next_year(self, calendar: Calendar):
        early = calendars.as_known(calendars.shipped(), datetime(2025, 1, 1, tzinfo=UTC))
        spec = replace(PLAIN, length=30)
        assert limit(spec, date(2025, 12, 2), early).provisional
        assert not limit(spec, date(2025, 12, 2), calendar).provisional

    def test_an_early_year_is_said_to_be_missing(self, calendar: Calendar):
        found = limit(PLAIN, date(2006, 11, 1), calendar)
        assert "2006年放假安排未收录" in found.explanation[-1]


class TestAsKnown:
    @pytest.mark.parametrize(
        ("known_on", "due"), [((2020, 1, 26), "2020-01-31"), ((2020, 1, 28), "2020-02-03")]
    )
    def test_the_same_limit_before_and_after_the_second_notice(self, books, known_on, due):
        then = calendars.as_known(calendars.shipped(), datetime(*known_on, tzinfo=UTC))
        spec = books.clock(books.version("petition-2005", date(2020, 1, 10)), "decide")
        assert limit(spec, date(2020, 1, 10), then).due_on.isoformat() == due
