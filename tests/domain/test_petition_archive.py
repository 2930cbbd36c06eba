"""归档 (A20): the case file is closed."""

from domain.petition import events
from domain.petition.commands import Archive, Instruct, Urge
from tests.builders import OFFICE, answered, clerk, leader, under_reexamination
from tests.spec import given, open_in, who_may

COMMAND = Archive("材料齐全")


def test_a20_only_the_office_archives():
    assert who_may(answered().signed_off(), COMMAND) == OFFICE


def test_a20_what_is_closed():
    closed = {"declined", "forwarded", "terminated", "signed_off", "withdrawn"}
    assert open_in(COMMAND) == closed


def test_a5_a_terminated_matter_is_archived_once_the_last_opinion_was_served():
    ended = under_reexamination().reexamination_concluded()
    given(ended).when(COMMAND, clerk).refused("petition.opinion_not_served", basis="第三十六条")
    given(ended.served("reexamination-opinion")).when(COMMAND, clerk).then(events.Archived)


def test_a20_nothing_is_done_on_an_archived_case():
    story = given(answered().signed_off()).when(COMMAND, clerk).then(events.Archived, reason="材料齐全")
    assert story.stage == "archived"
    for command, by in ((Instruct("批示"), leader), (Urge("phone", "催"), clerk), (COMMAND, clerk)):
        given(story).when(command, by).refused("petition.wrong_stage")
