"""Facts read many at a time (C1, C4, issue 6): the same as one by one, with the keys as they are when a batch begins."""

from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from eventsourcing.persistence import JSONTranscoder, MapperDeserialisationError
from msgspec.structs import replace

from domain.facts import UPCASTERS, Fact
from domain.petition.fold import project
from domain.petition.told import TOLD, UNTOLD
from domain.secrets import CLEARED, TEXTS, subjects_of
from domain.store import Stored
from eventstore import keys as keys_module
from eventstore.envelope import Tampered, is_sealed, seal
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys
from eventstore.mapper import FactMapper, read
from eventstore.opening import unseal
from tests.house.facts import FACTS
from tests.house.sealing import example
from tests.house.test_facts import STORED


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.open(tmp_path / "keys")


def mapper(keys: Keys | None) -> FactMapper:
    made = FactMapper(JSONTranscoder())
    made.use(keys)
    return made


def row(fact: Fact, keys: Keys, place: int = 1) -> Stored:
    return Stored(place, fact.originator_id, fact.originator_version, fact.TOPIC, seal(fact, keys))


def every(keys: Keys) -> list[Stored]:
    """A row of every fact there is and of every old shape, sealed ones and plain ones, of as many streams."""
    facts = [replace(example(topic), originator_id=uuid4()) for topic in FACTS]
    old = [
        Stored(1, uuid4(), 1, topic, (STORED / f"{topic}.json").read_bytes()) for topic in sorted(UPCASTERS)
    ]
    return [row(fact, keys, place) for place, fact in enumerate(facts, 1)] + old


def test_c1_a_batch_reads_as_its_rows_one_by_one(keys: Keys) -> None:
    rows = every(keys)
    assert {is_sealed(one.state) for one in rows} == {True, False}
    assert mapper(keys).read_all(rows) == [read(one.topic, unseal(one, keys.ring())) for one in rows]
    assert [mapper(keys).read(one) for one in rows] == mapper(keys).read_all(rows)
    assert mapper(keys).read_all([]) == []


def test_c4_what_another_process_destroys_is_gone_from_the_next_batch_on(keys: Keys) -> None:
    """No opener that was made before outlives the key file it was made from."""
    reading, rows = mapper(keys), every(keys)
    before = reading.read_all(rows)
    gone = next(one for one in rows if one.topic == "petition.urged.1")
    Keys.open(keys.folder).destroy([(str(gone.originator_id), TEXTS)])
    after = reading.read_all(rows)
    told = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert [(one.TOPIC, one.originator_id) for one, _ in told] == [(gone.topic, gone.originator_id)]
    assert told[0][1] == msgspec.structs.replace(told[0][0], text=CLEARED)


def test_more_cases_than_are_remembered_are_read_all_the_same(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = every(keys)
    whole = mapper(keys).read_all(rows)
    monkeypatch.setattr(keys_module, "MOST_KNOWN", 2)
    assert mapper(Keys.open(keys.folder)).read_all(rows * 2) == whole * 2


def test_the_row_that_can_not_be_read_is_named(keys: Keys) -> None:
    """And nothing of what it holds."""
    rows = every(keys)
    at = next(place for place, one in enumerate(rows) if one.topic == "petition.urged.1")
    spoilt = replace(rows[at], state=rows[at].state[:-1] + bytes([rows[at].state[-1] ^ 1]))
    with pytest.raises(MapperDeserialisationError) as told:
        mapper(keys).read_all([*rows[:at], spoilt, *rows[at + 1 :]])
    assert str(spoilt.originator_id) in str(told.value)
    assert isinstance(told.value.__cause__, Tampered)


def test_a_sealed_row_without_keys_is_refused_and_a_plain_one_is_read(keys: Keys) -> None:
    sealed, plain = (
        next(one for one in every(keys) if is_sealed(one.state) is wanted) for wanted in (True, False)
    )
    assert mapper(None).read_all([plain]) == [read(plain.topic, plain.state)]
    with pytest.raises(MapperDeserialisationError) as told:
        mapper(None).read_all([sealed], frozenset({sealed.topic}))
    assert isinstance(told.value.__cause__, KeysUnusable)


def test_a_bare_fact_is_the_fact_without_its_keys(keys: Keys) -> None:
    """It reads as it will once all of them are destroyed."""
    rows = every(keys)
    bare = mapper(keys).read_all(rows, frozenset(FACTS))
    subjects = {subject for kind in FACTS.values() for subject in subjects_of(kind).values()} - {"people"}
    people = {f"person:{key}" for one in rows for key in people_of(mapper(keys).read(one))}
    keys.destroy([(str(one.originator_id), subject) for one in rows for subject in subjects | people])
    sealed = [place for place, one in enumerate(rows) if is_sealed(one.state)]
    without = mapper(keys).read_all(rows)
    assert [bare[place] for place in sealed] == [without[place] for place in sealed]


def people_of(fact: Fact) -> list[str]:
    return [one.key for one in getattr(getattr(fact, "personal", None), "people", ())]


def test_what_a_petitions_state_tells_is_opened() -> None:
    """C1: the facts of whose texts the fold keeps something; all others' are not opened for the state."""
    assert {kind.TOPIC for kind in TOLD}.isdisjoint(UNTOLD)
    registered = example("petition.registered.1")
    classified = replace(
        example("petition.classified.1"), originator_id=registered.originator_id, originator_version=2
    )
    state = project(None, [registered, classified])
    assert state is not None
    assert (state.subject, state.topic) == (registered.subject, classified.topic)  # type: ignore[attr-defined]  # of a registration


def test_a_stream_is_its_owners_alone(keys: Keys) -> None:
    """C4: two cases with the same words under the same subject have nothing in common."""
    fact = example("petition.urged.1")
    one, other = (row(replace(fact, originator_id=UUID(int=number)), keys) for number in (1, 2))
    with pytest.raises(Tampered):
        unseal(replace(one, state=other.state), keys.ring())
