"""不予接收 (A11): the petition stays with its first contact, and why is on record."""

from domain.petition import events
from domain.petition.commands import DeclineHandOver
from tests.builders import a_petition, b_clerk, clerk
from tests.spec import given, who_may

TOLD = a_petition().add(events.HandedOver, clerk, officer="b-clerk", text="请接")
COMMAND = DeclineHandOver("本人即将离岗")


def test_a11_it_stays_with_the_first_contact():
    assert who_may(TOLD, COMMAND) == {"b-clerk"}
    told = given(TOLD).when(COMMAND, b_clerk).then(events.HandOverDeclined, reason="本人即将离岗")
    assert (told.petition.contact, told.petition.named) == ("clerk", None)
    assert told.clock("hand-over").state == "stopped"
