"""取号排队: those who wait for a register's next number are registered together, in one transaction, each with its own.

Whoever comes first does it for all who have come by then. The numbers follow one another as if they had come one by one; what
can't be registered takes none. Who besides writes into a case that others write in, such as an item that follows on from a
petition, comes after them and by itself: it may have to be decided again and again, and nobody else shall wait for that.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from eventsourcing.persistence import DatabaseError, IntegrityError, OperationalError

from domain.acts import Act, Receipt
from domain.casework.cases import Key, Prepared
from domain.casework.storing import ATTEMPTS, Storing, own_key, too_busy
from domain.numbering import NumbersTaken
from domain.store import KeyStore, Shelf, StoredReceipt, Submission

TOGETHER = 64
"""So many are registered in one transaction."""

Taken = Mapping[UUID, NumbersTaken]
Attempt = Callable[[Key, Taken], Prepared]
"""Decides with the key, and the numbers that those before it take in the same transaction."""


@dataclass(slots=True, eq=False)
class Entrant:
    """排队者 — one who wants a number; `tried` if it may have been stored without our knowing, `apart` if others may write
    where it does."""

    act: Act
    key: Key
    attempt: Attempt
    tried: bool
    apart: bool = False
    outcome: Receipt | Exception | None = None

    @property
    def name(self) -> tuple[str, str]:
        """回执键: under which its receipt is kept."""
        return self.act.by, self.key.key


@dataclass(slots=True)
class Batch:
    """一批 — what is stored together: who, what, and which streams and receipts that touches."""

    ready: list[tuple[Entrant, Prepared]] = field(default_factory=list)
    taken: dict[UUID, NumbersTaken] = field(default_factory=dict)
    touched: set[object] = field(default_factory=set)

    def add(self, one: Entrant, prepared: Prepared) -> None:
        """加入: unless it follows on from what another one of them writes; its turn comes when that is stored."""
        touches: set[object] = {UUID(str(event.originator_id)) for event in prepared.submission.events}
        touches = {one.name, *touches.difference(taken.originator_id for taken in prepared.numbers)}
        if self.touched.isdisjoint(touches):
            self.touched |= touches
            self.taken.update((taken.originator_id, taken) for taken in prepared.numbers)
            self.ready.append((one, prepared))

    @property
    def submission(self) -> Submission:
        """提交: all of it or nothing."""
        every = [prepared.submission for _, prepared in self.ready]
        return Submission([e for s in every for e in s.events], [r for s in every for r in s.receipts])


class Queued(Storing):
    """取号排队 — callable from any number of threads."""

    def __init__(
        self,
        env: Mapping[str, str] | None = None,
        shelf: Shelf | None = None,
        keys: KeyStore | None = None,
    ) -> None:
        super().__init__(env, shelf, keys)
        self._entrants: deque[Entrant] = deque()

    def _entered(self, act: Act, key: Key | None, attempt: Attempt) -> Receipt:
        """登记: once; by this thread for all who wait, or by another one of them."""
        mine = Entrant(act, key or own_key(), attempt, tried=key is not None)
        self._entrants.append(mine)
        with self._registering:
            while mine.outcome is None:
                count = min(len(self._entrants), TOGETHER)
                self._enter_all([self._entrants.popleft() for _ in range(count)])
        if isinstance(mine.outcome, Exception):
            raise mine.outcome
        return mine.outcome

    def _enter_all(self, entrants: Sequence[Entrant]) -> None:
        """一并登记: whatever happens, everybody is answered."""
        failure: Exception = OperationalError("interrupted: not known whether stored")
        try:
            for _ in range(ATTEMPTS + len(entrants)):
                left = [one for one in entrants if one.outcome is None]
                if not left:
                    return
                self._enter_side_by_side(left)
            failure = too_busy()
        except Exception as error:
            failure = error
        finally:
            for one in entrants:
                one.outcome = one.outcome or failure

    def _enter_side_by_side(self, left: Sequence[Entrant]) -> None:
        """一轮: decides one after the other, and stores what doesn't wait for another."""
        tried = [one.name for one in left if one.tried]
        answered = self.store.find_receipts(tried) if tried else {}
        batch = Batch()
        for one in left:
            if not one.apart:
                self._decide(one, answered, batch)
        self._keep(batch)
        for one in left:
            if one.apart and one.outcome is None:
                alone = Batch()
                self._decide(one, answered, alone)
                self._keep(alone)

    def _decide(self, one: Entrant, answered: Mapping[tuple[str, str], StoredReceipt], batch: Batch) -> None:
        try:
            if one.tried and one.name in answered:
                one.outcome = self._replayed(answered[one.name], one.key)
                return
            prepared = one.attempt(one.key, batch.taken)
            if one.apart or not _follows_others(prepared):
                batch.add(one, prepared)
            else:
                one.apart = True
        except IntegrityError:
            one.tried = True
        except Exception as error:
            one.outcome = error

    def _keep(self, batch: Batch) -> None:
        if not batch.ready:
            return
        for one, _ in batch.ready:
            one.tried = True
        (outcome,) = self.store.append_all((batch.submission,))
        if isinstance(outcome, DatabaseError):
            for _, prepared in batch.ready:
                self._distrust(prepared)
        if isinstance(outcome, IntegrityError):
            return
        if not isinstance(outcome, DatabaseError):
            positions = iter(outcome)
            for one, prepared in batch.ready:
                one.outcome = prepared.receipt(list(islice(positions, len(prepared.submission.events))))
        elif len(batch.ready) == 1:
            batch.ready[0][0].outcome = outcome
        else:  # one of them can't be stored: each by itself, and only that one is refused
            for one, _ in batch.ready:
                self._enter_all((one,))


def _follows_others(prepared: Prepared) -> bool:
    """Whether it writes on in a stream that is neither its own nor a series of numbers."""
    begun = {
        str(event.originator_id) for event in prepared.submission.events if event.originator_version == 1
    }
    begun |= {str(taken.originator_id) for taken in prepared.numbers}
    return any(str(event.originator_id) not in begun for event in prepared.submission.events)
