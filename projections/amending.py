"""规则册变动: what a new version of a rule book moves.

Running clocks that move to the version and are counted from the same inputs as before move in groups, as under a decree. A
version may also open clocks, end others and change what stops them, so the histories of the cases that it can concern –
something happened in them since it came into force – are asked, some hundreds at a time. The others are left alone.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import msgspec

from domain.kinds import ITEM, KINDS, MONTH
from domain.rulebase.fold import Known
from domain.rules.clockspec import ClockSpec
from domain.rules.judging import Group
from domain.rules.rulebook import Books, Rulebook
from projections.recounting import BEGIN, KEY, Change, Recounted, apply, asked, count, put_down
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
        UNION SELECT case_id FROM deadlines WHERE rulebook = ANY(%(books)s) AND (strpos(counted, '"rules_on"') > 0
            OR %(moves)s AND (stopped_on >= %(since)s OR stopped_on IS NULL AND clock = ANY(%(otherwise)s)))))"""
)
"""What was recorded since the version came into force, what has clocks that begin later, and those of the version's running
clocks that are counted from something else by it. Of some kinds of case dates ahead of their record count."""

RUNNING: LiteralString = (
    f"SELECT DISTINCT {KEY} FROM deadlines"
    " WHERE rulebook = %(book)s AND stopped_on IS NULL AND started_on < %(since)s"
)
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
INSERT INTO limits_moved
SELECT case_id, clock, start_version, part, b.due_on, d.due_on, coalesce(b.provisional, false), coalesce(d.provisional, false)
FROM limits_before b FULL JOIN (SELECT * FROM deadlines WHERE case_id IN (SELECT case_id FROM cases_amended)) d
    USING (case_id, clock, start_version, part)
WHERE (b.due_on, b.provisional) IS DISTINCT FROM (d.due_on, d.provisional)
    AND NOT (coalesce(b.state, 'cancelled') = 'cancelled' AND coalesce(d.state, 'cancelled') = 'cancelled')
"""


class Amendment(NamedTuple):
    """规则册变动 — the groups of running clocks that move with the version, and the query for the cases to be asked."""

    moved: list[Recounted]
    query: LiteralString
    values: Mapping[str, Any]


def amend(
    connection: Connection, change: Change, rulebook: str, write: Callable[[Sequence[UUID]], None]
) -> None:
    """随规则册调整: cases that the version could concern are computed anew, running clocks move; it is put down to be recorded."""
    amendment = plan(connection, change, rulebook)
    connection.execute(BEGIN)
    connection.execute(TABLES)
    with connection.cursor("affected") as affected:
        affected.execute(amendment.query, amendment.values)
        while chunk := affected.fetchmany(CHUNK):
            ids = [row["case_id"] for row in chunk]
            connection.execute(BEFORE, (ids,))
            connection.cursor().executemany("INSERT INTO cases_amended VALUES (%s)", [(id,) for id in ids])
            write(ids)
    connection.execute(MOVES)
    apply(connection, amendment.moved)
    put_down(connection, change)
    connection.execute(DROP)


def plan(connection: Connection, change: Change, rulebook: str) -> Amendment:
    """变动范围: which running clocks move in groups, and which cases have to be asked."""
    version = _entered(change, rulebook)
    earlier = [book for book in change.before.books.all() if book.id == rulebook]
    values: dict[str, Any] = {"openings": [kind.opening.TOPIC for kind in KINDS], "position": change.position}
    if not earlier or version.in_force_from < min(book.in_force_from for book in earlier):
        return Amendment([], EVERY_CASE, values)
    since = max(version.in_force_from, date(1900, 1, 1))
    moved: list[Recounted] = []
    otherwise: set[str] = set()
    if version.running_clocks_move:
        for group in asked(connection, RUNNING, {"book": rulebook, "since": since}):
            found = _moved(group, change)
            if found is None:
                otherwise.add(group.clock)
            elif found.before != found.after or found.group != found.to:
                moved.append(found)
    return Amendment(
        [one for one in moved if one.group.clock not in otherwise],
        CONCERNED,
        values
        | {
            "ahead": [kind.opening.TOPIC for kind in (ITEM, MONTH)],
            "since": since,
            "moves": version.running_clocks_move,
            "books": _heirs(change.after, rulebook),
            "otherwise": sorted(otherwise),
        },
    )


def _moved(group: Group, change: Change) -> Recounted | None:
    """随修订调整: a group of running clocks under the version they move to; None if they'd be counted from something else."""
    before, after = change.before, change.after
    present = _effective(group, before.books)
    if present is None or present[0].version != group.rulebook_version:
        return None
    to = _effective(group, after.books)
    if to is None or _reads(present[1]) != _reads(to[1]):
        return None
    book, spec, rules_on = to
    inputs = msgspec.structs.replace(group.inputs, rules_on=rules_on)
    target = group._replace(rulebook_version=book.version, counted=inputs.text())
    return Recounted(group, count(group, before), target, spec, count(target, after), open_only=True)


def _effective(group: Group, books: Books) -> tuple[Rulebook, ClockSpec, date | None] | None:
    """适用版本: the version that judges a running clock of the group, its rule, and when it moved to it, if it did."""
    started = books.version(group.rulebook, group.started_on)
    spec = books.clock(started, group.clock, group.started_on) if started is not None else None
    if started is None or spec is None:
        return None
    moved = books.moved(started, spec, group.started_on, None)
    return (started, spec, None) if moved is None else (*moved, moved[0].in_force_from)


def _reads(spec: ClockSpec) -> tuple[object, ...]:
    """What of a case's history a rule reads to count a running clock, and who answers for it."""
    extendable = spec.extension_cap is not None or spec.extension_open
    return (
        extendable, spec.suspension, spec.backwards, spec.movable, spec.needs_date, spec.answerable, spec.scope
    )  # fmt: skip


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
        found += {book.id for book in known.books.all() if book.inherits == id} - set(found)
    return found
