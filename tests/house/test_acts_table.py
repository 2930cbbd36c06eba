"""One table of acts for each kind of case: slugs, commands, decisions, openings, conditions and their tests agree."""

import dataclasses

import pytest

from domain.erasure import commands as custody
from tests.house.acts import KINDS, ROOT, Acts

APART = {"acknowledge-alert"}
"""Acts with a door of their own: of the alert, not of the case."""

ON_A_FILE = "tests/domain/erasure/test_{}.py"
"""Where the acts on a closed case's file are shown, for every kind of case at once."""

each_kind = pytest.mark.parametrize("acts", KINDS, ids=str)


@each_kind
def test_every_command_is_opened_decided_and_named_once(acts: Acts):
    assert set(acts.openings) == set(acts.commands) | APART
    assert set(acts.decisions) == set(acts.commands.values())
    assert len(acts.slugs) == len(acts.commands)


@each_kind
def test_no_slug_that_was_ever_published_is_gone(acts: Acts):
    assert acts.published <= set(acts.openings), "a slug in the URL never changes; bring it back"
    assert set(acts.openings) <= acts.published, "a new act: add its slug to tests/house/acts.txt"


@each_kind
def test_every_condition_is_used_and_every_used_one_is_there(acts: Acts):
    used = {name for opening in acts.openings.values() for name in opening.conditions}
    assert used == set(acts.conditions)


@each_kind
def test_every_act_has_its_file_of_cases_and_a_sample(acts: Acts):
    files = {
        slug: ROOT / (ON_A_FILE if slug in custody.COMMANDS else acts.cases).format(slug.replace("-", "_"))
        for slug in acts.openings
    }
    missing = [slug for slug, file in files.items() if not file.exists()]
    assert not missing, f"an act is shown in a file of its own: {missing}"
    assert set(acts.samples) == set(acts.commands)
    assert all(type(command) is acts.commands[slug] for slug, (_, command) in acts.samples.items())


@each_kind
def test_a_command_cannot_be_changed_once_given(acts: Acts):
    assert all(
        dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen for kind in acts.commands.values()
    )
