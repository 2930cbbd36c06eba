"""What the key tree promises (issue 5, item 7): a destroyed path is gone, every other is as it was."""

from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore.keytree import (
    LEVELS,
    NEAR,
    PATH_BYTES,
    PERSON,
    RECORD_BYTES,
    SECRET_BYTES,
    Descents,
    Tree,
    TreeDamaged,
    descend,
)

ROOT = bytes(range(32))
spread = st.binary(min_size=PATH_BYTES, max_size=PATH_BYTES)
close = st.integers(0, 300).map(lambda n: (0x1234567890ABCD00 + n).to_bytes(PATH_BYTES, "big"))
"""Paths that share most of their steps, so that nodes are taken away below nodes that were left before."""
paths = st.lists(spread | close, max_size=12)


def step_by_step(path: bytes) -> bytes:
    """The definition, written down a second time."""
    secret, bits = ROOT, "".join(f"{byte:08b}" for byte in path)
    for at in range(0, 2 * LEVELS, 2):
        number = bytes([int(bits[at : at + 2], 2)])
        secret = blake2b(number, digest_size=SECRET_BYTES, key=secret, person=PERSON).digest()
    return secret


@settings(max_examples=60, deadline=None)
@given(gone=paths, asked=paths)
def test_exactly_what_was_destroyed_is_gone(gone: list[bytes], asked: list[bytes]) -> None:
    tree = Tree.grown(ROOT).without(gone)
    for path in asked + gone:
        assert tree.secret(path) == (None if path in gone else step_by_step(path))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), gone=paths)
def test_neither_order_nor_number_of_destructions_matters(data: st.DataObject, gone: list[bytes]) -> None:
    at_once = Tree.grown(ROOT).without(gone)
    shuffled = data.draw(st.permutations(gone))
    one_by_one = Tree.grown(ROOT)
    for path in [*shuffled, *shuffled[:3]]:
        one_by_one = one_by_one.without([path])
    assert one_by_one.records == at_once.records
    assert at_once.without(gone) is at_once
    assert at_once.gone() == sorted(set(gone))


@settings(max_examples=40, deadline=None)
@given(gone=paths)
def test_what_is_left_holds_no_node_above_a_destroyed_path(gone: list[bytes]) -> None:
    """Nobody who has the records can derive the path: not the secret, nor any secret it comes from, is among them."""
    records = Tree.grown(ROOT).without(gone).records
    for path in gone:
        secret = ROOT
        for step in range(LEVELS + 1):
            assert secret not in records
            if step < LEVELS:
                number = int.from_bytes(path, "big") >> 2 * (LEVELS - 1 - step) & 3
                secret = blake2b(
                    bytes([number]), digest_size=SECRET_BYTES, key=secret, person=PERSON
                ).digest()


@settings(max_examples=40, deadline=None)
@given(first=paths, then=paths, asked=paths)
def test_a_tree_goes_on_from_its_records(first: list[bytes], then: list[bytes], asked: list[bytes]) -> None:
    kept = Tree.grown(ROOT).without(first)
    read = Tree(kept.records).without(then)
    assert read.records == kept.without(then).records
    assert [read.secret(path) for path in asked] == [
        None if path in first + then else step_by_step(path) for path in asked
    ]


@settings(max_examples=60, deadline=None)
@given(gone=paths, asked=paths, level=st.integers(NEAR, LEVELS))
def test_the_remembered_way_down_leads_to_the_same_secrets(
    gone: list[bytes], asked: list[bytes], level: int
) -> None:
    """C4: a branch is there as long as nothing below it was destroyed, and what lies below follows from it."""
    tree = Tree.grown(ROOT).without(gone)
    descents = Descents(tree)
    span = 2 * (LEVELS - level)
    whole = {int.from_bytes(path, "big") >> span for path in gone}
    for path in [*asked, *gone, *asked]:
        number = int.from_bytes(path, "big")
        branch = descents.branch(number, level)
        assert (branch is None) == (number >> span in whole)
        if branch is not None:
            assert descend(branch, number, level, LEVELS) == step_by_step(path)
        assert descents.branch(number, LEVELS) == tree.secret(path)


def test_known_secrets_of_a_known_root() -> None:
    """What is stored under these keys must be read for ever: the derivation may never change."""
    tree = Tree.grown(ROOT)
    assert tree.secret(bytes(8)) == bytes.fromhex(
        "2877b8d34dfd83fd673df62c3236702aa1a3fdb7536aac1f2e85f75e0a2a2789"
    )
    assert tree.secret(b"\xff" * 8) == bytes.fromhex(
        "58d0aa3209034d54554e1640fbb973d58025452480229de9ebe06a68c8873537"
    )


def test_one_destruction_leaves_three_nodes_a_level() -> None:
    assert len(Tree.grown(ROOT).without([bytes(8)])) == 3 * LEVELS


def test_records_cut_short_are_no_tree() -> None:
    with pytest.raises(TreeDamaged):
        Tree(Tree.grown(ROOT).records[: RECORD_BYTES - 1])
