"""哈希树: the Merkle tree of RFC 9162 §2.1 – roots, inclusion and consistency paths, and checking both.

Nothing here knows what a leaf holds or where hashes lie: `hash_of(level, index)` hands in the hash of the complete
subtree over the leaves from `index << level`, as many as `1 << level`.
"""

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HashOf = Callable[[int, int], bytes]
"""完整子树: level and index in that level to the hash."""

WIDTH = 32
"""Bytes of a hash."""
EMPTY = sha256(b"").digest()
"""空树的根."""


def leaf_hash(data: bytes) -> bytes:
    """叶子哈希."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """节点哈希."""
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """树根: of the tree over these leaf hashes."""
    level = list(hashes)
    if not level:
        return EMPTY
    while len(level) > 1:
        odd = level[-1:] if len(level) % 2 else []
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
    return level[0]


def root_of(size: int, hash_of: HashOf) -> bytes:
    """树根: of the first `size` leaves, from the complete subtrees."""
    return span(0, size, hash_of) if size else EMPTY


def span(first: int, size: int, hash_of: HashOf) -> bytes:
    """子树根: over `size` leaves from `first`, a node of the tree's own shape."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return hash_of(level, first >> level)
    left = _split(size)
    return node_hash(span(first, left, hash_of), span(first + left, size - left, hash_of))


def inclusion(index: int, size: int, hash_of: HashOf) -> list[bytes]:
    """包含证明: the path of a leaf in the tree of that size (RFC 9162 §2.1.3.1). Raises ValueError for no leaf of it."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    path: list[bytes] = []
    first = 0
    while size > 1:
        left = _split(size)
        if index < left:
            path.append(span(first + left, size - left, hash_of))
            size = left
        else:
            path.append(span(first, left, hash_of))
            first, index, size = first + left, index - left, size - left
    path.reverse()
    return path


def root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:
    """由包含证明得根: what the root must be (RFC 9162 §2.1.3.2); None where the path can't be of such a leaf."""
    if not 0 <= index < size or any(len(one) != WIDTH for one in (leaf, *path)):
        return None
    at, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(one, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def consistency(older: int, newer: int, hash_of: HashOf) -> list[bytes]:
    """一致性证明: that the tree of `newer` leaves extends that of `older` (RFC 9162 §2.1.4.1).

    Empty for an empty or an equal older tree. Raises ValueError where the older is the larger.
    """
    if not 0 <= older <= newer:
        raise ValueError(f"a tree of {newer} does not extend one of {older}")
    if older in {0, newer}:
        return []
    path: list[bytes] = []
    first, size, whole = 0, newer, True
    while older != size:
        left = _split(size)
        if older <= left:
            path.append(span(first + left, size - left, hash_of))
            size = left
        else:
            path.append(span(first, left, hash_of))
            first, older, size, whole = first + left, older - left, size - left, False
    if not whole:
        path.append(span(first, size, hash_of))
    path.reverse()
    return path


def consistent(older: int, newer: int, older_root: bytes, newer_root: bytes, path: Sequence[bytes]) -> bool:
    """是否一致: whether the path proves that the newer tree extends the older (RFC 9162 §2.1.4.2)."""
    if not 0 <= older <= newer or any(len(one) != WIDTH for one in (older_root, newer_root, *path)):
        return False
    if older == newer:
        return not path and older_root == newer_root
    if older == 0:
        return not path and older_root == EMPTY
    if not path:
        return False
    rest = list(path)
    if older & (older - 1) == 0:
        rest.insert(0, older_root)
    at, last = older - 1, newer - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = rest[0]
    for one in rest[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, one)
        at, last = at >> 1, last >> 1
    return last == 0 and old == older_root and new == newer_root


def _split(size: int) -> int:
    """The largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)
