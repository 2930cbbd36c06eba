"""退办 (A6): the transferring office agrees to the objection."""

from domain.petition import events
from domain.petition.commands import Accept, HandBack, Transfer
from tests.builders import OFFICE, a_clerk, a_petition, clerk, head, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = HandBack("情况属实，同意退回")
OBJECTED = with_unit("2026-03-02").objected("2026-03-04")


def test_a6_only_the_office_hands_back():
    assert who_may(OBJECTED, COMMAND) == OFFICE


def test_a6_only_from_a_unit():
    assert open_in(COMMAND) == {"with_unit", "handling"}


def test_a6_without_an_objection_there_is_nothing_to_agree_to():
    given(with_unit()).when(COMMAND, head).refused("petition.no_objection", basis="第二十三条第三款")
    given(OBJECTED.kept()).when(COMMAND, head).refused("petition.no_objection")


def test_a6_the_case_is_back_with_the_office_and_the_wrong_units_clocks_are_cancelled():
    story = given(OBJECTED).when(COMMAND, head, on="2026-03-05").then(events.HandedBack, from_unit="unit-a")
    assert story.stage == "registered"
    assert story.petition.holder == "petition-office"
    assert story.clock("notify").state == "cancelled"
    assert story.clock("notify").stopped_on == on("2026-03-05")
    assert story.clock("object").state == "stopped"
    given(story).when(Accept(), a_clerk).refused("petition.not_yours")


def test_a6_the_offices_route_clock_does_not_restart():
    story = given(OBJECTED).when(COMMAND, head, on="2026-03-05").then(events.HandedBack)
    assert [(c.clock, c.state) for c in story.clocks() if c.clock == "route"] == [("route", "stopped")]
    assert not [c for c in story.clocks() if c.state == "running"]


def test_a6_it_can_be_transferred_again_also_to_the_same_unit():
    story = given(OBJECTED).when(COMMAND, head).then(events.HandedBack)
    for unit in ("unit-a", "unit-b"):
        given(story).when(Transfer(unit), clerk).then(events.Transferred, to_unit=unit)


def test_a3_an_assignments_date_goes_with_the_unit():
    assigned = a_petition().assigned(due_on="2026-04-30").objected()
    story = given(assigned).when(COMMAND, head).then(events.HandedBack)
    assert story.clock("assigned-report").state == "cancelled"


def test_a6_not_before_the_objection():
    early = HandBack("同意", on=on("2026-03-03"))
    given(OBJECTED).when(early, head, on="2026-03-05").refused("date.before_antecedent")
