"""听证结束 (A5): the days of a reexamination's hearing, both ends included, are given back."""

from domain.petition import events
from domain.petition.commands import CloseHearing, Reply
from domain.review.commands import ConcludeReexamination
from tests.builders import OFFICE, UNIT_A, a_clerk, head, in_handling, on, under_reexamination
from tests.spec import given, open_in, who_may

COMMAND = CloseHearing()
OPENED = under_reexamination("2026-03-02").hearing_opened("2026-03-10", "reexamination")


def test_a5_who_hears_also_ends_the_hearing():
    assert who_may(in_handling().hearing_opened(), COMMAND) == UNIT_A
    assert who_may(OPENED, COMMAND) == OFFICE | {"leader"}


def test_a5_only_while_the_matter_is_being_handled_or_reviewed():
    assert open_in(COMMAND) == {"handling", "under_review", "under_reexamination"}


def test_a5_eight_days_of_hearing_move_the_last_day_by_eight():
    story = (
        given(OPENED).when(COMMAND, head, on="2026-03-17").then(events.HearingClosed, opened_on="2026-03-10")
    )
    clock = story.clock("reexamination")
    assert (clock.started_on, clock.due_on) == (on("2026-03-02"), on("2026-04-09"))
    assert clock.state == "running"


def test_a5_a_hearing_of_one_day_moves_it_by_one():
    story = given(OPENED).when(COMMAND, head, on="2026-03-10").then(events.HearingClosed)
    assert story.due("reexamination") == "2026-04-02"


def test_a5_two_hearings_count_together():
    once = given(OPENED).when(COMMAND, head, on="2026-03-11").then(events.HearingClosed)
    twice = once.hearing_opened("2026-03-16", "reexamination").hearing_closed("2026-03-18")
    assert twice.due("reexamination") == "2026-04-07"  # 5 days: 6 April rests (Tomb-Sweeping Day)


def test_a5_without_a_hearing_there_is_nothing_to_end():
    given(under_reexamination()).when(COMMAND, head).refused("petition.no_hearing")


def test_a5_nothing_is_decided_while_it_lasts():
    given(OPENED).when(ConcludeReexamination("uphold", "意见"), head).refused("petition.hearing_open")
    hearing = in_handling().hearing_opened()
    given(hearing).when(Reply("support", "意见"), a_clerk).refused("petition.hearing_open")


def test_a5_not_before_it_began():
    early = CloseHearing(on=on("2026-03-09"))
    given(OPENED).when(early, head, on="2026-03-17").refused("date.before_antecedent")
