"""案件记忆: cases read lately, so that of each only what came since is read and opened; bounded, and never trusted by itself.

Whoever recalls a case asks the log for what follows, the last row that is remembered included: if that isn't there any more
byte by byte – the database was restored, or another one took over with a shorter log – the case is read anew. What anything
is erased of is never remembered, and all is forgotten with the keys that it was opened with.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from domain.casework.cases import Case, Recorded
from domain.erasure.events import Erased
from domain.store import Stored

MOST = 20_000
"""Facts of cases that are remembered at a time; one of more than a kilobyte counts as several."""
KILOBYTE = 1024

T = TypeVar("T")


class Kept(Generic[T]):
    """近用留存 — what was used lately, up to a weight in all; what was used longest ago goes first. For one thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._weight = 0
        self._kept: OrderedDict[UUID, tuple[T, int]] = OrderedDict()

    def get(self, id: UUID) -> T | None:
        """取用."""
        found = self._kept.get(id)
        if found is None:
            return None
        self._kept.move_to_end(id)
        return found[0]

    def keep(self, id: UUID, what: T, weight: int) -> None:
        """留存: in the place of what was kept under the id."""
        self.drop(id)
        self._kept[id] = what, weight
        self._weight += weight
        while self._weight > self._most:
            _, (_, gone) = self._kept.popitem(last=False)
            self._weight -= gone

    def drop(self, id: UUID) -> None:
        """丢弃."""
        _, weight = self._kept.pop(id, (None, 0))
        self._weight -= weight

    def clear(self) -> None:
        """清空."""
        self._kept.clear()
        self._weight = 0


class Remembered(NamedTuple):
    """所记案件 — a case as it was read, the row of its last fact, and what it weighs."""

    case: Case
    last: Stored
    weight: int


class Found(NamedTuple):
    """所得 — what is remembered of a stream, and the rows that follow it; all of them where nothing is remembered."""

    known: Remembered | None
    rows: Sequence[Stored]
    keys: object
    """The keys that were there when it was asked for."""


class Memory:
    """案件记忆 — for several threads."""

    def __init__(self, most: int = MOST) -> None:
        self._lock = Lock()
        self._kept: Kept[Remembered] = Kept(most)
        self._keys: object = None

    def recall(self, ids: Iterable[UUID], keys: object) -> dict[UUID, Remembered]:
        """回想: what is remembered of these cases; nothing that was opened with other keys."""
        with self._lock:
            if keys is not self._keys:
                self._kept.clear()
                self._keys = keys
            found = ((id, self._kept.get(id)) for id in ids)
            return {id: known for id, known in found if known is not None}

    def keep(self, id: UUID, known: Remembered, keys: object) -> None:
        """记住: unless the keys changed since it was asked for."""
        with self._lock:
            if keys is self._keys:
                self._kept.keep(id, known, known.weight)

    def drop(self, ids: Iterable[UUID]) -> None:
        """忘记: these cases."""
        with self._lock:
            for id in ids:
                self._kept.drop(id)


def weight_of(rows: Sequence[Stored]) -> int:
    """分量: of facts, one each and one more for every kilobyte."""
    return sum(1 + len(row.state) // KILOBYTE for row in rows)


def anything_erased(history: Iterable[Recorded]) -> bool:
    """有所清除: whether any of the facts records a destruction."""
    return any(isinstance(one.fact, Erased) for one in history)
