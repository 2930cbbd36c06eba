"""重建视图: builds the read models again beside the live ones in one pass over the log, compares them, and switches – each
view in a transaction of its own.

The shadow tables live in the schema `rebuild`. Readers and the live runner go on meanwhile; only the last step
holds the live view's position, and it touches no row that is right already.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from psycopg import sql

from domain.casework import Casework
from eventstore.database import Database
from projections import tracking
from projections.catalogue import VIEWS
from projections.runner import Runner, catch_up
from projections.view import Connection, Table, View

SHADOW = "rebuild"
LIVE = "public"

Progress = Callable[[str, int, int], None]
"""Called with the view's name, the position reached and the log's head after every batch."""


class Rebuilding(Exception):
    """正在重建 — another rebuild is under way."""


class Rebuilt(NamedTuple):
    """重建结果 — a view, the positions of the live and the new tables, and how many rows were wrong and missing."""

    name: str
    live_position: int
    position: int
    wrong: int
    missing: int

    @property
    def agrees(self) -> bool:
        """一致: whether the live rows were the rebuilt ones."""
        return self.wrong == 0 and self.missing == 0


class Shadow:
    """影子 — the same database with another schema in front; what a runner needs of a database."""

    def __init__(self, database: Database, schema: str = SHADOW) -> None:
        self.database = database
        self.schema = schema

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """事务: unqualified table names mean the shadow tables."""
        with self.database.transaction() as connection:
            path = sql.SQL("SET LOCAL search_path TO {}, {}")
            connection.execute(path.format(sql.Identifier(self.schema), sql.Identifier(LIVE)))
            yield connection


def rebuild(
    database: Database,
    casework: Casework,
    views: Sequence[View] = VIEWS,
    *,
    switch: bool = True,
    progress: Progress = lambda name, position, head: None,
) -> list[Rebuilt]:
    """重建: the views together; without `switch` only the comparison. Raises `Rebuilding`, and `Stalled` where a fact can't be applied."""
    with database.connection() as guard:
        row = guard.execute("SELECT pg_try_advisory_lock(hashtextextended('rebuild', 0)) AS mine").fetchone()
        if row is None or not row["mine"]:
            raise Rebuilding
        try:
            return _rebuild(database, casework, views, switch, progress)
        finally:
            guard.execute("SELECT pg_advisory_unlock(hashtextextended('rebuild', 0))")


def _rebuild(
    database: Database, casework: Casework, views: Sequence[View], switch: bool, progress: Progress
) -> list[Rebuilt]:
    with database.transaction() as connection:
        last = tracking.head(connection)
        _prepare(connection, views)
    store = Shadow(database)

    def told(position: int) -> None:
        for view in views:
            progress(view.name, position, last)

    catch_up(store, casework, views, settled=last, progress=told)
    rebuilt = [_settle(database, Runner(store, casework, view, settled=last), switch) for view in views]
    with database.transaction() as connection:
        connection.execute(f"DROP SCHEMA {SHADOW} CASCADE")
    return rebuilt


def _settle(database: Database, runner: Runner, switch: bool) -> Rebuilt:
    """One view: what came in meanwhile, and then the comparison, while the live view waits."""
    [view] = runner.views
    runner.catch_up()
    with database.transaction() as connection:
        live = tracking.claim(connection, [view.name])[view.name]
        while runner.position < live and runner.step():
            pass
        wrong, missing = _compare(connection, view, switch)
        if switch:
            tracking.move(connection, [view.name], runner.position)
    return Rebuilt(view.name, live, runner.position, wrong, missing)


def _prepare(connection: Connection, views: Sequence[View]) -> None:
    connection.execute(f"DROP SCHEMA IF EXISTS {SHADOW} CASCADE")
    connection.execute(f"CREATE SCHEMA {SHADOW}")
    names = [name for view in views for name in view.tables]
    copy_tables(connection, SHADOW, ("projection_tracking", *names))


def copy_tables(connection: Connection, schema: str, names: Sequence[str]) -> None:
    """同样的空表: in the schema, with the keys and indexes of the live ones."""
    each = sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)")
    made = (each.format(sql.Identifier(schema, name), sql.Identifier(LIVE, name)) for name in names)
    connection.execute(sql.SQL("; ").join(made))


def _compare(connection: Connection, view: View, switch: bool) -> tuple[int, int]:
    """Compares, and with `switch` corrects, the live tables: rows that are not as rebuilt, rows that aren't there."""
    wrong = missing = 0
    for name, table in view.tables.items():
        pieces = _pieces(connection, name, table)
        wrong += _count(connection, _WRONG, pieces)
        missing += _count(connection, _MISSING, pieces)
        if switch:
            connection.execute(_DELETE.format(**pieces))
            connection.execute(_INSERT.format(**pieces))
    return wrong, missing


_WRONG = sql.SQL(
    "SELECT count(*) AS n FROM {live} live WHERE NOT EXISTS (SELECT FROM {shadow} shadow"
    " WHERE {same_key} AND {same_row})"
)
_MISSING = sql.SQL(
    "SELECT count(*) AS n FROM {shadow} shadow WHERE NOT EXISTS (SELECT FROM {live} live WHERE {same_key})"
)
_DELETE = sql.SQL(
    "DELETE FROM {live} live WHERE NOT EXISTS (SELECT FROM {shadow} shadow WHERE {same_key} AND {same_row})"
)
_INSERT = sql.SQL(
    "INSERT INTO {live} SELECT shadow.* FROM {shadow} shadow"
    " WHERE NOT EXISTS (SELECT FROM {live} live WHERE {same_key})"
)


def _pieces(connection: Connection, name: str, table: Table) -> dict[str, sql.Composable]:
    rows = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        " ORDER BY ordinal_position",
        (LIVE, name),
    ).fetchall()
    compared = [row["column_name"] for row in rows if row["column_name"] not in (*table.key, *table.outside)]
    return {
        "live": sql.Identifier(LIVE, name),
        "shadow": sql.Identifier(SHADOW, name),
        "same_key": _each(table.key, sql.SQL("{live} = {shadow}")),
        "same_row": _each(compared, sql.SQL("{live} IS NOT DISTINCT FROM {shadow}")),
    }


def _each(columns: Sequence[str], comparison: sql.SQL) -> sql.Composable:
    pairs = [
        comparison.format(live=sql.Identifier("live", column), shadow=sql.Identifier("shadow", column))
        for column in columns
    ]
    return sql.SQL(" AND ").join([sql.SQL("true"), *pairs])


def _count(connection: Connection, query: sql.SQL, pieces: dict[str, sql.Composable]) -> int:
    row = connection.execute(query.format(**pieces)).fetchone()
    return int(row["n"]) if row is not None else 0
