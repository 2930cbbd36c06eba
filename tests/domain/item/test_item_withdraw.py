"""撤项: by a leader at any time, by the inspector before the issue."""

from domain.supervision import events
from domain.supervision.commands import Withdraw
from domain.supervision.stages import CLOSED, Stage
from tests.builders import inspector, leader, on
from tests.items import INSPECTORS, LEADERS, a_document, an_item, an_item_in, handled
from tests.spec import given, open_in, who_may

COMMAND = Withdraw("任务取消")


def test_a_leader_always_and_the_inspector_before_the_issue():
    assert who_may(an_item(), COMMAND) == LEADERS | INSPECTORS
    assert who_may(handled(), COMMAND) == LEADERS
    given(handled()).when(COMMAND, inspector).refused("item.not_yours", basis="第九条")


def test_nothing_that_is_closed():
    assert open_in(COMMAND, told=an_item_in) == {stage.value for stage in set(Stage) - CLOSED}


def test_every_clock_ends_with_it():
    story = given(handled("2026-03-02", "2026-04-30", "unit-b").asked(on="2026-03-03"))
    done = story.when(COMMAND, leader, on="2026-03-04").then(events.Withdrawn, on="2026-03-04")
    assert done.stage is Stage.WITHDRAWN
    assert done.item.closed_on == on("2026-03-04")
    assert {clock.state for clock in done.clocks()} == {"cancelled"}


def test_b6_an_inspector_who_missed_a_limit_cannot_withdraw_it_away_by_a_date_told_back():
    document = a_document("read", "2026-03-02")  # the office has until 5 March to pass it on
    back = Withdraw("任务取消", on=on("2026-03-04"))
    given(document).when(back, inspector, on="2026-03-05").then(events.Withdrawn, on="2026-03-04")
    given(document).when(back, inspector, on="2026-03-06").refused("item.backdating_not_yours")
    given(document).when(Withdraw("任务取消"), inspector, on="2026-03-06").then(events.Withdrawn)
    given(document).when(back, leader, on="2026-03-06").then(events.Withdrawn, on="2026-03-04")
