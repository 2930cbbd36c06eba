"""巡查期限: a million open clocks, each waiting for its next alert step.

Timed is the narrowing that the sweep does in the database. What the cases then append is the same on both sides
and is left out; so nobody is behind the door here.
"""

from collections.abc import Generator, Sequence
from datetime import date, datetime
from urllib.parse import quote
from uuid import UUID

from psycopg.rows import tuple_row

from bench import cases
from bench.measure import Comparison, each
from bench.place import Place
from domain.acts import legal_date
from eventstore.database import Database
from scheduler.sweep import RAISED, SweepCount, sweep, sweep_batch

CLOCKS = 1_000_000
SAMPLE = 100_000
"""Rows that the naive scan reads in a trial; its time is multiplied up to all of them."""
DUE = 200
QUIET = 50
"""Sweeps in a trial that find nothing."""
TODAY = legal_date(cases.AT)

FILL = """
    INSERT INTO deadline_steps (case_id, clock, start_version, step, due_on, fire_on)
    SELECT md5(n::text)::uuid, 'finish', 2, 'due', %(today)s::date + 1 + n %% 180, %(today)s::date + 1 + n %% 180
    FROM generate_series(1, %(clocks)s) AS n
"""
FALL_DUE = """
    UPDATE deadline_steps SET fire_on = %(today)s
    WHERE case_id IN (SELECT case_id FROM deadline_steps WHERE NOT raised ORDER BY fire_on LIMIT %(due)s)
"""
OPEN = """
    SELECT case_id, clock, start_version, part, step, due_on, fire_on FROM deadline_steps WHERE NOT raised LIMIT %s
"""
NO_INDEX = "-c enable_indexscan=off -c enable_indexonlyscan=off -c enable_bitmapscan=off"

Step = tuple[UUID, str, int, str, str, date, date]


class Nobody:
    """无人 — a door behind which no case is."""

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """登记预警: nothing is appended."""
        return 0


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: the sweep against reading every open clock, and against the same query without its index."""
    with place.ours() as (database, _), Database(without_index(database.dsn), name="bench") as unindexed:
        with database.connection() as connection:
            connection.execute(FILL, {"today": TODAY, "clocks": CLOCKS})
            connection.execute("VACUUM ANALYZE deadline_steps")

        yield Comparison(
            name="sweep-nothing-due",
            what=f"sweep, none of {CLOCKS:,} due",
            against=f"full scan in Python ({SAMPLE:,} rows, time × {CLOCKS // SAMPLE})",
            unit="ms",
            ours=lambda: each(QUIET, lambda: quiet(database)),
            theirs=lambda: scan(database),
        )
        yield Comparison(
            name="sweep-index",
            what=f"sweep, none of {CLOCKS:,} due",
            against="same query without its index",
            unit="ms",
            ours=lambda: each(QUIET, lambda: quiet(database)),
            theirs=lambda: each(1, lambda: quiet(unindexed)),
        )
        yield Comparison(
            name="sweep-claim",
            what=f"sweep, {DUE} of {CLOCKS:,} due: claim and mark",
            against=f"full scan in Python, then {DUE} marked",
            unit="ms",
            ours=lambda: claim(database),
            theirs=lambda: scan(database) + mark(database),
        )


def without_index(dsn: str) -> str:
    """无索引: the same database for a planner that uses no index."""
    return f"{dsn}&options={quote(NO_INDEX)}"


def quiet(database: Database) -> None:
    """无到期: a whole sweep on a day on which nothing falls due."""
    if sweep(database, Nobody(), lambda: cases.AT).steps:
        raise AssertionError("something was due")


def claim(database: Database) -> float:
    """到期一批: so many fall due, untimed; then the sweep claims and marks them."""
    with database.connection() as connection:
        connection.execute(FALL_DUE, {"today": TODAY, "due": DUE})
    claimed: list[int] = []
    seconds = each(
        1,
        lambda: claimed.append(sweep_batch(database, Nobody(), cases.AT, TODAY, DUE, SweepCount())),
    )
    if claimed != [DUE]:
        raise AssertionError("not all that was due was claimed")
    return seconds


def scan(database: Database) -> float:
    """全表扫描: the seconds that reading all open clocks and comparing their days would take."""
    return each(1, lambda: [step for step in steps(database, SAMPLE) if step[6] <= TODAY]) * CLOCKS / SAMPLE


def mark(database: Database) -> float:
    """逐条标记: the seconds that marking so many takes, once they are found."""
    found = steps(database, DUE)
    names = ("case_id", "clock", "start_version", "part", "step", "due_on")
    rows = [dict(zip(names, step, strict=False)) for step in found]

    def update() -> None:
        with database.transaction() as connection:
            connection.cursor().executemany(RAISED, rows)

    return each(1, update)


def steps(database: Database, limit: int) -> list[Step]:
    """未到期限: so many open clocks, as plain tuples."""
    with database.connection() as connection, connection.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(OPEN, (limit,)).fetchall()
