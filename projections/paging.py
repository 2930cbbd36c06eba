"""分页: keyset pages – a cursor names the last row shown, so that no row is skipped or shown twice."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

import msgspec
from psycopg import sql

from domain.errors import Invalid
from projections.view import Connection, Row

MOST = 200
USUAL = 50


class Page(NamedTuple):
    """一页 — the rows, the cursor of the next page (None on the last), and how many rows there are in all."""

    items: list[Row]
    next_cursor: str | None
    total: int


class Condition(NamedTuple):
    """条件 — a piece of SQL that is true of the rows wanted, and the values it names."""

    text: LiteralString
    values: Mapping[str, Any] = {}


class Order(NamedTuple):
    """次序 — the ORDER BY, the columns a cursor holds, their shape, and the condition for "after the cursor"."""

    by: LiteralString
    columns: tuple[str, ...]
    shape: Any
    after: LiteralString


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
    """取一页: the rows of `source` that meet every condition, after the cursor. Never a prepared statement:
    the filters differ from call to call, and a plan for one search word is wrong for the next."""
    size = min(max(1, limit or USUAL), MOST)
    where = sql.SQL(" AND ").join(sql.SQL(one.text) for one in (Condition("true"), *conditions))
    values: dict[str, Any] = {name: value for one in conditions for name, value in one.values.items()}
    count = sql.SQL("SELECT count(*) AS total FROM {} WHERE {}").format(sql.SQL(source), where)
    counted = connection.execute(count, values, prepare=False).fetchone()
    if cursor is not None:
        where = sql.SQL(" AND ").join((where, sql.SQL(order.after)))
        values |= decode(cursor, order)
    query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
        sql.SQL(select), sql.SQL(source), where, sql.SQL(order.by), sql.Literal(size + 1)
    )
    rows = connection.execute(query, values, prepare=False).fetchall()
    more = encode(rows[size - 1], order) if len(rows) > size else None
    return Page(rows[:size], more, int(counted["total"]) if counted is not None else 0)


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
