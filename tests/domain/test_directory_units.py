"""单位: units are founded in a tree, renamed and moved; what they were called stays known."""

import pytest

from domain.directory.accused import accused_people, accused_units
from domain.directory.decisions import appoint, found_unit, move_unit, rename_unit
from domain.directory.events import UnitFounded, UnitMoved, UnitRenamed
from domain.errors import Invalid, NotYours, Unknown
from domain.petition.events import Against
from tests.builders import at
from tests.directories import TOWN

NEW = ("unit-c", "清江区水务局", "unit", "C", "county")


@pytest.mark.parametrize("by", ["admin", "inspector", "system"])
def test_a_unit_is_founded_below_another(by: str):
    TOWN.when(found_unit, *NEW, by=by).then(UnitFounded, unit_id="unit-c", parent="county")
    after = TOWN.having(found_unit, *NEW, by=by).directory
    assert after.above("unit-c") == ("county",)
    assert "unit-c" in after.below("county")


@pytest.mark.parametrize("by", ["head", "leader", "auditor", "a-head", "a-clerk", "handler", "clerk"])
def test_b14_only_the_administrator_and_the_inspector_keep_the_directory(by: str):
    TOWN.when(found_unit, *NEW, by=by).refused("directory.not_yours", NotYours)
    TOWN.when(rename_unit, "unit-a", "新名", by=by).refused("directory.not_yours", NotYours)
    TOWN.when(move_unit, "unit-a", "", by=by).refused("directory.not_yours", NotYours)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (("unit-a", "新局", "unit", "", ""), "directory.unit_exists"),
        (("unit-c", "清江区住建局", "unit", "", ""), "directory.name_taken"),
        (("unit-c", "新局", "bureau", "", ""), "directory.unknown_kind"),
        (("unit-c", "新局", "unit", "A", ""), "directory.code_taken"),
        (("unit-c", "新局", "unit", "a", ""), "directory.bad_code"),
        (("unit-c", "新局", "petition_office", "", ""), "directory.bad_code"),
        (("Unit C", "新局", "unit", "", ""), "directory.bad_id"),
        (("petitioner", "新局", "unit", "", ""), "directory.bad_id"),
        (("unit-c", "  ", "unit", "", ""), "directory.bad_name"),
        (("unit-c", "新局", "unit", "", "nowhere"), "directory.unknown_parent"),
        (("unit-c", "新局", "unit", "", "unit-c"), "directory.unknown_parent"),
    ],
)
def test_a_unit_that_cannot_be_founded(changed: tuple[str, ...], code: str):
    TOWN.when(found_unit, *changed).refused(code, Invalid)


def test_the_tree_tells_who_is_above_and_below():
    directory = TOWN.directory
    assert directory.above("unit-a-1") == ("unit-a", "county")
    assert directory.below("county") == {"unit-a", "unit-a-1", "unit-b"}
    assert directory.below("unit-a-1") == frozenset()
    assert directory.above("nowhere") == ()


def test_the_tree_does_not_grow_too_deep():
    told = TOWN
    for level in range(10):
        parent = f"level-{level - 1}" if level else "county"
        told = told.having(found_unit, f"level-{level}", f"第{level}级", "unit", "", parent)
    told.when(found_unit, "deepest", "最深", "unit", "", "level-9").then(UnitFounded, parent="level-9")
    deepest = told.having(found_unit, "deepest", "最深", "unit", "", "level-9")
    deepest.when(found_unit, "deeper", "更深", "unit", "", "deepest").refused("directory.too_deep", Invalid)
    deepest.when(move_unit, "unit-a", "level-9").refused("directory.too_deep", Invalid)


def test_a_unit_is_renamed_and_its_former_name_stays_known():
    TOWN.when(rename_unit, "unit-a", "清江区建设局", by="inspector", day="2026-03-10").then(
        UnitRenamed, unit_id="unit-a", name="清江区建设局", by="inspector"
    )
    after = TOWN.having(rename_unit, "unit-a", "清江区建设局", day="2026-03-10").directory
    assert after.unit_name("unit-a") == "清江区建设局"
    assert after.unit_called("unit-a", at("2026-03-09")) == "清江区住建局"
    assert after.unit_called("unit-a", at("2026-03-10")) == "清江区建设局"
    assert after.unit_called("unit-a", at("2020-01-01")) == "清江区住建局"
    assert after.resolve("清江区住建局") == after.resolve("清江区建设局") == "unit-a"
    assert after.units_named("清江区住建局") == {"unit-a"}


def test_a13_an_accusation_by_a_former_name_still_accuses():
    told = TOWN.having(rename_unit, "unit-a", "清江区建设局")
    told = told.having(appoint, "a-head", "赵一改", "unit-a", "unit_head")
    against = (Against(unit="清江区住建局", person="赵一"),)
    assert {"unit-a", "unit-a-1"} <= accused_units(against, told.directory)
    assert "a-head" in accused_people(against, told.directory)


def test_a_former_name_another_unit_bears_now_means_that_unit():
    told = TOWN.having(rename_unit, "unit-a", "清江区建设局").having(rename_unit, "unit-b", "清江区住建局")
    assert told.directory.resolve("清江区住建局") == "unit-b"
    assert told.directory.units_named("清江区住建局") == {"unit-a", "unit-b"}


def test_a_former_name_of_several_units_means_none():
    told = TOWN.having(rename_unit, "unit-a", "甲局").having(rename_unit, "unit-b", "清江区住建局")
    told = told.having(rename_unit, "unit-b", "乙局")
    assert told.directory.resolve("清江区住建局") == "清江区住建局"


@pytest.mark.parametrize(
    ("unit", "name", "code", "kind"),
    [
        ("nowhere", "新名", "directory.no_such_unit", Unknown),
        ("unit-a", "清江区住建局", "directory.name_unchanged", Invalid),
        ("unit-a", "清江区民政局", "directory.name_taken", Invalid),
        ("unit-a", " ", "directory.bad_name", Invalid),
        ("unit-a", "换\n行", "directory.bad_name", Invalid),
    ],
)
def test_a_unit_that_cannot_be_renamed_so(
    unit: str, name: str, code: str, kind: type[Unknown] | type[Invalid]
):
    TOWN.when(rename_unit, unit, name).refused(code, kind)


def test_a_unit_moves_with_all_units_below_it():
    TOWN.when(move_unit, "unit-a", "unit-b").then(UnitMoved, unit_id="unit-a", parent="unit-b")
    after = TOWN.having(move_unit, "unit-a", "unit-b").directory
    assert after.above("unit-a-1") == ("unit-a", "unit-b", "county")
    alone = TOWN.having(move_unit, "unit-a", "").directory
    assert alone.above("unit-a-1") == ("unit-a",)
    assert alone.below("county") == {"unit-b"}


@pytest.mark.parametrize("parent", ["county", "unit-a", "unit-a-1"])
def test_no_unit_comes_under_itself(parent: str):
    TOWN.when(move_unit, "county", parent).refused("directory.cycle", Invalid)


def test_a_move_to_where_the_unit_is_or_to_nowhere():
    TOWN.when(move_unit, "unit-a", "county").refused("directory.parent_unchanged", Invalid)
    TOWN.when(move_unit, "unit-a", "nowhere").refused("directory.unknown_parent", Invalid)
    TOWN.when(move_unit, "nowhere", "county").refused("directory.no_such_unit", Unknown)
