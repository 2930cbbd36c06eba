"""送阅 (A10): shown officers may read the record; an accusation is shown to nobody it accuses."""

from domain.reception import events
from domain.reception.commands import SendForReading
from tests.builders import act, b_head, clerk, handler
from tests.reception_samples import a_visit, accusing
from tests.spec import given


def test_a10_who_was_shown_it_may_read_it():
    told = given(a_visit()).when(SendForReading(("b-head",)), handler).then(events.SentForReading)
    assert told.kind.may_read(told.state, told.directory, act(b_head, "2026-03-02"))
    given(a_visit()).when(SendForReading(()), handler).refused("reception.officer_unknown")


def test_a13_not_the_accused():
    command = SendForReading(("b-head",))
    given(accusing("清江区民政局")).when(command, clerk).refused("reception.accused_officer")
