"""维持交办 (A6): the transferring office doesn't agree to the objection."""

from domain.petition import events
from domain.petition.commands import Accept, KeepWithUnit
from tests.builders import OFFICE, a_clerk, head, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = KeepWithUnit("属于该单位职权范围")
OBJECTED = with_unit("2026-03-02").objected("2026-03-04")


def test_a6_only_the_office_answers_the_objection():
    assert who_may(OBJECTED, COMMAND) == OFFICE


def test_a6_only_with_a_unit():
    assert open_in(COMMAND) == {"with_unit", "handling"}


def test_a6_without_an_objection_there_is_nothing_to_refuse():
    given(with_unit()).when(COMMAND, head).refused("petition.no_objection", basis="第二十三条第三款")


def test_a6_the_units_days_were_never_interrupted():
    story = given(OBJECTED).when(COMMAND, head, on="2026-03-10").then(events.KeptWithUnit)
    assert story.stage == "with_unit"
    assert story.clock("notify").started_on == on("2026-03-02")
    assert story.clock("notify").state == "running"
    assert len([c for c in story.clocks() if c.clock == "notify"]) == 1
    given(story).when(Accept(), a_clerk).then(events.Accepted)


def test_a6_not_before_the_objection():
    early = KeepWithUnit("维持", on=on("2026-03-03"))
    given(OBJECTED).when(early, head, on="2026-03-05").refused("date.before_antecedent")
