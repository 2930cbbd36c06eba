"""送达 (A3, A4, A5): a notice reached the petitioner; windows run from that day."""

import pytest

from domain.petition import events
from domain.petition.commands import Serve
from tests.builders import (
    OFFICE,
    UNIT_A,
    a_clerk,
    answered,
    clerk,
    handler,
    in_handling,
    on,
    reviewed,
    under_reexamination,
    with_unit,
)
from tests.spec import given, open_in, who_may

RECEIPT = Serve("receipt", "post")
OPINION = Serve("opinion", "in_person", signed_by="王某")


def test_a3_the_office_the_holder_or_the_handler_serves():
    assert who_may(in_handling(), RECEIPT) == OFFICE | UNIT_A | {"handler"}


def test_a3_in_every_stage_but_after_withdrawal_and_archiving():
    stages = {"registered", "with_unit", "handling", "replied", "declined", "forwarded", "under_review"}
    stages |= {"reviewed", "under_reexamination", "terminated", "signed_off"}
    assert open_in(RECEIPT) == stages


@pytest.mark.parametrize("notice", ["receipt", "acceptance"])
def test_a3_a_first_notice_stops_the_duty_to_notify(notice):
    story = in_handling("2026-03-02")
    served = (
        given(story).when(Serve(notice, "post"), handler, on="2026-03-17").then(events.Served, notice=notice)
    )
    assert served.clock("notify").stopped_on == on("2026-03-17")
    assert served.clock("finish").state == "running"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("opinion", "opinion"),
        ("处理意见书", "opinion"),
        ("Reply", "opinion"),
        ("review_opinion", "review-opinion"),
    ],
)
def test_a4_a_notice_is_known_by_its_code_its_title_or_an_alias(name, code):
    concluded = answered().review_requested().review_concluded()
    story = in_handling().replied() if code == "opinion" else concluded
    given(story).when(Serve(name, "post"), clerk).then(events.Served, notice=code)


def test_a4_who_signed_is_personal_data():
    story = given(in_handling().replied()).when(OPINION, handler).then(events.Served, method="in_person")
    assert story.facts[-1].personal == events.Signature("王某")
    unsigned = given(in_handling().replied()).when(Serve("opinion", "post"), handler)
    unsigned.then(events.Served, personal=None)


def test_a4_the_opinion_served_ends_the_handling_and_opens_the_petitioners_window():
    story = given(in_handling("2025-08-04").replied("2025-09-01")).when(OPINION, handler, on="2025-09-01")
    served = story.then(events.Served)
    assert served.clock("finish").state == "stopped"
    assert served.due("review-request") == "2025-10-09"


@pytest.mark.parametrize(
    ("story", "notice"),
    [
        pytest.param(with_unit(), "acceptance", id="acceptance before acceptance"),
        pytest.param(in_handling(), "refusal", id="refusal of what is handled"),
        pytest.param(in_handling(), "opinion", id="opinion before the reply"),
        pytest.param(answered().review_requested(), "review-opinion", id="review opinion before it"),
        pytest.param(under_reexamination(), "reexamination-opinion", id="last opinion before it"),
        pytest.param(in_handling(), "extension", id="extension never granted"),
    ],
)
def test_a4_what_was_not_issued_cannot_be_served(story, notice):
    given(story).when(Serve(notice, "post"), clerk).refused("petition.notice_not_issued", basis="条例")


def test_a16_a_delay_that_was_never_noticed_cannot_be_served():
    given(in_handling()).when(Serve("delay", "post"), clerk).refused("petition.notice_not_issued")


def test_a4_an_extension_is_not_told_before_it_was_granted():
    story = in_handling("2026-01-05").extended(on="2026-02-02")
    given(story).when(Serve("extension", "post", on=on("2026-01-30")), handler, on="2026-02-03").refused(
        "date.before_antecedent"
    )


def test_a4_the_extension_is_told_to_the_petitioner():
    story = in_handling("2026-01-05").extended(on="2026-02-02")
    given(story).when(Serve("extension", "post"), handler, on="2026-02-03").then(
        events.Served, notice="extension"
    )


def test_a3_a_refusal_is_told():
    given(with_unit().declined()).when(Serve("refusal", "post"), a_clerk).then(
        events.Served, notice="refusal"
    )


def test_a4_an_unknown_notice_is_refused():
    given(in_handling()).when(Serve("greeting", "post"), clerk).refused("notice.unknown")


def test_a4_not_before_it_was_issued():
    story = in_handling("2026-03-02").replied("2026-03-10")
    early = Serve("opinion", "post", served_on=on("2026-03-09"))
    given(story).when(early, handler, on="2026-03-12").refused("date.before_antecedent")


@pytest.mark.parametrize(
    ("story", "notice"),
    [
        pytest.param(answered(), "opinion", id="opinion"),
        pytest.param(reviewed(), "review-opinion", id="review opinion"),
        pytest.param(
            under_reexamination().reexamination_concluded().served("reexamination-opinion"),
            "reexamination-opinion",
            id="reexamination opinion",
        ),
    ],
)
def test_a5_an_opinion_is_served_once_so_that_one_window_runs(story, notice):
    given(story).when(Serve(notice, "post"), clerk).refused("petition.notice_already_served", basis="条例")


def test_a5_the_opinion_of_a_new_round_is_served_again():
    redone = answered().review_requested().review_concluded(result="redo").served("review-opinion")
    again = redone.replied()
    given(again).when(Serve("opinion", "post"), handler).then(events.Served)


def test_a6_the_next_unit_tells_the_petitioner_again():
    story = with_unit().served("receipt").objected().handed_back().transferred("unit-b")
    given(story).when(RECEIPT, clerk).then(events.Served, notice="receipt")
