"""月清单报备 (A17): the month's "no"s go to the discipline office by the 10th of the next month."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.filing import events
from domain.filing.commands import Send
from domain.filing.kind import KIND
from tests.builders import OFFICE, OFFICERS, clerk, head, leader, on
from tests.filing_samples import LIST, Month, march
from tests.spec import given, who_may

COMMAND = Send("街道纪工委", "本月否定事项清单")


def test_a17_only_the_petition_office_sends_and_the_auditor_and_leaders_read():
    assert who_may(march(), COMMAND, on="2026-04-03") == OFFICE
    readers = {o.id for o in OFFICERS if _code(o) != "month.unknown"}
    assert readers == OFFICE | {"leader", "auditor"}


def _code(officer: Any) -> str:
    refusal = given(march()).when(COMMAND, officer, on="2026-04-03").refusal()
    return refusal.code if refusal is not None else ""


@pytest.mark.parametrize(
    ("month", "last", "due"),
    [
        ("2026-03", "2026-03-31", "2026-04-10"),
        ("2026-02", "2026-02-28", "2026-03-10"),
        ("2026-12", "2026-12-31", "2027-01-10"),  # a Sunday: a date is a date
    ],
)
def test_a17_it_is_due_on_the_tenth(month, last, due):
    story = Month(LIST).add(
        events.MonthListOpened,
        clerk,
        f"{month}-04",
        office="petition-office",
        month=month,
        number=f"XF-{month}",
    )
    clock = story.clock("month-list")
    assert (clock.started_on, clock.due_on, clock.unit) == (on(last), on(due), "petition-office")


def test_a17_not_before_the_month_is_over():
    given(march()).when(COMMAND, clerk, on="2026-03-31").refused("month.not_over", basis="第二条")
    back = Send("街道纪工委", on=on("2026-03-30"))
    given(march()).when(back, clerk, on="2026-04-01").refused("date.before_antecedent")


def test_a17_the_list_holds_every_refusal_noted_and_the_clock_stops():
    story = march().noted("2026-03-20")
    sent = given(story).when(COMMAND, head, on="2026-04-03").then(events.MonthListSent, upto=3)
    assert [one.sent_on for one in sent.state.entries] == [on("2026-04-03")] * 2
    assert (sent.stage, sent.state.closed_on) == ("sent", on("2026-04-03"))
    assert sent.clock("month-list").state == "stopped"
    given(sent).when(COMMAND, clerk).refused("month.wrong_stage")


def test_a17_what_is_noted_after_the_sending_is_sent_again():
    late = march().sent("2026-04-03").noted("2026-04-08", "2026-03-30")
    assert (late.stage, late.state.closed_on) == ("again", None)
    assert [c.state for c in late.clocks() if c.clock == "month-list"] == ["stopped", "running"]
    assert late.due("month-list") == "2026-04-10"
    again = given(late).when(COMMAND, clerk, on="2026-04-09").then(events.MonthListSent)
    assert [one.sent_on for one in again.state.entries] == [on("2026-04-03"), on("2026-04-09")]
    assert again.stage == "sent"


def test_a17_the_office_is_told_and_nobody_who_may_not_read():
    story = march()
    clock = story.clock("month-list")
    groups = {
        group: KIND.group(group, clock, story.state, story.directory) for group in ("office", "unit_head")
    }
    assert groups == {"office": ["clerk"], "unit_head": ["head"]}
    without = replace(
        story.directory, officers={id: one for id, one in story.directory.officers.items() if id != "clerk"}
    )
    assert KIND.group("office", clock, story.state, without) == ["head"]
    told = {o.id for o in OFFICERS if KIND.may_be_told(o.id, story.state, story.directory)}
    assert told == OFFICE | {leader.id, "auditor"}
    assert KIND.wardens(story.state, story.directory) == ["head"]
