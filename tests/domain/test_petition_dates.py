"""法定日期: no act of any kind is dated in the future or before the petition came; today is fine.

Where an act must come after another one, its own file says so.
"""

import dataclasses

import pytest

from domain.errors import Refused
from domain.petition.petition import COMMANDS
from tests.builders import EARLIER, OFFICERS, a_petition, on
from tests.samples import SAMPLES
from tests.spec import given

DATED = {"serve": "served_on", "supplement": "received_on"} | dict.fromkeys(
    ("request-review", "request-reexamination"), "received_on"
)


def outcome(slug: str, day: str) -> set[str]:
    """The codes with which the officers who may do the act are refused on 16 March when they date it on a day."""
    story, command = SAMPLES[slug]
    dated = dataclasses.replace(command, **{DATED.get(slug, "on"): on(day)})
    first = a_petition("2025-09-01", id=EARLIER)
    refusals = [
        given(story, earlier=first).when(dated, officer, on="2026-03-16").refusal() for officer in OFFICERS
    ]
    return {r.code if isinstance(r, Refused) else "" for r in refusals} - {
        "petition.not_yours",
        "petition.unknown",
        "notice.not_yours",
        "erasure.own_part",
    }


@pytest.mark.parametrize("slug", sorted(COMMANDS))
def test_no_act_is_dated_tomorrow(slug):
    assert outcome(slug, "2026-03-17") == {"date.in_future"}
    assert outcome(slug, "2026-03-16") == {""}


@pytest.mark.parametrize("slug", sorted(COMMANDS))
def test_no_act_is_dated_before_the_petition_came(slug):
    assert outcome(slug, "2026-03-01") == {"date.before_antecedent"}
    assert outcome(slug, "2026-03-02") == {""}
