"""转办 (A3, A6, A13): passed on to a unit and still tracked."""

import pytest

from domain.petition import events
from domain.petition.commands import Object, Transfer
from tests.builders import OFFICE, a_clerk, a_petition, clerk, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Transfer("unit-a")


def test_a3_only_the_office_transfers():
    assert who_may(a_petition(), COMMAND) == OFFICE


def test_a3_only_what_is_registered_and_nowhere_else():
    assert open_in(COMMAND) == {"registered"}
    given(with_unit()).when(COMMAND, clerk).refused("petition.held_by_unit", basis="第二十三条第三款")


def test_a13_what_comes_to_accuse_its_holder_is_taken_from_it():
    accused = with_unit(against=(events.Against(unit="unit-a"),)).classified(category="accusation")
    moved = given(accused).when(Transfer("unit-b"), clerk).then(events.Transferred, to_unit="unit-b")
    assert who_may(moved, Object("不属于本单位职权范围")) == {"b-head", "b-clerk"}


def test_a6_what_a_unit_registered_itself_the_office_may_pass_on():
    own = a_petition(by=a_clerk, at_office=False)
    given(own).when(Transfer("unit-b"), clerk).then(events.Transferred, to_unit="unit-b")
    given(own.accepted()).when(Transfer("unit-b"), clerk).refused("petition.held_by_unit")


@pytest.mark.parametrize(
    "written",
    [
        "UNIT-A",
        "ｕｎｉｔ－ａ",
        " unit-a ",
        "清江区 住建局",
        "清江区住建局\u200b",
        "清江区住建局物业科",
        "住建局",
    ],
)
def test_a13_the_accused_unit_is_known_however_it_is_written(written: str):
    accusation = a_petition(category="accusation", against=(events.Against(unit=written),))
    given(accusation).when(COMMAND, clerk).refused("petition.accused_unit", basis="第三十条第三款")


def test_a3_the_units_clocks_start_on_its_receipt():
    story = given(a_petition("2026-02-09")).when(COMMAND, clerk, on="2026-02-12").then(events.Transferred)
    assert story.clock("route").stopped_on.isoformat() == "2026-02-12"
    assert story.due("notify") == "2026-02-27"
    assert story.due("object") == "2026-02-26"  # 13, 14, 24, 25, 26 February
    assert story.clock("notify").unit == "unit-a"


def test_a6_after_a_hand_back_the_next_units_clocks_start_at_its_own_receipt():
    returned = with_unit("2026-02-09").objected("2026-02-11").handed_back("2026-02-12")
    story = given(returned).when(Transfer("unit-b"), clerk, on="2026-02-13").then(events.Transferred)
    mine = {c.clock: c for c in story.clocks() if c.unit == "unit-b"}
    assert {c.started_on.isoformat() for c in mine.values()} == {"2026-02-13"}
    assert set(mine) == {"notify", "object"}
    wrong = {c.clock: c.state for c in story.clocks() if c.unit == "unit-a"}
    assert wrong == {"notify": "cancelled", "object": "stopped"}
    assert [(c.started_on.isoformat(), c.state) for c in story.clocks() if c.clock == "route"] == [
        ("2026-02-09", "stopped")
    ]


def test_a3_to_a_unit_of_the_directory_that_handles_matters():
    given(a_petition()).when(Transfer("unit-z"), clerk).refused("unit.unknown")
    given(a_petition()).when(Transfer("petition-office"), clerk).refused("petition.unit_is_office")


def test_a13_an_accusation_is_never_transferred_to_whom_it_accuses():
    for accused in ("清江区住建局", "unit-a"):
        accusation = a_petition(category="accusation", against=(events.Against(unit=accused),))
        given(accusation).when(COMMAND, clerk).refused("petition.accused_unit", basis="第三十条第三款")
        given(accusation).when(Transfer("unit-b"), clerk).then(events.Transferred)
