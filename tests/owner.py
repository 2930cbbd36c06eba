"""Who owns the database: what a test does that the service may not – tampering, and repairing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from eventstore.database import Database

APPEND = """
SELECT positions[1] AS position
FROM public.append_events(ARRAY[0], ARRAY[coalesce(%s, gen_random_uuid())], ARRAY[%s]::bigint[], ARRAY[%s], ARRAY[%s]::bytea[])
"""


@contextmanager
def as_owner(database: Database) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A transaction of the login that the database belongs to, not of the writer."""
    with psycopg.connect(database.dsn, row_factory=dict_row) as connection:
        yield connection


def append_one(
    connection: psycopg.Connection[dict[str, Any]],
    stream: UUID | None = None,
    version: int = 1,
    topic: str = "test.noted.1",
    state: bytes = b"{}",
) -> int | None:
    """An event appended as the service appends; its position, or nothing if its stream isn't there yet or has gone past it."""
    row = connection.execute(APPEND, (stream, version, topic, state)).fetchone()
    assert row is not None
    position: int | None = row["position"]
    return position


def append_rubbish(database: Database) -> int:
    """An event that nobody can read; its position."""
    with database.transaction() as connection:
        position = append_one(connection, topic="petition.registered.1", state=b"rubbish")
    assert position is not None
    return position
