"""视图追赶: all read models start from nothing and read the whole log.

In the busy log all cases move on side by side, as in an office at work: a batch touches as many cases as it can, each
with a few facts. In the imported log each case's events follow one another.
"""

from collections.abc import Generator, Sequence
from itertools import chain
from uuid import uuid4

from bench import cases, one_by_one
from bench.measure import Comparison, Figure, Trial, per_piece
from bench.place import Place
from domain.casework import Casework
from domain.facts import Fact
from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.runner import Runner, catch_up

LENGTH = 10
ONE_BY_ONE = 300
"""Events that the library's runner is timed with, from the middle of the log."""
AT_ONCE = 500
"""Events saved in one transaction while the logs are filled."""
FIGURE = Figure(
    "catch-up", "All read models catch up with the log", "facts in the log", "ours", "ProjectionRunner"
)


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: all views over a busy log, at several lengths, and over an imported one; against the same views one by one."""
    sizes = place.sizes((1_000, 5_000, 20_000, 100_000), quick=(1_000,))
    for facts in sizes:
        with place.ours() as (database, casework):
            histories = [list(cases.history(uuid4(), serial, LENGTH)) for serial in range(facts // LENGTH)]
            fill(casework, list(chain.from_iterable(zip(*histories, strict=True))))
            yield comparison(f"catch-up-{facts}", f"a busy log of {facts:,} facts", database, casework, facts)
    with place.ours() as (database, casework):
        histories = [list(cases.history(uuid4(), serial, LENGTH)) for serial in range(sizes[0] // LENGTH)]
        fill(casework, list(chain.from_iterable(histories)))
        what = f"an imported log of {sizes[0]:,} facts"
        yield comparison("catch-up-imported", what, database, casework, None)


def comparison(name: str, what: str, database: Database, casework: Casework, facts: int | None) -> Comparison:
    """一项比较: of one log."""
    return Comparison(
        name=name,
        what=f"all {len(VIEWS)} read models catch up with {what}",
        against="the library's ProjectionRunner over the same read models, an event a transaction",
        unit="events/s",
        goal=20,
        figure=None if facts is None else FIGURE,
        size=facts,
        rounds=3,
        ours=trial(database, casework),
        theirs=from_the_middle(database, casework),
    )


def fill(casework: Casework, facts: Sequence[Fact]) -> None:
    """写入: the log, some hundreds of facts in a transaction."""
    cases.found_office(casework)
    for start in range(0, len(facts), AT_ONCE):
        casework.save(*facts[start : start + AT_ONCE])


def trial(database: Database, casework: Casework) -> Trial:
    """一次: the views forget everything and catch up."""

    def run() -> float:
        forget(database)
        head = casework.store.max_notification_id() or 0
        return per_piece(head, lambda: catch_up(database, casework))

    return run


def from_the_middle(database: Database, casework: Casework) -> Trial:
    """对照: the views stand in the middle of the log; from there the library feeds them."""

    def run() -> float:
        forget(database)
        head = casework.store.max_notification_id() or 0
        middle, last = head // 2, min(head, head // 2 + ONE_BY_ONE)
        runner = Runner(database, casework, *VIEWS, batch=middle)
        runner.step()
        seconds = one_by_one.catch_up(database.dsn, casework.keys, runner.position, last)
        return seconds / (last - runner.position)

    return run


def forget(database: Database) -> None:
    """清空: the read models and their positions."""
    tables = [table for view in VIEWS for table in view.tables]
    with database.transaction() as connection:
        connection.execute(f"TRUNCATE projection_tracking, {', '.join(tables)}")
