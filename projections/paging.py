"""分页: keyset pages – a cursor names the last row shown, so that no row is skipped or shown twice."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

import msgspec
from psycopg import sql

from domain.errors import Invalid
from projections.view import Connection, Row

MOST = 200
USUAL = 50


AT_ONCE = 2000
"""Rows that come from the database at once while all are read."""


class Page(NamedTuple):
    """一页 — the rows, the cursor of the next page (None on the last), and how many rows there are in all.

    `previous_cursor` leads back from it. Where only so many were counted, `total` is one more than that.
    """

    items: list[Row]
    next_cursor: str | None
    total: int
    previous_cursor: str | None = None


class Condition(NamedTuple):
    """条件 — a piece of SQL that is true of the rows wanted, and the values it names.

    One that is `settled` has a cheaper form, found out from the rows as they are when the query is asked.
    """

    text: LiteralString
    values: Mapping[str, Any] = {}
    settled: Callable[[Connection], "Condition"] | None = None


class Order(NamedTuple):
    """次序 — the ORDER BY, the columns a cursor holds, their shape, and the condition for "after the cursor"; and both
    the other way round, where pages are turned back too."""

    by: LiteralString
    columns: tuple[str, ...]
    shape: Any
    after: LiteralString
    by_back: LiteralString = ""
    before: LiteralString = ""


def _as_read(row: Row) -> Row:
    return row


class Query(NamedTuple):
    """查询 — what is read from where, under which conditions and in which order, and how a row is shown."""

    select: LiteralString
    source: LiteralString
    conditions: Sequence[Condition]
    order: Order
    shown: Callable[[Row], Row] = _as_read


def wanted(*known: tuple[Any, LiteralString, str]) -> list[Condition]:
    """所选条件: of (value, condition, the name by which the condition has the value) those whose value is given."""
    return [Condition(text, {name: value}) for value, text, name in known if value is not None]


def page(
    connection: Connection,
    select: LiteralString,
    source: LiteralString,
    conditions: Sequence[Condition],
    order: Order,
    *,
    limit: int | None,
    cursor: str | None,
) -> Page:
    """取一页: the rows of `source` that meet every condition, after the cursor."""
    return fetch(connection, Query(select, source, conditions, order), limit=limit, cursor=cursor)


def fetch(
    connection: Connection,
    query: Query,
    *,
    limit: int | None,
    cursor: str | None,
    back: bool = False,
    count_to: int | None = None,
) -> Page:
    """取一页: after the cursor, or before it. Never a prepared statement: the filters differ from call to call, and a
    plan for one search word is wrong for the next."""
    size = min(max(1, limit or USUAL), MOST)
    query = _settled(connection, query)
    order, total = query.order, _total(connection, query, count_to)
    where, values = _where(query)
    if cursor is not None:
        where = sql.SQL(" AND ").join((where, sql.SQL(order.before if back else order.after)))
        values |= decode(cursor, order)
    text = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
        sql.SQL(query.select),
        sql.SQL(query.source),
        where,
        sql.SQL(order.by_back if back else order.by),
        sql.Literal(size + 1),
    )
    found = connection.execute(text, values, prepare=False).fetchall()
    rows = found[:size][::-1] if back else found[:size]
    has_more = len(found) > size
    has_next, has_previous = (bool(rows), has_more) if back else (has_more, cursor is not None and bool(rows))
    return Page(
        [query.shown(row) for row in rows],
        encode(rows[-1], order) if has_next else None,
        total,
        encode(rows[0], order) if has_previous else None,
    )


def stream(connection: Connection, query: Query) -> Iterator[Row]:
    """逐行读取: all of it in its order, a portion at a time; the connection must be in a transaction."""
    where, values = _where(_settled(connection, query))
    text = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        sql.SQL(query.select), sql.SQL(query.source), where, sql.SQL(query.order.by)
    )
    with connection.cursor("all_rows") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(text, values)
        for row in cursor:
            yield query.shown(row)


def count(connection: Connection, query: Query) -> int:
    """计数: how many rows there are."""
    return _total(connection, _settled(connection, query), None)


def _settled(connection: Connection, query: Query) -> Query:
    return query._replace(
        conditions=[one if one.settled is None else one.settled(connection) for one in query.conditions]
    )


def _where(query: Query) -> tuple[sql.Composed, dict[str, Any]]:
    where = sql.SQL(" AND ").join(sql.SQL(one.text) for one in (Condition("true"), *query.conditions))
    return where, {name: value for one in query.conditions for name, value in one.values.items()}


def _total(connection: Connection, query: Query, count_to: int | None) -> int:
    """All of them; where it is said how many are counted at most, one more stands for "more than that"."""
    where, values = _where(query)
    most = sql.SQL("") if count_to is None else sql.SQL(" LIMIT {}").format(sql.Literal(count_to + 1))
    text = sql.SQL("SELECT count(*) AS total FROM (SELECT FROM {} WHERE {}{}) AS found").format(
        sql.SQL(query.source), where, most
    )
    counted = connection.execute(text, values, prepare=False).fetchone()
    return int(counted["total"]) if counted is not None else 0


def encode(row: Row, order: Order) -> str:
    """编码: the cursor that names this row."""
    return urlsafe_b64encode(msgspec.json.encode([row[name] for name in order.columns])).decode().rstrip("=")


def decode(cursor: str, order: Order) -> dict[str, Any]:
    """解码: the values a cursor names, as `cursor_<column>`."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = msgspec.json.decode(text, type=order.shape)
    except (ValueError, msgspec.DecodeError) as error:
        raise Invalid("list.bad_cursor", "翻页标记无效，请从第一页重新查询。") from error
    return {f"cursor_{name}": value for name, value in zip(order.columns, values, strict=True)}
