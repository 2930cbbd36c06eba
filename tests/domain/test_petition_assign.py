"""交办 (A3, A13, A14): to a unit, with a report-back date."""

from domain.petition import events
from domain.petition.commands import Assign, Report
from tests.builders import OFFICE, a_clerk, a_petition, clerk, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Assign("unit-a", due_on=on("2026-04-30"))


def test_a3_only_the_office_assigns():
    assert who_may(a_petition(), COMMAND) == OFFICE


def test_a3_only_what_is_registered_and_nowhere_else():
    assert open_in(COMMAND) == {"registered"}
    given(with_unit()).when(COMMAND, clerk).refused("petition.held_by_unit", basis="第二十三条第三款")


def test_a3_the_unit_reports_back_by_the_date_set():
    story = given(a_petition()).when(COMMAND, clerk).then(events.Assigned, due_on="2026-04-30")
    assert story.due("assigned-report") == "2026-04-30"
    assert story.clock("assigned-report").unit == "unit-a"
    accepted = story.accepted()
    reported = given(accepted).when(Report("办结报告"), a_clerk, on="2026-04-30").then(events.Reported)
    assert reported.clock("assigned-report").state == "stopped"


def test_a3_without_a_date_there_is_no_clock_for_the_report():
    story = given(a_petition()).when(Assign("unit-a"), clerk).then(events.Assigned, due_on=None)
    assert "assigned-report" not in {c.clock for c in story.clocks()}


def test_a3_the_date_may_be_the_day_of_assigning_and_no_earlier():
    same = Assign("unit-a", due_on=on("2026-03-02"))
    given(a_petition()).when(same, clerk, on="2026-03-02").then(events.Assigned)
    given(a_petition()).when(same, clerk, on="2026-03-03").refused(
        "petition.due_before_start", basis="第二十二条第一款第三项"
    )


def test_a14_assisting_units_are_named_once_each():
    command = Assign("unit-a", assisting_units=("unit-b", "清江区民政局"))
    story = given(a_petition()).when(command, clerk).then(events.Assigned, assisting_units=("unit-b",))
    assert story.petition.units == ("petition-office", "unit-a", "unit-b")


def test_a14_the_lead_unit_does_not_assist_itself():
    command = Assign("unit-a", assisting_units=("清江区住建局",))
    given(a_petition()).when(command, clerk).refused("petition.lead_assists_itself")


def test_a3_the_unit_must_be_in_the_directory():
    given(a_petition()).when(Assign("unit-z"), clerk).refused("unit.unknown")
    given(a_petition()).when(Assign("unit-a", assisting_units=("unit-z",)), clerk).refused("unit.unknown")
    given(a_petition()).when(Assign("petition-office"), clerk).refused("petition.unit_is_office")


def test_a13_an_accusation_is_never_assigned_to_whom_it_accuses_not_even_to_assist():
    accusation = a_petition(category="accusation", against=(events.Against(unit="清江区住建局"),))
    given(accusation).when(COMMAND, clerk).refused("petition.accused_unit", basis="第三十条第三款")
    assisting = Assign("unit-b", assisting_units=("unit-a",))
    given(accusation).when(assisting, clerk).refused("petition.accused_unit", basis="第三十条第三款")
    given(accusation).when(Assign("unit-b"), clerk).then(events.Assigned)


def test_a3_the_date_lies_within_ten_years():
    given(a_petition()).when(Assign("unit-a", due_on=on("2036-12-31")), clerk).then(events.Assigned)
    beyond = given(a_petition()).when(Assign("unit-a", due_on=on("2037-01-01")), clerk)
    beyond.refused("date.too_far", basis="第二十二条第一款第三项")
