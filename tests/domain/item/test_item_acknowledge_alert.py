"""签收预警 (C3): the recipients of an item's alerts, and who may be told of it at all."""

from msgspec.structs import replace

from domain.alerts import events as alert_events
from domain.alerts import plan
from domain.directory.fold import Directory
from domain.supervision.conditions import refusal
from domain.supervision.kind import KIND
from tests.builders import at, known, leader
from tests.items import (
    DIRECTORY,
    OFFICERS,
    Matter,
    a_document,
    a_meeting_decision,
    against_unit_b,
    an_item,
    approved,
    b_clerk,
    deputy,
    handled,
    with_leader,
    with_result,
)
from tests.spec import given

ALERTED = handled("2026-03-02").alerted(
    "unit-limit", "due_soon_5", on="2026-04-20", to=("a-clerk", "inspector")
)
ALERT = next(f for f in ALERTED.facts if isinstance(f, alert_events.Alerted))


def told(story: Matter, clock: str, step: str, directory: Directory = DIRECTORY) -> set[str]:
    """Whom the step of the latest clock of that name is told."""
    found = story.clock(clock)
    rules = known()
    planned = plan.planned(story.item, [found], rules.books, rules.calendar)
    [alert] = [one for one in planned if one.step.id == step]
    return set(plan.recipients(KIND, story.item, alert.clock, alert.step, directory, alert.fire_on))


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


def test_c3_the_review_is_the_inspectors_and_who_else_must_answer_is_told_with_them():
    inspectors = {"inspector", "inspector2"}
    assert told(with_result(), "result-review", "due") == inspectors
    assert told(with_result().vetted(), "result-review", "due") == inspectors
    assert told(with_leader(), "result-review", "due") == inspectors | {"leader", "deputy"}
    named = an_item().submitted(deputy).instructed(by=deputy).issued().allocated()
    to_deputy = named.result().vetted().to_leader()
    assert told(to_deputy, "result-review", "due") == inspectors | {"deputy"}


def test_c3_a_request_for_time_is_told_whoever_it_waits_for():
    inspectors = {"inspector", "inspector2"}
    asked = handled().asked()
    assert told(asked, "extension-answer", "due") == inspectors | {"a-head"}
    assert told(asked.passed_up(), "extension-answer", "due") == inspectors
    with_leaders = asked.passed_up().passed_up("inspector")
    assert told(with_leaders, "extension-answer", "due") == inspectors | {"leader", "deputy"}
    named = an_item().submitted(deputy).instructed(by=deputy).issued().allocated().designated().asked()
    to_deputy = named.passed_up().passed_up("inspector")
    assert told(to_deputy, "extension-answer", "due") == inspectors | {"deputy"}


def test_c3_without_a_clerk_the_units_head_is_told():
    without = {id: one for id, one in DIRECTORY.officers.items() if id != "a-clerk"}
    story, reduced = approved().issued().allocated(), replace(DIRECTORY, officers=without)
    assert told(story, "unit-limit", "due_soon_5", reduced) == {"a-head", "inspector", "inspector2"}


def test_c3_without_either_the_unit_above_is_told_and_may_read_it_unless_it_is_confidential():
    staffed = {id: one for id, one in DIRECTORY.officers.items() if id not in {"a-head", "a-clerk"}}
    under_b = DIRECTORY.units | {"unit-a": replace(DIRECTORY.units["unit-a"], parent="unit-b")}
    above, inspectors = replace(DIRECTORY, officers=staffed, units=under_b), {"inspector", "inspector2"}
    story = handled()
    assert told(story, "unit-limit", "due_soon_5", above) == inspectors | {"handler", "b-clerk"}
    alerted = story.alerted("unit-limit", "due_soon_5", on="2026-04-20", to=("b-clerk",))
    seen = given(alerted, directory=above).situation(b_clerk, at("2026-04-20"))
    assert refusal(seen, "acknowledge-alert") is None
    secret = handled(confidential=True)
    assert "b-clerk" not in told(secret, "unit-limit", "due_soon_5", above)


def test_c3_without_a_head_the_units_clerk_is_told():
    without = {id: one for id, one in DIRECTORY.officers.items() if id != "a-head"}
    story, reduced = handled().asked(), replace(DIRECTORY, officers=without)
    assert "a-clerk" in told(story, "extension-answer", "due", reduced)


def test_b11_two_days_before_a_documents_limit_the_unit_and_the_leader_who_gave_the_note():
    document = a_document("ordinary").submitted(leader, deputy).instructed().countersigned()
    story = document.allocated().designated()
    assert told(story, "ordinary", "due_soon_2") == {"handler", "a-clerk", "leader", "deputy"}


def test_b11_and_before_every_other_limit_of_a_document_or_a_meetings_decision():
    unit = {"handler", "a-clerk", "a-head", "inspector", "inspector2"}
    document = a_document("ordinary", due_on="2026-04-30").submitted().instructed().allocated().designated()
    decision = a_meeting_decision().submitted().instructed(by=deputy).issued().allocated().designated()
    for clock in ("unit-limit", "item"):
        assert told(document, clock, "due_soon_2") == unit | {"leader"}
        assert told(decision, clock, "due_soon_2") == unit | {"deputy"}
        assert told(handled(), clock, "due_soon_2") == unit
        assert told(decision, clock, "due") == unit


def test_a13_of_a_confidential_item_only_those_it_passed_through():
    story = against_unit_b().submitted(deputy).instructed(by=deputy).issued().allocated().designated()
    assert told(story, "item", "due") == {"handler", "a-clerk", "a-head", "inspector"}
    assert told(story, "item", "escalated_1") == {"a-clerk", "a-head", "inspector", "deputy"}


def test_a13_the_accused_never():
    story = against_unit_b().submitted(leader).instructed().issued().allocated()
    told_of_it = {o.id for o in OFFICERS if KIND.may_be_told(o.id, story.item, DIRECTORY)}
    assert not {"b-head", "b-clerk", "b-officer", "admin", "deputy", "inspector2"} & told_of_it
    assert set(KIND.wardens(story.item, DIRECTORY)) == {"leader", "inspector"}
