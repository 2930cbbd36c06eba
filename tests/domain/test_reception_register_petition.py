"""转信访登记 (A10): the matter goes on as a petition that the officer may read."""

from domain.reception import events
from domain.reception.commands import RegisterPetition
from tests.builders import CASE, a_petition, handler
from tests.reception_samples import a_visit, a_visit_in
from tests.spec import given, open_in

COMMAND = RegisterPetition(CASE)


def test_a10_the_record_names_the_petition_and_is_done():
    before = given(a_visit(), earlier=a_petition())
    done = before.when(COMMAND, handler).then(events.PetitionLinked, petition=CASE)
    assert (done.stage, done.state.petition_number) == ("registered", a_petition().petition.number)
    assert done.clock("settle").state == "stopped"


def test_a10_a_petition_that_is_hidden_or_not_there_is_not_found():
    given(a_visit()).when(COMMAND, handler).refused("reception.petition_unknown")


def test_a10_also_after_an_explanation_that_did_not_satisfy():
    assert open_in(COMMAND, told=a_visit_in) == {"unsettled", "promised", "explained"}
