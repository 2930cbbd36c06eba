"""Words on the page of a case: every field of every event and form has a Chinese name, every code a Chinese meaning."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from api.case_shapes import NEVER_SHOWN, data
from api.console import case_words, forms
from api.console.case_words import PLAIN, UNTOLD, Words
from domain.facts import ENVELOPE, TOPICS, Fact, name_of
from domain.kinds import KINDS
from domain.rulebase.fold import shipped
from domain.supervision.commands import Open
from tests.builders import DIRECTORY

SAMPLES = Path(__file__).parents[1] / "house" / "events"
APART = (
    "directory.",
    "rulebase.",
    "papers.",
    "rota.",
    "shift.",
    "petition.numbers_taken.",
    "store.",
    "trace.",
)
"""Facts of streams that are no case's."""
STRANGERS = {"item.submitted.1": ("leaders",), "item.sent_for_reading.1": ("officers",)}
"""Fields of samples that name officers whom the tests' directory doesn't have."""
IDENTIFIER = re.compile(r"[A-Za-z]{2,}[_-][a-z]|\b[a-z]{3,}\b|[A-Za-z]+_[A-Za-z]+")
CHINESE = re.compile("[\u4e00-\u9fff]")


def of_a_case(topic: str) -> bool:
    return not topic.startswith(APART)


def sampled() -> list[str]:
    names = (file.name.removesuffix(".json") for file in sorted(SAMPLES.glob("*.json")))
    return [topic for topic in names if topic in TOPICS and of_a_case(topic)]


def of(topic: str) -> Fact:
    return msgspec.json.decode((SAMPLES / f"{topic}.json").read_bytes(), type=TOPICS[topic])


def test_every_field_of_every_event_has_a_name():
    unnamed = [
        f"{name_of(kind)}.{field}"
        for topic, kind in TOPICS.items()
        if of_a_case(topic)
        for field in kind.__struct_fields__
        if field not in ENVELOPE | NEVER_SHOWN | UNTOLD
        and field not in {"text", "content"}
        and case_words.label(name_of(kind), field) == PLAIN
    ]
    assert unnamed == []


@pytest.mark.parametrize("topic", sampled())
def test_no_identifier_is_shown_with_an_event(topic: str):
    fact = of(topic)
    words = Words(DIRECTORY, shipped().known(datetime(2026, 3, 2, tzinfo=UTC)))
    lines = words.lines(fact, [name for name in data(fact) if name not in STRANGERS.get(topic, ())])
    assert [one.label for one in lines if not CHINESE.search(one.label)] == []
    texts = [part.text for one in lines for part in one.pieces]
    assert [text for text in texts if IDENTIFIER.search(re.sub(r"[\w-]+\.[a-z]{3,4}", "", text))] == []


def test_what_the_lines_leave_out_is_personal_or_for_machines():
    fact = of("petition.registered.1")
    words = Words(DIRECTORY, shipped().known(datetime(2026, 3, 2, tzinfo=UTC)))
    told = " ".join(part.text for one in words.lines(fact, data(fact)) for part in one.pieces)
    assert fact.subject in told
    assert fact.query_code not in told
    assert [person.name for person in fact.personal.people if person.name in told] == []


FORMS = [(kind.name, slug, command) for kind in KINDS for slug, command in kind.commands.items()]


@pytest.mark.parametrize(
    ("kind", "slug", "command"), [*FORMS, ("item", "open", Open)], ids=lambda one: str(one)
)
def test_every_field_and_choice_of_every_form_is_named_in_chinese(kind: str, slug: str, command: type):
    fields = forms.entered(command, slug, {})
    inner = [one for field in fields for row in field.rows for one in row]
    assert [one.name for one in (*fields, *inner) if not CHINESE.search(one.label)] == []
    choices = [text for field in fields for _, text in field.choices]
    assert [text for text in choices if not CHINESE.search(text)] == []
