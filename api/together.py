"""合办: what many requests wait for at the same moment is done in one go, and each is answered by itself.

The requests wait in the event loop and hold no thread. A batch is worked on, on a thread, for it asks the database; what
comes meanwhile is the next one. That begins when the first has no more to think about and waits for the disk alone, which
it says; so one is thought about while one is stored, and never more. Alone, a request waits for nobody.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from domain.errors import Busy

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Work = Callable[[Sequence[Question], Callable[[], None]], Sequence[Answer | Exception]]
"""Answers a batch; calls what it is given once it only waits."""

BATCH = 64
"""So many are worked on in one go."""
LONGEST = 512
"""So many wait; whoever comes then is told to come back."""
HANDS = 2
"""One batch that is thought about, and one that is stored."""


class Together(Generic[Question, Answer]):
    """合办 — asks `work` for the answers of a batch, or for what each of it is to be refused with."""

    def __init__(self, work: Work[Question, Answer], longest: int = LONGEST) -> None:
        self._work = work
        self._longest = longest
        self._threads = ThreadPoolExecutor(HANDS, "together")
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue[Question, Answer]] = (
            WeakKeyDictionary()
        )

    async def ask(self, question: Question) -> Answer:
        """请求: the answer, when the batch is done in which it was. Raises Busy if too many wait already."""
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            queue = self._queues[loop] = Queue(self._work, loop, self._threads)
        if len(queue.waiting) >= self._longest:
            raise Busy("server.busy", "系统正忙，请稍后重试。", retry_after=1)
        return await queue.enter(question)


class Queue(Generic[Question, Answer]):
    """等候 — of one event loop, and touched by it alone."""

    def __init__(
        self,
        work: Work[Question, Answer],
        loop: asyncio.AbstractEventLoop,
        threads: ThreadPoolExecutor,
    ) -> None:
        self._work, self._loop, self._threads = work, loop, threads
        self._thinking, self._hands = False, HANDS
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []

    def enter(self, question: Question) -> "asyncio.Future[Answer]":
        """入列: what comes in the same turn of the loop goes along."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self.waiting.append((question, answer))
        self._next()
        return answer

    def _next(self) -> None:
        if self.waiting and not self._thinking and self._hands:
            self._thinking = True
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        batch = [one for one in self.waiting[:BATCH] if not one[1].done()]
        del self.waiting[:BATCH]
        self._thinking = bool(batch)
        if batch:
            self._hands -= 1
            self._threads.submit(self._do, Batch(batch))
        else:
            self._next()

    def _do(self, batch: "Batch[Question, Answer]") -> None:
        """On a thread; whatever happens there, everybody is answered."""

        def storing() -> None:
            self._tell(self._thought, batch)

        try:
            answers: Sequence[Answer | Exception] = self._work([one for one, _ in batch.asked], storing)
        except Exception as error:
            answers = [error] * len(batch.asked)
        self._tell(self._end, batch, answers)

    def _tell(self, what: Callable[..., None], *of: object) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(what, *of)

    def _thought(self, batch: "Batch[Question, Answer]") -> None:
        if not batch.stored:
            batch.stored, self._thinking = True, False
            self._next()

    def _end(self, batch: "Batch[Question, Answer]", answers: Sequence[Answer | Exception]) -> None:
        for (_, future), answer in zip(batch.asked, answers, strict=True):
            if future.done():
                continue  # whoever asked has gone
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._hands += 1
        if not batch.stored:
            self._thinking = False
        self._loop.call_soon(self._next)


class Batch(Generic[Question, Answer]):
    """一批 — those who are answered together, and whether they are being stored."""

    def __init__(self, asked: Sequence[tuple[Question, "asyncio.Future[Answer]"]]) -> None:
        self.asked = asked
        self.stored = False
