"""Facts are for ever: topics are pinned, a stored example of each still loads, and each is folded or named as quiet."""

import ast
from pathlib import Path

import msgspec
import pytest

from domain.cases import Kind
from domain.facts import UPCASTERS, Fact
from domain.filing import fold as month_fold
from domain.kinds import KINDS
from domain.numbering import NumbersTaken
from domain.petition import fold as petition_fold
from domain.reception import fold as reception_fold
from domain.supervision import fold as item_fold
from eventstore.mapper import read
from tests.house.facts import FACTS

ROOT = Path(__file__).parents[2]
STORED = ROOT / "tests/house/events"
OUTSIDE_THE_CASE = {NumbersTaken}
"""A fact of the number index, not of a petition."""
FOLDS = {
    "petition": (petition_fold, ("petition.", "review.", "erasure.", "archive.")),
    "item": (item_fold, ("item.", "petition.alert", "erasure.", "archive.")),
    "month": (month_fold, ("month.", "petition.alert")),
    "reception": (reception_fold, ("reception.", "petition.alert", "erasure.", "archive.")),
}
"""Of each kind of case: its fold, and how the topics of its facts begin. Alerts lie in the streams of all kinds."""


def today(topic: str) -> str:
    """The topic under which a fact of this one is stored today."""
    while topic in UPCASTERS:
        topic, _ = UPCASTERS[topic]({})
    return topic


def test_topics_are_pinned():
    pinned = dict(line.split() for line in (ROOT / "tests/house/topics.txt").read_text("utf-8").splitlines())
    found = {topic: FACTS[today(topic)].__name__ for topic in FACTS.keys() | UPCASTERS}
    assert {t: k for t, k in pinned.items() if t not in found} == {}, "a topic lies in the database; keep it"
    assert found == pinned, "a new fact or a new name: bring tests/house/topics.txt in line"


@pytest.mark.parametrize("topic", sorted(FACTS))
def test_a_stored_example_still_loads_and_stores_as_before(topic: str):
    file = STORED / f"{topic}.json"
    assert file.exists(), f"store an example of {topic} in {file.relative_to(ROOT)}"
    stored = file.read_bytes()
    fact = read(topic, stored)
    assert type(fact) is FACTS[topic]
    again = msgspec.json.decode(msgspec.json.encode(fact))
    assert again == msgspec.json.decode(stored), (
        f"the stored shape of {topic} changed: make a topic .2 and an upcaster"
    )


def test_no_stored_example_is_of_an_unknown_topic():
    assert {file.stem for file in STORED.glob("*.json")} == FACTS.keys() | UPCASTERS


@pytest.mark.parametrize("topic", sorted(UPCASTERS))
def test_a_stored_example_of_an_old_shape_still_loads(topic: str):
    fact = read(topic, (STORED / f"{topic}.json").read_bytes())
    assert type(fact) is FACTS[today(topic)]


def test_a_fact_is_frozen_and_takes_no_unknown_field():
    for kind in FACTS.values():
        assert kind.__struct_config__.frozen, kind
        assert kind.__struct_config__.forbid_unknown_fields, kind
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b'{"never": 1}', type=kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_fact_of_a_case_is_folded_or_named_as_record_only(kind: Kind):
    fold, topics = FOLDS[kind.name]
    of_a_case = {k for t, k in FACTS.items() if t.startswith(topics)} - OUTSIDE_THE_CASE
    record_only = getattr(fold, "RECORD_ONLY", frozenset())
    folded = set(fold.STEPS) | {kind.opening}
    assert folded | record_only == of_a_case
    assert not folded & record_only


def test_personal_data_lies_in_fields_called_personal_and_nowhere_else():
    telling = {"name", "phone", "id_number", "address", "signed_by"}
    for kind in FACTS.values():
        if kind.TOPIC.startswith("directory."):
            continue
        assert not telling & set(kind.__struct_fields__), kind


@pytest.mark.parametrize("package", ["petition", "review", "supervision", "filing", "reception"])
def test_a_fold_knows_no_rule(package: str):
    own = tuple(f"domain.{package}.{name}" for name in ("events", "stages", "state"))
    allowed = (
        "domain.facts",
        "domain.alerts.events",
        "domain.petition.events",
        "domain.review",
        "domain.erasure",
        *own,
    )
    names = [
        f"{node.module}.{alias.name}"
        for file in ("fold.py", "state.py")
        if (ROOT / "domain" / package / file).exists()
        for node in ast.walk(ast.parse((ROOT / "domain" / package / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("domain")
        for alias in node.names
    ]
    assert all(name.startswith(allowed) for name in names), names


def test_a_fact_is_no_exception_and_decides_nothing():
    assert all(issubclass(kind, Fact) and not vars(kind).get("__post_init__") for kind in FACTS.values())
