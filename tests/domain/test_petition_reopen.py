"""重新办理: a closed matter is opened again with a reason; a new round begins."""

import pytest

from domain.petition import events
from domain.petition.commands import Accept, Reopen, Reply, RequestExtension
from tests.builders import (
    a_clerk,
    a_petition,
    answered,
    clerk,
    handler,
    head,
    in_handling,
    on,
    under_reexamination,
    with_unit,
)
from tests.spec import given, open_in, who_may

COMMAND = Reopen("出现新的事实")


def test_a4_the_head_of_the_office_or_a_leader_reopens():
    assert who_may(answered().signed_off(), COMMAND) == {"head", "leader"}


def test_a4_what_is_closed_but_not_terminated():
    assert open_in(COMMAND) == {"signed_off", "withdrawn", "declined", "forwarded", "archived"}


def test_a4_a_handled_matter_starts_a_new_round_of_sixty_days():
    closed = in_handling("2026-01-05").extended(on="2026-02-02").replied("2026-03-02").served().signed_off()
    story = given(closed).when(COMMAND, head, on="2026-04-01").then(events.Reopened, reason="出现新的事实")
    assert story.stage == "handling"
    assert story.petition.closed_on is None
    rounds = [
        (c.started_on.isoformat(), c.state, c.days_extended) for c in story.clocks() if c.clock == "finish"
    ]
    assert rounds == [("2026-01-05", "stopped", 30), ("2026-04-01", "running", 0)]
    assert story.due("finish") == "2026-06-01"  # 31 May is a Sunday
    given(story).when(RequestExtension(30, "案情复杂"), handler, on="2026-05-06").then(
        events.ExtensionRequested
    )
    given(story).when(Reply("support", "新的意见"), handler, on="2026-05-06").then(events.Replied)


def test_a4_the_window_for_a_review_of_the_old_opinion_ends_with_the_new_round():
    closed = answered("2026-03-02").signed_off()
    story = given(closed).when(COMMAND, head, on="2026-03-10").then(events.Reopened)
    again = story.replied("2026-03-20").served(on="2026-03-20")
    windows = [(c.started_on.isoformat(), c.state) for c in again.clocks() if c.clock == "review-request"]
    assert windows == [("2026-03-02", "cancelled"), ("2026-03-20", "running")]


def test_a3_a_declined_matter_goes_back_to_its_unit_and_the_days_to_notify_run_once():
    declined = with_unit("2026-03-02").declined("2026-03-05")
    story = given(declined).when(COMMAND, head, on="2026-03-09").then(events.Reopened)
    assert story.stage == "with_unit"
    assert story.petition.declined_ground is None
    running = [
        c.started_on.isoformat() for c in story.clocks() if c.clock == "notify" and c.state == "running"
    ]
    assert len(running) == 1
    given(story).when(Accept(), a_clerk, on="2026-03-10").then(events.Accepted)


def test_a3_what_the_office_closed_is_back_on_its_desk():
    for closed in (a_petition().forwarded(), a_petition().declined(), a_petition().withdrawn()):
        story = given(closed).when(COMMAND, head).then(events.Reopened)
        assert story.stage == "registered"
        assert [c.state for c in story.clocks() if c.clock == "route"][-1] == "running"
        given(story).when(Accept(), clerk).then(events.Accepted)


def test_a3_a_matter_withdrawn_at_its_unit_starts_there_again():
    story = (
        given(with_unit("2026-03-02").withdrawn()).when(COMMAND, head, on="2026-03-09").then(events.Reopened)
    )
    assert story.stage == "with_unit"
    assert story.due("notify") == "2026-03-24"


@pytest.mark.parametrize("result", ["uphold", "change"])
def test_a5_never_what_reexamination_ended(result):
    ended = under_reexamination().reexamination_concluded(result=result).archived()
    given(ended).when(COMMAND, head).refused("petition.terminated", basis="第三十六条第三款")


def test_a5_but_what_reexamination_sent_back_and_was_handled_anew():
    redone = under_reexamination().reexamination_concluded(result="redo").replied().served().signed_off()
    given(redone).when(COMMAND, head).then(events.Reopened)


def test_a4_not_before_it_was_closed():
    closed = answered("2026-03-02").signed_off("2026-03-10")
    given(closed).when(Reopen("理由", on=on("2026-03-09")), head, on="2026-03-12").refused(
        "date.before_antecedent"
    )
