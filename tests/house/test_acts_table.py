"""One table of acts: slugs, commands, decisions, openings, conditions and their tests agree."""

import dataclasses
from pathlib import Path

from domain.petition.petition import COMMANDS, DECISIONS, SLUGS
from domain.petition.conditions import CONDITIONS
from domain.petition.stages import OPENINGS
from tests.samples import SAMPLES

ROOT = Path(__file__).parents[2]
APART = {"acknowledge-alert"}
"""Acts with a door of their own: of the alert, not of the case."""


def test_every_command_is_opened_decided_and_named_once():
    assert set(OPENINGS) == set(COMMANDS) | APART
    assert set(DECISIONS) == set(COMMANDS.values())
    assert len(SLUGS) == len(COMMANDS)


def test_no_slug_that_was_ever_published_is_gone():
    published = set((ROOT / "tests/house/acts.txt").read_text(encoding="utf-8").split())
    assert published <= set(OPENINGS), "a slug in the URL never changes; bring it back"
    assert set(OPENINGS) <= published, "a new act: add its slug to tests/house/acts.txt"


def test_every_condition_is_used_and_every_used_one_is_there():
    used = {name for opening in OPENINGS.values() for name in opening.conditions}
    assert used == set(CONDITIONS)


def test_every_act_has_its_file_of_cases_and_a_sample():
    missing = [
        slug
        for slug in OPENINGS
        if not (ROOT / f"tests/domain/test_petition_{slug.replace('-', '_')}.py").exists()
    ]
    assert not missing, f"an act is shown in a file of its own: {missing}"
    assert set(SAMPLES) == set(COMMANDS)
    assert all(type(command) is COMMANDS[slug] for slug, (_, command) in SAMPLES.items())


def test_a_command_cannot_be_changed_once_given():
    assert all(
        dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen for kind in COMMANDS.values()
    )
