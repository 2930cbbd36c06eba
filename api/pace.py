"""收件时限: how long a request's body may take to arrive. Only the time in which we wait for the client counts."""

import asyncio
from time import perf_counter

from starlette.types import Message, Receive

PATIENCE = 30.0
"""Seconds in which a request's content arrives."""
RATE = 32 * 1024
"""Bytes a second that a file arrives with at least, once the first seconds are over."""


class Pace:
    """收件时限 — hands on what is received and gives up on who keeps us waiting.

    With a rate, what has arrived buys more time. Nothing is timed once the content is complete: streams wait for long.
    """

    def __init__(self, receive: Receive, patience: float, rate: float | None = None) -> None:
        self._receive = receive
        self._patience, self._rate = patience, rate
        self._taken, self._waited, self._ended = 0, 0.0, False

    @property
    def left(self) -> float:
        """余时: the seconds for which we still wait."""
        bought = self._taken / self._rate if self._rate is not None else 0.0
        return self._patience + bought - self._waited

    async def receive(self) -> Message:
        """接收: the next piece. Raises TimeoutError."""
        if self._ended:
            return await self._receive()
        begun = perf_counter()
        try:
            async with asyncio.timeout(self.left):
                message = await self._receive()
        finally:
            self._waited += perf_counter() - begun
        self._taken += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        return message
