"""对照服务: what somebody would build instead – FastAPI, async psycopg, a row that is changed and an audit row beside it.

`python -m bench.crud PORT DSN` serves it. One connection a request, from a pool that checks nothing; the session's token is looked
up as ours is; the row is locked, changed and noted in one transaction. No history is kept but the audit row.
"""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

import psycopg
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from pydantic import BaseModel, Field

from api.clock import now

CONNECTIONS = 16
TABLES = """
CREATE TABLE sessions (token_digest bytea PRIMARY KEY, officer text NOT NULL, expires_at timestamptz NOT NULL);
CREATE TABLE petitions (
    id uuid PRIMARY KEY, number text NOT NULL, subject text NOT NULL, content text NOT NULL, office text NOT NULL,
    stage text NOT NULL, opinion text, version bigint NOT NULL, updated_at timestamptz NOT NULL
);
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, petition uuid NOT NULL, version bigint NOT NULL,
    event text NOT NULL, officer text NOT NULL, recorded_at timestamptz NOT NULL, data jsonb NOT NULL,
    UNIQUE (petition, version)
);
"""
SESSION = "SELECT officer FROM sessions WHERE token_digest = %s AND expires_at > %s"
LOCK = "SELECT id, office, stage, version FROM petitions WHERE id = %s FOR UPDATE"
CHANGE = "UPDATE petitions SET opinion = %s, version = version + 1, updated_at = %s WHERE id = %s RETURNING version"
NOTE = (
    "INSERT INTO audit (petition, version, event, officer, recorded_at, data)"
    " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id"
)

Connection = psycopg.AsyncConnection[DictRow]


class Proposal(BaseModel):
    """拟办 — what is sent."""

    opinion: str = Field(min_length=1, max_length=20_000)


class Done(BaseModel):
    """办理结果 — what is answered."""

    id: UUID
    version: int
    position: int
    events: list[str]


async def connected(request: Request) -> AsyncIterator[Connection]:
    """连接: the request's own, from the pool."""
    async with request.app.state.pool.connection() as connection:
        yield connection


Connected = Annotated[Connection, Depends(connected)]
Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]


async def signed_in(connection: Connected, shown: Shown) -> str:
    """已登录: the officer whose session it is."""
    digest = sha256(shown.credentials.encode()).digest() if shown is not None else b""
    found = await (await connection.execute(SESSION, (digest, now()))).fetchone()
    if found is None:
        raise HTTPException(401)
    return str(found["officer"])


Officer = Annotated[str, Depends(signed_in)]


async def propose(id: UUID, body: Proposal, officer: Officer, connection: Connected) -> Any:
    """拟办: the row is locked, judged, changed and noted, all of it or nothing."""
    async with connection.transaction():
        found = await (await connection.execute(LOCK, (id,))).fetchone()
        if found is None:
            raise HTTPException(404)
        if found["stage"] == "archived":
            raise HTTPException(409)
        changed = await (await connection.execute(CHANGE, (body.opinion, now(), id))).fetchone()
        version = changed["version"] if changed is not None else 0
        data = Jsonb({"opinion": body.opinion})
        noted = (id, version, "Proposed", officer, now(), data)
        made = await (await connection.execute(NOTE, noted)).fetchone()
    return {"id": id, "version": version, "position": made["id"] if made else 0, "events": ["Proposed"]}


def create_app(dsn: str) -> FastAPI:
    """建立: over the tables above."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings = {"row_factory": dict_row, "autocommit": True}
        sizes = {"min_size": CONNECTIONS, "max_size": CONNECTIONS}
        async with AsyncConnectionPool(dsn, kwargs=settings, open=False, **sizes) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)
    app.post("/v1/petitions/{id}/propose", response_model=Done)(propose)
    return app


def prepare(dsn: str, token: str, ids: Sequence[str], words: tuple[str, str]) -> None:
    """备好: the tables with one session and these petitions, each with one row of its own."""
    with psycopg.connect(dsn, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(
            "INSERT INTO sessions VALUES (%s, 'office', now() + interval '1 day')",
            (sha256(token.encode()).digest(),),
        )
        cursor.executemany(
            "INSERT INTO petitions VALUES (%s, %s, %s, %s, 'petition-office', 'registered', NULL, 1, now())",
            [(id, f"XF-2026-{serial:06d}", *words) for serial, id in enumerate(ids)],
        )
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    uvicorn.run(create_app(sys.argv[2]), port=int(sys.argv[1]), log_config=None, access_log=False)
