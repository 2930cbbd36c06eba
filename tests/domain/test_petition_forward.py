"""转送 (A3, A13): to the competent organ; tracked if it is one of our units."""

from domain.petition import events
from domain.petition.commands import Forward
from tests.builders import OFFICE, a_petition, clerk, with_unit
from tests.spec import given, open_in, who_may

OUTSIDE = Forward("清江市财政局")
ACCUSED = (events.Against(unit="清江区住建局"), events.Against(unit="清江市财政局"))


def test_a3_only_the_office_forwards():
    assert who_may(a_petition(), OUTSIDE) == OFFICE


def test_a3_only_what_is_registered_and_nowhere_else():
    assert open_in(OUTSIDE) == {"registered"}
    given(with_unit()).when(OUTSIDE, clerk).refused("petition.held_by_unit", basis="第二十三条第三款")


def test_a3_forwarding_outside_ends_our_part():
    story = given(a_petition()).when(OUTSIDE, clerk).then(events.Forwarded, tracked=False)
    assert story.stage == "forwarded"
    assert {c.clock: c.state for c in story.clocks()} == {"route": "stopped"}


def test_a3_forwarding_to_a_unit_of_ours_is_tracked_by_id_or_by_name():
    for name in ("unit-a", "清江区住建局"):
        story = given(a_petition()).when(Forward(name), clerk)
        forwarded = story.then(events.Forwarded, to_organ="unit-a", tracked=True)
        assert forwarded.stage == "with_unit"
        assert forwarded.petition.holder == "unit-a"
        assert {c.clock for c in forwarded.clocks()} == {"route", "notify", "object"}


def test_a3_an_office_is_no_handling_unit():
    given(a_petition()).when(Forward("清江区信访局"), clerk).refused("petition.unit_is_office")


def test_a13_an_accusation_is_never_forwarded_to_whom_it_accuses():
    accusation = a_petition(category="accusation", against=ACCUSED)
    given(accusation).when(Forward("unit-a"), clerk).refused("petition.accused_unit", basis="第三十条第三款")
    given(accusation).when(Forward("清江区住建局"), clerk).refused("petition.accused_unit")
    given(accusation).when(Forward("unit-b"), clerk).then(events.Forwarded, tracked=True)


def test_a13_nor_to_an_accused_organ_outside_the_directory():
    accusation = a_petition(category="accusation", against=ACCUSED)
    refusal = given(accusation).when(OUTSIDE, clerk).refusal()
    assert refusal is not None
    assert refusal.code == "petition.accused_unit"


def test_a13_a_complaint_that_is_no_accusation_goes_to_the_unit_complained_of():
    given(a_petition(against=ACCUSED)).when(Forward("unit-a"), clerk).then(events.Forwarded)
