"""评价 (A19): the petitioner's rating of the office and of the unit, each once."""

import pytest

from domain.petition import events
from domain.petition.commands import Rate
from tests.builders import OFFICE, answered, clerk
from tests.spec import given, open_in, who_may

COMMAND = Rate("unit", "satisfied", "办得好")


def test_a19_the_office_records_it():
    assert who_may(answered(), COMMAND) == OFFICE


def test_a19_from_acceptance_on():
    stages = {"handling", "replied", "under_review", "reviewed", "under_reexamination", "terminated"}
    assert open_in(COMMAND) == stages | {"signed_off"}


@pytest.mark.parametrize("score", ["satisfied", "basically", "dissatisfied"])
def test_a19_one_of_three_scores(score):
    story = (
        given(answered()).when(Rate("office", score), clerk).then(events.Rated, about="office", score=score)
    )
    assert story.petition.rated == (("office", score),)


def test_a19_each_is_rated_once():
    rated = answered().rated(about="unit")
    given(rated).when(COMMAND, clerk).refused("petition.already_rated", basis="满意度")
    given(rated).when(Rate("office", "satisfied"), clerk).then(events.Rated)
