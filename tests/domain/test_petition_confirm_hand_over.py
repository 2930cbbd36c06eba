"""确认接收 (A11): the named officer becomes the contact of the petition."""

from domain.petition import events
from domain.petition.commands import ConfirmHandOver
from tests.builders import a_petition, b_clerk, clerk
from tests.spec import given, who_may

TOLD = a_petition().add(events.HandedOver, clerk, officer="b-clerk", text="请接")


def test_a11_the_named_officer_alone_confirms_once():
    assert who_may(TOLD, ConfirmHandOver()) == {"b-clerk"}
    done = (
        given(TOLD).when(ConfirmHandOver("已接"), b_clerk).then(events.HandOverConfirmed, officer="b-clerk")
    )
    assert (done.petition.contact, done.petition.named) == ("b-clerk", None)
    assert done.clock("hand-over").state == "stopped"
    given(done).when(ConfirmHandOver(), b_clerk).refused("petition.not_yours")
