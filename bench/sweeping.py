"""巡查期限: what a sweep costs with ten million open clocks, beside what the same one costs with ten thousand.

Every clock has all the steps it would have been given, and every day a thousand clocks have one that falls due, scattered
over the whole table; a trial is the next day's sweep. What the cases append is the same on both sides and is left out, so
that it doesn't make them alike: nobody is behind the door here.
"""

from collections.abc import Generator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import psycopg

from bench import cases
from bench.measure import Comparison, Figure, each
from bench.place import Place
from domain.acts import legal_date
from eventstore.database import Database
from scheduler.sweep import sweep

FEWEST = 10_000
CLOCKS = (100_000, 1_000_000, 10_000_000)
DUE = 1_000
DAYS = 9
"""Days on which so many fall due; the rest fires later, and what has fired stays open."""
QUIET = 50
"""Sweeps in a trial that find nothing."""
TODAY = legal_date(cases.AT)
DUE_SWEEP = Figure(
    "sweep", f"A sweep that finds {DUE:,} clocks due", "open clocks", "so many open", f"{FEWEST:,} open"
)
QUIET_SWEEP = Figure(
    "sweep-quiet", "A sweep that finds nothing due", "open clocks", "so many open", f"{FEWEST:,} open"
)

FILL = """
    INSERT INTO deadline_steps (case_id, clock, start_version, step, due_on, fire_on)
    SELECT md5(n::text)::uuid, 'finish', 2, step, first + 14, first + after
    FROM generate_series(1, %(clocks)s) AS n,
        LATERAL (SELECT n %% (%(clocks)s / %(due)s) AS turn) AS turns,
        LATERAL (SELECT %(today)s::date + CASE WHEN turn BETWEEN 1 AND %(days)s THEN turn ELSE 30 + turn %% 150 END AS first)
            AS firsts,
        (VALUES ('due_soon_5', 0), ('due_soon_2', 12), ('due', 14), ('overdue', 15), ('escalated_1', 19)) AS steps (step, after)
"""
"""Of every clock all five steps; its first one falls on one of the days, or later."""
INDEXES = """
    SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition, c.conname AS key,
        pg_get_constraintdef(c.oid) AS columns
    FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid
    WHERE i.indrelid = 'deadline_steps'::regclass
"""


class Nobody:
    """无人 — a door behind which no case is."""

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """登记预警: nothing is appended."""
        return 0


class Days:
    """逐日 — the open clocks of one database, and the day to which its sweeps have come."""

    def __init__(self, database: Database, clocks: int) -> None:
        self.database = database
        self.at = cases.AT
        fill(database, clocks)

    def next(self) -> float:
        """次日: its sweep, from claiming to marking the last one."""
        self.at += timedelta(days=1)
        found = []
        seconds = each(1, lambda: found.append(sweep(self.database, Nobody(), lambda: self.at).steps))
        if found != [DUE]:
            raise AssertionError(f"{found} steps were due")
        with self.database.transaction() as connection:  # as the view does when it learns of the alerts
            connection.execute(
                "DELETE FROM deadline_steps WHERE raised AND fire_on <= %s", (legal_date(self.at),)
            )
        self._quiet()  # the first one after it finds that they are gone, for all that follow
        return seconds

    def quiet(self) -> float:
        """无到期: the day's sweep again."""
        return each(QUIET, self._quiet)

    def _quiet(self) -> None:
        if sweep(self.database, Nobody(), lambda: self.at).steps:
            raise AssertionError("something was due")


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: a sweep of very many open clocks against the same with few."""
    with place.ours() as (fewest, _):
        for clocks in place.sizes(CLOCKS, quick=(100_000,)):
            with place.ours() as (database, _):
                few, many = Days(fewest, FEWEST), Days(database, clocks)
                yield Comparison(
                    name=f"sweep-{clocks}",
                    what=f"sweep of {clocks:,} open clocks, {DUE:,} due: claimed and marked",
                    against=f"the same with {FEWEST:,} open",
                    unit="ms",
                    ours=many.next,
                    theirs=few.next,
                    goal=2,
                    at_most=True,
                    rounds=DAYS,
                    figure=DUE_SWEEP,
                    size=clocks,
                )
                yield Comparison(
                    name=f"sweep-quiet-{clocks}",
                    what=f"sweep of {clocks:,} open clocks, none due",
                    against=f"the same with {FEWEST:,} open",
                    unit="ms",
                    ours=many.quiet,
                    theirs=few.quiet,
                    at_most=True,
                    ceiling=1,
                    figure=QUIET_SWEEP,
                    size=clocks,
                )


def fill(database: Database, clocks: int) -> None:
    """充填: the steps of so many clocks; the table's indexes are made when all rows are there."""
    values = {"clocks": clocks, "due": DUE, "days": DAYS, "today": TODAY}
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        indexes = connection.execute(INDEXES).fetchall()
        connection.execute("TRUNCATE deadline_steps")
        connection.execute("SET maintenance_work_mem = '1GB'")
        for name, _, key, _ in indexes:
            drop = f"ALTER TABLE deadline_steps DROP CONSTRAINT {key}" if key else f"DROP INDEX {name}"
            connection.execute(drop.encode())
        connection.execute(FILL, values)
        for _, definition, key, columns in indexes:
            add = f"ALTER TABLE deadline_steps ADD CONSTRAINT {key} {columns}" if key else definition
            connection.execute(add.encode())
        connection.execute("VACUUM ANALYZE deadline_steps")
        connection.execute("CHECKPOINT")
