"""调查核实 (A8): the record of what was found, signed by whoever makes it."""

from domain.attachments import AttachmentEntry
from domain.petition import events
from domain.petition.commands import Investigate
from tests.builders import UNIT_A, a_petition, clerk, handler, in_handling, on
from tests.spec import given, open_in, who_may

COMMAND = Investigate("经实地测温，情况属实", (AttachmentEntry("测温记录.pdf"),))


def test_a8_the_holding_unit_or_the_handler_investigates():
    assert who_may(in_handling(), COMMAND) == UNIT_A | {"handler"}


def test_a8_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


def test_a8_the_record_names_who_made_it_and_waits_for_a_leader():
    story = given(in_handling()).when(COMMAND, handler).then(events.Investigated, text="经实地测温，情况属实")
    record = story.petition.record
    assert record is not None
    assert (record.by, record.signed_on) == (("handler",), None)


def test_a8_a_further_record_has_to_be_signed_anew():
    signed = in_handling().instructed().investigated().record_signed()
    again = given(signed).when(COMMAND, handler).then(events.Investigated)
    assert again.petition.record.signed_on is None


def test_a8_the_office_records_what_it_handles_itself():
    given(a_petition().accepted()).when(COMMAND, clerk).then(events.Investigated)


def test_a8_not_before_the_acceptance():
    early = Investigate("经实地测温", on=on("2026-03-01"))
    given(in_handling("2026-03-02")).when(early, handler).refused("date.before_antecedent")
