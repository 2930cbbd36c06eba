"""复查意见 (A5): uphold, revoke, change or redo; the last two open or end a round."""

import pytest

from domain.petition.commands import Reply
from domain.petition.events import Replied
from domain.review import events
from domain.review.commands import ConcludeReview
from tests.builders import OFFICE, a_clerk, answered, handler, head, in_handling, leader, on
from tests.spec import given, open_in, who_may

COMMAND = ConcludeReview("uphold", "维持原处理意见")
REQUESTED = answered("2025-09-01").review_requested("2025-09-15")


def test_a5_the_review_organ_concludes():
    assert who_may(REQUESTED, COMMAND) == OFFICE | {"leader"}


def test_a5_nobody_concludes_on_a_reply_given_in_person():
    given(REQUESTED).when(COMMAND, a_clerk, for_whom=head).refused("petition.own_reply", basis="第三十五条")
    stood_in = in_handling("2025-09-01").add(Replied, head, for_whom="handler", result="support", text="意见")
    asked = stood_in.served().review_requested("2025-09-15")
    given(asked).when(COMMAND, head).refused("petition.own_reply")
    given(asked).when(COMMAND, handler, for_whom=leader).refused("petition.own_reply")
    given(asked).when(COMMAND, leader).then(events.ReviewConcluded)


def test_a5_only_under_review():
    assert open_in(COMMAND) == {"under_review"}


@pytest.mark.parametrize("result", ["uphold", "change"])
def test_a5_upheld_or_changed_the_matter_waits_for_the_petitioner(result):
    story = given(REQUESTED).when(ConcludeReview(result, "意见"), head, on="2025-10-15")
    concluded = story.then(events.ReviewConcluded, result=result)
    assert concluded.stage == "reviewed"
    assert concluded.clock("review").state == "running"  # until it is served
    served = concluded.served("review-opinion", on="2025-10-16")
    assert served.clock("review").stopped_on == on("2025-10-16")
    assert served.due("review-request") == "2025-10-09"
    assert served.due("reexamination-request") == "2025-11-17"  # 15 November is a Saturday


@pytest.mark.parametrize("result", ["revoke", "redo"])
def test_a5_revoked_or_to_be_redone_a_new_round_of_handling_begins(result):
    story = given(REQUESTED).when(ConcludeReview(result, "意见"), leader, on="2025-10-15")
    redone = story.then(events.ReviewConcluded, result=result)
    assert redone.stage == "handling"
    rounds = [(c.started_on.isoformat(), c.state) for c in redone.clocks() if c.clock == "finish"]
    assert rounds == [("2025-09-01", "stopped"), ("2025-10-15", "running")]
    assert redone.due("finish") == "2025-12-15"  # 14 December is a Sunday
    given(redone).when(Reply("support", "重新作出的意见"), handler).then(Replied)


def test_a5_not_while_a_hearing_lasts():
    hearing = REQUESTED.hearing_opened(about="review")
    given(hearing).when(COMMAND, head).refused("petition.hearing_open")
    given(hearing.hearing_closed()).when(COMMAND, head).then(events.ReviewConcluded)


def test_a5_not_before_the_request():
    early = ConcludeReview("uphold", "意见", on=on("2025-09-14"))
    given(REQUESTED).when(early, head, on="2025-09-20").refused("date.before_antecedent")
