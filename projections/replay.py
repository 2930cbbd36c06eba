"""整库重放: every read model as it stood at an instant, built in a schema of its own over what was recorded by then.

The live tables aren't touched. A file that is destroyed takes the replays with it that were made before. The schema says in its table `replayed` until when it goes, over which part of the log and
under which tree head. Cut short, the same call goes on where it was; with another instant it begins anew. No other
schema than one that a replay made is ever written to or dropped.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import NamedTuple

from psycopg import sql

from domain.bounded import Reach, Then, reach
from domain.casework import Casework
from eventstore.database import Database
from projections.catalogue import VIEWS
from projections.rebuild import LIVE, SHADOW, Progress, Shadow, copy_tables
from projections.runner import catch_up
from projections.view import Connection, Row, View

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
RESERVED = frozenset({LIVE, SHADOW, "information_schema"})

ABOUT = sql.SQL("""
    CREATE TABLE {} (
        until timestamptz NOT NULL,
        whole bigint NOT NULL,
        position bigint NOT NULL,
        facts bigint NOT NULL,
        head bigint NOT NULL,
        structure text NOT NULL,
        seal_size bigint,
        seal_root text,
        seal_position bigint,
        sealed_at timestamptz,
        started_at timestamptz NOT NULL DEFAULT now(),
        finished_at timestamptz
    )
""")
"""The table that tells what the schema is: all that was recorded by `until`, the last of it at `position`."""


class BadName(Exception):
    """名称不可用 — no name for a schema of a replay."""


class Foreign(Exception):
    """不是重放所建 — there is such a schema, and no replay made it."""


class Replaying(Exception):
    """正在重放 — another replay into this schema is under way."""


class Replayed(NamedTuple):
    """重放结果 — the schema, until when, what of the log it holds, and whether an earlier call had begun or finished it."""

    schema: str
    until: datetime
    within: Reach
    resumed: bool
    was_done: bool = False


def replay(
    database: Database,
    casework: Casework,
    until: datetime,
    schema: str,
    views: Sequence[View] = VIEWS,
    *,
    looking: Callable[[int], None] = lambda position: None,
    progress: Progress = lambda name, position, head: None,
) -> Replayed:
    """整库重放: build every view in the schema. Raises BadName, Foreign and Replaying."""
    with _alone(database, schema):
        within = reach(casework, until, looking)
        return fill(database, Then(casework, within), until, within, schema, views, progress)


def fill(
    database: Database,
    then: Then,
    until: datetime,
    within: Reach,
    schema: str,
    views: Sequence[View] = VIEWS,
    progress: Progress = lambda name, position, head: None,
) -> Replayed:
    """建立各视图: of an office that knows what lies within reach; goes on with what was begun for the same reach."""
    with database.transaction() as connection:
        resumed = _begin(connection, schema, until, within, views)
        before = about_it(connection, schema) if resumed else None
    store = Shadow(database, schema)

    def told(position: int) -> None:
        for view in views:
            progress(view.name, position, within.last)

    told(0)
    catch_up(store, then, views, settled=within.last, progress=told)
    told(within.last)
    with store.transaction() as connection:
        connection.execute("UPDATE replayed SET finished_at = coalesce(finished_at, now())")
    was_done = before is not None and before["finished_at"] is not None
    return Replayed(schema, until, within, resumed, was_done)


def drop(database: Database, schema: str) -> bool:
    """删除: whether there was such a replay. Raises BadName, Foreign and Replaying."""
    with _alone(database, schema), database.transaction() as connection:
        if not _is_there(connection, schema):
            return False
        _must_be_ours(connection, schema)
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        return True


def schemas(connection: Connection) -> list[str]:
    """现有重放: the schemas that replays made."""
    rows = connection.execute(
        "SELECT table_schema AS name FROM information_schema.columns"
        " WHERE table_name = 'replayed' AND column_name = 'seal_root' ORDER BY 1"
    ).fetchall()
    return [row["name"] for row in rows]


OUTDATED = sql.SQL(
    "SELECT EXISTS (SELECT FROM {}, erasures WHERE erasures.position > head"
    " OR erased_at > started_at - interval '1 minute') AS outdated"
)
"""While a destruction is being recorded its keys may still open what is being replayed: hence the minute."""


def drop_outdated(database: Database) -> list[str]:
    """清除过时重放: the replays that may still hold what was destroyed since; they can be made again, without it."""
    with database.connection() as connection:
        outdated = []
        for schema in schemas(connection):
            query = OUTDATED.format(sql.Identifier(schema, "replayed"))
            row = connection.execute(query).fetchone()
            if row is not None and row["outdated"]:
                outdated.append(schema)
    dropped = []
    for schema in outdated:
        with suppress(Replaying, Foreign):  # the next look finds it again
            drop(database, schema)
            dropped.append(schema)
    return dropped


@contextmanager
def _alone(database: Database, schema: str) -> Iterator[None]:
    if not NAME.fullmatch(schema) or schema in RESERVED or schema.startswith("pg_"):
        raise BadName(schema)
    key = f"replay {schema}"
    with database.connection() as guard:
        row = guard.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0)) AS mine", (key,)).fetchone()
        if row is None or not row["mine"]:
            raise Replaying(schema)
        try:
            yield
        finally:
            guard.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (key,))


def _begin(
    connection: Connection, schema: str, until: datetime, within: Reach, views: Sequence[View]
) -> bool:
    """Whether what is there is the beginning of this very replay; if not, it is made anew."""
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    structure = str(row["version_num"]) if row is not None else ""
    if _is_there(connection, schema):
        _must_be_ours(connection, schema)
        about = about_it(connection, schema)
        asked = (until, within.whole, within.last, within.facts, structure)
        if about is not None and asked == tuple(
            about[name] for name in ("until", "whole", "position", "facts", "structure")
        ):
            return True
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
    connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    connection.execute(ABOUT.format(sql.Identifier(schema, "replayed")))
    copy_tables(
        connection, schema, ["projection_tracking", *(name for view in views for name in view.tables)]
    )
    _note(connection, schema, until, within, structure)
    _let_read(connection, schema)
    return False


def _note(connection: Connection, schema: str, until: datetime, within: Reach, structure: str) -> None:
    columns: dict[str, object] = {
        "until": until,
        "whole": within.whole,
        "position": within.last,
        "facts": within.facts,
        "head": within.head,
        "structure": structure,
        **_seal(connection, within.last),
    }
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(schema, "replayed"),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() for _ in columns),
    )
    connection.execute(insert, list(columns.values()))


def _seal(connection: Connection, position: int) -> dict[str, object]:
    """树头: the first that covers the position, if there is one yet; else the last there is."""
    row = connection.execute("SELECT to_regclass('public.seal_heads') IS NOT NULL AS there").fetchone()
    if row is None or not row["there"]:
        return {}
    head = connection.execute(
        "SELECT size, root, position, sealed_at FROM seal_heads"
        " ORDER BY position < %(p)s, abs(position - %(p)s), size LIMIT 1",
        {"p": position},
    ).fetchone()
    if head is None:
        return {}
    root = head["root"]
    return {
        "seal_size": head["size"],
        "seal_root": root if isinstance(root, str) else bytes(root).hex(),
        "seal_position": head["position"],
        "sealed_at": head["sealed_at"],
    }


def _let_read(connection: Connection, schema: str) -> None:
    """The reader may read of the past what the reader may read of today, and no more."""
    row = connection.execute("SELECT to_regrole('shixian_reader') IS NOT NULL AS there").fetchone()
    if row is None or not row["there"]:
        return
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO shixian_reader").format(sql.Identifier(schema)))
    open_ones = connection.execute(
        "SELECT c.relname AS name FROM pg_class c JOIN pg_class live ON live.relname = c.relname"
        " WHERE c.relnamespace = to_regnamespace(%s) AND live.relnamespace = 'public'::regnamespace"
        " AND c.relkind = 'r' AND has_table_privilege('shixian_reader', live.oid, 'SELECT')",
        (schema,),
    ).fetchall()
    for name in ["replayed", *(row["name"] for row in open_ones)]:
        grant = sql.SQL("GRANT SELECT ON {} TO shixian_reader")
        connection.execute(grant.format(sql.Identifier(schema, name)))


def about_it(connection: Connection, schema: str) -> Row | None:
    """重放说明: until when the schema goes, and over what; None while it isn't a replay's."""
    if schema not in schemas(connection):
        return None
    return connection.execute(
        sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, "replayed"))
    ).fetchone()


def _is_there(connection: Connection, schema: str) -> bool:
    row = connection.execute("SELECT to_regnamespace(%s) IS NOT NULL AS there", (schema,)).fetchone()
    return bool(row is not None and row["there"])


def _must_be_ours(connection: Connection, schema: str) -> None:
    if schema not in schemas(connection):
        raise Foreign(schema)
