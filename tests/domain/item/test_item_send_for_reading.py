"""送阅 (B9): officers named read the item from now on."""

import pytest

from domain.errors import Invalid
from domain.petition.events import Against
from domain.supervision import events
from domain.supervision.commands import SendForReading, Urge
from domain.supervision.stages import Stage
from tests.builders import a_clerk, a_officer, inspector, leader
from tests.items import INSPECTORS, LEADERS, an_item, an_item_in, b_officer, handled
from tests.spec import given, open_in, who_may

COMMAND = SendForReading(("b-officer",), "请了解情况")


def test_b9_inspector_leader_and_the_heads_of_the_units():
    assert who_may(handled(), COMMAND) == INSPECTORS | LEADERS | {"a-head"}
    given(handled()).when(COMMAND, a_clerk).refused("item.not_yours")


def test_b9_in_every_stage():
    assert open_in(COMMAND, told=an_item_in) == {stage.value for stage in Stage}


def test_b9_they_read_it_and_do_nothing():
    given(handled()).when(Urge("phone", "请"), b_officer).refused("item.unknown")
    story = given(handled()).when(COMMAND, inspector).then(events.SentForReading, officers=("b-officer",))
    assert "b-officer" in story.item.people
    given(story).when(Urge("phone", "请"), b_officer).refused("item.not_yours")


def test_b9_officers_of_the_directory_who_may_have_cases():
    for odd in ("nobody", "admin"):
        given(handled()).when(SendForReading((odd,), "请阅"), inspector).refused("item.officer_unknown")
    with pytest.raises(Invalid, match=r"item\.nobody_named"):
        SendForReading((), "请阅")


def test_a13_never_whom_the_item_accuses():
    story = an_item(confidential=True, against=(Against(unit="清江区民政局"), Against(person="武四")))
    given(story).when(COMMAND, inspector).refused("item.accused_officer")
    given(story).when(SendForReading((a_officer.id,), "请阅"), inspector).refused("item.accused_officer")
    given(story).when(SendForReading((leader.id,), "请阅"), inspector).then(events.SentForReading)
