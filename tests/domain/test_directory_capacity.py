"""以何身份办理: B acts with A's post only while A is away on the day, and in the order given; the act shows both."""

import pytest

from domain.acts import Act
from domain.directory.decisions import dismiss, give_post
from domain.directory.duty import end_absence, name_stand_ins, record_absence
from domain.errors import NotYours
from tests.builders import at, on
from tests.directories import TOWN, Told

ORDER = ("a-clerk", "b-head", "handler")


@pytest.fixture
def away() -> Told:
    """The head of unit A is away from the third to the fifth of March; three stand in."""
    told = TOWN.having(name_stand_ins, "a-head", ORDER)
    return told.having(record_absence, "a-head", on("2026-03-03"), on("2026-03-05"), "学习")


def test_everybody_acts_in_the_own_post():
    TOWN.acting("handler", "2026-03-03").then(
        Act, by="handler", unit="unit-a", role="unit_officer", name="孙三", for_whom=None, own_unit=""
    )


def test_b14_the_first_stand_in_acts_with_the_post_of_the_absent(away: Told):
    away.acting("a-clerk", "2026-03-03", for_whom="a-head").then(
        Act,
        by="a-clerk",
        name="钱二",
        unit="unit-a",
        role="unit_head",
        for_whom="a-head",
        principal="a-head",
        own_unit="",
        at=at("2026-03-03"),
    )


def test_b14_the_next_acts_when_those_before_are_away_too(away: Told):
    away.acting("b-head", "2026-03-04", for_whom="a-head").refused("standin.earlier_present", NotYours)
    told = away.having(record_absence, "a-clerk", on("2026-03-04"), on("2026-03-04"), "病假")
    told.acting("b-head", "2026-03-04", for_whom="a-head").then(
        Act, by="b-head", unit="unit-a", role="unit_head", own_unit="unit-b", for_whom="a-head"
    )
    told.acting("handler", "2026-03-04", for_whom="a-head").refused("standin.earlier_present", NotYours)
    told.acting("a-clerk", "2026-03-04", for_whom="a-head").refused("standin.self_absent", NotYours)
    told.acting("a-clerk", "2026-03-05", for_whom="a-head").then(Act, by="a-clerk")


@pytest.mark.parametrize(
    ("instant", "away_then"),
    [
        ("2026-03-02T23:59:59+08:00", False),
        ("2026-03-03T00:00:00+08:00", True),
        ("2026-03-02T16:00:00Z", True),
        ("2026-03-05T15:59:59Z", True),
        ("2026-03-06T00:00:00+08:00", False),
    ],
)
def test_days_are_those_of_shanghai(away: Told, instant: str, away_then: bool):
    asked = away.acting("a-clerk", instant, for_whom="a-head")
    if away_then:
        asked.then(Act, by="a-clerk", role="unit_head")
    else:
        asked.refused("standin.not_absent", NotYours)


def test_once_the_absent_is_back_nobody_stands_in(away: Told):
    back = away.having(end_absence, "a-head", on("2026-03-04"), by="a-head", day="2026-03-04")
    back.acting("a-clerk", "2026-03-04", for_whom="a-head").refused("standin.not_absent", NotYours)
    back.acting("a-clerk", "2026-03-03", for_whom="a-head").then(Act, for_whom="a-head")


@pytest.mark.parametrize("absent", ["leader", "a-clerk", "nobody", "system", ""])
def test_who_is_nobodys_stand_in_acts_for_nobody(away: Told, absent: str):
    away.acting("a-clerk", "2026-03-03", for_whom=absent).refused("standin.not_yours", NotYours)


def test_standing_in_does_not_pass_on():
    """The stand-in of a stand-in is not a stand-in."""
    told = TOWN.having(name_stand_ins, "a-head", ("a-clerk",)).having(name_stand_ins, "a-clerk", ("handler",))
    for officer in ("a-head", "a-clerk"):
        told = told.having(record_absence, officer, on("2026-03-03"), None, "学习")
    told.acting("handler", "2026-03-03", for_whom="a-clerk").then(Act, role="unit_clerk")
    told.acting("handler", "2026-03-03", for_whom="a-head").refused("standin.not_yours", NotYours)


def test_after_dismissal_nobody_acts_in_any_way(away: Told):
    gone = away.having(dismiss, "a-clerk", "")
    gone.acting("a-clerk", "2026-03-03").refused("officer.no_post", NotYours)
    gone.acting("a-clerk", "2026-03-03", for_whom="a-head").refused("officer.no_post", NotYours)
    gone.acting("b-head", "2026-03-03", for_whom="a-head").then(Act, by="b-head")
    dismissed = away.having(dismiss, "a-head", "")
    dismissed.acting("a-clerk", "2026-03-03", for_whom="a-head").refused("standin.not_yours", NotYours)
    TOWN.acting("nobody", "2026-03-03").refused("officer.no_post", NotYours)


def test_a_further_post_is_acted_in_by_name():
    told = TOWN.having(give_post, "leader", "unit-b", "unit_head")
    told.acting("leader", "2026-03-03", post="unit-b/unit_head").then(
        Act, unit="unit-b", role="unit_head", own_unit="leadership", for_whom=None
    )
    told.acting("leader", "2026-03-03", post="leadership/leader").then(Act, role="leader", own_unit="")
    told.acting("leader", "2026-03-03").then(Act, role="leader")
    for post in ("unit-a/unit_head", "unit-b", "unit-b/unit_head/", ""):
        told.acting("leader", "2026-03-03", post=post).refused("post.not_held", NotYours)


def test_a_stand_in_may_use_a_further_post_of_the_absent_but_not_the_own():
    told = TOWN.having(give_post, "a-head", "unit-b", "unit_officer")
    told = told.having(name_stand_ins, "a-head", ("a-clerk",))
    told = told.having(record_absence, "a-head", on("2026-03-03"), None, "学习")
    told.acting("a-clerk", "2026-03-03", for_whom="a-head", post="unit-b/unit_officer").then(
        Act, unit="unit-b", role="unit_officer", own_unit="unit-a", for_whom="a-head"
    )
    told.acting("a-clerk", "2026-03-03", for_whom="a-head", post="unit-a/unit_clerk").refused(
        "post.not_held", NotYours
    )


def test_who_was_named_before_a_further_post_does_not_get_at_it(away: Told):
    """Stand-ins are named for the posts held then; whoever names them anew knows of the new one."""
    told = away.having(give_post, "a-head", "leadership", "leader")
    for post in (None, "leadership/leader", "unit-a/unit_head"):
        told.acting("a-clerk", "2026-03-03", for_whom="a-head", post=post).refused(
            "standin.not_yours", NotYours
        )
