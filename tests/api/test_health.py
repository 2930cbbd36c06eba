"""Alive and ready: who watches the service gets an answer whatever else is going on."""

import anyio
import httpx
from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI

PATIENCE = 10.0


def test_it_tells_that_it_is_alive_while_every_thread_is_busy(app: FastAPI) -> None:
    async def asked() -> httpx.Response:
        threads = current_default_thread_limiter()
        for _ in range(int(threads.total_tokens)):
            threads.acquire_on_behalf_of_nowait(object())
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://office.test"
        ) as http:
            with anyio.fail_after(PATIENCE):
                return await http.get("/healthz")

    answer = anyio.run(asked)
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
