"""申请复核 (A5): within 30 days of the served review opinion."""

import pytest

from domain.review import events
from domain.review.commands import RequestReexamination
from tests.builders import OFFICE, UNIT_A, answered, clerk, on, reviewed, under_reexamination
from tests.spec import given, open_in, who_may

COMMAND = RequestReexamination("不服复查意见")
SERVED = reviewed("2025-09-01")


def test_a5_the_office_or_the_holding_unit_takes_the_request_in():
    assert who_may(reviewed(), COMMAND) == OFFICE | UNIT_A


def test_a5_after_the_review_or_the_sign_off():
    assert open_in(COMMAND) == {"reviewed", "signed_off", "archived"}


def test_a5_the_last_organ_has_thirty_days_from_its_receipt():
    story = given(SERVED).when(COMMAND, clerk, on="2025-09-15").then(events.ReexaminationRequested)
    assert story.stage == "under_reexamination"
    assert story.due("reexamination") == "2025-10-15"
    assert story.clock("reexamination-request").state == "stopped"


@pytest.mark.parametrize(("received", "late"), [("2025-10-09", False), ("2025-10-10", True)])
def test_a5_a_request_after_the_window_is_recorded_as_late_and_not_lost(received, late):
    given(SERVED).when(COMMAND, clerk, on=received).then(events.ReexaminationRequested, late=late)


def test_a5_posted_in_time_is_in_time():
    posted = RequestReexamination("不服", received_on=on("2025-10-13"), posted_on=on("2025-10-09"))
    story = given(SERVED).when(posted, clerk, on="2025-10-13").then(events.ReexaminationRequested, late=False)
    assert story.due("reexamination") == "2025-11-12"
    wrong = RequestReexamination("不服", received_on=on("2025-09-15"), posted_on=on("2025-09-16"))
    given(SERVED).when(wrong, clerk, on="2025-09-17").refused("review.posted_after_receipt")


def test_a5_not_before_the_review_opinion_was_served():
    unserved = answered().review_requested().review_concluded()
    given(unserved).when(COMMAND, clerk).refused("petition.review_opinion_not_served", basis="第三十六条")
    early = RequestReexamination("不服", received_on=on("2025-08-31"))
    given(SERVED).when(early, clerk, on="2025-09-02").refused("date.before_antecedent")


def test_a5_once():
    again = under_reexamination().reexamination_concluded(result="redo").replied().served().signed_off()
    given(again).when(COMMAND, clerk).refused("petition.reexamination_already_requested", basis="第三十六条")


def test_a5_without_a_review_there_is_nothing_to_reexamine():
    given(answered().signed_off()).when(COMMAND, clerk).refused("petition.review_opinion_not_served")


def test_a5_against_the_opinion_of_a_new_round_the_review_comes_first():
    redone = reviewed(result="redo").replied().served().signed_off()
    given(redone).when(COMMAND, clerk).refused("petition.handled_anew", basis="第三十五条")
