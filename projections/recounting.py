"""放假安排变动: the clocks whose dates a decree moves, in one pass.

Clocks that fall due on the same day for the same reasons are one group. Each group is counted once, by the one function of
the domain, under the calendar as it was and as it is; what differs goes into the tables by a few statements, however many
cases there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, LiteralString, NamedTuple

from psycopg.rows import tuple_row
from psycopg.types.json import Jsonb

from domain.alerts.plan import course
from domain.rulebase.fold import Known
from domain.rules.clockspec import ClockSpec
from domain.rules.judging import Group, Judged
from domain.rules.signals import steps
from projections.view import Connection

KEY: LiteralString = "rulebook, rulebook_version, clock, started_on, days_extended, counted"
GROUPS: LiteralString = (
    f"SELECT DISTINCT {KEY} FROM deadlines"
    " WHERE provisional OR counted <> '' OR least(started_on, due_on, nominal_due_on) <= %(until)s"
    " AND greatest(started_on, due_on, nominal_due_on) >= %(since)s"
)
"""Of the clocks that reach into the years; which of them is moved, counting tells."""

TABLES: LiteralString = """
CREATE TEMPORARY TABLE recounted (
    rulebook text, rulebook_version text, clock text, started_on date, days_extended integer, counted text,
    serial integer, to_version text, to_counted text, label text, basis text, is_window boolean,
    nominal_due_on date, due_on date, provisional boolean, cancelled boolean, explanation jsonb, rearm boolean,
    open_only boolean
) ON COMMIT DROP;
CREATE TEMPORARY TABLE recounted_steps (serial integer, step text, fire_on date, late boolean) ON COMMIT DROP;
CREATE TEMPORARY TABLE recounted_clocks (
    case_id uuid, clock text, start_version bigint, part text, due_on date, alerted boolean, is_window boolean,
    serial integer, rearm boolean
) ON COMMIT DROP;
"""
DROP: LiteralString = "DROP TABLE recounted, recounted_steps, recounted_clocks"

SAME_GROUP: LiteralString = (
    "d.rulebook = r.rulebook AND d.rulebook_version = r.rulebook_version AND d.clock = r.clock"
    " AND d.started_on = r.started_on AND d.days_extended = r.days_extended AND d.counted = r.counted"
    " AND (NOT r.open_only OR d.stopped_on IS NULL)"
)
DIFFERS: LiteralString = (
    "(d.due_on, d.provisional) IS DISTINCT FROM (r.due_on, r.provisional)"
    " AND NOT (d.state = 'cancelled' AND r.cancelled IS NOT FALSE)"
)
"""Which clocks of a group have moved, for the pass and for a trial alike: not those that are cancelled and stay so."""
MOVES: LiteralString = f"""
INSERT INTO limits_moved
SELECT d.case_id, d.clock, d.start_version, d.part, d.due_on, r.due_on, d.provisional, r.provisional
FROM deadlines d JOIN recounted r ON {SAME_GROUP}
WHERE {DIFFERS}
"""
UPDATE: LiteralString = f"""
WITH updated AS (
    UPDATE deadlines d SET nominal_due_on = r.nominal_due_on, due_on = r.due_on, provisional = r.provisional,
        explanation = r.explanation, rulebook_version = r.to_version, counted = r.to_counted, label = r.label,
        basis = r.basis, is_window = r.is_window,
        state = CASE WHEN r.cancelled IS NULL THEN d.state WHEN r.cancelled THEN 'cancelled' ELSE 'stopped' END
    FROM recounted r WHERE {SAME_GROUP}
    RETURNING d.case_id, d.clock, d.start_version, d.part, d.due_on,
        d.state = 'running' AND d.answerable <> 'petitioner', d.is_window, r.serial, r.rearm
)
INSERT INTO recounted_clocks SELECT * FROM updated
"""
SAME_CLOCK: LiteralString = (
    "s.case_id = t.case_id AND s.clock = t.clock AND s.start_version = t.start_version AND s.part = t.part"
)
STEPS_GONE: LiteralString = f"""
DELETE FROM deadline_steps s USING recounted_clocks t
WHERE t.rearm AND {SAME_CLOCK} AND CASE WHEN s.withdraw THEN s.due_on = t.due_on ELSE
    s.due_on <> t.due_on OR NOT EXISTS (SELECT FROM recounted_steps w
        WHERE w.serial = t.serial AND w.step = s.step AND w.fire_on = s.fire_on) END
"""
STEPS_COME: LiteralString = f"""
INSERT INTO deadline_steps (case_id, clock, start_version, part, step, due_on, fire_on)
SELECT t.case_id, t.clock, t.start_version, t.part, w.step, t.due_on, w.fire_on
FROM recounted_clocks t JOIN recounted_steps w USING (serial)
WHERE t.rearm AND t.alerted AND NOT (t.is_window AND w.late) AND NOT EXISTS (
    SELECT FROM raised_alerts s WHERE {SAME_CLOCK} AND s.step = w.step AND s.due_on = t.due_on)
ON CONFLICT DO NOTHING
"""
WITHDRAWALS: LiteralString = f"""
INSERT INTO deadline_steps (case_id, clock, start_version, part, step, due_on, fire_on, withdraw)
SELECT s.case_id, s.clock, s.start_version, s.part, s.step, s.due_on, s.raised_on, true
FROM raised_alerts s JOIN recounted_clocks t ON {SAME_CLOCK}
WHERE NOT s.acknowledged AND s.due_on <> t.due_on
ON CONFLICT DO NOTHING
"""
DUES: LiteralString = """
INSERT INTO case_dues
SELECT case_id, bool_or(state = 'running' AND NOT is_window),
    min(due_on) FILTER (WHERE state = 'running' AND NOT is_window),
    (array_agg(due_on ORDER BY start_version DESC, part COLLATE "C" DESC)
        FILTER (WHERE clock = 'finish' AND state <> 'cancelled'))[1]
FROM deadlines WHERE case_id IN (SELECT case_id FROM recounted_clocks) GROUP BY case_id
ON CONFLICT (case_id) DO UPDATE
    SET running = EXCLUDED.running, next_due_on = EXCLUDED.next_due_on, finish_due_on = EXCLUDED.finish_due_on
    WHERE (case_dues.running, case_dues.next_due_on, case_dues.finish_due_on)
        IS DISTINCT FROM (EXCLUDED.running, EXCLUDED.next_due_on, EXCLUDED.finish_due_on)
"""
BEGIN: LiteralString = """
CREATE TEMPORARY TABLE limits_moved (
    case_id uuid, clock text, start_version bigint, part text, from_on date, to_on date, was_provisional boolean,
    provisional boolean
) ON COMMIT DROP
"""
PUT_DOWN: LiteralString = """
WITH alerted AS MATERIALIZED (
    SELECT m.case_id, m.clock, m.start_version, m.part,
        coalesce(array_agg(a.alert_id ORDER BY a.alert_id) FILTER (WHERE NOT a.acknowledged), '{}') AS withdrawn,
        coalesce(array_agg(a.step ORDER BY a.step) FILTER (WHERE EXISTS (SELECT FROM deadline_steps s
            WHERE s.case_id = m.case_id AND s.clock = m.clock AND s.start_version = m.start_version
                AND s.part = m.part AND s.step = a.step AND s.due_on = m.to_on AND NOT s.withdraw)), '{}') AS rearmed
    FROM raised_alerts a JOIN limits_moved m ON m.case_id = a.case_id AND m.clock = a.clock
        AND m.start_version = a.start_version AND m.part = a.part AND m.from_on = a.due_on
    WHERE m.to_on IS DISTINCT FROM m.from_on
    GROUP BY m.case_id, m.clock, m.start_version, m.part
)
INSERT INTO limits_due (change, serial, case_id, clock, start_version, part, from_on, to_on, was_provisional, provisional,
    withdrawn, rearmed)
SELECT %(change)s, row_number() OVER (ORDER BY m.case_id, m.clock, m.start_version, m.part), m.*,
    coalesce(a.withdrawn, '{}'), coalesce(a.rearmed, '{}')
FROM limits_moved m LEFT JOIN alerted a USING (case_id, clock, start_version, part)
ON CONFLICT DO NOTHING
"""
CHANGED: LiteralString = """
INSERT INTO rule_changes (change, position, total) SELECT %(change)s, %(position)s, count(*) FROM limits_moved
ON CONFLICT DO NOTHING
"""
LIVE: LiteralString = "SELECT current_schema() = 'public' AS live"


class Change(NamedTuple):
    """规则变动 — the rule base's so-and-so-many-th fact, its place in the log, and the rules before and after it."""

    number: int
    position: int
    before: Known
    after: Known


class Counted(NamedTuple):
    """计算结果 — of a group: its dates, and its alert steps with their days; `late` are those after the due date."""

    judged: Judged
    steps: tuple[tuple[str, date, bool], ...]


class Recounted(NamedTuple):
    """变动的同算期限 — a group and what it counts to; the group and the rule it comes under, and what it counts to by them.

    With `open_only` those of its clocks that have stopped stay as they are.
    """

    group: Group
    before: Counted
    to: Group
    spec: ClockSpec
    after: Counted
    open_only: bool = False


def recount(connection: Connection, change: Change) -> None:
    """重新计算: every clock that the new calendar moves, its steps and its case's next day; and what is to be recorded."""
    connection.execute(BEGIN)
    apply(connection, changed(connection, change.before, change.after))
    put_down(connection, change)


def apply(connection: Connection, found: Sequence[Recounted]) -> None:
    """调整: the rows of these groups' clocks, whatever number of them there is; their moves are set aside."""
    connection.execute(TABLES)
    _keep(connection, found)
    connection.execute(MOVES)
    connection.execute(UPDATE)
    connection.execute("ANALYZE recounted_clocks")
    for statement in (STEPS_GONE, STEPS_COME, WITHDRAWALS, DUES):
        connection.execute(statement)
    connection.execute(DROP)


def put_down(connection: Connection, change: Change) -> None:
    """待录: the moves are complete; whoever records them may begin. Only of the tables that everybody reads."""
    if is_live(connection):
        values = {"change": change.number, "position": change.position}
        connection.execute("ANALYZE limits_moved")
        connection.execute(PUT_DOWN, values)
        connection.execute(CHANGED, values)
    connection.execute("DROP TABLE limits_moved")


def is_live(connection: Connection) -> bool:
    """在用: these are the tables that everybody reads, not ones that are built beside them."""
    row = connection.execute(LIVE).fetchone()
    return row is not None and bool(row["live"])


def changed(connection: Connection, before: Known, after: Known) -> list[Recounted]:
    """变动的同算期限: every group whose dates, explanation or alert days differ between two calendars."""
    years = [
        year
        for year in before.calendar.decrees.keys() | after.calendar.decrees.keys()
        if before.calendar.decrees.get(year) != after.calendar.decrees.get(year)
    ]
    if not years:
        return []
    found = []
    for group in groups(connection, min(years), max(years), after):
        was, would = count(group, before), count(group, after)
        if was != would:
            found.append(Recounted(group, was, group, group.spec(after.books), would))
    return found


def groups(connection: Connection, first: int, last: int, known: Known) -> list[Group]:
    """同算期限: of all clocks that reach into these years, or whose alert steps do."""
    furthest = max(abs(step.offset) for book in known.books.all() for step in (*steps(), *book.alerts))
    margin = timedelta(days=30 + 3 * furthest)
    values = {
        "since": _moved(date(first, 1, 1), -margin),
        "until": _moved(date(last, 12, 31), margin),
    }
    return asked(connection, GROUPS, values)


def asked(connection: Connection, query: LiteralString, values: Mapping[str, Any]) -> list[Group]:
    """同算期限: those that a query finds."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        return [Group._make(row) for row in cursor.execute(query, values)]


def _moved(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return day


def count(group: Group, known: Known) -> Counted:
    """计算一组: as for each of its clocks."""
    judged = group.judged(known.books, known.calendar)
    dated = course(group, judged.due_on, known.books, known.calendar)
    return Counted(judged, tuple((step.id, on, step.offset > 0) for step, on, _ in dated))


def _keep(connection: Connection, found: Sequence[Recounted]) -> None:
    with connection.cursor().copy("COPY recounted FROM STDIN") as rows:
        for row in _rows(found):
            rows.write_row(row)
    with connection.cursor().copy("COPY recounted_steps FROM STDIN") as rows:
        for serial, one in enumerate(found):
            for step, on, late in one.after.steps:
                rows.write_row((serial, step, on, late))
    connection.execute("ANALYZE recounted, recounted_steps")


def _rows(found: Sequence[Recounted]) -> Iterator[tuple[Any, ...]]:
    for serial, (group, before, to, spec, after, open_only) in enumerate(found):
        judged = after.judged
        cancelled = judged.cancelled if group.inputs.cancelled_on is not None else None
        rearm = before.steps != after.steps or before.judged.due_on != judged.due_on
        yield (
            *group,
            serial,
            to.rulebook_version,
            to.counted,
            spec.label,
            spec.basis,
            spec.window,
            judged.nominal_due_on,
            judged.due_on,
            judged.provisional,
            cancelled,
            Jsonb(list(judged.explanation)),
            rearm,
            open_only,
        )
