"""合办: what many requests wait for at the same moment is done in one go, and each is answered by itself.

The requests wait in the event loop and hold no thread. One batch is worked on at a time, on a thread, for it asks the
database; what comes meanwhile is the next one. Alone, a request waits for nobody.
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

BATCH = 64
"""So many are worked on in one go."""
LONGEST = 512
"""So many wait; whoever comes then is told to come back."""


class Together(Generic[Question, Answer]):
    """合办 — asks `work` for the answers of a batch, or for what each of it is to be refused with."""

    def __init__(
        self, work: Callable[[Sequence[Question]], Sequence[Answer | Exception]], longest: int = LONGEST
    ) -> None:
        self._work = work
        self._longest = longest
        self._thread = ThreadPoolExecutor(1, "together")
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue[Question, Answer]] = (
            WeakKeyDictionary()
        )

    async def ask(self, question: Question) -> Answer:
        """请求: the answer, when the batch is done in which it was. Raises Busy if too many wait already."""
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            queue = self._queues[loop] = Queue(self._work, loop, self._thread)
        if len(queue.waiting) >= self._longest:
            raise Busy("server.busy", "系统正忙，请稍后重试。", retry_after=1)
        return await queue.enter(question)


class Queue(Generic[Question, Answer]):
    """等候 — of one event loop, and touched by it alone."""

    def __init__(
        self,
        work: Callable[[Sequence[Question]], Sequence[Answer | Exception]],
        loop: asyncio.AbstractEventLoop,
        thread: ThreadPoolExecutor,
    ) -> None:
        self._work, self._loop, self._thread = work, loop, thread
        self._busy = False
        self.waiting: list[tuple[Question, asyncio.Future[Answer]]] = []

    def enter(self, question: Question) -> "asyncio.Future[Answer]":
        """入列: what comes in the same turn of the loop goes along."""
        answer: asyncio.Future[Answer] = self._loop.create_future()
        self.waiting.append((question, answer))
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._begin)
        return answer

    def _begin(self) -> None:
        batch = [one for one in self.waiting[:BATCH] if not one[1].done()]
        del self.waiting[:BATCH]
        self._busy = bool(batch)
        if batch:
            self._thread.submit(self._do, batch)

    def _do(self, batch: Sequence[tuple[Question, asyncio.Future[Answer]]]) -> None:
        """On a thread; whatever happens there, everybody is answered."""
        try:
            answers: Sequence[Answer | Exception] = self._work([question for question, _ in batch])
        except Exception as error:
            answers = [error] * len(batch)
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(self._end, batch, answers)

    def _end(
        self,
        batch: Sequence[tuple[Question, asyncio.Future[Answer]]],
        answers: Sequence[Answer | Exception],
    ) -> None:
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # whoever asked has gone
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._loop.call_soon(self._begin)
