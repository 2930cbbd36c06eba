"""归档 (A20): what is done is filed."""

from domain.reception import events
from domain.reception.commands import Archive, RegisterPetition
from tests.builders import CASE, OFFICE, handler
from tests.reception_samples import a_visit, a_visit_in
from tests.spec import given, open_in, who_may


def test_a20_filed_once_done():
    assert open_in(Archive(), told=a_visit_in) == {"settled", "explained", "registered"}
    done = given(a_visit("settled")).when(Archive(), handler).then(events.Archived)
    assert (done.stage, done.state.result) == ("archived", "settled")
    given(done).when(RegisterPetition(CASE), handler).refused("reception.wrong_stage")
    assert who_may(a_visit("settled"), Archive()) == {"handler", "a-head"} | OFFICE
