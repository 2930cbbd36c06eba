"""树的前沿: the right edge of the growing tree – what must be known to add leaves and to tell the root, no more.

Nodes are kept in steps of eight levels: a node of step 1 covers 256 leaves, one of step 2 covers 65,536.
"""

from collections.abc import Sequence
from typing import NamedTuple

from eventstore import merkle

STEP = 8
FAN = 1 << STEP
"""Nodes of a step under one of the next."""


class Node(NamedTuple):
    """内部节点 — finished for good once its last leaf is there."""

    step: int
    number: int
    hash: bytes


class Frontier:
    """前沿 — so many leaves, and of each step the hashes that no finished node covers yet."""

    def __init__(self, size: int = 0, loose: Sequence[Sequence[bytes]] = ()) -> None:
        self.size = size
        self._loose = [list(one) for one in loose]

    def append(self, hashes: Sequence[bytes]) -> list[Node]:
        """增加叶子: the nodes that this finished."""
        done: list[Node] = []
        self._add(0, hashes, done)
        self.size += len(hashes)
        return done

    def root(self) -> bytes:
        """树根."""
        found: bytes | None = None
        for hashes in self._loose:
            rest, piece = len(hashes), 1
            while rest:
                if rest & piece:
                    left = merkle.root(hashes[rest - piece : rest])
                    found = left if found is None else merkle.node_hash(left, found)
                    rest -= piece
                piece <<= 1
        return merkle.EMPTY if found is None else found

    def copy(self) -> "Frontier":
        """副本: that grows by itself."""
        return Frontier(self.size, self._loose)

    def _add(self, step: int, hashes: Sequence[bytes], done: list[Node]) -> None:
        while len(self._loose) <= step:
            self._loose.append([])
        loose = self._loose[step]
        loose.extend(hashes)
        if len(loose) < FAN:
            return
        before = self.size >> STEP * (step + 1)
        whole = len(loose) // FAN
        nodes = [merkle.root(loose[at * FAN : (at + 1) * FAN]) for at in range(whole)]
        del loose[: whole * FAN]
        done.extend(Node(step + 1, before + at, one) for at, one in enumerate(nodes))
        self._add(step + 1, nodes, done)
