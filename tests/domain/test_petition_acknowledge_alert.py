"""签收预警 (C3): a named recipient has seen the alert, once."""

from uuid import uuid5

import pytest

from domain.alerts import events as alert_events
from domain.alerts import plan
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.petition.conditions import refusal
from domain.petition.stages import Stage
from tests.builders import CASE, OFFICERS, a_clerk, a_petition_in, at, clerk, in_handling, inspector
from tests.spec import given

ALERTED = in_handling("2026-03-02").alerted("notify", "due", on="2026-03-17", to=("a-clerk", "inspector"))
ALERT = next(f for f in ALERTED.facts if isinstance(f, alert_events.Alerted))


def refused(story, by, alert=ALERT) -> Refused | None:
    situation = given(story).situation(by, at("2026-03-17"))
    closed = refusal(situation, "acknowledge-alert")
    if closed is not None:
        return closed
    try:
        plan.must_be_acknowledgeable(alert, story.petition, situation)
    except Refused as no:
        return no
    return None


def test_c3_its_recipients_acknowledge():
    assert {o.id for o in OFFICERS if refused(ALERTED, o) is None} == {"a-clerk", "inspector"}


def test_c3_others_are_told_whose_it_is():
    no = refused(ALERTED, clerk)
    assert isinstance(no, NotYours)
    assert no.code == "alert.not_yours"


def test_c3_each_alert_is_acknowledged_once():
    no = refused(ALERTED.acknowledged(a_clerk), inspector)
    assert isinstance(no, NotNow)
    assert no.code == "alert.already_acknowledged"


def test_c3_an_alert_that_was_never_raised_is_unknown():
    no = refused(ALERTED, a_clerk, alert=None)
    assert isinstance(no, Unknown)
    assert no.code == "alert.unknown"
    assert uuid5(CASE, "something") not in ALERTED.petition.alerts


@pytest.mark.parametrize("stage", list(Stage))
def test_c3_in_every_stage(stage):
    story = a_petition_in(stage)
    assert refusal(given(story).situation(inspector, at("2026-03-17")), "acknowledge-alert") is None


def test_c3_an_alert_makes_nobodys_form_stale():
    assert ALERTED.petition.last_on == in_handling("2026-03-02").petition.last_on
    assert ALERTED.petition.alerts == {ALERT.alert_id}
    assert ALERTED.acknowledged(a_clerk).petition.acknowledged == {ALERT.alert_id}
