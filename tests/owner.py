"""Who owns the database: what a test does that the service may not – tampering, and repairing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from eventstore.database import Database

APPEND = "SELECT append_events(ARRAY[ROW(gen_random_uuid(), 1, %s, %s)]::stored_event_uuid[]) AS position"


@contextmanager
def as_owner(database: Database) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A transaction of the login that the database belongs to, not of the writer."""
    with psycopg.connect(database.dsn, row_factory=dict_row) as connection:
        yield connection


def append_rubbish(database: Database) -> int:
    """An event that nobody can read, appended as the service appends; its position."""
    with database.transaction() as connection:
        row = connection.execute(APPEND, ("petition.registered.1", b"rubbish")).fetchone()
    assert row is not None
    return int(row["position"])
