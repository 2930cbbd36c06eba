"""签字确认 (A8): the leader in charge signs the record of the investigation."""

from dataclasses import replace

import pytest

from domain.directory.fold import Directory, Officer
from domain.errors import NotYours
from domain.petition import events
from domain.petition.commands import Reply, SignRecord
from domain.petition.petition import decide
from tests.builders import DIRECTORY, act, handler, in_handling, leader, on
from tests.spec import given, open_in, who_may

COMMAND = SignRecord("属实")
RECORDED = in_handling("2026-03-02").instructed().investigated("2026-03-05")
other = Officer("other", "秦二", "leadership", "leader")
WITH_ANOTHER = Directory(DIRECTORY.version, DIRECTORY.units, DIRECTORY.officers | {"other": other})


def test_a8_a_leader_to_whom_the_case_passed_signs():
    assert who_may(RECORDED, COMMAND) == {"leader"}
    given(RECORDED, directory=WITH_ANOTHER).when(COMMAND, other).refused(
        "petition.not_leader_in_charge", basis="第三条第三项"
    )


def test_a8_in_handling_and_after_the_reply():
    unsigned = open_in(COMMAND, lambda story: story.instructed().investigated())
    assert unsigned == {"handling", "replied"}


def test_a8_who_is_in_charge_signs_and_no_other_leader():
    story = RECORDED.add(events.TakenCharge, leader, leader="other")
    given(story, directory=WITH_ANOTHER).when(COMMAND, leader).refused("petition.not_leader_in_charge")
    signed = (
        given(story, directory=WITH_ANOTHER).when(COMMAND, other, on="2026-03-06").then(events.RecordSigned)
    )
    assert signed.petition.record.signed_on == on("2026-03-06")


def test_a8_there_must_be_an_unsigned_record():
    given(in_handling().instructed()).when(COMMAND, leader).refused("petition.no_record")
    given(RECORDED.record_signed()).when(COMMAND, leader).refused("petition.no_record")


def test_a8_not_before_the_record():
    given(RECORDED).when(SignRecord(on=on("2026-03-04")), leader, on="2026-03-06").refused(
        "date.before_antecedent"
    )


def test_a8_nobody_signs_a_record_of_their_own():
    own = in_handling().instructed().investigated(by=handler)
    doer = replace(act(handler, "2026-03-02"), unit="leadership", role="leader", for_whom="leader")
    situation = replace(given(own).situation(leader, doer.at), act=doer)
    with pytest.raises(NotYours) as refused:
        decide(COMMAND, situation)
    assert refused.value.code == "petition.own_record"


def test_a8_what_a_leader_noted_on_is_answered_on_a_signed_record():
    reply = Reply("support", "处理意见")
    given(RECORDED).when(reply, handler).refused("petition.record_not_signed", basis="第三条第三项")
    given(RECORDED.record_signed()).when(reply, handler).then(events.Replied)
    given(in_handling().instructed()).when(reply, handler).then(events.Replied)
    given(in_handling().investigated()).when(reply, handler).then(events.Replied)
    in_charge = in_handling().taken_charge().investigated()
    given(in_charge).when(reply, handler).refused("petition.record_not_signed")
