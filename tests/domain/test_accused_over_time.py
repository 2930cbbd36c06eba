"""Whom an accusation is kept from (A13): every post of theirs counts, and no move undoes it; however names are written."""

from collections.abc import Sequence

import pytest

from domain.directory.accused import accused_people, accused_units
from domain.directory.decisions import appoint, dismiss, found_unit, give_post, move_unit, take_post
from domain.petition.events import Against
from tests.builders import at
from tests.directories import TOWN, Told

CIVIL = (Against(unit="清江区民政局"),)
REGISTERED = at("2026-03-10")
EARLIER, LATER = "2026-03-05", "2026-03-16"


def people(told: Told, against: Sequence[Against] = CIVIL) -> frozenset[str]:
    return accused_people(against, told.directory, REGISTERED) & told.directory.officers.keys()


def units(told: Told, against: Sequence[Against] = CIVIL) -> frozenset[str]:
    return accused_units(against, told.directory, REGISTERED) & told.directory.units.keys()


def test_whoever_has_a_post_in_the_accused_unit_stands_accused():
    assert people(TOWN) == {"b-head", "b-clerk"}
    further = TOWN.having(give_post, "a-clerk", "unit-b", "unit_clerk")
    assert people(further) == {"b-head", "b-clerk", "a-clerk"}


def test_an_auditor_stands_apart_from_the_unit_of_that_post_alone():
    audits = TOWN.having(appoint, "b-clerk", "周六", "unit-b", "auditor", day="2026-03-02")
    assert people(audits) == {"b-head"}
    both = audits.having(give_post, "b-head", "petition-office", "auditor")
    assert "b-head" in people(both)


@pytest.mark.parametrize("day", [EARLIER, LATER])
def test_who_moved_away_after_the_registration_stays_accused(day: str):
    moved = TOWN.having(appoint, "b-clerk", "周六", "unit-a", "unit_clerk", day=day)
    assert ("b-clerk" in people(moved)) is (day == LATER)


def test_so_does_who_lost_a_further_post_or_was_dismissed_and_came_back_elsewhere():
    told = TOWN.having(give_post, "a-clerk", "unit-b", "unit_clerk", day=EARLIER)
    told = told.having(take_post, "a-clerk", "unit-b", "unit_clerk", day=LATER)
    told = told.having(dismiss, "b-clerk", "调离", day=LATER)
    told = told.having(appoint, "b-clerk", "周六", "unit-a", "unit_clerk", day=LATER)
    assert {"a-clerk", "b-clerk"} <= people(told)


def test_who_came_to_the_unit_only_later_stands_accused_too():
    assert "a-clerk" in people(TOWN.having(appoint, "a-clerk", "钱二", "unit-b", "unit_clerk", day=LATER))


@pytest.mark.parametrize("day", [EARLIER, LATER])
def test_a_section_that_moved_away_after_the_registration_stays_accused(day: str):
    told = TOWN.having(found_unit, "unit-b-1", "救助科", "unit", "", "unit-b")
    told = told.having(appoint, "b-1", "郑七", "unit-b-1", "unit_head")
    told = told.having(move_unit, "unit-b-1", "unit-a", day=day)
    assert ("unit-b-1" in units(told)) is (day == LATER)
    assert ("b-1" in people(told)) is (day == LATER)


def test_a_former_post_is_no_longer_than_the_units_place_in_the_tree():
    """The section left the accused unit before; who left the section later had left the accused unit with it."""
    told = TOWN.having(found_unit, "unit-b-1", "救助科", "unit", "", "unit-b")
    told = told.having(appoint, "b-1", "郑七", "unit-b-1", "unit_head")
    told = told.having(move_unit, "unit-b-1", "unit-a", day=EARLIER)
    told = told.having(appoint, "b-1", "郑七", "unit-a", "unit_officer", day=LATER)
    assert "b-1" not in people(told)


@pytest.mark.parametrize(
    ("against", "unit", "officer"),
    [
        (Against(unit="信访局陈国平"), "petition-office", "head"),
        (Against(person="清江区信访局局长"), "petition-office", "head"),
        (Against(person="陈局长"), None, "head"),
        (Against(person="姓陈的主任"), None, "head"),
        (Against(person="信访局陈副局长"), "petition-office", "head"),
        (Against(person="周书记"), None, "leader"),
        (Against(person="陳國平"), None, "head"),
        (Against(unit="清江區信訪局"), "petition-office", "head"),
        (Against(unit="信访办"), "petition-office", "head"),
        (Against(unit="信访部门"), "petition-office", "head"),
        (Against(unit="区信访"), "petition-office", "head"),
        (Against(person="信访办主任"), "petition-office", "head"),
        (Against(unit="民政部门"), "unit-b", "b-head"),
        (Against(person="民政局局长"), "unit-b", "b-head"),
    ],
)
def test_however_and_wherever_it_is_written(against: Against, unit: str | None, officer: str):
    assert officer in people(TOWN, (against,))
    assert units(TOWN, (against,)) == (frozenset({unit}) if unit is not None else frozenset())


@pytest.mark.parametrize(
    "written", ["清江区", "区", "局", "云溪县信访局", "江区局长", "陈述局", "部门", "某公司", "王局长", "信"]
)
def test_what_means_nobody_here(written: str):
    assert not units(TOWN, (Against(unit=written),))
    assert not people(TOWN, (Against(person=written),))
