"""确认接收 (A11): the named officer alone confirms, and is responsible from then on."""

from domain.reception import events
from domain.reception.commands import ConfirmHandOver, Settle
from tests.builders import b_clerk, handler
from tests.reception_samples import a_visit
from tests.spec import given, who_may

COMMAND = ConfirmHandOver("已接收")


def test_a11_responsibility_moves_with_the_confirmation():
    told = a_visit().handed_over(b_clerk)
    done = (
        given(told).when(COMMAND, b_clerk).then(events.HandOverConfirmed, officer="b-clerk", to_unit="unit-b")
    )
    assert (done.state.responsible, done.state.unit, done.state.pending) == ("b-clerk", "unit-b", None)
    assert done.clock("hand-over").state == "stopped"
    assert done.clock("settle").unit == "unit-b"
    given(done).when(Settle("已办"), handler).refused("reception.not_yours")
    given(done).when(Settle("已办"), b_clerk).then(events.Settled)


def test_a11_nobody_else_confirms():
    assert who_may(a_visit().handed_over(), COMMAND) == {"a-officer"}


def test_a11_once():
    done = a_visit().handed_over(b_clerk).confirmed()
    given(done).when(COMMAND, b_clerk).refused("reception.not_yours")
