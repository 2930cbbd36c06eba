"""向会议报告 (B13): the result of a meeting's decision goes back to the meeting's body."""

from domain.supervision import events
from domain.supervision.commands import Archive, ReportToBody
from domain.supervision.stages import Stage
from tests.builders import inspector, on
from tests.items import INSPECTORS, a_meeting_decision, an_item_in, leader
from tests.spec import given, open_in, who_may

COMMAND = ReportToBody("议定事项已落实")
RESULT = a_meeting_decision().submitted().instructed().issued().allocated().result()
DONE = RESULT.vetted().signed_off()


def test_b13_only_the_inspector():
    assert who_may(DONE, COMMAND) == INSPECTORS


def test_b13_after_the_sign_off():
    assert open_in(COMMAND, told=an_item_in) == {"signed_off"}


def test_b13_of_a_meetings_decision_alone():
    other = an_item_in(Stage.SIGNED_OFF)
    given(other).when(COMMAND, inspector).refused("item.no_body", basis="第二十一条")


def test_b13_once_and_before_the_archive():
    given(DONE).when(Archive("齐全"), inspector).refused("item.body_not_told", basis="第二十一条")
    told = given(DONE).when(COMMAND, inspector, on="2026-03-09").then(events.ReportedToBody)
    given(told).when(COMMAND, inspector).refused("item.body_told_already")
    early = Archive("齐全", on=on("2026-03-08"))
    given(told).when(early, inspector, on="2026-03-10").refused("date.before_antecedent")
    assert given(told).when(Archive("齐全"), inspector).then(events.Archived).stage is Stage.ARCHIVED


def test_b13_what_was_withdrawn_is_archived_without():
    withdrawn = a_meeting_decision().withdrawn(by=leader)
    given(withdrawn).when(Archive("已撤项"), inspector).then(events.Archived)
