"""密钥树: a secret for each of 2^64 paths out of one root, any of which can be destroyed. Pure; nothing is stored here.

Each node has four children, each the keyed BLAKE2b of the node's secret and the child's number; a path's secret is what
32 steps from the root lead to. To destroy a path, the node above it is replaced by the siblings of all nodes on the way
down: every other path is still derived as before, and this one from nothing that is left (a puncturable pseudorandom
function after Goldreich, Goldwasser and Micali). What is left doesn't depend on the order of the destructions.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

LEVELS = 32
"""Steps from the root to a path's secret; each takes two bits of the path."""
PATH_BYTES = 8
SECRET_BYTES = 32
RECORD_BYTES = PATH_BYTES + 1 + SECRET_BYTES
"""A node as it is kept: the first path below it, its level, its secret."""
PERSON = b"shixian key tree"
NEAR = 6
"""The level down to which `Descents` remembers: of its 4,096 nodes any two owners share one by chance."""
_NUMBERS = tuple(bytes((number,)) for number in range(4))


class TreeDamaged(ValueError):
    """密钥树损坏: what was read is no tree."""


class Tree:
    """密钥树 — the nodes that are left, none above another, in the order of their paths."""

    def __init__(self, records: bytes) -> None:
        """Of `records` as another tree gave them; their keeper vouches for them. Raises TreeDamaged if they are cut."""
        if len(records) % RECORD_BYTES:
            raise TreeDamaged("the tree is cut short")
        self.records = records

    @classmethod
    def grown(cls, root: bytes) -> "Tree":
        """The whole tree of a root secret."""
        return cls(_record(0, 0, root))

    def __len__(self) -> int:
        """节点数: how many nodes are left."""
        return len(self.records) // RECORD_BYTES

    def secret(self, path: bytes) -> bytes | None:
        """路径密钥: None if it was destroyed."""
        return self.branch(int.from_bytes(path, "big"), LEVELS)

    def branch(self, path: int, level: int) -> bytes | None:
        """枝: the secret of the node above the path at that level; None if any path below it was destroyed."""
        index = self._above(path)
        if index is None:
            return None
        _, begun, secret = self._node(index)
        return descend(secret, path, begun, level) if begun <= level else None

    def without(self, paths: Iterable[bytes]) -> "Tree":
        """销毁: the tree from which these paths' secrets can't be had any more; the same tree if they can't be now."""
        below: dict[int, list[int]] = {}
        for path in sorted({int.from_bytes(path, "big") for path in paths}):
            index = self._above(path)
            if index is not None:
                below.setdefault(index, []).append(path)
        if not below:
            return self
        kept: list[bytes] = []
        done = 0
        for index, gone in sorted(below.items()):
            kept.append(self.records[done * RECORD_BYTES : index * RECORD_BYTES])
            kept.extend(_left(*self._node(index), gone))
            done = index + 1
        kept.append(self.records[done * RECORD_BYTES :])
        return Tree(b"".join(kept))

    def gone(self) -> list[bytes]:
        """已销毁的路径: in order; what no node lies above."""
        found: list[int] = []
        free = 0
        for index in range(len(self)):
            first, level, _ = self._node(index)
            found.extend(range(free, first))
            free = first + _span(level)
        found.extend(range(free, _span(0)))
        return [path.to_bytes(PATH_BYTES, "big") for path in found]

    def _above(self, path: int) -> int | None:
        """The node that the path lies below; nodes are in order, so that it can only be the last one not behind it."""
        index = bisect_right(range(len(self)), path, key=self._first) - 1
        if index < 0:
            return None
        first, level, _ = self._node(index)
        return index if path - first < _span(level) else None

    def _first(self, index: int) -> int:
        start = index * RECORD_BYTES
        return int.from_bytes(self.records[start : start + PATH_BYTES], "big")

    def _node(self, index: int) -> tuple[int, int, bytes]:
        start = index * RECORD_BYTES
        record = self.records[start : start + RECORD_BYTES]
        return int.from_bytes(record[:PATH_BYTES], "big"), record[PATH_BYTES], record[PATH_BYTES + 1 :]


class Descents:
    """多次下行 — a tree's branches for whoever asks for many: the way down from the root is gone once and remembered."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._near: dict[int, bytes | None] = {}

    def branch(self, path: int, level: int) -> bytes | None:
        """枝: as the tree gives it; not above NEAR."""
        first = path >> 2 * (LEVELS - NEAR) << 2 * (LEVELS - NEAR)
        if first not in self._near:
            self._near[first] = self.tree.branch(first, NEAR)
        near = self._near[first]
        return self.tree.branch(path, level) if near is None else descend(near, path, NEAR, level)


def descend(secret: bytes, path: int, level: int, to: int) -> bytes:
    """下行: from the secret of the node above the path at one level to that at a lower one."""
    for shift in range(2 * (LEVELS - 1 - level), 2 * (LEVELS - 1 - to), -2):
        secret = blake2b(
            _NUMBERS[path >> shift & 3], digest_size=SECRET_BYTES, key=secret, person=PERSON
        ).digest()
    return secret


def _left(first: int, level: int, secret: bytes, gone: Sequence[int]) -> Iterator[bytes]:
    """What is left of a node without the paths, all of which lie below it, in order."""
    if not gone:
        yield _record(first, level, secret)
    elif level < LEVELS:
        span = _span(level + 1)
        for number in range(4):
            start = first + number * span
            below = gone[bisect_left(gone, start) : bisect_left(gone, start + span)]
            yield from _left(start, level + 1, descend(secret, start, level, level + 1), below)


def _span(level: int) -> int:
    return 1 << 2 * (LEVELS - level)


def _record(first: int, level: int, secret: bytes) -> bytes:
    return first.to_bytes(PATH_BYTES, "big") + bytes((level,)) + secret
