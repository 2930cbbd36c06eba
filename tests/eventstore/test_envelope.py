"""How facts are stored (issue 5, item 7): marked fields under keys, opened as they were, and only in their place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from domain.errors import NotNow
from domain.facts import Fact
from domain.petition.events import (
    Against,
    AskedForMore,
    Person,
    Personal,
    Petitioner,
    Registered,
    Reported,
    Served,
    Signature,
)
from domain.petition.events import Designated as Unmarked
from domain.secrets import CLEARED
from domain.store import Stored
from eventstore.ciphers import AES, NAMES, SM4, Sm4Gcm, opener
from eventstore.envelope import Tampered, blobs, is_sealed, plain_part, seal
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys
from eventstore.mapper import read
from eventstore.opening import unseal

CASE = UUID("5f1f1c9e-0000-4000-8000-000000000001")
TOLD = [
    "王秀兰",
    "110101195003071234",
    "13900000001",
    "幸福路8号",
    "李强",
    "反映供暖不热",
    "暖气管",
    "张主任",
]
ENVELOPE = {
    "originator_id": CASE,
    "originator_version": 1,
    "on": date(2026, 3, 2),
    "recorded_at": datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
    "by": "zhang",
    "unit": "office",
    "role": "clerk",
}
REGISTERED = Registered(
    **ENVELOPE,
    number="信〔2026〕1号",
    query_code="12345678",
    office="office",
    channel="letter",
    category="request",
    subject="反映供暖不热",
    content="暖气管多年失修",
    petitioners=(Petitioner("p1", True), Petitioner("p2")),
    headcount=2,
    at_office=False,
    against=(Against(person="张主任"),),
    personal=Personal(
        (Person("p1", "王秀兰", "110101195003071234", "13900000001"), Person("p2", "李强")), "幸福路8号"
    ),
)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.open(tmp_path / "keys")


def stored(fact: Fact, keys: Keys) -> Stored:
    return Stored(1, fact.originator_id, fact.originator_version, fact.TOPIC, seal(fact, keys))


def opened(row: Stored, keys: Keys) -> Fact:
    return read(row.topic, unseal(row, keys.ring()))


@pytest.mark.parametrize("algorithm", NAMES.values(), ids=NAMES)
def test_what_is_stored_holds_nothing_of_anybody_and_is_read_as_it_was(keys: Keys, algorithm: int) -> None:
    keys.algorithm = algorithm
    row = stored(REGISTERED, keys)
    assert not [told for told in TOLD if told.encode() in row.state]
    assert b"\xe4\xbf\xa1\xe3\x80\x94" in row.state, "numbers stay open"
    assert {blob.algorithm for blob in blobs(row.state)} == {algorithm}
    assert opened(row, keys) == REGISTERED


def test_a_fact_without_marked_fields_is_stored_as_ever(keys: Keys) -> None:
    fact = Unmarked(**ENVELOPE, officer="li")
    assert seal(fact, keys) == msgspec.json.encode(fact)


def test_one_petitioner_can_be_taken_out(keys: Keys) -> None:
    """C4: the person is gone, and what may name the person with it; the other petitioner and the texts stay."""
    row = stored(REGISTERED, keys)
    keys.destroy([(str(CASE), "person:p1")])
    left = replace(REGISTERED, personal=Personal((Person("p2", "李强"),)))
    assert opened(row, keys) == left


def test_texts_read_as_cleared(keys: Keys) -> None:
    row = stored(REGISTERED, keys)
    keys.destroy([(str(CASE), "texts")])
    left = replace(REGISTERED, subject=CLEARED, content=CLEARED)
    assert opened(row, keys) == left


def test_with_all_keys_gone_nothing_is_left_but_the_course(keys: Keys) -> None:
    rows = [
        stored(fact, keys)
        for fact in (
            REGISTERED,
            AskedForMore(**ENVELOPE | {"originator_version": 2}, missing=("身份证", "收条")),
            Served(
                **ENVELOPE | {"originator_version": 3},
                notice="acceptance",
                method="post",
                personal=Signature("王秀兰"),
            ),
        )
    ]
    keys.destroy([(str(CASE), subject) for subject in ("texts", "person:p1", "person:p2", "accused")])
    registered, asked, served = (opened(row, keys) for row in rows)
    assert isinstance(registered, Registered)
    assert (registered.personal, registered.against) == (Personal(), ())
    assert isinstance(asked, AskedForMore)
    assert asked.missing == (CLEARED,)
    assert isinstance(served, Served)
    assert served.personal is None


def test_what_was_stored_before_there_were_keys_is_shown_no_more_either(keys: Keys) -> None:
    """The row stays what it is, being a leaf of the log; nobody is shown what was erased since."""
    row = replace(stored(REGISTERED, keys), state=msgspec.json.encode(REGISTERED))
    other = replace(row, originator_id=UUID(int=7))
    keys.destroy([(str(CASE), "person:p1"), (str(CASE), "texts")])
    left = {"subject": CLEARED, "content": CLEARED, "personal": Personal((Person("p2", "李强"),))}
    assert opened(row, keys) == replace(REGISTERED, **left)
    assert unseal(other, keys.ring()) == other.state
    keys.destroy([(str(CASE), "accused"), (str(CASE), "person:p2")])
    assert opened(row, keys) == replace(REGISTERED, **left | {"personal": Personal(), "against": ()})


def test_an_older_shape_is_cleared_too(keys: Keys) -> None:
    row = Stored(
        1, CASE, 1, "petition.reported.1", Path("tests/house/events/petition.reported.1.json").read_bytes()
    )
    keys.destroy([(str(CASE), "texts")])
    fact = opened(row, keys)
    assert isinstance(fact, Reported)
    assert (fact.text, fact.attachments) == (CLEARED, ())


def test_under_a_destroyed_key_nothing_more_is_stored(keys: Keys) -> None:
    keys.destroy([(str(CASE), "texts")])
    with pytest.raises(NotNow) as refused:
        seal(REGISTERED, keys)
    assert refused.value.code == "case.cleared"


def test_a_blob_is_read_in_its_own_place_alone(keys: Keys) -> None:
    row = stored(REGISTERED, keys)
    for moved in (
        replace(row, originator_version=2),
        replace(row, topic="petition.registered.2"),
        replace(row, originator_id=UUID(int=7)),
    ):
        with pytest.raises(Tampered):
            unseal(moved, keys.ring())


def test_every_changed_byte_of_a_blob_is_found(keys: Keys) -> None:
    row = stored(Served(**ENVELOPE, notice="n", method="post", personal=Signature("王秀兰")), keys)
    start = 5 + len(plain_part(row.state))
    for at, bit in product(range(start, len(row.state)), (1, 0x80)):
        changed = bytearray(row.state)
        changed[at] ^= bit
        with pytest.raises((Tampered, KeysUnusable)):
            unseal(replace(row, state=bytes(changed)), keys.ring())
    for end in range(start + 1, len(row.state)):
        with pytest.raises(Tampered):
            unseal(replace(row, state=row.state[:end]), keys.ring())


def test_rotation_leaves_what_was_stored_readable_and_names_the_generation(keys: Keys) -> None:
    before = stored(REGISTERED, keys)
    keys.rotate()
    after = stored(REGISTERED, keys)
    assert [{blob.generation for blob in blobs(row.state)} for row in (before, after)] == [{1}, {2}]
    assert opened(before, keys) == opened(after, keys) == REGISTERED


def test_another_offices_keys_open_nothing(keys: Keys, tmp_path: Path) -> None:
    row = stored(REGISTERED, keys)
    with pytest.raises(Tampered):
        unseal(row, Keys.open(tmp_path / "others").ring())
    assert is_sealed(row.state)


@dataclass(frozen=True)
class Vector:
    """A published test vector of an algorithm."""

    key: str
    nonce: str
    associated: str
    plain: str
    sealed: str


def test_sm4_gcm_is_that_of_rfc_8998() -> None:
    """RFC 8998, appendix A.1."""
    vector = Vector(
        "0123456789ABCDEFFEDCBA9876543210",
        "00001234567800000000ABCD",
        "FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2",
        "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD"
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC",
    )
    key, nonce, associated, plain, sealed = (bytes.fromhex(part) for part in vars(vector).values())
    assert Sm4Gcm(key).encrypt(nonce, plain, associated) == sealed
    assert Sm4Gcm(key).decrypt(nonce, sealed, associated) == plain


def test_no_key_serves_two_algorithms() -> None:
    aes, sm4 = (opener(algorithm, bytes(32)).encrypt(bytes(12), b"x" * 16, b"") for algorithm in (AES, SM4))
    assert sm4 != Sm4Gcm(bytes(16)).encrypt(bytes(12), b"x" * 16, b"")
    assert aes != sm4
