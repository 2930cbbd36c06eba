"""AB岗: who stands in for whom, in which order, is named by others; whoever is away has one person in the place."""

import pytest

from domain.directory.decisions import dismiss, give_post, take_on
from domain.directory.duty import name_stand_ins, record_absence
from domain.directory.events import StandInsNamed
from domain.errors import Invalid, NotNow, NotYours, Unknown
from tests.builders import on
from tests.directories import TOWN

ORDER = ("a-clerk", "handler", "b-head")


@pytest.mark.parametrize("by", ["admin", "inspector", "system"])
def test_b14_any_number_of_stand_ins_in_their_order(by: str):
    TOWN.when(name_stand_ins, "a-head", ORDER, by=by).then(StandInsNamed, officer="a-head", stand_ins=ORDER)


def test_a_head_names_them_within_the_own_unit():
    TOWN.when(name_stand_ins, "handler", ("a-clerk",), by="a-head").then(StandInsNamed, by="a-head")
    TOWN.when(name_stand_ins, "a-head", ("a-clerk", "handler"), by="a-head").then(StandInsNamed)
    TOWN.when(name_stand_ins, "clerk", ("head",), by="admin").then(StandInsNamed)
    TOWN.when(name_stand_ins, "head", ("clerk",), by="head").then(StandInsNamed)


def test_but_neither_for_nor_from_another_unit():
    TOWN.when(name_stand_ins, "b-clerk", ("a-clerk",), by="a-head").refused("duty.not_yours", NotYours)
    TOWN.when(name_stand_ins, "handler", ("b-clerk",), by="a-head").refused("standin.outside_unit", NotYours)


def test_sections_belong_to_the_unit():
    told = TOWN.having(take_on, "section", "吴科", "unit-a-1", "unit_head")
    told.when(name_stand_ins, "section", ("handler",), by="a-head").then(StandInsNamed)
    told.when(name_stand_ins, "handler", ("section",), by="a-head").then(StandInsNamed)
    told.when(name_stand_ins, "handler", ("a-clerk",), by="section").refused("duty.not_yours", NotYours)
    told.when(name_stand_ins, "section", ("b-clerk",), by="b-head").refused("duty.not_yours", NotYours)


def test_nor_for_somebody_with_a_post_beyond_the_unit():
    """Who stands in may use every post of the absent; a head gives away only what belongs to the own unit."""
    told = TOWN.having(give_post, "handler", "leadership", "leader")
    told.when(name_stand_ins, "handler", ("a-clerk",), by="a-head").refused("duty.not_yours", NotYours)
    TOWN.when(name_stand_ins, "auditor", ("clerk",), by="head").refused("duty.not_yours", NotYours)


@pytest.mark.parametrize("by", ["a-clerk", "handler", "leader", "auditor", "clerk"])
def test_others_name_nobody_not_even_for_themselves(by: str):
    TOWN.when(name_stand_ins, by, ("b-head",), by=by).refused("duty.not_yours", NotYours)


def test_nobody_names_himself_for_another():
    for by in ("admin", "inspector"):
        TOWN.when(name_stand_ins, "leader", ("a-head", by), by=by).refused("standin.own_name", NotYours)
    TOWN.when(name_stand_ins, "handler", ("a-head",), by="a-head").refused("standin.own_name", NotYours)


def test_nor_does_a_stand_in_change_the_order_of_whom_he_stands_in_for():
    told = TOWN.having(name_stand_ins, "inspector", ("a-head", "b-head"))
    told = told.having(record_absence, "inspector", on("2026-03-02"), None, "公差")
    by = "a-head for inspector"
    told.when(name_stand_ins, "inspector", ("b-head",), by=by).refused("standin.own_name", NotYours)
    told.when(name_stand_ins, "leader", ("inspector",), by=by).refused("standin.own_name", NotYours)
    told.when(name_stand_ins, "leader", ("a-head",), by=by).refused("standin.own_name", NotYours)
    told.when(name_stand_ins, "leader", ("b-head",), by=by).then(StandInsNamed, for_whom="inspector")


@pytest.mark.parametrize(
    ("stand_ins", "code"),
    [
        (("a-head",), "standin.self"),
        (("a-clerk", "handler", "a-clerk"), "standin.twice"),
        (("nobody",), "standin.not_serving"),
        (tuple(f"officer-{n}" for n in range(21)), "standin.too_many"),
        ((), "standin.unchanged"),
    ],
)
def test_an_order_that_cannot_be(stand_ins: tuple[str, ...], code: str):
    TOWN.when(name_stand_ins, "a-head", stand_ins).refused(code, Invalid)


def test_nobody_dismissed_stands_in_or_is_stood_in_for():
    told = TOWN.having(dismiss, "handler", "")
    told.when(name_stand_ins, "a-head", ("handler",)).refused("standin.not_serving", Invalid)
    told.when(name_stand_ins, "handler", ("a-head",)).refused("directory.dismissed", NotNow)
    told.when(name_stand_ins, "nobody", ("a-head",)).refused("officer.unknown", Unknown)


def test_the_same_order_again_is_no_news_and_an_empty_one_ends_it():
    told = TOWN.having(name_stand_ins, "a-head", ORDER)
    told.when(name_stand_ins, "a-head", ORDER).refused("standin.unchanged", Invalid)
    told.when(name_stand_ins, "a-head", ()).then(StandInsNamed, stand_ins=())


def test_the_first_who_is_present_stands_in():
    told = TOWN.having(name_stand_ins, "a-head", ORDER)
    day = on("2026-03-03")
    assert told.directory.standing_in("a-head", day) is None
    told = told.having(record_absence, "a-head", day, on("2026-03-05"), "学习")
    assert told.directory.standing_in("a-head", day) == "a-clerk"
    assert told.directory.stands_in_for("a-clerk", day) == ["a-head"]
    told = told.having(record_absence, "a-clerk", on("2026-03-04"), on("2026-03-04"), "病假")
    assert told.directory.standing_in("a-head", on("2026-03-04")) == "handler"
    assert told.directory.standing_in("a-head", on("2026-03-05")) == "a-clerk"
    assert told.directory.standing_in("a-head", on("2026-03-06")) is None
    told = told.having(dismiss, "a-clerk", "")
    assert told.directory.standing_in("a-head", day) == "handler"


def test_with_everybody_away_nobody_stands_in():
    told = TOWN.having(name_stand_ins, "a-head", ("a-clerk", "handler"))
    for officer in ("a-head", "a-clerk", "handler"):
        told = told.having(record_absence, officer, on("2026-03-03"), None, "集体活动")
    assert told.directory.standing_in("a-head", on("2026-03-03")) is None
    assert told.directory.standing_in("nobody", on("2026-03-03")) is None
