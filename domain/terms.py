"""术语: the glossary, read off the docstrings of commands and facts, the stages and the powers.

`python -m domain.terms` prints what stands in docs/glossary.md; a test holds the two together.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from domain.facts import TOPICS, Fact, term_of
from domain.filing import commands as month_commands
from domain.filing import stages as month_stages
from domain.petition import petition
from domain.petition import stages as petition_stages
from domain.reception import commands as reception_commands
from domain.reception import situation as reception_situation
from domain.reception import stages as reception_stages
from domain.rules import authority, item_powers
from domain.supervision import item
from domain.supervision import stages as item_stages


@dataclass(frozen=True, slots=True)
class _Words:
    """一种案件的用语: its stages, its acts, and who may do them."""

    title: str
    labels: Mapping[Any, str]
    openings: Mapping[str, Any]
    commands: Mapping[str, type]
    powers: Mapping[str, str]


WORDS = (
    _Words(
        "Petitions / 信访事项",
        petition_stages.LABELS,
        petition_stages.OPENINGS,
        petition.COMMANDS,
        authority.LABELS,
    ),
    _Words(
        "Supervision items / 督查事项",
        item_stages.LABELS,
        item_stages.OPENINGS,
        item.COMMANDS,
        item_powers.LABELS,
    ),
    _Words(
        "Months' lists of negative decisions / 否定事项月清单",
        month_stages.LABELS,
        month_stages.OPENINGS,
        month_commands.COMMANDS,
        authority.LABELS,
    ),
    _Words(
        "Receptions / 接访值班记录",
        reception_stages.LABELS,
        reception_stages.OPENINGS,
        reception_commands.COMMANDS,
        reception_situation.LABELS,
    ),
)


def meaning_of(kind: type) -> str:
    """释义: what follows the term in the first sentence of a docstring."""
    lines = (kind.__doc__ or "").strip().split("\n\n")[0].split("—", 1)
    return " ".join(lines[1].split()) if len(lines) > 1 else ""


def glossary() -> str:
    """术语表: as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Glossary / 术语表"
    yield ""
    yield "Made by `python -m domain.terms` from the docstrings; change those, not this page."
    yield ""
    for words in WORDS:
        yield from _of_kind(words)
    yield "## Powers over supervision items / 督查事项职权"
    yield ""
    yield "| power | 职权 | article |"
    yield "| --- | --- | --- |"
    for power, label in item_powers.LABELS.items():
        yield f"| `{power}` | {label} | {item_powers.ARTICLES[power]} |"
    yield ""
    yield "## Facts / 事实"
    yield ""
    yield "| topic | fact | 事实 | meaning |"
    yield "| --- | --- | --- | --- |"
    for topic, fact in sorted(TOPICS.items()):
        yield f"| `{topic}` | {fact.__name__} | {_term(fact)} | {meaning_of(fact)} |"


def _of_kind(words: _Words) -> Iterator[str]:
    yield f"## {words.title}"
    yield ""
    yield "| stage | 环节 | open acts |"
    yield "| --- | --- | --- |"
    for stage, label in words.labels.items():
        acts = ", ".join(f"`{slug}`" for slug, opening in words.openings.items() if stage in opening.stages)
        yield f"| `{stage.value}` | {label} | {acts} |"
    yield ""
    yield "| act | 操作 | meaning | by whom |"
    yield "| --- | --- | --- | --- |"
    for slug, kind in words.commands.items():
        powers = "、".join(words.powers[power] for power in words.openings[slug].powers)
        yield f"| `{slug}` | {_term(kind)} | {meaning_of(kind)} | {powers} |"
    yield ""


def _term(kind: type[Fact] | type) -> str:
    return term_of(kind).rstrip(".。")


if __name__ == "__main__":
    import_module("domain.casework")  # the application knows every fact
    sys.stdout.write(glossary())
