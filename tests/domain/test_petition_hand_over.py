"""首接交接 (A11): the first contact of a petition stays responsible until a named officer confirms."""

from domain.petition import events
from domain.petition.commands import ConfirmHandOver, HandOver
from tests.builders import a_clerk, a_petition, act, b_clerk, clerk, handler, in_handling, on, with_unit
from tests.spec import given, who_may

COMMAND = HandOver("b-clerk", "请接续联系信访人")


def test_a11_who_registered_is_the_first_contact_unless_another_is_named():
    assert who_may(a_petition(), COMMAND) == {"clerk", "head"}
    named = a_petition(first_contact="handler")
    given(named).when(COMMAND, handler).then(events.HandedOver, officer="b-clerk")
    assert named.kind.may_read(named.state, named.directory, act(handler, "2026-03-02"))


def test_a11_it_surfaces_after_a_working_day_and_the_matter_stays_where_it_was():
    told = given(a_petition(on="2026-03-06")).when(COMMAND, clerk, on="2026-03-06").then(events.HandedOver)
    clock = told.clock("hand-over")
    assert (clock.due_on, clock.part, told.petition.contact) == (on("2026-03-09"), "b-clerk", "clerk")
    assert list(told.kind.group("handler", clock, told.state, told.directory)) == ["clerk", "b-clerk"]
    assert told.kind.may_read(told.state, told.directory, act(b_clerk, "2026-03-06"))


def test_a11_offered_to_somebody_else_the_first_offer_lapses():
    told = a_petition().add(events.HandedOver, clerk, officer="b-clerk", text="请接")
    given(told).when(COMMAND, clerk).refused("petition.already_offered")
    again = given(told).when(HandOver("a-clerk", "请接"), clerk).then(events.HandedOver)
    assert [c.state for c in again.clocks() if c.clock == "hand-over"] == ["cancelled", "running"]


def test_a11_an_offer_that_nobody_confirmed_ends_with_the_matter():
    told = in_handling().add(events.HandedOver, clerk, officer="b-clerk", text="请接")
    for ended in (told.replied(), told.withdrawn()):
        assert [c.state for c in ended.clocks() if c.clock == "hand-over"] == ["cancelled"]
    given(told.replied()).when(ConfirmHandOver(), b_clerk).refused("petition.wrong_stage")


def test_a11_a_new_round_waits_for_no_earlier_offer():
    told = in_handling().add(events.HandedOver, clerk, officer="b-clerk", text="请接").withdrawn().reopened()
    given(told).when(ConfirmHandOver(), b_clerk).refused("petition.not_yours")
    again = given(told).when(COMMAND, clerk).then(events.HandedOver)
    assert [c.state for c in again.clocks() if c.clock == "hand-over"] == ["cancelled", "running"]


def test_a11_to_somebody_who_serves_and_is_not_the_contact_already():
    for nobody in ("nobody", "auditor", "admin"):
        given(a_petition()).when(HandOver(nobody, "请接"), clerk).refused("petition.officer_unknown")
    given(a_petition()).when(HandOver("clerk", "请接"), clerk).refused("petition.own_hand_over")


def test_a11_the_head_of_the_unit_it_is_with_may_also_hand_it_on():
    assert who_may(with_unit(), COMMAND) == {"clerk", "a-head"}
    given(with_unit()).when(COMMAND, a_clerk).refused("petition.not_yours")
