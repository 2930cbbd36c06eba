"""签收预警: of a promise that fell due; the record remembers what was raised and what was seen."""

from domain.reception.situation import refusal
from tests.builders import admin, at, handler
from tests.reception_samples import a_visit
from tests.spec import given


def test_c3_an_alert_is_remembered_and_acknowledged():
    told = a_visit("promised").alerted("promise", "due", "2026-03-13", to=("handler",)).acknowledged(handler)
    assert len(told.state.alerts) == len(told.state.acknowledged) == 1
    open_to = refusal(given(told).situation(handler, at("2026-03-13")), "acknowledge-alert")
    assert open_to is None
    hidden = refusal(given(told).situation(admin, at("2026-03-13")), "acknowledge-alert")
    assert hidden is not None
    assert hidden.code == "reception.unknown"


def test_c3_who_is_told_in_the_place_of_a_group_that_may_not_know():
    told = a_visit()
    assert list(told.kind.wardens(told.state, told.directory)) == ["head"]
