"""放假安排变动: a decree that moves a limit of every open case, against plain UPDATEs of the same rows.

Every case has a running limit of sixty days, counted by the shipped rule book and by the product's own function, its alert
steps and its next day. Two decrees of the year in which all of them end take turns, so that each trial moves every limit.
The plain side adds a day to every date of the same rows and is rolled back, untimed.
"""

from collections.abc import Callable, Generator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from time import perf_counter

import psycopg
from psycopg.types.json import Jsonb

from bench import cases as cases_of
from bench.measure import Comparison, Figure
from bench.place import Place
from domain.acts import envelope, system_act
from domain.casework import Casework
from domain.rulebase.events import CalendarDecreed
from domain.rulebase.fold import RULEBASE_ID, Known, shipped
from domain.rules.calendar import Decree
from domain.rules.judging import Group
from eventstore.database import Database
from projections import recounting, trials
from projections.paging import Condition
from projections.recounting import Change
from scheduler.limits import record_limits

CASES = (10_000, 100_000, 1_000_000)
DECREE = Figure(
    "decree",
    "A decree over open cases",
    "open cases",
    "all that the pass writes",
    "plain UPDATE of the same rows",
)
PREVIEW = Figure(
    "decree-preview",
    "A decree counted first",
    "open cases",
    "preview",
    "plain UPDATE of the rows it would move",
)
FACTS = Figure(
    "decree-facts", "What a decree moved, as facts", "moved limits", "facts", "plain INSERT of as many rows"
)
YEAR = 2027
FIRST_DAY, DAYS = date(2026, 11, 9), 80
NOW = datetime(2026, 12, 1, tzinfo=UTC)

GROUPS = """
CREATE TEMPORARY TABLE filling (
    day integer, rulebook text, rulebook_version text, started_on date, nominal_due_on date, due_on date,
    explanation jsonb, basis text, label text
)
"""
LEDGER = """
INSERT INTO ledger (case_id, kind, number, office, year, subject, received_on, registered_at, stage, state, unit, version,
    position)
SELECT md5(n::text)::uuid, 'petition', 'XF-2026-' || lpad(n::text, 7, '0'), 'office', 2026, '反映供暖温度不达标问题',
    %(first)s::date + n %% %(days)s, %(first)s::date + n %% %(days)s, 'handling', 'open', 'unit-a', 3, n
FROM generate_series(1, %(cases)s) AS n
"""
CLOCKS = """
INSERT INTO deadlines (case_id, clock, start_version, part, label, rulebook, rulebook_version, basis, answerable, is_window,
    unit, started_on, nominal_due_on, due_on, provisional, state, explanation, position)
SELECT md5(n::text)::uuid, 'finish', 3, '', f.label, f.rulebook, f.rulebook_version, f.basis, 'unit', false, 'unit-a',
    f.started_on, f.nominal_due_on, f.due_on, true, 'running', f.explanation, n
FROM generate_series(1, %(cases)s) AS n JOIN filling f ON f.day = n %% %(days)s
"""
STEPS_OF = """
INSERT INTO deadline_steps (case_id, clock, start_version, step, due_on, fire_on)
SELECT d.case_id, d.clock, d.start_version, s.step, d.due_on, s.fire_on
FROM deadlines d JOIN filling_steps s USING (started_on)
"""
DUES = "INSERT INTO case_dues SELECT case_id, true, due_on, due_on FROM deadlines"
PLAIN = (
    "UPDATE deadlines SET nominal_due_on = nominal_due_on + 1, due_on = due_on + 1, explanation = explanation || '[]'",
    "UPDATE deadline_steps SET due_on = due_on + 1, fire_on = fire_on + 1",
    "UPDATE case_dues SET next_due_on = next_due_on + 1, finish_due_on = finish_due_on + 1",
)
TIDY = ("deadlines", "deadline_steps", "case_dues")


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: the pass against plain updates; then the facts of what it moved against a plain copy of the same rows."""
    for cases in place.sizes(CASES, quick=(2_000,)):
        with place.ours() as (database, casework):
            cases_of.found_office(casework)
            fill(database, cases)
            turn = Turns(database, casework)
            yield Comparison(
                name=f"decree-{cases}",
                what=f"a decree moves {cases:,} limits: dates, alert steps, next days, moves put down",
                against="plain UPDATE of the same rows",
                unit="ms",
                ours=turn.decree,
                theirs=partial(plain, database),
                goal=4,
                at_most=True,
                rounds=3,
                figure=DECREE,
                size=cases,
            )
            yield Comparison(
                name=f"decree-preview-{cases}",
                what=f"the same counted first: {cases:,} limits by clock and unit, nothing written",
                against="plain UPDATE of the same rows",
                unit="ms",
                ours=turn.preview,
                theirs=partial(plain, database),
                at_most=True,
                rounds=3,
                figure=PREVIEW,
                size=cases,
            )
            yield Comparison(
                name=f"decree-facts-{cases}",
                what=f"{cases:,} moved limits recorded as facts",
                against="plain INSERT of the same rows",
                unit="ms",
                ours=turn.record,
                theirs=partial(copied, database),
                at_most=True,
                rounds=3,
                figure=FACTS,
                size=cases,
            )


def known(weeks: int) -> Known:
    """放假安排: every other week of the year is off, the odd ones or the even ones; nobody's year, but it moves everything."""
    base = shipped()
    if weeks < 0:
        return base.known(NOW)
    first = date(YEAR, 1, 4)
    off = [first + timedelta(days=7 * week + day) for week in range(weeks, 26, 2) for day in range(5)]
    return base.with_decree(Decree(YEAR, "国办发明电", NOW, frozenset(off), frozenset())).known(NOW)


def fill(database: Database, cases: int) -> None:
    """充填: open cases with one running limit each, its steps and its next day, as the view would have left them."""
    before = known(-1)
    groups = [
        Group("petition-2022", "1", "finish", FIRST_DAY + timedelta(days=day), 0, "") for day in range(DAYS)
    ]
    version = before.books.version("petition-2022", FIRST_DAY)
    assert version is not None
    groups = [group._replace(rulebook_version=version.version) for group in groups]
    values = {"cases": cases, "days": DAYS, "first": FIRST_DAY}
    with database.connection() as connection:
        connection.execute(GROUPS)
        connection.execute("CREATE TEMPORARY TABLE filling_steps (started_on date, step text, fire_on date)")
        with connection.cursor().copy("COPY filling FROM STDIN") as rows:
            for day, group in enumerate(groups):
                judged, spec = recounting.count(group, before).judged, group.spec(before.books)
                rows.write_row(
                    (
                        day,
                        group.rulebook,
                        group.rulebook_version,
                        group.started_on,
                        judged.nominal_due_on,
                        judged.due_on,
                        Jsonb(list(judged.explanation)),
                        spec.basis,
                        spec.label,
                    )
                )
        with connection.cursor().copy("COPY filling_steps FROM STDIN") as rows:
            for group in groups:
                for step, on, _ in recounting.count(group, before).steps:
                    rows.write_row((group.started_on, step, on))
        connection.execute("ANALYZE filling, filling_steps")
        for statement in (LEDGER, CLOCKS):
            connection.execute(statement, values)
        for statement in (STEPS_OF, DUES):
            connection.execute(statement)
        tidy(database)


def tidy(database: Database) -> None:
    """整理: what the last trial left behind is nobody's trial."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        for table in (*TIDY, "limits_due", "ledger"):
            connection.execute(f"VACUUM ANALYZE {table}".encode())


class Turns:
    """轮换 — two decrees of one year, in turn; each trial starts from where the last one ended."""

    def __init__(self, database: Database, casework: Casework) -> None:
        self.database = database
        self.casework = casework
        self.number = 0
        self.calendars: Sequence[Known] = (known(-1), known(0), known(1))
        self.present = 0

    def decree(self) -> float:
        """变动一次: all in one transaction, as the view does it."""
        change = self._next()

        def work() -> None:
            with self.database.transaction() as connection:
                recounting.recount(connection, change)

        seconds = timed(work)
        self.present = 2 if self.present == 1 else 1
        tidy(self.database)
        return seconds

    def preview(self) -> float:
        """试算一次."""
        change = self._next()

        def work() -> None:
            with self.database.transaction() as connection:
                trials.put(connection, recounting.changed(connection, change.before, change.after))
                everything = Condition("true")
                trials.totals(connection, everything, NOW.date())
                trials.by(connection, everything, NOW.date())
                trials.moves(connection, everything, NOW.date(), limit=200, cursor=None)

        return timed(work)

    def record(self) -> float:
        """登记一次: a change whose moves are put down and of which nothing is recorded yet."""
        self._publish()
        number = self.casework.rulebase().version
        with self.database.transaction() as connection:
            connection.execute("TRUNCATE rule_changes, limits_due")
            connection.execute(PUT_DOWN, {"change": number})
            connection.execute(COUNTED, {"change": number})
        return timed(lambda: record_limits(self.database, self.casework, lambda: NOW))

    def _publish(self) -> None:
        self.number += 1
        year, act = 2028 + self.number, system_act(NOW)
        self.casework.publish(
            RULEBASE_ID,
            lambda version: [
                CalendarDecreed(
                    **envelope(RULEBASE_ID, version + 1, act, "国办发明电"),
                    year=year,
                    source="国办发明电",
                    published_at=NOW,
                    days_off=(date(year, 10, 1),),
                    make_up_days=(),
                )
            ],
            act,
        )

    def _next(self) -> Change:
        self.number += 1
        with self.database.transaction() as connection:
            connection.execute("TRUNCATE rule_changes, limits_due")
        to = 2 if self.present == 1 else 1
        return Change(self.number, 0, self.calendars[self.present], self.calendars[to])


PUT_DOWN = """
INSERT INTO limits_due (change, serial, case_id, clock, start_version, part, from_on, to_on)
SELECT %(change)s, row_number() OVER (), case_id, clock, start_version, part, due_on, due_on + 3 FROM deadlines
"""
COUNTED = """
INSERT INTO rule_changes (change, position, total) SELECT %(change)s, 0, count(*) FROM limits_due
"""


def plain(database: Database) -> float:
    """对照: a day added to every date of the same rows, in one transaction; undone afterwards, untimed."""
    seconds = 0.0
    with database.connection() as connection, connection.transaction(force_rollback=True):
        connection.execute("SELECT 1")
        seconds = timed(lambda: [connection.execute(one) for one in PLAIN])
    tidy(database)
    return seconds


def copied(database: Database) -> float:
    """对照: the same rows into a table of the same columns, by one statement; undone afterwards, untimed."""
    with database.connection() as connection, connection.transaction(force_rollback=True):
        return timed(lambda: connection.execute(PUT_DOWN, {"change": 0}))


def timed(work: Callable[[], object]) -> float:
    """用时."""
    begun = perf_counter()
    work()
    return perf_counter() - begun
