"""密钥的维护: what has to be brought in line with the keys – destructions that the log records, and what lies there in plain.

All of it may be broken off and done again: each step leaves less to do.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress

import structlog
from psycopg import Connection
from psycopg.errors import UndefinedTable
from psycopg.rows import DictRow, tuple_row

from domain.casework import Casework
from domain.secrets import DESTROYS, IMPORT, destroyed_by, with_what_goes_along
from domain.store import Stored
from eventstore import attachments, sealed_contents
from eventstore.database import Database
from eventstore.keys import Keys
from projections import older, replay

log = structlog.get_logger(__name__)

RECORDED = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM casework_events"
    " WHERE topic = ANY(%s) ORDER BY notification_id"
)
PLAIN_IMPORTS = "SELECT id, content FROM imports WHERE NOT sealed AND content <> '' ORDER BY id LIMIT 1"
EVERY = 100
"""Contents between two words on how far it has come."""


def destroy_what_is_recorded(database: Database, casework: Casework) -> int:
    """补销密钥: the keys that the log says are destroyed, where this machine's file still has them; how many facts say so.

    The fact comes before the destruction: a crash between the two, a file that was copied before, a machine that was off
    – each is mended when the next process starts.
    """
    rows, pairs = _recorded(database, casework)
    casework.keys.destroy(pairs)
    return rows


def unrecorded(database: Database, casework: Casework, keys: Keys) -> int:
    """未入日志的销毁: keys that are destroyed though this database's log doesn't say so: it is older than an erasure."""
    return older.unrecorded(keys, lambda: with_what_goes_along(_recorded(database, casework)[1]))


def drop_what_is_older(database: Database, casework: Casework, keys: Keys) -> bool:
    """清空早于销毁的明文: of a restored copy, before anything is answered from it; said loudly, whether it was done now."""
    count = unrecorded(database, casework, keys)
    done = older.drop_what_is_open(database, count)
    if done:
        log.error("keys.database_older", keys=count)
        with database.connection() as connection:
            replayed = replay.schemas(connection)
        for schema in replayed:
            with suppress(replay.Replaying, replay.Foreign):  # made here and now, or none of ours
                replay.drop(database, schema)
    return done


def _recorded(database: Database, casework: Casework) -> tuple[int, list[tuple[str, str]]]:
    """How many facts record a destruction, and the keys they name."""
    try:
        with (
            database.connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as cursor,
        ):
            rows = [Stored(*row) for row in cursor.execute(RECORDED, (list(DESTROYS),)).fetchall()]
    except UndefinedTable:
        return 0, []  # not migrated yet
    return len(rows), [pair for fact in casework.facts(rows) for pair in destroyed_by(fact)]


def left_plain(database: Database) -> int:
    """尚未加密: attachments and import files that were stored before there were keys."""
    with database.connection() as connection:
        row = connection.execute(
            "SELECT count(*) AS n FROM imports WHERE NOT sealed AND content <> ''"
        ).fetchone()
        return attachments.left_plain(connection) + (int(row["n"]) if row is not None else 0)


def seal_what_is_plain(database: Database, keys: Keys, say: Callable[[int, int], None]) -> int:
    """补加密: each in a transaction of its own; `say` hears how many are done, of how many. How many there were."""
    total, done = left_plain(database), 0
    for _ in _sealed_one_by_one(database, keys):
        done += 1
        if done % EVERY == 0 or done == total:
            say(done, total)
    return done


def _sealed_one_by_one(database: Database, keys: Keys) -> Iterator[None]:
    for seal_next in (attachments.seal_next, _seal_next_import):
        while True:
            with database.transaction() as connection:
                if not seal_next(connection, keys):
                    break
            yield


def _seal_next_import(connection: Connection[DictRow], keys: Keys) -> bool:
    with connection.cursor(binary=True) as cursor:
        row = cursor.execute(f"{PLAIN_IMPORTS} FOR UPDATE").fetchone()
    if row is None:
        return False
    sealed = sealed_contents.seal(keys, str(row["id"]), IMPORT, bytes(row["content"]))
    connection.execute("UPDATE imports SET content = %b, sealed = true WHERE id = %s", (sealed, row["id"]))
    return True
