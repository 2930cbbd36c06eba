"""Requests that come at the same moment are done together, and each is answered by itself (C1, issue 6)."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import pytest

from api.together import BATCH, Together
from domain.errors import Busy


class Door:
    """Doubles what it is asked; holds the first batch until it is let go, and remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun, self.open = threading.Event(), threading.Event()

    async def busy(self) -> None:
        """Until the first batch is being worked on."""
        assert await asyncio.to_thread(self.begun.wait, 10)

    def __call__(self, asked: Sequence[int], storing: Callable[[], object]) -> list[int | Exception]:
        self.batches.append(list(asked))
        self.begun.set()
        assert self.open.wait(10)
        return [ValueError(str(one)) if one < 0 else one * 2 for one in asked]


def test_what_comes_meanwhile_is_the_next_batch():
    door = Door()
    together = Together(door)

    async def several() -> list[int]:
        first = asyncio.create_task(together.ask(1))
        await door.busy()
        others = [asyncio.create_task(together.ask(one)) for one in (2, 3, 4)]
        asyncio.get_running_loop().call_soon(door.open.set)  # once the three have asked
        return list(await asyncio.gather(first, *others))

    assert asyncio.run(several()) == [2, 4, 6, 8]
    assert door.batches == [[1], [2, 3, 4]]


def test_while_one_batch_is_stored_the_next_is_thought_about_and_no_third():
    """C1: whoever waits for the disk keeps nobody from thinking; what comes then waits until one of the two is done."""
    batches: list[list[int]] = []
    begun, stored = [threading.Semaphore(0) for _ in range(2)], threading.Event()

    def work(asked: Sequence[int], storing: Callable[[], object]) -> list[int | Exception]:
        batches.append(list(asked))
        storing()
        storing()  # a second round says so again: nobody counts it twice
        begun[min(len(batches), 2) - 1].release()
        assert stored.wait(10)
        return list(asked)

    together = Together(work)

    async def several() -> list[int]:
        loop = asyncio.get_running_loop()
        asking = [asyncio.create_task(together.ask(1))]
        assert await loop.run_in_executor(None, begun[0].acquire, True, 10)
        asking.append(asyncio.create_task(together.ask(2)))
        assert await loop.run_in_executor(None, begun[1].acquire, True, 10)
        asking += [asyncio.create_task(together.ask(one)) for one in (3, 4)]
        loop.call_soon(stored.set)
        return list(await asyncio.gather(*asking))

    assert asyncio.run(several()) == [1, 2, 3, 4]
    assert batches == [[1], [2], [3, 4]]


def test_whoever_waits_behind_a_batch_that_went_away_has_its_turn():
    door = Door()
    together = Together(door)

    async def leaving() -> int:
        first = asyncio.create_task(together.ask(1))
        await door.busy()
        gone = [asyncio.create_task(together.ask(2)) for _ in range(BATCH)]
        stays = asyncio.create_task(together.ask(3))
        for one in gone:
            asyncio.get_running_loop().call_soon(one.cancel)  # once all have asked
        asyncio.get_running_loop().call_soon(door.open.set)
        await first
        return await asyncio.wait_for(stays, 10)

    assert asyncio.run(leaving()) == 6


def test_one_refused_touches_no_other():
    door = Door()
    door.open.set()
    together = Together(door)

    async def several() -> list[int | BaseException]:
        return await asyncio.gather(*map(together.ask, (1, -5, 3)), return_exceptions=True)

    first, refused, last = asyncio.run(several())
    assert (first, last, str(refused)) == (2, 6, "-5")
    assert len(door.batches) == 1


def test_when_the_work_fails_everybody_is_told():
    def fail(asked: Sequence[int], storing: Callable[[], object]) -> list[int | Exception]:
        raise OSError("gone")

    together = Together(fail)

    async def several() -> list[int | BaseException]:
        return await asyncio.gather(*map(together.ask, (1, 2)), return_exceptions=True)

    assert [type(one) for one in asyncio.run(several())] == [OSError, OSError]


def test_when_too_many_wait_the_next_is_told_when_to_come_back():
    door = Door()
    together = Together(door, longest=2)

    async def too_many() -> list[int]:
        first = asyncio.create_task(together.ask(1))
        await door.busy()
        waiting = [asyncio.create_task(together.ask(one)) for one in (2, 3)]
        with pytest.raises(Busy) as refused:
            await asyncio.create_task(together.ask(4))
        assert refused.value.details["retry_after"] == 1
        door.open.set()
        return list(await asyncio.gather(first, *waiting))

    assert asyncio.run(too_many()) == [2, 4, 6]


def test_whoever_goes_before_its_turn_is_left_out():
    door = Door()
    together = Together(door)

    async def leaving() -> int:
        first = asyncio.create_task(together.ask(1))
        await door.busy()
        gone, stays = (asyncio.create_task(together.ask(one)) for one in (2, 3))
        asyncio.get_running_loop().call_soon(gone.cancel)
        asyncio.get_running_loop().call_soon(door.open.set)
        await first
        return await stays

    assert asyncio.run(leaving()) == 6
    assert door.batches == [[1], [3]]


def test_several_loops_have_a_queue_each():
    door = Door()
    door.open.set()
    together = Together(door)
    answers: list[int] = []

    def run(number: int) -> None:
        answers.append(asyncio.run(together.ask(number)))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(answers) == [0, 2, 4, 6]
