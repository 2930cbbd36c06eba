"""申请延期 (A4): once, at most thirty days, asked before the limit, with the reason."""

import pytest

from domain.errors import Invalid
from domain.petition import events
from domain.petition.commands import RequestExtension
from tests.builders import (
    UNIT_A,
    a_officer,
    handler,
    in_handling,
    on,
)
from tests.spec import given, open_in, who_may

COMMAND = RequestExtension(30, "案情复杂")


def test_a4_the_holding_unit_or_the_handler_asks():
    assert who_may(in_handling(), COMMAND) == UNIT_A | {"handler"}
    given(in_handling()).when(COMMAND, a_officer).refused("petition.unknown")


def test_a4_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


def test_a4_asking_moves_no_date():
    story = given(in_handling("2026-01-05")).when(COMMAND, handler, on="2026-02-02")
    asked = story.then(events.ExtensionRequested, days=30, reason="案情复杂")
    assert asked.due("finish") == "2026-03-06"


@pytest.mark.parametrize(
    ("accepted", "last_day", "day_after"),
    [
        ("2026-01-05", "2026-03-06", "2026-03-07"),
        ("2026-08-05", "2026-10-08", "2026-10-09"),  # the last day rolls over National Day
        ("2026-02-24", "2026-04-27", "2026-04-28"),  # 25 April is a Saturday
    ],
)
def test_a4_asked_on_the_due_date_is_fine_and_a_day_later_is_refused(accepted, last_day, day_after):
    story = in_handling(accepted)
    given(story).when(COMMAND, handler, on=last_day).then(events.ExtensionRequested)
    late = given(story).when(COMMAND, handler, on=day_after)
    refusal = late.refused("petition.extension_too_late", basis="第三十四条")
    assert refusal.details["due_on"] == last_day


def test_a4_a_paper_dated_in_time_and_entered_late_is_in_time():
    dated = RequestExtension(30, "案情复杂", on=on("2026-03-06"))
    given(in_handling("2026-01-05")).when(dated, handler, on="2026-03-10").then(events.ExtensionRequested)


@pytest.mark.parametrize(("days", "fine"), [(1, True), (30, True), (31, False), (60, False)])
def test_a4_at_most_thirty_days(days, fine):
    outcome = given(in_handling()).when(RequestExtension(days, "案情复杂"), handler)
    if fine:
        outcome.then(events.ExtensionRequested, days=days)
    else:
        refusal = outcome.refused("petition.extension_over_cap", basis="第三十四条")
        assert refusal.details["cap"] == 30


@pytest.mark.parametrize("days", [0, -1])
def test_a4_at_least_one_day(days):
    with pytest.raises(Invalid) as refused:
        RequestExtension(days, "案情复杂")
    assert refused.value.code == "petition.days_not_positive"


def test_a4_a_second_extension_is_refused():
    story = in_handling("2026-01-05").extended(days=10, on="2026-02-02")
    again = given(story).when(RequestExtension(10, "案情复杂"), handler, on="2026-03-02")
    again.refused("petition.already_extended", basis="第三十四条")


def test_a4_one_request_at_a_time_and_a_new_one_after_a_refusal():
    asked = in_handling().extension_requested()
    given(asked).when(COMMAND, handler).refused("petition.extension_request_open")
    given(asked.extension_refused()).when(COMMAND, handler).then(events.ExtensionRequested)


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(in_handling(category="suggestion"), id="a suggestion"),
        pytest.param(in_handling().classified(way="duty"), id="a matter led into a procedure"),
        pytest.param(in_handling(track="simplified"), id="the simplified track"),
    ],
)
def test_a4_what_has_no_extendable_limit_is_not_extended(story):
    given(story).when(COMMAND, handler).refused("petition.nothing_to_extend")


def test_a5_a_new_round_may_be_extended_again():
    first = in_handling("2026-01-05").extended(days=30, on="2026-02-02").replied("2026-03-02").served()
    redone = first.review_requested("2026-03-10").review_concluded("2026-03-20", result="redo")
    given(redone).when(COMMAND, handler, on="2026-04-01").then(events.ExtensionRequested)
    assert redone.due("finish") == "2026-05-19"


def test_a9_fifteen_days_of_a_superiors_letter_may_become_thirty():
    story = in_handling("2026-03-02", rulebook="letters-grain-bureau", channel="assigned")
    assert story.due("superior-assigned") == "2026-03-17"
    refusal = given(story).when(RequestExtension(16, "案情复杂"), handler)
    assert refusal.refused("petition.extension_over_cap", basis="粮食局").details["cap"] == 15
    given(story).when(RequestExtension(15, "案情复杂"), handler).then(events.ExtensionRequested)
