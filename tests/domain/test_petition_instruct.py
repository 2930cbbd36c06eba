"""批示 (A8, A9): a leader's note."""

from domain.petition import events
from domain.petition.commands import Instruct
from tests.builders import a_petition, clerk, leader, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Instruct("请住建局妥善处理")


def test_a8_only_a_leader_gives_a_note():
    assert who_may(with_unit(), COMMAND) == {"leader"}
    given(with_unit()).when(COMMAND, clerk).refused("petition.not_yours")


def test_a8_a_note_may_come_at_any_time_but_after_withdrawal_and_archiving():
    stages = {"registered", "with_unit", "handling", "replied", "declined", "forwarded", "under_review"}
    stages |= {"reviewed", "under_reexamination", "terminated", "signed_off"}
    assert open_in(COMMAND) == stages


def test_a9_by_the_grain_bureaus_rule_a_note_gives_seven_days():
    story = a_petition("2026-02-05", rulebook="letters-grain-bureau")
    noted = (
        given(story).when(COMMAND, leader, on="2026-02-09").then(events.Instructed, text="请住建局妥善处理")
    )
    assert noted.due("leader-assigned") == "2026-02-24"  # 16 February rests until the 24th


def test_a8_by_the_cppcc_rule_the_note_is_passed_on_within_two_days():
    story = a_petition("2026-02-05", rulebook="letters-cppcc")
    noted = given(story).when(COMMAND, leader, on="2026-02-05").then(events.Instructed)
    assert noted.due("pass-on") == "2026-02-09"  # the 7th is a Saturday
    assert noted.transferred(on="2026-02-06").clock("pass-on").state == "stopped"
