"""受理 (A3, A7): by the holder, on the ordinary or the simplified track."""

import pytest

from domain.petition import events
from domain.petition.commands import Accept
from tests.builders import (
    EARLIER,
    OFFICE,
    UNIT_A,
    a_clerk,
    a_petition,
    b_clerk,
    clerk,
    on,
    reviewed,
    under_reexamination,
    with_unit,
)
from tests.spec import given, open_in, who_may

SIMPLIFIED = Accept(track="simplified")
TERMINATED = under_reexamination("2025-09-01").reexamination_concluded()


def test_a3_only_the_holding_unit_accepts():
    assert who_may(with_unit(), Accept()) == UNIT_A


def test_a3_the_office_accepts_what_it_holds_itself():
    assert who_may(a_petition(), Accept()) == OFFICE


def test_a3_before_handling_only():
    assert open_in(Accept()) == {"registered", "with_unit"}


def test_a4_sixty_days_run_from_acceptance():
    story = given(with_unit("2026-01-05")).when(Accept(), a_clerk, on="2026-01-05").then(events.Accepted)
    assert story.due("finish") == "2026-03-06"


def test_a4_the_legal_date_counts_and_not_the_day_of_the_record():
    command = Accept(on=on("2026-08-05"))
    story = given(with_unit("2026-08-03")).when(command, a_clerk, on="2026-08-10").then(events.Accepted)
    assert story.due("finish") == "2026-10-08"


def test_a3_nothing_is_accepted_before_the_unit_received_it():
    story = a_petition("2026-03-02").transferred(on="2026-03-04")
    late = given(story).when(Accept(on=on("2026-03-03")), a_clerk, on="2026-03-05")
    assert "承办单位收件日2026-03-04" in late.refused("date.before_antecedent").message
    given(story).when(Accept(on=on("2026-03-04")), a_clerk, on="2026-03-05").then(events.Accepted)


def test_a6_not_while_an_objection_is_open():
    objected = with_unit().objected()
    given(objected).when(Accept(), a_clerk).refused("petition.objection_open")
    given(objected.kept()).when(Accept(), a_clerk).then(events.Accepted)


def test_a5_the_repeat_of_a_matter_ended_by_reexamination_is_not_accepted():
    repeat = with_unit().linked_as_repeat(earlier=EARLIER)
    refusal = given(repeat, earlier=TERMINATED).when(Accept(), a_clerk)
    refusal.refused("petition.concluded_by_reexamination", basis="第三十六条第三款")
    archived = TERMINATED.archived()
    given(repeat, earlier=archived).when(Accept(), a_clerk).refused("petition.concluded_by_reexamination")


def test_a5_the_repeat_of_a_matter_still_open_or_only_reviewed_is_accepted():
    repeat = with_unit().linked_as_repeat(earlier=EARLIER)
    given(repeat, earlier=reviewed("2025-09-01")).when(Accept(), a_clerk).then(events.Accepted)
    given(repeat).when(Accept(), a_clerk).then(events.Accepted)


def test_a5_the_repeat_of_a_matter_that_reexamination_sent_back_is_accepted():
    redone = under_reexamination("2025-09-01").reexamination_concluded(result="redo")
    archived = redone.replied().served().signed_off().archived()
    repeat = with_unit().linked_as_repeat(earlier=EARLIER)
    given(repeat, earlier=archived).when(Accept(), a_clerk).then(events.Accepted)


def test_a7_a_simple_matter_takes_ten_working_days():
    story = given(with_unit("2026-04-28")).when(SIMPLIFIED, a_clerk).then(events.Accepted, track="simplified")
    assert story.due("finish") == "2026-05-14"


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(with_unit().linked_as_repeat(), id="a repeat"),
        pytest.param(a_petition().assigned(), id="assigned with report-back"),
        pytest.param(with_unit(channel="assigned"), id="assigned by a superior"),
        pytest.param(with_unit(headcount=5), id="a joint petition of many"),
    ],
)
def test_a7_the_simplified_track_is_closed_to(story):
    given(story).when(SIMPLIFIED, a_clerk).refused("petition.simplified_not_applicable", basis="简易办理")
    given(story).when(Accept(), a_clerk).then(events.Accepted, track="ordinary")


def test_a7_two_petitioners_are_no_crowd():
    given(with_unit(headcount=4)).when(SIMPLIFIED, a_clerk).then(events.Accepted, track="simplified")


def test_a3_another_units_clerk_sees_no_case():
    given(with_unit()).when(Accept(), b_clerk).refused("petition.unknown")


def test_a3_the_office_is_told_whose_act_it_is():
    assert "承办单位" in given(with_unit()).when(Accept(), clerk).refused("petition.not_yours").message


def test_a7_a_local_rule_book_without_a_limit_to_finish_has_no_simplified_track():
    local = a_petition(rulebook="letters-grain-bureau").transferred()
    given(local).when(Accept(track="simplified"), a_clerk).refused("petition.simplified_not_applicable")
    given(local).when(Accept(), a_clerk).then(events.Accepted, track="ordinary")
