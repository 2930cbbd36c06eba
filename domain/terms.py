"""术语: the glossary, read off the docstrings of commands and facts, the stages and the powers.

`python -m domain.terms` prints what stands in docs/glossary.md; a test holds the two together.
"""

import sys
from collections.abc import Iterator

from domain.facts import TOPICS, Fact, term_of
from domain.petition.petition import COMMANDS
from domain.petition.stages import LABELS, OPENINGS
from domain.rules.authority import LABELS as POWERS


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
    yield "## Stages / 环节"
    yield ""
    yield "| stage | 环节 | open acts |"
    yield "| --- | --- | --- |"
    for stage, label in LABELS.items():
        acts = ", ".join(f"`{slug}`" for slug, opening in OPENINGS.items() if stage in opening.stages)
        yield f"| `{stage.value}` | {label} | {acts} |"
    yield ""
    yield "## Acts / 操作"
    yield ""
    yield "| act | 操作 | meaning | by whom |"
    yield "| --- | --- | --- | --- |"
    for slug, kind in COMMANDS.items():
        powers = "、".join(POWERS[power] for power in OPENINGS[slug].powers)
        yield f"| `{slug}` | {_term(kind)} | {meaning_of(kind)} | {powers} |"
    yield ""
    yield "## Facts / 事实"
    yield ""
    yield "| topic | fact | 事实 | meaning |"
    yield "| --- | --- | --- | --- |"
    for topic, fact in sorted(TOPICS.items()):
        yield f"| `{topic}` | {fact.__name__} | {_term(fact)} | {meaning_of(fact)} |"


def _term(kind: type[Fact] | type) -> str:
    return term_of(kind).rstrip(".。")


if __name__ == "__main__":
    sys.stdout.write(glossary())
