"""成组提交: what many threads want stored at the same moment goes into one transaction.

Whoever comes while nobody is storing does it, for itself and for all who wait by then; the others sleep until they are
answered, or until it is their turn to do it for the next ones. So one caller alone pays for no hand-over, and many share
the wait for the disk. Those who were answered last come back at once with the next: a moment is given them, or they would
take turns with the others for ever, half of them in each batch. Two submissions of one stream never share a batch: the
later one is decided on what the earlier one left behind.
"""

from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Lock
from time import monotonic
from typing import NamedTuple

from eventsourcing.persistence import DatabaseError, OperationalError

from domain.errors import Busy
from domain.store import Outcome, Submission

CAPACITY = 1024
"""Submissions that may wait; whoever comes then is told to come back."""
BATCH, FACTS = 256, 2000
"""Submissions and facts after which a batch takes no more."""
GATHERING, MOMENT = 0.25, 0.001
"""How long to wait for those who were answered last: a part of what storing them took, and seconds at most."""
FORGETTING = 0.8
"""What is kept from batch to batch of how many callers there were."""
DRAINING = 10.0
"""Seconds that closing waits for those who are being stored."""

Store = Callable[[Sequence[Submission]], Sequence[Outcome]]
"""Stores a batch and answers for each; raises if it isn't known what became of them."""


class Asked:
    """一次请求 — submissions of one caller, and what became of each so far."""

    __slots__ = ("answers", "leads", "left", "woken")

    def __init__(self, count: int) -> None:
        self.answers: list[Outcome] = [OperationalError("not stored yet")] * count
        self.left = count
        self.leads = False
        self.woken = Lock()
        self.woken.acquire()


class Waiting(NamedTuple):
    """排队中的提交 — with what it touches: streams, and keys of receipts."""

    submission: Submission
    touches: set[object]
    asked: Asked
    place: int


class GroupCommit:
    """成组提交 — callable from any number of threads; `store` is only ever called by one at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[Waiting] = deque()
        self._led = self._closed = False
        self._guard = Lock()
        self._idle = Condition(self._guard)
        self._gathered = Condition(self._guard)
        self._usual = self._took = 0.0
        self._missing = 0

    def __call__(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """追加: outcomes in the order of the submissions. Raises Busy if too many wait, and what `store` raised if no
        submission is known to be decided."""
        asked = Asked(len(submissions))
        queued = [Waiting(one, _touched(one), asked, place) for place, one in enumerate(submissions)]
        if not queued:
            return []
        with self._guard:
            if self._closed:
                raise OperationalError("the store is closed")
            if self._waiting and len(self._waiting) + len(queued) > CAPACITY:
                raise Busy("store.busy", "系统正忙，请稍后重试。", retry_after=1)
            self._waiting.extend(queued)
            self._missing -= 1
            if self._missing == 0:
                self._gathered.notify()
            asked.leads = not self._led
            self._led = True
        try:
            if not asked.leads:
                asked.woken.acquire()
            while asked.leads and asked.left:
                self._store_next()
        finally:
            if asked.leads or asked.left:
                self._leave(asked)
        failed = [one for one in asked.answers if isinstance(one, OperationalError)]
        if len(failed) == len(asked.answers):
            raise failed[0]
        return asked.answers

    def close(self) -> None:
        """关闭: takes nothing more, and returns when what had come is stored."""
        with self._guard:
            self._closed = True
            self._idle.wait_for(lambda: not self._led, DRAINING)

    def _store_next(self) -> None:
        with self._guard:
            self._gather()
            batch = self._next_batch()
            self._usual = max(len({one.asked for one in batch}), self._usual * FORGETTING)
        began = monotonic()
        answers: Sequence[Outcome] = [OperationalError("interrupted: not known whether stored")] * len(batch)
        try:
            answers = self._store([one.submission for one in batch])
        except DatabaseError as error:
            with self._guard:  # who waits would wait as long, for the same
                batch.extend(self._waiting)
                self._waiting.clear()
            answers = [OperationalError(str(error)) for _ in batch]
        finally:
            self._took = monotonic() - began
            for (_, _, asked, place), answer in zip(batch, answers, strict=True):
                asked.answers[place] = answer
                asked.left -= 1
                if not asked.left and not asked.leads:
                    asked.woken.release()

    def _gather(self) -> None:
        """等一等: for as many callers as there usually are, but not for long."""
        self._missing = int(self._usual) - len({one.asked for one in self._waiting})
        if self._missing > 0:
            self._gathered.wait_for(lambda: self._missing <= 0, min(self._took * GATHERING, MOMENT))

    def _next_batch(self) -> list[Waiting]:
        """In the order in which they came, passing over what touches the same as one before it."""
        batch: list[Waiting] = []
        later: list[Waiting] = []
        touched: set[object] = set()
        facts = 0
        while self._waiting and len(batch) < BATCH and facts < FACTS:
            one = self._waiting.popleft()
            if touched.isdisjoint(one.touches):
                batch.append(one)
                facts += len(one.submission.events)
            else:
                later.append(one)
            touched |= one.touches
        self._waiting.extendleft(reversed(later))
        return batch

    def _leave(self, asked: Asked) -> None:
        """Whoever stored for the others hands on; who gives up waiting takes along what isn't being stored yet."""
        with self._guard:
            if asked.left:
                self._waiting = deque(one for one in self._waiting if one.asked is not asked)
            if not asked.leads:
                return
            asked.leads = False
            if self._waiting:
                following = self._waiting[0].asked
                following.leads = True
                following.woken.release()
            else:
                self._led = False
                self._idle.notify_all()


def _touched(submission: Submission) -> set[object]:
    touched: set[object] = {event.originator_id for event in submission.events}
    touched.update((receipt.actor, receipt.key) for receipt in submission.receipts)
    return touched
