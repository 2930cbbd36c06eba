"""指定承办人 (A11, A13): an officer of the unit handles the matter."""

from domain.petition import events
from domain.petition.commands import Designate, Propose
from tests.builders import UNIT_A, a_clerk, a_head, a_officer, handler, in_handling, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Designate("handler")


def test_a11_the_units_head_and_clerk_designate():
    assert who_may(with_unit(), COMMAND) == UNIT_A


def test_a11_while_the_unit_has_the_matter():
    assert open_in(COMMAND) == {"with_unit", "handling"}


def test_a11_the_officer_may_then_act_and_another_no_longer():
    story = given(with_unit()).when(COMMAND, a_head).then(events.Designated, officer="handler")
    given(story).when(Propose("拟办意见"), handler).then(events.Proposed)
    given(story).when(Propose("拟办意见"), a_officer).refused("petition.unknown")
    next_one = given(story).when(Designate("a-officer"), a_head).then(events.Designated)
    given(next_one).when(Propose("拟办意见"), handler).refused("petition.not_yours")
    given(next_one).when(Propose("拟办意见"), a_officer).then(events.Proposed)


def test_a11_the_officer_must_be_of_the_unit():
    given(with_unit()).when(Designate("b-clerk"), a_clerk).refused("petition.officer_not_in_unit")
    given(with_unit()).when(Designate("nobody"), a_clerk).refused("petition.officer_not_in_unit")


def test_a6_not_while_an_objection_is_open():
    given(with_unit().objected()).when(COMMAND, a_clerk).refused("petition.objection_open")


def test_a13_an_accusation_is_never_handled_by_whom_it_accuses():
    for accused in ("孙三", "handler"):
        story = in_handling(category="accusation", against=(events.Against(person=accused),)).designated(
            a_officer
        )
        given(story).when(COMMAND, a_clerk).refused("petition.accused_officer", basis="第二十八条第三款")
        given(story).when(Designate("a-clerk"), a_head).then(events.Designated)


def test_a13_a_complaint_that_is_no_accusation_may_be_answered_by_the_officer_named():
    story = in_handling(against=(events.Against(person="孙三"),))
    given(story).when(COMMAND, a_clerk).then(events.Designated)
