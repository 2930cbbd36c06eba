"""规则册变动: the cases that a new version of a rule book can concern, folded anew some hundreds at a time.

A version may open clocks, end others and change what stops them, so the histories are asked. Those that it can't concern –
nothing happened in them since it came into force, and none of its clocks runs on – are left alone.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import LiteralString
from uuid import UUID

from domain.kinds import ITEM, KINDS, MONTH
from domain.rulebase.fold import Known
from domain.rules.rulebook import Rulebook
from projections.recounting import Change, is_live, put_down
from projections.view import Connection

CHUNK = 500
"""Cases computed at a time."""

EVERY_CASE: LiteralString = (
    "SELECT originator_id AS case_id FROM casework_events WHERE originator_version = 1 AND topic = ANY(%(openings)s)"
    " AND notification_id <= %(position)s"
)
CONCERNED: LiteralString = (
    EVERY_CASE
    + """ AND (topic = ANY(%(ahead)s) OR originator_id IN (
        SELECT originator_id FROM casework_events
        WHERE stored_at >= %(since)s::timestamp AT TIME ZONE 'Asia/Shanghai' AND notification_id <= %(position)s
        UNION SELECT case_id FROM deadlines WHERE started_on >= %(since)s
        UNION SELECT case_id FROM deadlines WHERE %(moves)s AND rulebook = ANY(%(books)s)
            AND (stopped_on IS NULL OR stopped_on >= %(since)s)))"""
)
"""What was recorded since the version came into force, what has clocks that begin later, and the version's running clocks.
Of some kinds of case dates ahead of their record count."""

TABLES: LiteralString = """
CREATE TEMPORARY TABLE limits_before (
    case_id uuid, clock text, start_version bigint, part text, due_on date, provisional boolean, state text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE cases_amended (case_id uuid) ON COMMIT DROP;
"""
DROP: LiteralString = "DROP TABLE limits_before, cases_amended"
BEFORE: LiteralString = """
INSERT INTO limits_before SELECT case_id, clock, start_version, part, due_on, provisional, state
FROM deadlines WHERE case_id = ANY(%s)
"""
MOVES: LiteralString = """
INSERT INTO limits_due (change, serial, case_id, clock, start_version, part, from_on, to_on, was_provisional, provisional)
SELECT %(change)s, row_number() OVER (ORDER BY case_id, clock, start_version, part),
    case_id, clock, start_version, part, b.due_on, d.due_on, coalesce(b.provisional, false), coalesce(d.provisional, false)
FROM limits_before b FULL JOIN (SELECT * FROM deadlines WHERE case_id IN (SELECT case_id FROM cases_amended)) d
    USING (case_id, clock, start_version, part)
WHERE (b.due_on, b.provisional) IS DISTINCT FROM (d.due_on, d.provisional)
    AND NOT (coalesce(b.state, 'cancelled') = 'cancelled' AND coalesce(d.state, 'cancelled') = 'cancelled')
ON CONFLICT DO NOTHING
"""


def amend(
    connection: Connection, change: Change, rulebook: str, write: Callable[[Sequence[UUID]], None]
) -> None:
    """随规则册调整: every case that the version could concern is computed anew; what moved is put down to be recorded."""
    connection.execute(TABLES)
    query, values = concerned(change, rulebook)
    with connection.cursor("affected") as affected:
        affected.execute(query, values)
        while chunk := affected.fetchmany(CHUNK):
            ids = [row["case_id"] for row in chunk]
            connection.execute(BEFORE, (ids,))
            connection.cursor().executemany("INSERT INTO cases_amended VALUES (%s)", [(id,) for id in ids])
            write(ids)
    if is_live(connection):
        connection.execute(MOVES, {"change": change.number})
    put_down(connection, change)
    connection.execute(DROP)


def concerned(change: Change, rulebook: str) -> tuple[LiteralString, dict[str, object]]:
    """可能涉及的事项: the query for their ids."""
    version = _entered(change, rulebook)
    earlier = [book for book in change.before.books.all() if book.id == rulebook]
    values: dict[str, object] = {
        "openings": [kind.opening.TOPIC for kind in KINDS],
        "position": change.position,
    }
    if not earlier or version.in_force_from < min(book.in_force_from for book in earlier):
        return EVERY_CASE, values
    return CONCERNED, values | {
        "ahead": [kind.opening.TOPIC for kind in (ITEM, MONTH)],
        "since": max(version.in_force_from, date(1900, 1, 1)),
        "moves": version.running_clocks_move,
        "books": [book for book in _heirs(change.after, rulebook)],
    }


def _entered(change: Change, rulebook: str) -> Rulebook:
    known = {(book.id, book.version) for book in change.before.books.all()}
    return next(
        book
        for book in change.after.books.all()
        if book.id == rulebook and (book.id, book.version) not in known
    )


def _heirs(known: Known, rulebook: str) -> list[str]:
    """The book and those that inherit from it, and from those."""
    found = [rulebook]
    for id in found:
        found += [book.id for book in known.books.all() if book.inherits == id and book.id not in found]
    return list(dict.fromkeys(found))
