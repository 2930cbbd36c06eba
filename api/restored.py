"""恢复之后: the first process that opens a restored log notes that it was restored, before any number is given.

A restored log goes on a million positions further, whoever restored it; that is how it is known. The numbers that may have
been given after the moment it was put back to are left out of every series, and the facts say so.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import structlog
from psycopg.errors import InsufficientPrivilege, UndefinedFunction, UndefinedTable
from psycopg.rows import tuple_row

from domain.casework import Casework
from domain.numbering import NumbersTaken
from domain.store import Stored
from eventstore.database import Database
from eventstore.restoring import GAP

log = structlog.get_logger(__name__)

END = "SELECT coalesce(max(notification_id), 0), public.last_position(), pg_is_in_recovery() FROM casework_events"
FIRSTS = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM casework_events"
    " WHERE topic = %s AND originator_version = 1"
)


def leave_numbers_out(database: Database, casework: Casework, clock: Callable[[], datetime]) -> bool:
    """空出编号: once after each restoration; whether it was done now."""
    try:
        with database.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
            position, given_out, copying = cursor.execute(END).fetchone() or (0, 0, True)
    except (UndefinedTable, UndefinedFunction, InsufficientPrivilege):
        return False  # not migrated yet, or opened by somebody who gives no numbers
    lost = given_out - GAP - position
    if lost < 0 or copying:
        return False
    following = given_out + 1
    done = casework.note_restoration(position, following, lost, _series(database, casework), clock())
    if done:
        log.warning("store.restored", position=position, following=following)
    return done


def _series(database: Database, casework: Casework) -> list[UUID]:
    """编号系列: that were begun; a number drawn by chance has a stream of its own, and begins with no first."""
    with database.connection() as connection, connection.cursor(binary=True, row_factory=tuple_row) as cursor:
        rows = [Stored(*row) for row in cursor.execute(FIRSTS, (NumbersTaken.TOPIC,)).fetchall()]
    facts = casework.facts(rows)
    return [one.originator_id for one in facts if isinstance(one, NumbersTaken) and one.first == 1]
