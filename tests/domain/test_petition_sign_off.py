"""办结核销 (A4): the result is accepted once the opinion has been served."""

from domain.petition import events
from domain.petition.commands import SignOff
from tests.builders import OFFICE, answered, head, in_handling, inspector, on, reviewed
from tests.spec import given, open_in, who_may

COMMAND = SignOff("办理结果符合要求")


def test_a4_the_office_the_inspector_or_a_leader_signs_off():
    assert who_may(answered(), COMMAND) == OFFICE | {"inspector", "leader"}


def test_a4_what_is_answered_or_reviewed():
    assert open_in(COMMAND) == {"replied", "reviewed"}


def test_a4_the_matter_is_off_the_list():
    story = given(answered("2026-03-02")).when(COMMAND, inspector, on="2026-03-10").then(events.SignedOff)
    assert story.stage == "signed_off"
    assert story.petition.closed_on == on("2026-03-10")
    assert story.clock("finish").state == "stopped"


def test_a4_not_before_the_opinion_was_served():
    given(in_handling().replied()).when(COMMAND, head).refused(
        "petition.opinion_not_served", basis="第三十二条"
    )
    unserved = answered().review_requested().review_concluded()
    given(unserved).when(COMMAND, head).refused("petition.opinion_not_served")
    given(unserved.served("review-opinion")).when(COMMAND, head).then(events.SignedOff)


def test_a4_not_dated_before_the_last_service():
    story = in_handling("2026-03-02").replied().served(on="2026-03-06")
    given(story).when(SignOff("符合", on=on("2026-03-05")), head, on="2026-03-09").refused(
        "date.before_antecedent"
    )


def test_a5_in_a_new_round_not_dated_before_the_service_of_its_own_opinion():
    redone = reviewed("2026-03-02", result="redo").replied("2026-03-20").served(on="2026-03-25")
    given(redone).when(SignOff("符合", on=on("2026-03-24")), head, on="2026-03-30").refused(
        "date.before_antecedent"
    )
    given(redone).when(SignOff("符合", on=on("2026-03-25")), head, on="2026-03-30").then(events.SignedOff)


def test_a5_not_before_the_opinion_that_sent_the_matter_back_was_served():
    redone = answered().review_requested().review_concluded(result="redo").replied().served()
    given(redone).when(COMMAND, head).refused("petition.opinion_not_served")
    given(redone.served("review-opinion")).when(COMMAND, head).then(events.SignedOff)


def test_a5_the_petitioners_window_stays_open():
    assert answered("2026-03-02").signed_off().clock("review-request").state == "running"
