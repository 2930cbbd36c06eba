"""归档 (A20): the case file is closed."""

from domain.petition import events
from domain.petition.commands import Archive, Instruct, Urge
from tests.builders import OFFICE, answered, clerk, leader
from tests.spec import given, open_in, who_may

COMMAND = Archive("材料齐全")


def test_a20_only_the_office_archives():
    assert who_may(answered().signed_off(), COMMAND) == OFFICE


def test_a20_what_is_closed():
    closed = {"declined", "forwarded", "terminated", "signed_off", "withdrawn"}
    assert open_in(COMMAND) == closed


def test_a20_nothing_is_done_on_an_archived_case():
    story = given(answered().signed_off()).when(COMMAND, clerk).then(events.Archived, reason="材料齐全")
    assert story.stage == "archived"
    for command, by in ((Instruct("批示"), leader), (Urge("phone", "催"), clerk), (COMMAND, clerk)):
        given(story).when(command, by).refused("petition.wrong_stage")
