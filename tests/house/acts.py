"""The tables of acts, one for each kind of case: what test_acts_table and test_glossary hold together."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.filing import commands as month_commands
from domain.filing import month
from domain.filing import situation as month_situation
from domain.filing import stages as month_stages
from domain.petition import conditions as petition_conditions
from domain.petition import petition
from domain.petition import stages as petition_stages
from domain.reception import reception
from domain.reception import situation as reception_situation
from domain.reception import stages as reception_stages
from domain.rules import authority, item_powers
from domain.supervision import conditions as item_conditions
from domain.supervision import item
from domain.supervision import stages as item_stages
from tests import filing_samples, item_samples, reception_samples, samples

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Acts:
    """The acts on one kind of case; `cases` is where each is shown, by its slug, and `prefix` how acts.txt writes them."""

    prefix: str
    cases: str
    commands: Mapping[str, type]
    decisions: Mapping[type, Any]
    slugs: Mapping[type, str]
    openings: Mapping[str, Any]
    conditions: Mapping[str, Any]
    samples: Mapping[str, tuple[Any, Any]]
    stages: type
    stage_labels: Mapping[Any, str]
    powers: Mapping[str, Any]
    power_labels: Mapping[str, str]

    def __str__(self) -> str:
        return self.prefix or "petition"

    @property
    def published(self) -> set[str]:
        """The slugs that tests/house/acts.txt pins for this kind."""
        lines = (ROOT / "tests/house/acts.txt").read_text(encoding="utf-8").split()
        pairs = [line.rpartition("/") for line in lines]
        return {slug for prefix, _, slug in pairs if prefix == self.prefix}


PETITION = Acts(
    prefix="",
    cases="tests/domain/test_petition_{}.py",
    commands=petition.COMMANDS,
    decisions=petition.DECISIONS,
    slugs=petition.SLUGS,
    openings=petition_stages.OPENINGS,
    conditions=petition_conditions.CONDITIONS,
    samples=samples.SAMPLES,
    stages=petition_stages.Stage,
    stage_labels=petition_stages.LABELS,
    powers=authority.POWERS,
    power_labels=authority.LABELS,
)
ITEM = Acts(
    prefix="item",
    cases="tests/domain/item/test_item_{}.py",
    commands=item.COMMANDS,
    decisions=item.DECISIONS,
    slugs=item.SLUGS,
    openings=item_stages.OPENINGS,
    conditions=item_conditions.CONDITIONS,
    samples=item_samples.SAMPLES,
    stages=item_stages.Stage,
    stage_labels=item_stages.LABELS,
    powers=item_powers.POWERS,
    power_labels=item_powers.LABELS,
)
MONTH = Acts(
    prefix="month",
    cases="tests/domain/test_filing_{}.py",
    commands=month_commands.COMMANDS,
    decisions=month.DECISIONS,
    slugs=month.SLUGS,
    openings=month_stages.OPENINGS,
    conditions=month_situation.CONDITIONS,
    samples=filing_samples.SAMPLES,
    stages=month_stages.Stage,
    stage_labels=month_stages.LABELS,
    powers=month_situation.POWERS,
    power_labels=month_situation.LABELS,
)
RECEPTION = Acts(
    prefix="reception",
    cases="tests/domain/test_reception_{}.py",
    commands=reception.COMMANDS,
    decisions=reception.DECISIONS,
    slugs=reception.SLUGS,
    openings=reception_stages.OPENINGS,
    conditions=reception_situation.CONDITIONS,
    samples=reception_samples.SAMPLES,
    stages=reception_stages.Stage,
    stage_labels=reception_stages.LABELS,
    powers=reception_situation.POWERS,
    power_labels=reception_situation.LABELS,
)
KINDS = (PETITION, ITEM, MONTH, RECEPTION)
