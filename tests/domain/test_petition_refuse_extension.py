"""不批准延期 (A4): with the reason."""

from domain.petition import events
from domain.petition.commands import RefuseExtension
from tests.builders import in_handling, leader, on
from tests.spec import given, open_in, who_may

COMMAND = RefuseExtension("理由不充分")
ASKED = in_handling("2026-01-05").extension_requested(30, on="2026-02-02")


def test_a4_only_a_leader_refuses():
    assert who_may(ASKED, COMMAND) == {"leader"}


def test_a4_only_in_handling():
    assert open_in(COMMAND) == {"handling"}


def test_a4_the_limit_stays():
    story = (
        given(ASKED).when(COMMAND, leader, on="2026-02-03").then(events.ExtensionRefused, reason="理由不充分")
    )
    assert story.due("finish") == "2026-03-06"
    assert story.petition.extension_days == 0


def test_a4_also_after_the_limit_has_passed():
    given(ASKED).when(COMMAND, leader, on="2026-03-09").then(events.ExtensionRefused)


def test_a4_without_a_request_there_is_nothing_to_refuse():
    given(in_handling()).when(COMMAND, leader).refused("petition.no_extension_request")


def test_a4_not_before_it_was_asked():
    early = RefuseExtension("理由不充分", on=on("2026-02-01"))
    given(ASKED).when(early, leader, on="2026-02-03").refused("date.before_antecedent")
