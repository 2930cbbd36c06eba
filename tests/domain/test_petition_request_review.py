"""申请复查 (A5): within 30 days of the served opinion; the day of posting counts for the petitioner."""

import pytest

from domain.review import events
from domain.review.commands import RequestReview
from tests.builders import OFFICE, UNIT_A, answered, clerk, in_handling, on, reviewed, under_reexamination
from tests.spec import given, open_in, who_may

COMMAND = RequestReview("不服处理意见")
SERVED = answered("2025-09-01")


def test_a5_the_office_or_the_holding_unit_takes_the_request_in():
    assert who_may(answered(), COMMAND) == OFFICE | UNIT_A


def test_a5_after_the_reply_or_the_sign_off():
    assert open_in(COMMAND) == {"replied", "signed_off", "archived"}


def test_a5_the_review_organ_has_thirty_days_from_its_receipt():
    story = (
        given(SERVED)
        .when(COMMAND, clerk, on="2025-09-15")
        .then(events.ReviewRequested, reasons="不服处理意见")
    )
    assert story.stage == "under_review"
    assert story.due("review") == "2025-10-15"
    assert story.clock("review-request").state == "stopped"


@pytest.mark.parametrize(
    ("served", "received", "late"),
    [
        ("2025-09-01", "2025-10-09", False),  # the 30th day is 1 October
        ("2025-09-01", "2025-10-10", True),
        ("2025-12-02", "2026-01-04", False),  # a Sunday that works, in the next year
        ("2025-12-02", "2026-01-05", True),
    ],
)
def test_a5_a_request_after_the_window_is_recorded_as_late_and_not_lost(served, received, late):
    given(answered(served)).when(COMMAND, clerk, on=received).then(events.ReviewRequested, late=late)


def test_a5_posted_in_time_is_in_time_and_the_organs_days_count_from_receipt():
    posted = RequestReview("不服", received_on=on("2025-10-13"), posted_on=on("2025-10-09"))
    story = given(SERVED).when(posted, clerk, on="2025-10-13").then(events.ReviewRequested, late=False)
    assert story.due("review") == "2025-11-12"
    assert story.clock("review-request").stopped_on == on("2025-10-09")


def test_a5_posted_a_day_too_late_is_late():
    posted = RequestReview("不服", received_on=on("2025-10-13"), posted_on=on("2025-10-10"))
    given(SERVED).when(posted, clerk, on="2025-10-13").then(events.ReviewRequested, late=True)


def test_a5_nothing_is_posted_after_it_was_received():
    wrong = RequestReview("不服", received_on=on("2025-09-15"), posted_on=on("2025-09-16"))
    given(SERVED).when(wrong, clerk, on="2025-09-17").refused("review.posted_after_receipt")


def test_a5_not_before_the_opinion_was_served():
    early = RequestReview("不服", received_on=on("2025-08-31"))
    given(SERVED).when(early, clerk, on="2025-09-02").refused("date.before_antecedent")
    posted = RequestReview("不服", received_on=on("2025-09-02"), posted_on=on("2025-08-31"))
    given(SERVED).when(posted, clerk, on="2025-09-02").refused("date.before_antecedent")
    unserved = in_handling().replied()
    given(unserved).when(COMMAND, clerk).refused("petition.opinion_not_served", basis="第三十五条")


def test_a5_once():
    signed_off = reviewed().signed_off()
    given(signed_off).when(COMMAND, clerk).refused("petition.review_already_requested", basis="第三十五条")


def test_a5_the_last_instances_opinion_is_served_before_the_next_review_begins():
    redone = answered().review_requested().review_concluded(result="redo").replied().served()
    given(redone).when(COMMAND, clerk).refused("petition.last_opinion_not_served", basis="第三十五条")
    given(redone.served("review-opinion")).when(COMMAND, clerk).then(events.ReviewRequested)
    sent_back = under_reexamination().reexamination_concluded(result="revoke").replied().served()
    given(sent_back).when(COMMAND, clerk).refused("petition.last_opinion_not_served")
    told = sent_back.served("reexamination-opinion")
    given(told).when(COMMAND, clerk).then(events.ReviewRequested)


def test_a5_the_opinion_of_a_new_round_may_be_reviewed_again():
    again = reviewed(result="redo").replied().served()
    story = given(again).when(COMMAND, clerk).then(events.ReviewRequested)
    assert story.petition.review.result is None
    assert story.stage == "under_review"
