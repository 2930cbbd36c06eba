"""The tables of powers are whole: no kind of case, no stage, no post and no word of theirs is left out."""

from pathlib import Path

import pytest

from domain.directory.decisions import POSTS
from domain.kinds import KINDS
from tests.api.powers.items import NOT_PUBLIC
from tests.api.powers.months import Months
from tests.api.powers.people import OFFICERS, SELDOM
from tests.api.powers.petitions import ORDINARY
from tests.api.powers.receptions import Receptions
from tests.api.powers.setting import Stories
from tests.api.powers.table import HERE

STORIES: dict[str, Stories] = {
    "petition": ORDINARY,
    "item": NOT_PUBLIC,
    "month": Months(),
    "reception": Receptions(),
}
each = pytest.mark.parametrize("kind", STORIES)


def test_every_kind_of_case_has_its_table() -> None:
    assert set(STORIES) == {kind.name for kind in KINDS} == {Path(file).stem for file in HERE.glob("*.txt")}


@each
def test_every_act_of_the_kind_stands_in_its_table(kind: str) -> None:
    commands = next(one.commands for one in KINDS if one.name == kind)
    assert set(STORIES[kind].table.acts) == set(commands), "who may do it in which stage? write it down"


@each
def test_stages_and_words_are_known(kind: str) -> None:
    stories = STORIES[kind]
    for line in (*stories.table.lines, *stories.table.reading):
        assert line.stages <= set(stories.stages), line
        assert line.law, f"{line.act}: on which article does it rest?"
    for stage in stories.stages:
        for act, when in stories.table.stories(stage):
            assert stories.table.words <= set(stories.told(stage, act, when).words)


def test_every_post_is_tried_on_every_act() -> None:
    assert {officer.post for officer in OFFICERS if officer.id not in SELDOM} == set(POSTS)


def test_a_stage_is_told_as_it_is_called() -> None:
    for kind, stories in STORIES.items():
        project = next(one.project for one in KINDS if one.name == kind)
        for stage in stories.stages:
            for act, when in stories.table.stories(stage):
                assert project(stories.told(stage, act, when).facts).stage == stage, (act, when)
