"""A20 C4: the tree is that of RFC 6962 / RFC 9162, and no altered proof passes.

The known answers are those of independent implementations: Certificate Transparency's C++ suite
(github.com/google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc: eight inputs, the root after each,
inclusion paths and consistency proofs) and Trillian's Go one (github.com/transparency-dev/merkle,
proof/verify_test.go), which use the same eight leaves.
"""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventstore import merkle

INPUTS = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SECOND = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
THIRD_AND_FOURTH = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
LAST_FOUR = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
FIFTH = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
SEVENTH_AND_EIGHTH = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
FIFTH_AND_SIXTH = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
SEVENTH = "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f"
FIRST_FOUR = ROOTS[3]

INCLUSIONS = [
    (0, 8, [SECOND, THIRD_AND_FOURTH, LAST_FOUR]),
    (5, 8, [FIFTH, SEVENTH_AND_EIGHTH, FIRST_FOUR]),
    (2, 3, [ROOTS[1]]),
    (1, 5, [ROOTS[0], THIRD_AND_FOURTH, FIFTH]),
]
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, [SECOND, THIRD_AND_FOURTH, LAST_FOUR]),
    (6, 8, [FIFTH_AND_SIXTH, SEVENTH_AND_EIGHTH, FIRST_FOUR]),
    (2, 5, [THIRD_AND_FOURTH, FIFTH]),
    (6, 7, [FIFTH_AND_SIXTH, SEVENTH, FIRST_FOUR]),
]

EIGHT = [merkle.leaf_hash(one) for one in INPUTS]


def over(hashes):
    """The complete subtrees of these leaves, by the definition."""

    def hash_of(level, index):
        return by_definition(hashes[index << level : (index + 1) << level])

    return hash_of


def by_definition(hashes):
    """MTH of RFC 9162 §2.1.1, word for word; the leaves are hashed already."""
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + by_definition(hashes[:k]) + by_definition(hashes[k:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots(size):
    assert merkle.root(EIGHT[:size]).hex() == ((EMPTY, *ROOTS)[size])
    assert merkle.root_of(size, over(EIGHT)).hex() == ((EMPTY, *ROOTS)[size])


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_the_published_inclusion_paths(index, size, path):
    assert [one.hex() for one in merkle.inclusion(index, size, over(EIGHT))] == path
    found = merkle.root_of_inclusion(index, size, EIGHT[index], [bytes.fromhex(one) for one in path])
    assert found is not None
    assert found.hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("older", "newer", "path"), CONSISTENCIES)
def test_the_published_consistency_paths(older, newer, path):
    assert [one.hex() for one in merkle.consistency(older, newer, over(EIGHT))] == path
    roots = [bytes.fromhex(one) for one in ROOTS]
    proof = [bytes.fromhex(one) for one in path]
    assert merkle.consistent(older, newer, roots[older - 1], roots[newer - 1], proof)


LEAVES = [merkle.leaf_hash(bytes([one])) for one in range(70)]


def test_every_leaf_of_every_size_up_to_seventy():
    for size in range(1, len(LEAVES) + 1):
        root = by_definition(LEAVES[:size])
        assert merkle.root(LEAVES[:size]) == root
        for index in range(0, size, 1 + size // 12):
            path = merkle.inclusion(index, size, over(LEAVES))
            assert merkle.root_of_inclusion(index, size, LEAVES[index], path) == root


def test_every_size_extends_every_smaller_one():
    roots = [by_definition(LEAVES[:size]) for size in range(41)]
    for newer in range(41):
        for older in range(newer + 1):
            path = merkle.consistency(older, newer, over(LEAVES))
            assert merkle.consistent(older, newer, roots[older], roots[newer], path)


sizes = st.integers(2, 60)
settled = settings(max_examples=60, deadline=None, derandomize=True)


def altered(path, data):
    """A path with a bit turned, one hash left out, one put in, or two changed about."""
    how = data.draw(st.sampled_from(["turn", "drop", "add", "swap"]))
    path = list(path)
    at = data.draw(st.integers(0, len(path) - 1))
    if how == "turn":
        bit = data.draw(st.integers(0, 255))
        path[at] = bytes(b ^ (1 << bit % 8 if i == bit // 8 else 0) for i, b in enumerate(path[at]))
    elif how == "drop":
        del path[at]
    elif how == "add":
        path.insert(at, data.draw(st.sampled_from([*path, merkle.EMPTY, b""])))
    else:
        other = data.draw(st.integers(0, len(path) - 1))
        path[at], path[other] = path[other], path[at]
    return path


@settled
@given(st.data(), sizes)
def test_no_altered_inclusion_path_leads_to_the_root(data, size):
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root(LEAVES[:size])
    path = merkle.inclusion(index, size, over(LEAVES))
    wrong = altered(path, data)
    if wrong != path:
        assert merkle.root_of_inclusion(index, size, LEAVES[index], wrong) != root
    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index))
    assert merkle.root_of_inclusion(other, size, LEAVES[index], path) != root
    assert merkle.root_of_inclusion(index, size, LEAVES[other], path) != root


@settled
@given(st.data(), sizes)
def test_no_altered_consistency_path_proves_anything(data, newer):
    older = data.draw(st.integers(1, newer - 1))
    roots = merkle.root(LEAVES[:older]), merkle.root(LEAVES[:newer])
    path = merkle.consistency(older, newer, over(LEAVES))
    wrong = altered(path, data)
    if wrong != path:
        assert not merkle.consistent(older, newer, *roots, wrong)
    assert not merkle.consistent(older, newer, roots[1], roots[0], path)
    assert not merkle.consistent(older, newer, merkle.EMPTY, roots[1], path)


@settled
@given(st.data(), sizes)
def test_a_tree_whose_past_was_changed_extends_nothing(data, newer):
    older = data.draw(st.integers(1, newer - 1))
    at = data.draw(st.integers(0, older - 1))
    changed = [*LEAVES[:at], merkle.leaf_hash(b"changed"), *LEAVES[at + 1 :]]
    path = merkle.consistency(older, newer, over(changed))
    assert not merkle.consistent(
        older, newer, merkle.root(LEAVES[:older]), merkle.root(changed[:newer]), path
    )


def test_sizes_that_cannot_be():
    assert merkle.root_of_inclusion(3, 3, LEAVES[0], []) is None
    assert merkle.root_of_inclusion(-1, 3, LEAVES[0], []) is None
    assert merkle.root_of_inclusion(0, 1, b"short", []) is None
    assert not merkle.consistent(3, 2, LEAVES[0], LEAVES[0], [])
    assert merkle.consistent(0, 4, merkle.EMPTY, merkle.root(LEAVES[:4]), [])
    assert not merkle.consistent(0, 4, LEAVES[0], merkle.root(LEAVES[:4]), [])
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(4, 4, over(LEAVES))
    with pytest.raises(ValueError, match="does not extend"):
        merkle.consistency(4, 3, over(LEAVES))
