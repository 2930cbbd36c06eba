"""督查时限 (B3–B7, B11, B13): the clocks of an item over real holidays.

2026: Spring Festival 15–23 February (the 14th and the 28th are worked), Mid-Autumn 25–27 September (the 20th is
worked), National Day 1–7 October (10 October is worked), Qingming 4–6 April, Labour Day 1–5 May (9 May is worked).
"""

import pytest

from domain.supervision.commands import GrantExtension
from domain.supervision.events import ExtensionGranted
from tests.builders import a_head, inspector, leader, on
from tests.items import a_document, a_meeting_decision, approved, deputy, handled, with_result
from tests.spec import given

UNIT_LIMITS = [
    # the item's limit → the unit's, three working days before it
    ("2026-04-30", "2026-04-27"),
    ("2026-02-24", "2026-02-12"),  # 14 (worked), 13 and 12 February
    ("2026-02-25", "2026-02-13"),  # 24, 14, 13
    ("2026-03-02", "2026-02-26"),  # Saturday the 28th is worked: 28, 27, 26
    ("2026-10-08", "2026-09-28"),  # 30, 29, 28 September
    ("2026-10-12", "2026-10-08"),  # Saturday the 10th is worked: 10, 9, 8
    ("2026-09-28", "2026-09-22"),  # 24, 23, 22: Mid-Autumn
    ("2026-09-22", "2026-09-18"),  # 21, Sunday the 20th is worked, 18
    ("2026-10-04", "2026-09-28"),  # a limit within the holidays
]


class TestItemAndUnits:
    @pytest.mark.parametrize(("item", "unit"), UNIT_LIMITS)
    def test_b3_a_unit_has_until_three_working_days_before_the_items_limit(self, item, unit):
        story = handled("2026-01-05", item)
        assert story.due("item") == item  # a date that is set doesn't move to a working day
        assert story.due("unit-limit") == unit

    def test_b3_unless_it_was_set(self):
        story = approved("2026-01-05", "2026-02-24").issued().allocated(unit_due_on="2026-02-20")
        assert story.due("unit-limit") == "2026-02-20"

    def test_b3_each_unit_has_a_clock_of_its_own(self):
        story = handled("2026-03-02", "2026-04-30", "unit-b", "petition-office").result(
            "unit-b", on="2026-03-05"
        )
        states = {c.part: c.state for c in story.clocks() if c.clock == "unit-limit"}
        assert states == {"unit-a": "running", "unit-b": "stopped", "petition-office": "running"}

    def test_b1_the_items_limit_runs_from_the_issue_to_the_sign_off(self):
        story = with_result("2026-03-02").vetted().signed_off(on="2026-05-06")
        clock = story.clock("item")
        assert (clock.started_on, clock.stopped_on, clock.state) == (
            on("2026-03-02"),
            on("2026-05-06"),
            "stopped",
        )
        assert clock.due_on < clock.stopped_on

    def test_b1_it_is_the_leads(self):
        story = handled("2026-03-02", "2026-04-30", "unit-b").objected()
        assert story.clock("item").unit == "unit-a"
        assert story.settled(True, to_unit="unit-b").clock("item").unit == "unit-b"

    def test_b1_let_off_by_its_lead_it_is_the_opening_departments_until_allocated_again(self):
        story = handled().objected().settled(True)
        assert story.clock("item").unit == "supervision"
        assert story.allocated("unit-b").clock("item").unit == "unit-b"

    def test_b5_an_amended_limit_is_the_one_that_counts(self):
        story = (
            approved().countersigned(by=deputy, approve=False).amended(due_on=on("2026-05-29")).submitted()
        )
        assert story.instructed().issued().due("item") == "2026-05-29"


class TestObjection:
    @pytest.mark.parametrize(
        ("allocated", "due"),
        [("2026-02-12", "2026-02-14"), ("2026-02-13", "2026-02-24"), ("2026-09-24", "2026-09-29"), ("2026-09-30", "2026-10-09")],
    )  # fmt: skip
    def test_b3_two_working_days_from_the_allocation(self, allocated, due):
        story = approved("2026-01-05", "2026-12-31").issued().allocated(on=allocated)
        assert story.due("objection") == due
        assert story.clock("objection").window

    def test_b3_who_reports_on_the_task_has_taken_it(self):
        assert handled().reported().clock("objection").state == "cancelled"

    def test_b3_the_successor_has_two_days_too(self):
        story = (
            handled("2026-02-02").objected(on="2026-02-13").settled(True, to_unit="unit-b", on="2026-02-13")
        )
        assert story.clock("objection", part="unit-b").due_on == on("2026-02-24")


class TestExtension:
    @pytest.mark.parametrize(
        ("asked", "due"),
        [("2026-02-12", "2026-02-24"), ("2026-09-28", "2026-10-08"), ("2026-09-18", "2026-09-22")],
    )
    def test_b5_answered_within_three_working_days(self, asked, due):
        story = handled("2026-01-05", "2026-12-31").asked(on=asked, expected_on="2026-12-30")
        clock = story.clock("extension-answer")
        assert (clock.due_on, clock.unit) == (on(due), "supervision")

    def test_b5_passing_it_up_is_no_answer(self):
        story = handled().asked(on="2026-03-05").passed_up().passed_up("inspector")
        assert story.clock("extension-answer").state == "running"
        assert story.granted(on="2026-03-09", by=leader).clock("extension-answer").stopped_on == on(
            "2026-03-09"
        )

    def test_b5_each_unit_is_answered(self):
        two = handled("2026-03-02", "2026-04-30", "unit-b").designated("unit-b")
        story = (
            two.asked(on="2026-03-05").asked("unit-b", on="2026-03-06").passed_up().granted(on="2026-03-06")
        )
        assert story.clock("extension-answer", part="unit-a").state == "stopped"
        assert story.clock("extension-answer", part="unit-b").due_on == on("2026-03-11")

    def test_b5_let_off_nobody_waits_for_an_answer(self):
        story = handled().asked().objected().settled(True)
        assert story.clock("extension-answer").state == "cancelled"

    def test_b5_the_leader_moves_the_items_limit_too(self):
        story = handled().asked().passed_up().passed_up("inspector")
        moved = story.granted("2026-05-20", item_due_on="2026-05-20", by=leader)
        assert (moved.due("unit-limit"), moved.due("item")) == ("2026-05-20", "2026-05-20")
        assert moved.clock("item").state == "running"


class TestReview:
    @pytest.mark.parametrize(
        ("submitted", "due"),
        [("2026-02-12", "2026-02-26"), ("2026-09-24", "2026-10-09"), ("2026-09-18", "2026-09-24")],
    )
    def test_b7_within_five_working_days(self, submitted, due):
        story = handled("2026-01-05", "2026-12-31").result(on=submitted)
        clock = story.clock("result-review")
        assert (clock.due_on, clock.unit) == (on(due), "supervision")

    def test_b7_from_the_leads_result_not_the_assistants(self):
        story = handled("2026-03-02", "2026-04-30", "unit-b").result("unit-b", on="2026-03-05")
        assert "result-review" not in {c.clock for c in story.clocks()}
        assert story.result(on="2026-03-09").clock("result-review").started_on == on("2026-03-09")

    def test_b7_it_ends_with_what_becomes_of_the_result(self):
        result = handled().result(on="2026-03-05").vetted(on="2026-03-06")
        assert result.to_leader().clock("result-review").state == "running"
        for ended in (
            result.signed_off(on="2026-03-09"),
            result.sent_back(on="2026-03-09"),
            result.to_superior(on="2026-03-09"),
        ):
            assert ended.clock("result-review").stopped_on == on("2026-03-09")

    def test_b7_the_redo_has_the_date_set_and_the_next_round_its_own_review(self):
        story = (
            handled().result(on="2026-03-05").sent_back("2026-03-20", on="2026-03-06").result(on="2026-03-18")
        )
        assert (story.due("redo"), story.clock("redo").stopped_on) == ("2026-03-20", on("2026-03-18"))
        assert [c.state for c in story.clocks() if c.clock == "result-review"] == ["stopped", "running"]


class TestCadence:
    def test_b4_a_quarters_self_check_is_due_five_working_days_before_its_end(self):
        story = handled("2026-01-05", "2026-12-31", cadence="quarterly")
        found = {c.part: c.due_on.isoformat() for c in story.clocks() if c.clock == "cadence"}
        assert found == {
            "unit-a/2026Q1": "2026-03-24",
            "unit-a/2026Q2": "2026-06-23",
            "unit-a/2026Q3": "2026-09-22",  # 29, 28, 24, 23, 22: Mid-Autumn
            "unit-a/2026Q4": "2026-12-24",
        }

    def test_b4_half_years_and_months_end_with_their_last_day(self):
        halves = handled("2026-01-05", "2026-12-31", cadence="half_yearly")
        found = {c.part: c.due_on.isoformat() for c in halves.clocks() if c.clock == "cadence-half-year"}
        assert found == {"unit-a/2026H1": "2026-06-30", "unit-a/2026H2": "2026-12-31"}
        months = handled("2026-01-05", "2026-04-15", cadence="monthly")
        found = {c.part: c.due_on.isoformat() for c in months.clocks() if c.clock == "cadence-month"}
        assert found == {
            "unit-a/2026-01": "2026-01-31",
            "unit-a/2026-02": "2026-02-28",
            "unit-a/2026-03": "2026-03-31",
        }

    def test_b4_a_period_starts_with_its_first_day_or_the_allocation(self):
        story = handled("2026-02-10", "2026-12-31", cadence="quarterly")
        assert story.clock("cadence", part="unit-a/2026Q1").started_on == on("2026-02-10")
        assert story.clock("cadence", part="unit-a/2026Q2").started_on == on("2026-04-01")

    @pytest.mark.parametrize(
        ("allocated", "first"), [("2026-03-22", "2026Q1"), ("2026-03-23", "2026Q2"), ("2026-03-31", "2026Q2")]
    )
    def test_b4_no_self_check_is_owed_for_a_quarter_as_good_as_over(self, allocated, first):
        story = approved("2026-01-05", "2026-12-31", cadence="quarterly").issued().allocated(on=allocated)
        assert min(c.part for c in story.clocks() if c.clock == "cadence") == f"unit-a/{first}"

    def test_b4_each_report_ends_the_clock_of_its_period_alone(self):
        story = handled("2026-01-05", "2026-12-31", cadence="quarterly").reported(
            on="2026-03-20", period="2026Q1"
        )
        states = {c.part: c.state for c in story.clocks() if c.clock == "cadence"}
        assert states["unit-a/2026Q1"] == "stopped"
        assert states["unit-a/2026Q2"] == "running"

    def test_b4_each_unit_reports(self):
        story = handled("2026-01-05", "2026-06-30", "unit-b", cadence="half_yearly").reported(period="2026H1")
        states = {c.part: c.state for c in story.clocks() if c.clock == "cadence-half-year"}
        assert states == {"unit-a/2026H1": "stopped", "unit-b/2026H1": "running"}

    def test_b4_a_limit_moved_on_brings_further_periods(self):
        story = (
            handled("2026-01-05", "2026-04-30", cadence="quarterly")
            .asked()
            .passed_up()
            .passed_up("inspector")
        )
        moved = story.granted("2026-09-30", item_due_on="2026-09-30", by=leader)
        assert [c.part for c in story.clocks() if c.clock == "cadence"] == ["unit-a/2026Q1"]
        assert [c.part for c in moved.clocks() if c.clock == "cadence"] == [
            "unit-a/2026Q1",
            "unit-a/2026Q2",
            "unit-a/2026Q3",
        ]

    def test_b4_the_result_ends_them_and_a_send_back_begins_them_again(self):
        story = handled("2026-01-05", "2026-12-31", cadence="quarterly").result(on="2026-02-02", by=a_head)
        assert {c.state for c in story.clocks() if c.clock == "cadence"} == {"cancelled"}
        again = story.sent_back("2026-03-31", on="2026-02-03")
        running = [c.part for c in again.clocks() if c.clock == "cadence" and c.state == "running"]
        assert running == ["unit-a/2026Q1", "unit-a/2026Q2", "unit-a/2026Q3", "unit-a/2026Q4"]


class TestDocuments:
    @pytest.mark.parametrize(
        ("limit_class", "due"),
        [
            ("read", "2026-02-24"),
            ("incoming", "2026-02-28"),
            ("ordinary", "2026-03-04"),
            ("street", "2026-03-11"),
        ],
    )
    def test_b11_three_seven_ten_fifteen_working_days_from_the_units_receipt(self, limit_class, due):
        story = a_document(limit_class, "2026-02-12").submitted().instructed().allocated()
        clock = story.clock(limit_class)
        assert (clock.due_on, clock.unit, clock.part) == (on(due), "unit-a", "unit-a")

    def test_b11_until_then_it_is_the_opening_departments_from_the_receipt(self):
        story = a_document("read", "2026-02-14", received_on=on("2026-02-12"))
        clock = story.clock("read")
        assert (clock.started_on, clock.due_on, clock.unit) == (
            on("2026-02-12"),
            on("2026-02-24"),
            "supervision",
        )
        assert story.submitted().instructed().allocated().clocks()[0].state == "cancelled"

    def test_b11_each_units_ends_with_its_result(self):
        story = (
            a_document()
            .submitted()
            .instructed()
            .allocated("unit-a", "unit-b")
            .result("unit-b", on="2026-03-05")
        )
        states = {c.part: c.state for c in story.clocks() if c.clock == "ordinary" and c.part}
        assert states == {"unit-a": "running", "unit-b": "stopped"}

    def test_b11_the_leaders_note_is_passed_on_the_same_day(self):
        noted = a_document().submitted(leader, deputy).instructed(on="2026-03-04")
        assert "dispatch" not in {c.clock for c in noted.clocks()}
        both = noted.countersigned(on="2026-03-05")
        assert both.due("dispatch") == "2026-03-05"
        late = both.allocated(on="2026-03-06")
        assert late.clock("dispatch").stopped_on == on("2026-03-06")

    def test_b11_objection_extension_and_review_are_as_for_every_item(self):
        story = a_document().submitted().instructed().allocated().designated().asked(limit="ordinary")
        assert story.due("objection") == "2026-03-04"
        assert story.due("extension-answer") == "2026-03-05"
        assert story.result().due("result-review") == "2026-03-09"

    def test_b11_a_date_of_its_own_binds_beside_the_class(self):
        story = a_document(due_on="2026-03-31").submitted().instructed().allocated()
        assert story.due("item") == "2026-03-31"
        assert story.due("unit-limit") == "2026-03-26"
        assert story.due("ordinary") == "2026-03-16"
        asked = story.designated().asked(limit="ordinary").passed_up()
        moved = given(asked).when(GrantExtension(on("2026-03-30")), inspector).then(ExtensionGranted)
        assert (moved.due("ordinary"), moved.due("unit-limit")) == ("2026-03-30", "2026-03-30")
        less = given(asked).when(GrantExtension(on("2026-03-20")), inspector).then(ExtensionGranted)
        assert (less.due("ordinary"), less.due("unit-limit")) == ("2026-03-20", "2026-03-26")
        assert "item" not in {c.clock for c in a_document().submitted().instructed().allocated().clocks()}


def test_b13_a_meetings_decision_has_the_clocks_of_an_item():
    story = a_meeting_decision().submitted().instructed().issued().allocated()
    assert {c.clock for c in story.clocks()} == {"item", "unit-limit", "objection"}
