"""听证开始 (A5): in handling, review or reexamination; only the last stands outside the clock (条例 36.2)."""

import pytest

from domain.petition import events
from domain.petition.commands import OpenHearing
from tests.builders import (
    OFFICE,
    UNIT_A,
    a_clerk,
    answered,
    head,
    in_handling,
    on,
    under_reexamination,
)
from tests.spec import given, open_in, who_may

COMMAND = OpenHearing()


def test_a5_the_holder_hears_in_handling_and_the_review_organ_in_review():
    assert who_may(in_handling(), COMMAND) == UNIT_A
    assert who_may(answered().review_requested(), COMMAND) == OFFICE | {"leader"}
    assert who_may(under_reexamination(), COMMAND) == OFFICE | {"leader"}


def test_a5_only_while_the_matter_is_being_handled_or_reviewed():
    assert open_in(COMMAND) == {"handling", "under_review", "under_reexamination"}


@pytest.mark.parametrize(
    ("story", "by", "about"),
    [
        pytest.param(in_handling(), a_clerk, "handling", id="handling"),
        pytest.param(answered().review_requested(), head, "review", id="review"),
        pytest.param(under_reexamination(), head, "reexamination", id="reexamination"),
    ],
)
def test_a5_the_hearing_says_what_it_is_about(story, by, about):
    opened = given(story).when(COMMAND, by).then(events.HearingOpened, about=about)
    given(opened).when(COMMAND, by).refused("petition.hearing_open")


def test_a5_only_the_last_instances_clock_stands_still():
    handling = given(in_handling()).when(COMMAND, a_clerk).then(events.HearingOpened)
    assert handling.clock("finish").state == "running"
    review = given(answered().review_requested()).when(COMMAND, head).then(events.HearingOpened)
    assert review.clock("review").state == "running"
    last = given(under_reexamination()).when(COMMAND, head).then(events.HearingOpened)
    assert last.clock("reexamination").state == "suspended"


def test_a5_not_before_that_instance_began():
    story = answered("2026-03-02").review_requested("2026-03-10")
    early = OpenHearing(on=on("2026-03-09"))
    given(story).when(early, head, on="2026-03-12").refused("date.before_antecedent")
    given(story).when(OpenHearing(on=on("2026-03-10")), head, on="2026-03-12").then(events.HearingOpened)
    handling = in_handling("2026-03-02")
    given(handling).when(OpenHearing(on=on("2026-03-01")), a_clerk).refused("date.before_antecedent")
