"""预警计划 (C3): every step of every clock an organ answers for, each once, and to whom.

The plan knows no today: whoever sweeps, on whichever day and however late, raises the steps whose day has come.
"""

from dataclasses import replace as replaced

import pytest
from msgspec.structs import replace

from domain.alerts.plan import PlannedAlert, planned, recipients
from domain.directory.fold import Directory
from domain.petition.events import Against, Transferred
from domain.petition.kind import KIND
from domain.petition.situation import clocks_of
from domain.rules.signals import steps
from tests.builders import (
    DIRECTORY,
    RULEBASE,
    Story,
    a_clerk,
    a_petition,
    act,
    answered,
    at,
    b_clerk,
    in_handling,
    known,
    on,
    under_reexamination,
    with_unit,
)

STEPS = ["due_soon_5", "due_soon_2", "due", "overdue", "escalated_1"]


def plan(story: Story, clock: str | None = None) -> list[PlannedAlert]:
    """What there is still to raise, of one clock or of all."""
    rules = known()
    found = planned(story.petition, story.clocks(), rules.books, rules.calendar)
    return [item for item in found if clock in {None, item.clock.clock}]


def dated(story: Story, clock: str) -> list[tuple[str, str]]:
    """The steps of a clock and their days."""
    return [(item.step.id, item.fire_on.isoformat()) for item in plan(story, clock)]


def told(story: Story, clock: str, step: str, directory: Directory = DIRECTORY) -> set[str]:
    """Who is told of a step."""
    item = next(item for item in plan(story, clock) if item.step.id == step)
    return set(recipients(KIND, story.petition, item.clock, item.step, directory, on("2026-03-02")))


class TestSteps:
    def test_five_steps_around_the_due_date(self):
        assert dated(in_handling("2026-01-05"), "finish") == [
            ("due_soon_5", "2026-02-28"),  # a Saturday that works
            ("due_soon_2", "2026-03-04"),
            ("due", "2026-03-06"),
            ("overdue", "2026-03-07"),
            ("escalated_1", "2026-03-11"),
        ]

    def test_over_national_day(self):
        assert dated(in_handling("2026-08-05"), "finish") == [
            ("due_soon_5", "2026-09-23"),
            ("due_soon_2", "2026-09-29"),
            ("due", "2026-10-08"),
            ("overdue", "2026-10-09"),
            ("escalated_1", "2026-10-12"),  # 9, 10 (a Saturday that works), 12 October
        ]

    def test_a_short_clock_has_no_step_on_or_before_its_start(self):
        steps = [
            step
            for step, _ in dated(a_petition("2026-03-02", rulebook="letters-cppcc").instructed(), "pass-on")
        ]
        assert steps == ["due", "overdue", "escalated_1"]

    def test_a_window_is_told_before_it_ends_and_nobody_is_late_with_it(self):
        assert [step for step, _ in dated(with_unit("2026-03-02"), "object")] == ["due_soon_2", "due"]

    def test_a_documents_reminder_replaces_the_common_one(self):
        story = with_unit("2026-03-02", rulebook="documents", limit_class="ordinary")
        assert dated(story, "ordinary")[1] == ("due_soon_2", "2026-03-12")
        assert told(story, "ordinary", "due_soon_2") == {"a-clerk"}

    def test_petitioners_windows_are_never_alerted(self):
        assert {item.clock.clock for item in plan(answered())} == set()
        assert {item.clock.clock for item in plan(under_reexamination())} == {"reexamination"}

    @pytest.mark.parametrize(
        "story",
        [
            pytest.param(answered().signed_off(), id="signed off"),
            pytest.param(in_handling().withdrawn(), id="withdrawn"),
            pytest.param(a_petition().forwarded(), id="forwarded"),
            pytest.param(
                under_reexamination().hearing_opened(about="reexamination"), id="suspended by a hearing"
            ),
        ],
    )
    def test_a_clock_that_does_not_run_is_silent(self, story: Story):
        assert plan(story) == []


class TestEachOnce:
    def test_what_was_raised_is_not_planned_again(self):
        story = in_handling("2026-01-05")
        for raised, (step, day) in enumerate(dated(story, "finish"), 1):
            story = story.alerted("finish", step, on=day)
            assert [s for s, _ in dated(story, "finish")] == STEPS[raised:]

    def test_the_id_is_the_same_whoever_plans(self):
        story = in_handling("2026-01-05")
        assert [item.alert_id for item in plan(story)] == [item.alert_id for item in plan(story)]
        assert len({item.alert_id for item in plan(story)}) == len(plan(story))

    def test_after_a_downtime_every_missed_step_stands_on_its_own(self):
        missed = [
            item for item in plan(in_handling("2026-01-05"), "finish") if item.fire_on <= on("2026-11-22")
        ]
        assert [item.step.id for item in missed] == STEPS
        assert {item.covers for item in missed} == {()}

    def test_a_moved_due_date_is_armed_anew(self):
        story = in_handling("2026-07-09").alerted("finish", "due_soon_5", on="2026-08-31")
        moved = story.extended(30, on="2026-09-01")
        assert dated(moved, "finish")[0] == ("due_soon_5", "2026-09-23")
        assert [step for step, _ in dated(moved, "finish")] == STEPS
        old = {item.alert_id for item in plan(in_handling("2026-07-09"), "finish")}
        assert not old & {item.alert_id for item in plan(moved, "finish")}

    def test_a_new_round_is_armed_anew(self):
        first = in_handling("2026-01-05").alerted("finish", "due", on="2026-03-06")
        again = first.replied("2026-03-09").served().signed_off().reopened("2026-03-10")
        assert [step for step, _ in dated(again, "finish")] == STEPS

    def test_the_next_unit_is_alerted_on_its_own_clock(self):
        story = (
            with_unit("2026-03-02")
            .objected("2026-03-04")
            .handed_back("2026-03-05")
            .transferred("unit-b", "2026-03-09")
        )
        assert {item.clock.unit for item in plan(story)} == {"unit-b"}
        assert dated(story, "notify")[2] == ("due", "2026-03-24")


class TestMovedByRules:
    """A date that a notice brings forward: steps that are past by then come as one, the latest, naming the others."""

    def steps(self, entered: str, *off: str) -> list[tuple[str, str, tuple[str, ...]]]:
        """Of a limit that ends on 20 March while 17 to 19 March are off, and on the 17th once they aren't."""
        shipped = next(one for one in RULEBASE.decrees if one.year == 2026 and len(one.days_off) > 20)
        closed = shipped.days_off | {on("2026-03-17"), on("2026-03-18"), on("2026-03-19")}
        first = replaced(shipped, published_at=at("2026-02-02"), days_off=closed)
        second = replaced(
            shipped,
            published_at=at("2026-03-03"),
            entered_at=at(entered),
            days_off=shipped.days_off | {on(day) for day in off},
        )
        rules = RULEBASE.with_decree(first).with_decree(second).known(at("2026-06-01"))
        story = with_unit("2026-03-02")
        clocks = [one for one in clocks_of(story.facts, story.petition, rules) if one.clock == "notify"]
        found = planned(story.petition, clocks, rules.books, rules.calendar)
        return [(item.step.id, item.fire_on.isoformat(), item.covers) for item in found]

    def test_c3_what_had_passed_when_the_notice_was_entered_is_one_alert(self):
        found = self.steps("2026-03-16")
        assert found[0] == ("due_soon_2", "2026-03-13", ("due_soon_5",))
        assert [step for step, _, _ in found] == STEPS[1:]

    def test_c3_even_where_the_limit_is_over_by_then(self):
        assert self.steps("2026-03-23") == [("escalated_1", "2026-03-20", tuple(STEPS[:-1]))]

    def test_entered_in_time_every_step_comes_on_its_own_day(self):
        found = self.steps("2026-03-03")
        assert [(step, covers) for step, _, covers in found] == [(step, ()) for step in STEPS]

    def test_a_notice_that_leaves_the_date_alone_gathers_nothing(self):
        found = self.steps("2026-06-01", "2026-03-17", "2026-03-18", "2026-03-19")
        assert [(step, covers) for step, _, covers in found] == [(step, ()) for step in STEPS]

    def test_c2_a_version_that_shortens_a_running_limit_gathers_what_had_passed_too(self):
        book = next(one for one in RULEBASE.rulebooks if one.id == "petition-2022")
        shorter = tuple(replaced(one, length=8) if one.clock == "notify" else one for one in book.clocks)
        version = replaced(
            book,
            version="9",
            clocks=shorter,
            running_clocks_move=True,
            in_force_from=on("2026-03-05"),
            published_at=at("2026-03-04"),
            entered_at=at("2026-03-11"),
        )
        rules = RULEBASE.with_rulebook(version).known(at("2026-06-01"))
        story = with_unit("2026-03-02")
        clocks = [one for one in clocks_of(story.facts, story.petition, rules) if one.clock == "notify"]
        assert [(one.rulebook_version, one.due_on) for one in clocks] == [("9", on("2026-03-10"))]
        found = planned(story.petition, clocks, rules.books, rules.calendar)
        assert [(item.step.id, item.covers) for item in found] == [
            ("due", ("due_soon_5", "due_soon_2")),
            ("overdue", ()),
            ("escalated_1", ()),
        ]


def test_c3_the_date_itself_and_the_escalation_tell_not_all_whom_the_step_before_tells():
    """So one of them that falls on the very day doesn't stand for the one that was missed, and both are raised."""
    told_by = {step.id: set(step.recipients) for step in steps()}
    assert told_by["due_soon_2"] - told_by["due"] == {"instructing_leader"}
    assert told_by["overdue"] - told_by["escalated_1"] == {"handler", "office"}


class TestBackdated:
    """An entry of today may be due at once, or long past: one alert stands for the steps nobody could have seen."""

    def test_entered_a_week_before_the_due_date_only_what_is_still_to_come_is_raised(self):
        story = a_petition("2026-03-02").add(
            Transferred, a_clerk, "2026-03-02", recorded="2026-03-16", to_unit="unit-a"
        )
        found = plan(story, "notify")
        assert [(item.step.id, item.covers) for item in found] == [
            ("due_soon_2", ("due_soon_5",)) if item.step.id == "due_soon_2" else (item.step.id, ())
            for item in found
        ]
        assert [item.step.id for item in found] == ["due_soon_2", "due", "overdue", "escalated_1"]

    def test_entered_after_the_due_date_the_overdue_step_covers_those_towards_it(self):
        story = a_petition("2026-03-02").add(
            Transferred, a_clerk, "2026-03-02", recorded="2026-03-20", to_unit="unit-a"
        )
        found = plan(story, "notify")
        assert [(item.step.id, item.covers) for item in found] == [
            ("overdue", ("due_soon_5", "due_soon_2", "due")),
            ("escalated_1", ()),
        ]

    def test_entered_long_after_both_late_steps_stand_on_their_own(self):
        story = a_petition("2026-03-02").add(
            Transferred, a_clerk, "2026-03-02", recorded="2026-06-01", to_unit="unit-a"
        )
        assert [item.step.id for item in plan(story, "notify")] == ["overdue", "escalated_1"]

    def test_an_extension_entered_late_covers_what_had_passed_by_then(self):
        story = in_handling("2026-01-05").extended(3, on="2026-03-05", recorded="2026-03-09")
        assert story.due("finish") == "2026-03-09"
        found = plan(story, "finish")
        assert [(item.step.id, item.covers) for item in found] == [
            ("due_soon_2", ("due_soon_5",)),
            ("due", ()),
            ("overdue", ()),
            ("escalated_1", ()),
        ]


class TestRecipients:
    @pytest.mark.parametrize(
        ("step", "expected"),
        [
            ("due_soon_5", {"handler", "a-clerk", "inspector"}),
            ("due_soon_2", {"handler", "a-clerk", "a-head", "inspector"}),
            ("due", {"handler", "a-clerk", "a-head", "inspector"}),
            ("overdue", {"handler", "a-clerk", "a-head", "clerk", "head", "inspector"}),
            ("escalated_1", {"a-clerk", "a-head", "inspector", "leader"}),
        ],
    )
    def test_the_unit_and_the_inspector_and_who_is_above_them(self, step: str, expected: set[str]):
        assert told(in_handling("2026-01-05"), "finish", step) == expected

    def test_the_office_is_told_of_its_own_clock(self):
        assert told(a_petition(), "route", "due_soon_5") == {"clerk", "inspector"}
        assert told(a_petition(), "route", "due") == {"clerk", "head", "inspector"}

    def test_a_unit_without_a_clerk_is_told_through_its_head_and_one_without_either_through_the_unit_above(
        self,
    ):
        story = with_unit("2026-03-02")
        without_clerk = {id: one for id, one in DIRECTORY.officers.items() if id != "a-clerk"}
        assert told(story, "notify", "due_soon_5", directory=replace(DIRECTORY, officers=without_clerk)) == {
            "a-head",
            "inspector",
        }
        nobody = {id: one for id, one in without_clerk.items() if id != "a-head"}
        under_b = DIRECTORY.units | {"unit-a": replace(DIRECTORY.units["unit-a"], parent="unit-b")}
        above = replace(DIRECTORY, officers=nobody, units=under_b)
        assert told(story, "notify", "due_soon_5", directory=above) == {"b-clerk", "inspector"}
        assert KIND.may_read(story.petition, above, act(b_clerk, "2026-03-02"))
        assert not KIND.may_read(story.petition, DIRECTORY, act(b_clerk, "2026-03-02"))
        assert told(story, "notify", "due", directory=above) == {"b-clerk", "b-head", "inspector"}

    def test_who_noted_a_matter_of_the_main_books_is_not_reminded(self):
        assert "leader" not in told(in_handling("2026-01-05").instructed(), "finish", "due_soon_2")
        document = with_unit("2026-03-02", rulebook="documents", limit_class="ordinary").instructed()
        assert "leader" in told(document, "ordinary", "due_soon_2")

    def test_the_review_organs_clock_goes_to_the_office(self):
        assert told(answered().review_requested(), "review", "due_soon_5") >= {"clerk", "inspector"}

    def test_the_unit_that_gave_the_case_back_is_told_no_more(self):
        story = with_unit("2026-03-02").objected().handed_back().transferred("unit-b")
        assert told(story, "notify", "due") == {"b-head", "b-clerk", "inspector"}

    def test_a13_an_accused_officer_is_never_told(self):
        for accused in ("a-head", "赵一"):
            story = in_handling("2026-01-05", category="accusation", against=(Against(person=accused),))
            assert "a-head" not in told(story, "notify", "due")
            assert "a-clerk" in told(story, "notify", "due")

    def test_a13_an_accused_unit_is_never_told(self):
        story = in_handling("2026-01-05", category="accusation", against=(Against(unit="清江区住建局"),))
        assert told(story, "notify", "due") == {"head"}

    def test_c3_when_all_who_would_be_told_are_accused_somebody_else_is(self):
        accused = (Against(unit="清江区住建局"), Against(person="head"))
        story = in_handling("2026-01-05", category="accusation", against=accused)
        assert told(story, "notify", "due") == {"auditor"}
        assert told(story.proposed(), "notify", "due") == {"leader", "auditor"}

    def test_a_complaint_that_is_no_accusation_hides_nothing(self):
        story = in_handling("2026-01-05", against=(Against(person="赵一"),))
        assert "a-head" in told(story, "notify", "due")

    def test_nobody_is_told_twice(self):
        item = plan(in_handling("2026-01-05"), "finish")[3]
        found = recipients(KIND, in_handling().petition, item.clock, item.step, DIRECTORY, on("2026-03-02"))
        assert len(found) == len(set(found))
