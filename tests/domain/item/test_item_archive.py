"""归档 (B1): the file of an item signed off or withdrawn is closed."""

from domain.supervision import events
from domain.supervision.commands import Archive
from domain.supervision.stages import Stage
from tests.builders import inspector, leader, on
from tests.items import INSPECTORS, an_item_in, with_leader
from tests.spec import given, open_in, who_may

COMMAND = Archive("材料齐全")
DONE = with_leader().signed_off(by=leader)


def test_only_the_inspector_archives():
    assert who_may(DONE, COMMAND) == INSPECTORS


def test_what_is_signed_off_or_withdrawn():
    assert open_in(COMMAND, told=an_item_in) == {"signed_off", "withdrawn"}


def test_the_day_it_was_closed_stays():
    story = given(DONE).when(COMMAND, inspector, on="2026-04-01").then(events.Archived)
    assert story.stage is Stage.ARCHIVED
    assert story.item.closed_on == on("2026-03-02")
    early = Archive("齐全", on=on("2026-03-01"))
    given(DONE).when(early, inspector, on="2026-04-01").refused("date.before_antecedent")
