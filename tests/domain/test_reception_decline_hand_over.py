"""不予接收 (A11): the named officer says why not; the matter stays where it was."""

from domain.reception import events
from domain.reception.commands import DeclineHandOver
from tests.builders import a_officer
from tests.reception_samples import a_visit
from tests.spec import given, who_may

COMMAND = DeclineHandOver("不属本岗职责")


def test_a11_it_stays_with_the_first_contact():
    told = given(a_visit().handed_over()).when(COMMAND, a_officer).then(events.HandOverDeclined)
    assert (told.state.responsible, told.state.pending, told.stage) == ("handler", None, "unsettled")
    assert told.clock("hand-over").state == "stopped"


def test_a11_by_the_named_officer_alone():
    assert who_may(a_visit().handed_over(), COMMAND) == {"a-officer"}
