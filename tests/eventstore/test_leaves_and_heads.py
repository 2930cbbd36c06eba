"""A20 C4: a row has one form of bytes, a head one text; whatever is changed in either is seen."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import heads, leaves
from eventstore.heads import Head
from eventstore.leaves import Leaf

STREAM = UUID("0192d0a0-1111-7000-8000-000000000001")
ROW = Leaf(7, STREAM, 2, 1_790_000_000_123_456, "petition.accepted.1", b'{"on":"2026-11-01"}')
number = st.integers(-(2**63), 2**63 - 1)
leaf = st.builds(
    Leaf, number, st.uuids(), number, number,
    st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6), st.none() | st.binary(max_size=6),
)  # fmt: skip


def test_the_written_form():
    expected = (
        "7368697869616e2e6576656e742e3100"  # shixian.event.1, zero
        "0000000000000007"
        "0192d0a0111170008000000000000001"
        "0000000000000002"
        "00065bff83b0c640"
        "00000013" + b"petition.accepted.1".hex() + "00000013" + b'{"on":"2026-11-01"}'.hex()
    )
    assert ROW.data().hex() == expected.replace("00065bff83b0c640", ROW.stored_at.to_bytes(8).hex())
    assert leaves.micros(datetime.fromtimestamp(ROW.stored_at / 1e6, UTC)) == ROW.stored_at


@settings(max_examples=200, deadline=None, derandomize=True)
@given(leaf, leaf)
def test_two_rows_have_the_same_bytes_only_if_they_are_the_same(one, other):
    assert (one.data() == other.data()) == (one == other)


def test_no_topic_is_not_an_empty_topic():
    assert ROW._replace(topic=None).data() != ROW._replace(topic="").data()
    assert ROW._replace(state=None).data() != ROW._replace(state=b"").data()
    moved = ROW._replace(topic="petition.accepted", state=b".1" + (ROW.state or b""))
    assert moved.data() != ROW.data()


@dataclass(frozen=True)
class Signed:
    head: Head
    public_key: bytes


@pytest.fixture(scope="module")
def signed():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    head = Head(
        origin="演示",
        size=3,
        root=bytes(32),
        position=9,
        sealed_at=datetime(2026, 11, 22, 8, tzinfo=UTC),
        key="",
    )
    return Signed(heads.sign(head, key), key.public_key().public_bytes_raw())


def test_the_text_that_is_signed(signed):
    assert heads.text(signed.head) == (
        f"shixian.seal.1\n演示\n3\n{'00' * 32}\n9\n2026-11-22T08:00:00.000000Z\n{signed.head.key}\n"
    )
    assert heads.is_signed_by(signed.head, signed.public_key)


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "演示二"},
        {"size": 4},
        {"root": bytes(31) + b"\x01"},
        {"position": 10},
        {"sealed_at": datetime(2026, 11, 22, 8, 0, 0, 1, tzinfo=UTC)},
        {"key": "0" * 16},
        {"signature": bytes(64)},
        {"signature": b""},
    ],
    ids=lambda one: next(iter(one)),
)
def test_a_changed_head_is_not_signed(signed, change):
    assert not heads.is_signed_by(msgspec.structs.replace(signed.head, **change), signed.public_key)


def test_another_key_signed_nothing(signed):
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    assert not heads.is_signed_by(signed.head, other)
    passing_off = msgspec.structs.replace(signed.head, key=heads.key_id(other))
    assert not heads.is_signed_by(passing_off, other)


def test_json_both_ways(signed):
    written = heads.to_json(signed.head)
    assert heads.from_json(msgspec.json.decode(msgspec.json.encode(written))) == signed.head
    in_shanghai = signed.head.sealed_at.astimezone(timezone(timedelta(hours=8)))
    assert heads.stamp(in_shanghai) == written["sealed_at"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"size": "3"},
        {"root": "zz"},
        {"origin": "a\nb"},
        {"more": 1},
        {"sealed_at": "yesterday"},
    ],
)
def test_what_is_no_head(signed, wrong):
    given = {**heads.to_json(signed.head), **wrong} if wrong else {}
    with pytest.raises(ValueError, match=r".+"):
        heads.from_json(given)
