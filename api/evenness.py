"""答复用时: a 404 is answered on a fixed beat, so that the time it took doesn't tell a hidden case from none at all."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Evenness:
    """均时 — holds an answer of 404 until the next whole beat (seconds) since the request began; 0 holds nothing."""

    def __init__(
        self,
        app: ASGIApp,
        beat: float,
        clock: Callable[[], float] = perf_counter,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app = app
        self._beat = beat
        self._clock = clock
        self._wait = wait

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._beat:
            await self.app(scope, receive, send)
            return
        began = self._clock()

        async def evenly(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 404:
                await self._wait(self._beat - (self._clock() - began) % self._beat)
            await send(message)

        await self.app(scope, receive, evenly)
