"""批准延期 (A4): by a leader, before the limit, within the cap; counted on from sixty days and rolled once."""

import pytest

from domain.errors import Invalid
from domain.petition import events
from domain.petition.commands import GrantExtension
from domain.petition.events import ExtensionRequested
from tests.builders import a_head, a_petition, in_handling, leader, on
from tests.spec import given, open_in, who_may

COMMAND = GrantExtension(30)
ASKED = in_handling("2026-07-09").extension_requested(30, on="2026-08-31")


def test_a4_only_a_leader_grants():
    assert who_may(ASKED, COMMAND) == {"leader"}
    given(ASKED).when(COMMAND, a_head).refused("petition.not_yours")


def test_a4_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


def test_a4_the_days_are_added_first_and_the_last_day_rolls_once():
    assert ASKED.due("finish") == "2026-09-07"
    story = given(ASKED).when(COMMAND, leader, on="2026-09-01").then(events.ExtensionGranted, days=30)
    clock = story.clock("finish")
    assert (clock.nominal_due_on, clock.due_on) == (on("2026-10-07"), on("2026-10-08"))
    assert clock.days_extended == 30


def test_a4_a_roll_before_the_extension_gives_no_day_away():
    asked = in_handling("2026-08-05").extension_requested(30, on="2026-10-08")
    story = given(asked).when(COMMAND, leader, on="2026-10-08").then(events.ExtensionGranted)
    assert story.due("finish") == "2026-11-03"  # 4 October + 30, not 8 October + 30


def test_a4_granted_on_the_due_date_is_fine_and_a_day_later_is_refused():
    given(ASKED).when(COMMAND, leader, on="2026-09-07").then(events.ExtensionGranted)
    late = given(ASKED).when(COMMAND, leader, on="2026-09-08")
    late.refused("petition.extension_too_late", basis="第三十四条")


@pytest.mark.parametrize("days", [31, 32, 90])
def test_a4_no_grant_over_thirty_days(days):
    refusal = given(ASKED).when(GrantExtension(days), leader, on="2026-09-01")
    assert refusal.refused("petition.extension_over_cap", basis="第三十四条").details["cap"] == 30


def test_a4_fewer_days_than_asked_may_be_granted():
    story = (
        given(ASKED).when(GrantExtension(10), leader, on="2026-09-01").then(events.ExtensionGranted, days=10)
    )
    assert story.due("finish") == "2026-09-17"


@pytest.mark.parametrize("days", [0, -30])
def test_a4_at_least_one_day(days):
    with pytest.raises(Invalid) as refused:
        GrantExtension(days)
    assert refused.value.code == "petition.days_not_positive"


def test_a4_nothing_is_granted_unasked_or_twice():
    given(in_handling()).when(COMMAND, leader).refused("petition.no_extension_request")
    granted = in_handling("2026-07-09").extended(on="2026-09-01")
    given(granted).when(COMMAND, leader, on="2026-09-02").refused("petition.no_extension_request")
    refused = in_handling().extension_requested().extension_refused()
    given(refused).when(COMMAND, leader).refused("petition.no_extension_request")


def test_a4_not_before_it_was_asked():
    early = GrantExtension(30, on=on("2026-08-30"))
    given(ASKED).when(early, leader, on="2026-09-01").refused("date.before_antecedent")


def test_a3_extending_the_handling_moves_no_date_that_the_assigner_set():
    assigned = a_petition("2026-07-09").assigned(due_on="2026-08-31").accepted()
    story = assigned.extended(30, on="2026-08-20")
    assert story.due("finish") == "2026-10-08"
    assert story.due("assigned-report") == "2026-08-31"


def test_a4_nobody_grants_what_they_asked_for_themselves():
    asked = in_handling("2026-07-09").add(
        ExtensionRequested, leader, "2026-08-31", days=30, reason="代行承办单位负责人时提出"
    )
    given(asked).when(COMMAND, leader, on="2026-09-01").refused("petition.own_request")
