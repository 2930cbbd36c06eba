"""核验: the whole check of the log – every hash, tree and head – against plain reading of the same rows, in the same way.

Facts of some 700 bytes, four a stream, sealed by the product's own sealer. Both sides use a server-side cursor that hands
over the same columns in batches of the same size; the plain side does nothing with them.
"""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.clock import now
from bench.measure import Comparison, Figure, per_piece
from bench.place import Place
from eventstore import heads_file, sealkey
from eventstore.database import Database
from eventstore.log_rows import AFTER, raw
from eventstore.sealing import Sealing
from eventstore.verifying import BATCH, BEGINNING, Said, Verifying

EVENTS = (50_000, 200_000, 1_000_000)
FIGURE = Figure(
    "verify", "Verifying the whole log", "facts in the log", "verified", "plain reading, server-side cursor"
)
FILL = """
INSERT INTO casework_events (originator_id, originator_version, topic, state)
SELECT md5((n / 4)::text)::uuid, n %% 4 + 1, 'petition.registered.3', convert_to(
    '{"on":"2026-11-09","recorded_at":"2026-11-09T02:00:00Z","by":"office","content":"' || repeat(md5(n::text), 18) || '"}', 'UTF8')
FROM generate_series(%s::bigint, %s::bigint) AS n
"""
PIECE = 50_000


def comparisons(place: Place) -> Generator[Comparison]:
    """核验: logs of several sizes, each read in both ways."""
    for events in place.sizes(EVENTS, quick=(20_000,)):
        with place.ours() as (database, _), TemporaryDirectory() as folder:
            sealed = fill(place, database, Path(folder), events)
            yield Comparison(
                name=f"verify-{events}",
                what=f"verify {events:,} facts, {sealed} heads",
                against="plain reading of the same rows, server-side cursor",
                unit="events/s",
                figure=FIGURE,
                size=events,
                ours=partial(per_piece, events, partial(verify, database.dsn, Path(folder))),
                theirs=partial(per_piece, events, partial(read, database.dsn)),
            )


def fill(place: Place, database: Database, folder: Path, events: int) -> int:
    """备料: the facts, written by the database's owner, and their seals; how many heads there are."""
    with psycopg.connect(database.dsn) as connection:
        for first in range(0, events, PIECE):
            connection.execute(FILL, (first, min(first + PIECE, events) - 1))
            connection.commit()
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) casework_events")
    Sealing(database, folder / "keys", folder / heads_file.NAME, now).catch_up()
    return len(heads_file.read(folder / heads_file.NAME))


def verify(dsn: str, folder: Path) -> None:
    """核验一遍: everything that the command does with the log."""
    key = sealkey.load(folder / "keys")
    if key is None:
        raise LookupError("the key of the benchmark is gone")
    lines = heads_file.read(folder / heads_file.NAME)
    outside = [Said("文件", one.head) for one in lines if one.head is not None]
    with psycopg.connect(dsn) as connection:
        report = Verifying(connection, {key.id: key.public}, outside).run()
    if report.findings or report.sealed != report.rows:
        raise AssertionError(report.findings[:3])


def read(dsn: str) -> None:
    """通读一遍: every byte of every row arrives, and that is all."""
    with psycopg.connect(dsn) as connection, raw(connection, "plain") as cursor:
        cursor.execute(AFTER, (BEGINNING,))
        while cursor.fetchmany(BATCH):
            pass
