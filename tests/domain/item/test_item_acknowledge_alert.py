"""签收预警 (C3): the recipients of an item's alerts, and who may be told of it at all."""

from domain.alerts import events as alert_events
from domain.alerts import plan
from domain.supervision.conditions import refusal
from domain.supervision.kind import KIND
from tests.builders import at, known, leader
from tests.items import (
    DIRECTORY,
    OFFICERS,
    Matter,
    a_document,
    against_unit_b,
    approved,
    deputy,
    handled,
    with_result,
)
from tests.spec import given

ALERTED = handled("2026-03-02").alerted(
    "unit-limit", "due_soon_5", on="2026-04-20", to=("a-clerk", "inspector")
)
ALERT = next(f for f in ALERTED.facts if isinstance(f, alert_events.Alerted))


def told(story: Matter, clock: str, step: str) -> set[str]:
    """Whom the step of the latest clock of that name is told."""
    found = story.clock(clock)
    rules = known()
    planned = plan.planned(story.item, [found], rules.books, rules.calendar)
    [alert] = [one for one in planned if one.step.id == step]
    return set(plan.recipients(KIND, story.item, alert.clock, alert.step, DIRECTORY, alert.fire_on))


def test_c3_only_its_recipients_acknowledge():
    may = {
        o.id
        for o in OFFICERS
        if refusal(given(ALERTED).situation(o, at("2026-04-20")), "acknowledge-alert") is None
    }
    assert may == {"inspector", "inspector2", "leader", "deputy", "a-head", "a-clerk", "handler"}
    assert ALERT.alert_id in ALERTED.item.alerts
    assert ALERT.alert_id in ALERTED.acknowledged().item.acknowledged


def test_c3_a_units_limit_is_the_units_and_the_inspectors():
    assert told(handled(), "unit-limit", "due_soon_5") == {"handler", "a-clerk", "inspector", "inspector2"}
    assert told(handled(), "unit-limit", "due") == {"handler", "a-clerk", "a-head", "inspector", "inspector2"}


def test_c3_the_items_limit_is_the_leads():
    story = handled("2026-03-02", "2026-04-30", "unit-b")
    assert told(story, "item", "due") == {"handler", "a-clerk", "a-head", "inspector", "inspector2"}


def test_c3_in_the_end_the_leaders_learn_of_it():
    assert {"leader", "deputy"} & told(handled(), "item", "escalated_1") == {"leader"}
    named = approved().issued().allocated()
    assert "leader" in told(named, "unit-limit", "escalated_1")


def test_c3_the_review_is_the_inspectors():
    assert told(with_result(), "result-review", "due") == {"inspector", "inspector2"}
    assert told(handled().asked(), "extension-answer", "due") == {"inspector", "inspector2"}


def test_b11_two_days_before_a_documents_limit_the_unit_and_the_leader_who_gave_the_note():
    document = a_document("ordinary").submitted(leader, deputy).instructed().countersigned()
    story = document.allocated().designated()
    assert told(story, "ordinary", "due_soon_2") == {"handler", "a-clerk", "leader", "deputy"}


def test_a13_of_a_confidential_item_only_those_it_passed_through():
    story = against_unit_b().submitted(deputy).instructed(by=deputy).issued().allocated().designated()
    assert told(story, "item", "due") == {"handler", "a-clerk", "a-head", "inspector"}
    assert told(story, "item", "escalated_1") == {"a-clerk", "a-head", "inspector", "deputy"}


def test_a13_the_accused_never():
    story = against_unit_b().submitted(leader).instructed().issued().allocated()
    told_of_it = {o.id for o in OFFICERS if KIND.may_be_told(o.id, story.item, DIRECTORY)}
    assert not {"b-head", "b-clerk", "b-officer", "admin", "deputy", "inspector2"} & told_of_it
    assert set(KIND.wardens(story.item, DIRECTORY)) == {"leader", "inspector"}
