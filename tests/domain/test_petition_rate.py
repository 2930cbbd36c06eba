"""评价 (A19): the petitioner's rating of the office and of the unit, each once."""

import pytest

from domain.acts import petitioner_act
from domain.errors import Refused
from domain.petition import events
from domain.petition.commands import Rate
from domain.petition.kind import KIND
from domain.petition.situation import Situation
from tests.builders import OFFICE, Story, answered, at, clerk, in_handling, known, with_unit
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


def by_petitioner(story: Story, on: str, about: str = "unit") -> str | None:
    """The code with which the petitioner's own rating on that day is refused, if it is."""
    found = Situation(story.petition, story.facts, petitioner_act(at(on)), story.directory, known(on))
    try:
        KIND.decide(Rate(about, "satisfied"), found)
    except Refused as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-03-02", None),
        ("2026-04-01", None),
        ("2026-04-02", "petition.rating_closed"),
    ],
)
def test_a19_the_petitioner_rates_within_thirty_days_of_the_answer(on: str, code: str | None):
    assert by_petitioner(answered("2026-03-02"), on) == code


@pytest.mark.parametrize(
    ("on", "code"),
    [
        ("2026-05-30", "petition.rating_closed"),
        ("2026-05-31", None),
        ("2026-06-30", None),
        ("2026-07-01", "petition.rating_closed"),
    ],
)
def test_a19_without_an_answer_from_the_ninetieth_to_the_hundred_and_twentieth_day(on: str, code: str | None):
    assert by_petitioner(in_handling("2026-03-02"), on) == code


def test_a19_an_answer_that_was_not_served_yet_cannot_be_rated_by_who_does_not_know_it():
    assert by_petitioner(in_handling().replied(), "2026-03-02") == "petition.rating_closed"


def test_a19_the_petitioner_rates_each_once_an_answer():
    rated = answered().rated(about="unit")
    assert by_petitioner(rated, "2026-03-03") == "petition.already_rated"
    assert by_petitioner(rated, "2026-03-03", about="office") is None
    anew = rated.reopened("2026-03-04").replied("2026-03-05").served()
    assert by_petitioner(anew, "2026-03-06") is None


def test_a19_the_petitioner_does_nothing_else():
    story = with_unit()
    found = Situation(story.petition, story.facts, petitioner_act(at("2026-03-03")), story.directory, known())
    open_ones = {slug for slug in KIND.commands if KIND.refusal(found, slug) is None}
    assert open_ones == set()
    served = Situation(
        answered().petition, answered().facts, petitioner_act(at("2026-03-03")), story.directory, known()
    )
    assert {slug for slug in KIND.commands if KIND.refusal(served, slug) is None} == {"rate"}
