"""监销 (A20, C4): two witnesses, neither of whom asked or approved, whoever they stand in for."""

import pytest

from domain.erasure import events
from domain.erasure.commands import WitnessErasure
from domain.erasure.files import the_file
from tests.builders import auditor, clerk, head, inspector, leader
from tests.custody import TODAY, approved, lent, requested, witnessed
from tests.domain.erasure.shelves import SHELF
from tests.items import deputy
from tests.spec import given, who_may

COMMAND = WitnessErasure()
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_four_different_people(kind: str):
    story = approved(requested(SHELF[kind][0]))
    for had_a_part in (clerk, leader):
        refused = given(story).when(COMMAND, had_a_part, on=TODAY).refusal()
        assert refused is not None
        assert refused.code in {"erasure.own_part", "item.unknown"}
    once = given(story).when(COMMAND, inspector, on=TODAY).then(events.ErasureWitnessed)
    given(once).when(COMMAND, inspector, on=TODAY).refused("erasure.own_part")
    given(once).when(COMMAND, deputy, on=TODAY).then(events.ErasureWitnessed)


@kinds
def test_a20_standing_in_makes_nobody_another_person(kind: str):
    story = witnessed(approved(requested(SHELF[kind][0])), inspector)
    given(story).when(COMMAND, inspector, on=TODAY, for_whom=deputy).refused("erasure.own_part")
    given(story).when(COMMAND, deputy, on=TODAY, for_whom=inspector).refused("erasure.own_part")


@kinds
def test_a20_not_before_approval_nor_while_the_file_is_out(kind: str):
    given(requested(SHELF[kind][0])).when(COMMAND, inspector, on=TODAY).refused("erasure.not_approved")
    out = lent(approved(requested(SHELF[kind][0])))
    given(out).when(COMMAND, inspector, on=TODAY).refused("archive.file_lent")


@kinds
def test_a20_the_auditor_checks_and_does_not_witness(kind: str):
    story = approved(requested(SHELF[kind][0]))
    assert auditor.id not in who_may(story, COMMAND)
    assert {"inspector", "head", "clerk"} - who_may(story, COMMAND) <= {"head", "clerk"}
    assert given(story).when(COMMAND, auditor, on=TODAY).refusal() is not None
    assert the_file(story.state).people_left == the_file(story.state).people
    assert head.id != auditor.id
