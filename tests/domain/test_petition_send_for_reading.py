"""送阅 (A8, A13): the case is sent to officers to read; an accusation never to whom it accuses."""

import pytest

from domain.errors import Invalid
from domain.petition import events
from domain.petition.commands import SendForReading, Urge
from tests.builders import OFFICE, UNIT_A, a_petition, b_head, clerk, in_handling
from tests.spec import given, open_in, who_may

COMMAND = SendForReading(("leader", "b-head"), "请阅")


def test_a8_the_office_the_holder_and_a_leader_send():
    assert who_may(in_handling(), COMMAND) == OFFICE | UNIT_A | {"leader"}


def test_a8_until_the_case_is_archived():
    assert "archived" not in open_in(COMMAND)
    assert len(open_in(COMMAND)) == 12


def test_a13_who_was_sent_the_case_may_read_it_from_then_on():
    secret = in_handling(category="accusation", against=(events.Against(person="赵一"),))
    given(secret).when(Urge("phone", "请抓紧"), b_head).refused("petition.unknown")
    story = given(secret).when(COMMAND, clerk).then(events.SentForReading, officers=("leader", "b-head"))
    assert set(story.petition.people) >= {"leader", "b-head", "handler"}
    given(story).when(Urge("phone", "请抓紧"), b_head).refused("petition.not_yours")


@pytest.mark.parametrize("against", [{"person": "李五"}, {"unit": "民政局"}, {"person": "b-head"}])
def test_a13_never_whom_it_accuses(against):
    secret = a_petition(category="accusation", against=(events.Against(**against),))
    given(secret).when(COMMAND, clerk).refused("petition.accused_officer", basis="第三十条第三款")
    given(secret).when(SendForReading(("leader",), "请阅"), clerk).then(events.SentForReading)


def test_a13_nobody_who_reads_on_another_footing():
    for officer in ("auditor", "admin"):
        given(in_handling()).when(SendForReading((officer,), "请阅"), clerk).refused("petition.not_a_reader")
    given(in_handling()).when(SendForReading(("nobody",), "请阅"), clerk).refused("petition.officer_unknown")


def test_a8_somebody_is_named():
    with pytest.raises(Invalid) as refused:
        SendForReading((), "请阅")
    assert refused.value.code == "petition.nobody_named"
