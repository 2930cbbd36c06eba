"""Words: every command and fact opens with its Chinese term, and the glossary says what they say."""

import re
from pathlib import Path

import pytest

from domain import terms
from domain.facts import term_of
from tests.house.acts import KINDS, Acts
from tests.house.facts import FACTS

ROOT = Path(__file__).parents[2]
TERM = re.compile(r"^[\u4e00-\u9fff（）、]+\.?$")
COMMANDS = [command for acts in KINDS for command in acts.commands.values()]


@pytest.mark.parametrize("kind", [*COMMANDS, *FACTS.values()], ids=lambda kind: kind.__name__)
def test_a_docstring_opens_with_its_chinese_term(kind: type):
    assert TERM.match(term_of(kind)), f"begin the docstring of {kind.__name__} with its term, then a dash"


def test_the_glossary_is_up_to_date(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(terms, "TOPICS", FACTS)
    written = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    assert written == terms.glossary(), "run: python -m domain.terms > docs/glossary.md"


@pytest.mark.parametrize("acts", KINDS, ids=str)
def test_every_stage_and_every_power_has_a_chinese_label(acts: Acts):
    assert set(acts.stage_labels) == set(acts.stages)
    assert set(acts.power_labels) == set(acts.powers)
    assert {power for opening in acts.openings.values() for power in opening.powers} == set(acts.powers)
