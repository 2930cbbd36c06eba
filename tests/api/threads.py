"""Many calls at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx


def at_once(count: int, call: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """So many calls from as many threads, all let go at the same moment."""
    barrier = Barrier(count)

    def one(number: int) -> httpx.Response:
        barrier.wait()
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))
