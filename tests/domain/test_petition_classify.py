"""分类 (A1): category, topic, way of handling and class of limit."""

from domain.petition import events
from domain.petition.commands import Classify
from tests.builders import OFFICE, UNIT_A, a_clerk, a_petition, clerk, in_handling, with_unit
from tests.spec import given, open_in, who_may

SUGGESTION = Classify(category="suggestion", topic="城市管理")


def test_a1_the_office_and_the_holding_unit_classify():
    assert who_may(with_unit(), SUGGESTION) == OFFICE | UNIT_A


def test_a1_only_an_active_petition_is_classified():
    assert open_in(SUGGESTION) == {"registered", "with_unit", "handling"}


def test_a1_the_class_replaces_the_one_before():
    story = given(a_petition()).when(SUGGESTION, clerk).then(events.Classified, category="suggestion")
    assert story.petition.category == "suggestion"
    assert story.petition.topic == "城市管理"


def test_b12_a_class_of_limit_stays_when_the_next_one_is_silent():
    story = a_petition(limit_class="routine")
    kept = given(story).when(Classify(category="appeal"), clerk).then(events.Classified, limit_class=None)
    assert kept.petition.limit_class == "routine"
    moved = given(kept).when(Classify(category="appeal", limit_class="special"), clerk)
    assert moved.then(events.Classified).petition.limit_class == "special"


def test_a4_a_matter_led_into_a_statutory_procedure_has_no_finish_clock():
    story = in_handling()
    assert "finish" in {c.clock for c in story.clocks()}
    led = (
        given(story).when(Classify(category="appeal", way="administrative"), a_clerk).then(events.Classified)
    )
    assert led.clock("finish").state == "cancelled"  # it ran, so it stays on record
    back = given(led).when(Classify(category="appeal"), a_clerk).then(events.Classified)
    assert back.clock("finish").state == "running"


def test_a4_a_limit_already_missed_is_not_wiped_out_by_a_new_class():
    missed = in_handling("2026-01-05")
    led = (
        given(missed).when(Classify(category="suggestion"), a_clerk, on="2026-04-01").then(events.Classified)
    )
    clock = led.clock("finish")
    assert (clock.state, clock.stopped_on.isoformat(), clock.due_on.isoformat()) == (
        "stopped",
        "2026-04-01",
        "2026-03-06",
    )


def test_a13_only_the_office_lifts_the_secrecy_of_an_accusation():
    accusation = with_unit(category="accusation")
    given(accusation).when(Classify(category="appeal"), a_clerk).refused("petition.secrecy_not_yours")
    given(accusation).when(Classify(category="appeal"), clerk).then(events.Classified)


def test_a13_an_accusation_hides_the_petition_from_the_accused_unit():
    story = with_unit(against=(events.Against(unit="清江区住建局"),))
    hidden = given(story).when(Classify(category="accusation"), clerk).then(events.Classified)
    assert who_may(hidden, SUGGESTION) == OFFICE
    given(hidden).when(SUGGESTION, a_clerk).refused("petition.unknown")
