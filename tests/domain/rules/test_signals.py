"""What a due date means on a day: status, light and days left; and the days on which somebody is told."""

from datetime import date

import pytest

from domain.rules import rulebook
from domain.rules.calendar import Calendar
from domain.rules.signals import AlertStep, Signal, signal, steps, steps_for

DUE = date(2026, 10, 9)


def on(day: str, calendar: Calendar, state="running", stopped=None, window=False) -> Signal:
    return signal(state, DUE, stopped, date.fromisoformat(day), calendar, window)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-09-25", Signal("running", "yellow", 14, 5)),
        ("2026-09-24", Signal("running", "yellow", 15, 5)),
        ("2026-09-23", Signal("running", "green", 16, 6)),
        ("2026-10-08", Signal("running", "yellow", 1, 1)),
        ("2026-10-09", Signal("running", "yellow", 0, 0)),
        ("2026-10-10", Signal("overdue", "red", -1, -1)),
        ("2026-10-12", Signal("overdue", "red", -3, -2)),
    ],
)
def test_a_running_clock(calendar: Calendar, day: str, expected: Signal):
    assert on(day, calendar) == expected


@pytest.mark.parametrize(
    ("stopped", "status"), [(date(2026, 10, 9), "met"), (date(2026, 10, 10), "met_late")]
)
def test_a_stopped_clock_was_met_in_time_or_late(calendar: Calendar, stopped: date, status: str):
    assert on("2026-12-01", calendar, "stopped", stopped) == Signal(status, "grey", None, None)


@pytest.mark.parametrize("state", ["suspended", "cancelled"])
def test_a_clock_that_does_not_run_is_grey(calendar: Calendar, state: str):
    assert on("2026-12-01", calendar, state) == Signal(state, "grey", None, None)


def test_a_petitioners_window_lapses_and_nobody_is_late(calendar: Calendar):
    assert on("2026-10-09", calendar, window=True).status == "running"
    assert on("2026-10-10", calendar, window=True) == Signal("cancelled", "grey", None, None)


def test_a_clock_without_a_date_can_not_be_late(calendar: Calendar):
    assert signal("running", None, None, DUE, calendar, False) == Signal("running", "green", None, None)


class TestSteps:
    def test_the_days_around_national_day(self, calendar: Calendar):
        assert steps_for(DUE, calendar) == [
            ("due_soon_5", date(2026, 9, 24)),
            ("due_soon_2", date(2026, 9, 30)),
            ("due", date(2026, 10, 9)),
            ("overdue", date(2026, 10, 10)),
            ("escalated_1", date(2026, 10, 13)),
        ]

    def test_a_short_clock_has_no_early_steps(self, calendar: Calendar):
        found = steps_for(date(2026, 3, 3), calendar, started_on=date(2026, 3, 2))
        assert [step for step, _ in found] == ["due", "overdue", "escalated_1"]

    def test_a_books_own_step_takes_the_place_of_the_common_one(self, calendar: Calendar):
        documents = next(book for book in rulebook.shipped() if book.id == "documents")
        own = {step.id: step for step in steps(documents.alerts)}
        assert own["due_soon_2"].recipients == ("handler", "unit", "instructing_leader")
        assert set(own) == {step.id for step in steps()}
        found = dict(steps_for(DUE, calendar, documents.alerts))
        assert found["due_soon_2"] == date(2026, 9, 30)

    def test_a_book_may_add_a_step_in_calendar_days(self, calendar: Calendar):
        extra = AlertStep("ten_days", "due_soon", "还有10日", -10, "day", ("unit",))
        assert dict(steps_for(DUE, calendar, [extra]))["ten_days"] == date(2026, 9, 29)

    def test_everybody_told_has_a_part_in_the_office(self):
        assert {group for step in steps() for group in step.recipients} == {
            "handler", "unit", "unit_head", "office", "inspector", "leader", "instructing_leader",
        }  # fmt: skip
