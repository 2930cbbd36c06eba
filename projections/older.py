"""早于销毁的数据库: a copy from before an erasure, served with keys that were destroyed since: what it holds open is dropped.

The log's rows are closed by themselves; the read models, and words that officers kept, are not. Emptied, the read models
are built anew from what can still be read. Which destructions were answered so stands where the views' positions stand, for
whoever restores a copy once more brings its former positions along.
"""

from collections.abc import Callable, Iterable

from psycopg import sql
from psycopg.errors import UndefinedTable

from eventstore.database import Database
from eventstore.keys import Keys, path_of
from projections.catalogue import VIEWS
from projections.view import Connection

ANSWERED = "destroyed keys that the log doesn't record"
"""The row's name; its position is how many were answered."""
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('older than an erasure', 0))"
KEPT_WORDS = ("ledger_searches", "saved_views")

Recorded = Callable[[], Iterable[tuple[str, str]]]
"""The owners and subjects that the log says are destroyed, with all that goes along."""


def unrecorded(keys: Keys, recorded: Recorded) -> int:
    """未入日志的销毁: how many keys are destroyed in the file though the log of this database says nothing of it.

    The file is asked first: a fact comes before its destruction, so that nothing destroyed meanwhile is counted.
    """
    content = keys.ring().content
    gone = set(content.trees[content.current].gone())
    return len(gone - {path_of(owner, subject) for owner, subject in recorded()}) if gone else 0


def drop_what_is_open(database: Database, count: int) -> bool:
    """清空明文: the read models and kept words, once for so many unrecorded destructions; whether it was done now."""
    if not count:
        return False
    try:
        with database.transaction() as connection:
            connection.execute(LOCK)
            if _answered(connection) >= count:
                return False
            connection.execute(
                "DELETE FROM projection_tracking"
            )  # first, as whoever follows the log takes its locks
            names = [*KEPT_WORDS, *sorted({table for view in VIEWS for table in view.tables})]
            tables = sql.SQL(", ").join(sql.Identifier("public", name) for name in names)
            connection.execute(sql.SQL("TRUNCATE {}").format(tables))
            connection.execute(
                "INSERT INTO projection_tracking (name, position, updated_at) VALUES (%s, %s, now())",
                (ANSWERED, count),
            )
    except UndefinedTable:
        return False  # not migrated yet
    return True


def _answered(connection: Connection) -> int:
    row = connection.execute(
        "SELECT position FROM projection_tracking WHERE name = %s", (ANSWERED,)
    ).fetchone()
    return int(row["position"]) if row is not None else 0
