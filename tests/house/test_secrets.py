"""Who is told of and what is told lies under keys (issue 5, item 7): every text of a fact is marked, or is told here why not."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from domain.facts import ENVELOPE, Fact
from domain.secrets import subjects_of
from domain.store import Stored
from eventstore.envelope import is_sealed, seal
from eventstore.mapper import read
from eventstore.opening import unseal
from tests.house.facts import FACTS
from tests.house.sealing import IN_SM4, SEALED, example, file_of, known_keys, nonces, topics

NOT_OF_CASES = ("directory.", "rulebase.", "papers.", "rota.published", "petition.numbers_taken", "store.")
"""Facts of the office itself: its units and officers, its rules, its templates, its reception days."""
CODES: dict[str, str] = {
    "number petition_number item_number case_number earlier_number along_with_number": "a number that we gave",
    "office of_unit in_unit to_unit from_unit lead_unit opened_by_unit petition_office organ decided_in "
    "assisting_units units addressees copies": "a unit of the directory, or an organ",
    "to_organ body": "the name of an organ or of a meeting, which is nobody's",
    "officer officers leader leaders to first_contact received_by approver recipients responsible requested_by "
    "approved_by witnessed_by visitors people": "an officer of the directory, or a petitioner's key within the case",
    "channel category form way method result ground about score track level what "
    "retention": "a code of our tables",
    "rulebook limit limit_class other_limits cadence clock part step covers label period notice shift "
    "from_time to_time month": "a code, a clock or a time of day",
    "contents": "the digest of a content, by which its key is known",
}


def of_cases() -> list[type[Fact]]:
    return [kind for topic, kind in sorted(FACTS.items()) if not topic.startswith(NOT_OF_CASES)]


def holds_text(hint: Any) -> bool:
    return hint is str or any(holds_text(part) for part in get_args(hint))


@pytest.mark.parametrize("kind", of_cases(), ids=lambda kind: kind.TOPIC)
def test_every_text_of_a_case_is_marked_or_named_as_a_code(kind: type[Fact]) -> None:
    codes = {name for names in CODES for name in names.split()}
    texts = {name for name, hint in get_type_hints(kind).items() if name not in ENVELOPE and holds_text(hint)}
    texts -= {"TOPIC"}
    missing = texts - set(subjects_of(kind)) - codes
    assert not missing, (
        f"mark {sorted(missing)} of {kind.TOPIC} (domain/secrets.py), or say here why it is a code"
    )


def test_whatever_is_called_personal_against_or_attachments_lies_under_its_key() -> None:
    wanted = {"against": "accused"}
    for kind in FACTS.values():
        for name in {"personal", "against", "attachments"} & set(kind.__struct_fields__):
            assert subjects_of(kind).get(name) in {wanted.get(name), "people", "contact", "texts"}, kind


@pytest.mark.parametrize("file", sorted(SEALED.glob("*.sealed")), ids=lambda file: file.stem)
def test_what_was_ever_stored_sealed_is_still_read(file: Path, tmp_path: Path) -> None:
    topic = file.stem.rpartition(".")[0]
    plain = example(topic)
    row = Stored(1, plain.originator_id, plain.originator_version, topic, file.read_bytes())
    assert is_sealed(row.state)
    assert read(topic, unseal(row, known_keys(tmp_path / "keys").ring())) == plain


@pytest.mark.parametrize("topic", [t for t in topics() if file_of(t).exists()])
def test_what_is_stored_today_is_what_was_stored(topic: str, tmp_path: Path) -> None:
    """The stored form may only be added to, under a new version byte."""
    keys = known_keys(tmp_path / "keys")
    assert seal(example(topic), keys, nonces=nonces()) == file_of(topic).read_bytes()


def test_every_fact_with_marked_fields_has_a_sealed_example(tmp_path: Path) -> None:
    keys = known_keys(tmp_path / "keys")
    wanted = [topic for topic in topics() if is_sealed(seal(example(topic), keys))]
    missing = [topic for topic in wanted if not file_of(topic).exists()]
    assert not missing, "python -m tests.house.sealing stores them"
    assert file_of(IN_SM4, "sm4").exists()
