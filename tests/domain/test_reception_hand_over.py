"""交接 (A11): offered to a named officer, the matter stays with the first contact until that one confirms."""

from domain.petition.events import Against
from domain.reception import events
from domain.reception.commands import HandOver
from tests.builders import OFFICE, a_officer, b_clerk, clerk, handler, on
from tests.reception_samples import a_visit, a_visit_in, accusing
from tests.spec import given, open_in, who_may

COMMAND = HandOver("a-officer", "请接续办理")


def test_a11_the_first_contact_stays_responsible_until_it_is_confirmed():
    told = (
        given(a_visit()).when(COMMAND, handler).then(events.HandedOver, officer="a-officer", to_unit="unit-a")
    )
    assert (told.state.responsible, told.state.pending.officer) == ("handler", "a-officer")
    assert told.clock("settle").unit == "unit-a"


def test_a11_unanswered_it_surfaces_after_a_working_day_with_both_and_the_head():
    told = a_visit(day="2026-03-06").handed_over(day="2026-03-06")
    clock = told.clock("hand-over")
    assert (clock.due_on, clock.part) == (on("2026-03-09"), "a-officer")
    assert "本单位设定" in clock.basis
    group = told.kind.group
    assert list(group("handler", clock, told.state, told.directory)) == ["handler", "a-officer"]
    assert list(group("unit_head", clock, told.state, told.directory)) == ["a-head"]
    assert list(group("office", clock, told.state, told.directory)) == ["clerk", "head"]
    assert list(group("leader", clock, told.state, told.directory)) == ["leader"]
    assert list(group("instructing_leader", clock, told.state, told.directory)) == []


def test_a11_it_may_be_offered_to_another_while_the_first_is_silent():
    waiting = a_visit().handed_over()
    given(waiting).when(COMMAND, handler).refused("reception.already_offered")
    again = (
        given(waiting).when(HandOver("b-clerk", "转请办理"), handler, on="2026-03-03").then(events.HandedOver)
    )
    assert [(c.part, c.state) for c in again.clocks() if c.clock == "hand-over"] == [
        ("a-officer", "cancelled"),
        ("b-clerk", "running"),
    ]


def test_a11_named_is_one_who_serves_and_receives_people_and_not_oneself():
    for nobody in ("nobody", "auditor", "admin"):
        given(a_visit()).when(HandOver(nobody, "请办"), handler).refused("reception.officer_unknown")
    given(a_visit()).when(HandOver("handler", "请办"), handler).refused("reception.own_hand_over")


def test_a13_an_accusation_goes_to_nobody_it_accuses():
    told = accusing("清江区民政局")
    given(told).when(HandOver("b-clerk", "请办"), clerk).refused(
        "reception.accused_officer", basis="第三十条"
    )
    person = a_visit(by=clerk, against=(Against(None, "武四"),))
    given(person).when(HandOver("a-officer", "请办"), clerk).refused("reception.accused_officer")


def test_a11_by_the_one_responsible_the_head_and_the_office_while_open():
    assert who_may(a_visit(), COMMAND) == {"handler", "a-head"} | OFFICE
    assert open_in(COMMAND, told=a_visit_in) == {"unsettled", "promised"}
    moved = a_visit().handed_over(b_clerk).confirmed()
    given(moved).when(HandOver("a-officer", "请办"), a_officer).refused("reception.unknown")
    given(moved).when(HandOver("a-officer", "请办"), handler).refused("reception.not_yours")
