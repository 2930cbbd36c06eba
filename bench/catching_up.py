"""视图追赶: a view that starts from nothing reads the whole log.

Ours is timed on two logs of the same cases. In the busy log all cases move on side by side, so that a batch
touches as many cases as it can and each is folded from its whole past; in the imported log each case's
events follow one another.
"""

from collections.abc import Generator, Sequence
from itertools import chain
from uuid import uuid4

import psycopg

from bench import cases, stock
from bench.measure import Comparison, Trial, per_piece
from bench.place import Place
from domain.casework import Casework
from domain.facts import Fact
from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.ledger import Ledger
from projections.runner import catch_up
from projections.timeline import Timeline
from projections.view import View

CASES, LENGTH = 500, 10
STOCK_CASES = 200
AT_ONCE = 500
"""Events saved in one transaction while the logs are filled."""


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: one view, another, and all of them, against one view under the library's ProjectionRunner."""
    with (
        place.ours() as (busy, busy_casework),
        place.ours() as (imported, imported_casework),
        place.stock() as env,
        stock.Petitions(env) as application,
    ):
        histories = [list(cases.history(uuid4(), serial, LENGTH)) for serial in range(CASES)]
        fill(busy_casework, list(chain.from_iterable(zip(*histories, strict=True))))
        fill(imported_casework, list(chain.from_iterable(histories)))
        recordings = [application.save(cases.stock_petition(serial, LENGTH)) for serial in range(STOCK_CASES)]
        last = recordings[-1][-1].notification.id

        def theirs() -> float:
            forget_stock(env)
            return stock.catch_up(env, last) / (STOCK_CASES * LENGTH)

        views: Sequence[tuple[str, str, Database, Casework, Sequence[View], float | None]] = (
            ("timeline", "timeline view", busy, busy_casework, [Timeline()], 10),
            ("ledger", "ledger view, busy log", busy, busy_casework, [Ledger()], 10),
            ("ledger-imported", "ledger view, imported log", imported, imported_casework, [Ledger()], 10),
            ("views", f"all {len(VIEWS)} views, busy log", busy, busy_casework, VIEWS, None),
            ("views-imported", f"all {len(VIEWS)} views, imported log", imported, imported_casework, VIEWS, None),
        )  # fmt: skip
        for name, what, database, casework, chosen, goal in views:
            yield Comparison(
                name=f"catch-up-{name}",
                what=f"catch-up, {what}",
                against="stock ProjectionRunner, 1 view",
                unit="events/s",
                goal=goal,
                ours=trial(database, casework, chosen),
                theirs=theirs,
            )


def fill(casework: Casework, facts: Sequence[Fact]) -> None:
    """写入: the log, some hundreds of facts in a transaction."""
    cases.found_office(casework)
    for start in range(0, len(facts), AT_ONCE):
        casework.save(*facts[start : start + AT_ONCE])


def trial(database: Database, casework: Casework, views: Sequence[View]) -> Trial:
    """一次: the views forget everything and catch up, one after another."""

    def run() -> float:
        tables = [table for view in views for table in view.tables]
        with database.transaction() as connection:
            connection.execute(f"TRUNCATE projection_tracking, {', '.join(tables)}")
        return per_piece(CASES * LENGTH, lambda: catch_up(database, casework, views))

    return run


def forget_stock(env: dict[str, str]) -> None:
    """对照清空: the library's view and its tracking record."""
    with psycopg.connect(
        dbname=env["POSTGRES_DBNAME"],
        host=env["POSTGRES_HOST"],
        port=env["POSTGRES_PORT"],
        user=env["POSTGRES_USER"],
        password=env["POSTGRES_PASSWORD"],
    ) as connection:
        connection.execute("DROP TABLE IF EXISTS stock_ledger, stockledger_tracking")
