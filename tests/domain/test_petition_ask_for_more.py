"""一次性告知补正 (A16): everything that is missing, told once."""

import pytest

from domain.errors import Invalid
from domain.petition import events
from domain.petition.commands import AskForMore
from tests.builders import OFFICE, UNIT_A, a_petition, clerk, handler, in_handling
from tests.spec import given, open_in, who_may

COMMAND = AskForMore(("房产证复印件", "供暖合同"))


def test_a16_the_holder_or_the_handler_asks():
    assert who_may(in_handling(), COMMAND) == UNIT_A | {"handler"}
    assert who_may(a_petition(), COMMAND) == OFFICE


def test_a16_only_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a16_all_of_it_is_on_record_and_no_clock_stands_still():
    before = in_handling()
    story = (
        given(before)
        .when(COMMAND, handler, on="2026-03-04")
        .then(events.AskedForMore, missing=("房产证复印件", "供暖合同"))
    )
    assert [(c.clock, c.due_on, c.state) for c in story.clocks()] == [
        (c.clock, c.due_on, c.state) for c in before.clocks()
    ]


def test_a16_once_only():
    given(in_handling().asked_for_more()).when(COMMAND, handler).refused(
        "petition.already_asked_for_more", "一次性告知"
    )
    supplied = in_handling().asked_for_more().supplemented()
    given(supplied).when(COMMAND, handler).refused("petition.already_asked_for_more")


def test_a16_an_empty_list_is_refused():
    with pytest.raises(Invalid) as refused:
        AskForMore(())
    assert refused.value.code == "petition.nothing_missing"


def test_a16_the_office_asks_before_it_passes_the_matter_on():
    given(a_petition()).when(COMMAND, clerk).then(events.AskedForMore)
