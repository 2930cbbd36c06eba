"""通读日志: the whole log read, opened with its keys and decoded, beside plain reading of the rows.

The cases have 20 facts each and move on side by side, some hundreds at a time. In each trial every key is derived anew. The
views leave closed the texts that none of them keeps; a feed opens all; a replay looks the log through with all left closed.
Each is timed. Plain reading is timed in text, as psycopg's cursor reads if it isn't told otherwise, by which the goal goes, and
in binary, as we read.
"""

from collections.abc import Container, Generator, Iterable
from contextlib import closing
from functools import partial
from itertools import chain
from typing import cast
from uuid import uuid4

import psycopg
from psycopg.rows import tuple_row

from bench import cases
from bench.measure import Comparison, Figure, per_piece
from bench.place import Place
from domain.casework import Casework, Recorded
from domain.facts import TOPICS, Fact
from domain.store import Reader
from eventstore.keys import Keys
from projections.catalogue import UNREAD
from projections.runner import BATCH

FACTS = (50_000, 200_000, 1_000_000)
LENGTH, TOGETHER = 20, 250
AT_ONCE = 1000
READ: dict[str, tuple[str, Container[str]]] = {
    "views": ("as the views do, which leave closed what none of them keeps", UNREAD),
    "opened": ("every text opened", ()),
    "bare": ("texts left closed", TOPICS),
}
ROWS = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM casework_events"
    " ORDER BY notification_id"
)
FIGURE = Figure(
    "log",
    "Reading and decoding the whole log",
    "facts in the log",
    "opened and decoded for the views",
    "plain reading",
)


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: `stream_log` and `facts` in the batches of the views against a server-side cursor over the same rows."""
    for count in place.sizes(FACTS, quick=(10_000,)):
        with place.ours() as (database, casework):
            for _ in range(count // (LENGTH * TOGETHER)):
                histories = [list(cases.history(uuid4(), serial, LENGTH)) for serial in range(TOGETHER)]
                fill(casework, chain.from_iterable(zip(*histories, strict=True)))
            with psycopg.connect(database.dsn, autocommit=True) as connection:
                connection.execute("VACUUM (ANALYZE) casework_events")
            total = casework.recorder.max_notification_id() or 0
            for name, form in (
                ("views", "text"),
                ("views", "binary"),
                ("opened", "text"),
                ("opened", "binary"),
                ("bare", "binary"),
            ):
                (words, bare), binary = READ[name], form == "binary"
                goes_by_goal = name == "views" and not binary
                yield Comparison(
                    name=f"log-{count}-{name}-{form}",
                    what=f"{total:,} facts read and decoded, {words}",
                    against=f"plain reading of the same rows, server-side cursor, {form}",
                    unit="events/s",
                    goal=0.5 if goes_by_goal else None,
                    figure=FIGURE if goes_by_goal else None,
                    size=count,
                    rounds=3 if count > 500_000 else None,
                    ours=partial(per_piece, total, partial(decode, place, casework, bare)),
                    theirs=partial(per_piece, total, partial(read, database.dsn, binary)),
                )


def fill(casework: Casework, facts: Iterable[Fact]) -> None:
    """备料: stored as ever, many in a transaction."""
    waiting = list(facts)
    for start in range(0, len(waiting), AT_ONCE):
        casework.save(*waiting[start : start + AT_ONCE])


def decode(place: Place, casework: Casework, bare: Container[str]) -> None:
    """通读解码: every fact, as a view gets it."""
    cast(Reader, casework.mapper).use(Keys.open(place.server.home / "keys"))
    after = 0
    while batch := read_batch(casework, after, bare):
        after = batch[-1].position


def read_batch(casework: Casework, after: int, bare: Container[str]) -> list[Recorded]:
    """读取一批: kept whole, as a runner keeps it."""
    batch: list[Recorded] = []
    with closing(casework.store.stream_log(after, BATCH)) as pieces:
        for rows in pieces:
            facts = casework.facts(rows, bare)
            batch += [Recorded(row.position, fact) for row, fact in zip(rows, facts, strict=True)]
    return batch


def read(dsn: str, binary: bool) -> None:
    """通读: every row arrives as a tuple, and that is all."""
    with (
        psycopg.connect(dsn) as connection,
        connection.cursor("plain", binary=binary, row_factory=tuple_row) as cursor,
    ):
        cursor.execute(ROWS)
        while cursor.fetchmany(BATCH):
            pass
