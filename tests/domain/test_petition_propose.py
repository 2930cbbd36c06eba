"""拟办 (A8): a proposal on how to handle the matter."""

from domain.petition import events
from domain.petition.commands import Propose
from tests.builders import OFFICE, UNIT_A, a_petition, clerk, in_handling
from tests.spec import given, open_in, who_may

COMMAND = Propose("拟转住建局调查处理")


def test_a8_the_office_the_holder_and_the_handler_propose():
    assert who_may(in_handling(), COMMAND) == OFFICE | UNIT_A | {"handler"}


def test_a8_only_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a8_the_proposal_is_on_record_and_moves_nothing():
    before = a_petition()
    after = given(before).when(COMMAND, clerk).then(events.Proposed, opinion="拟转住建局调查处理")
    assert after.stage == before.stage
