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

COUNTED = 10_000
"""Rows that a page counts; of more it says so."""
COUNTED_SOUGHT = 1_000
"""Rows that a page counts where words are looked for."""
LOOKED_INTO = 1_000
"""Rows which a dear condition is asked of to count those that meet it; of more it says so."""


class Page(NamedTuple):
    """一页 — the rows, the cursor of the next page (None on the last), and how many rows there are in all.

    `previous_cursor` leads back from it. Where not all were counted (`counted_all`), there are more than `total`.
    """

    items: list[Row]
    next_cursor: str | None
    total: int
    previous_cursor: str | None = None
    counted_all: bool = True


class Condition(NamedTuple):
    """条件 — a piece of SQL that is true of the rows wanted, and the values it names.

    One that is `settled` has a cheaper form, found out from the rows as they are when the query is asked; one with text
    `of_all` a cheaper form for whoever goes through all rows. A `dear` one takes much longer a row than the others: it is
    asked last, and of so many rows at most when they are counted. With a `sought` one each row of the list is a case of its
    own (alias `l`): the places of those that meet it are counted, and the first page is made of the same.
    """

    text: LiteralString
    values: Mapping[str, Any] = {}
    settled: Callable[[Connection], "Condition"] | None = None
    of_all: LiteralString | None = None
    dear: bool = False
    sought: bool = False

    def among_all(self) -> "Condition":
        """用于全部行: the form for whoever goes through all rows."""
        return self if self.of_all is None else self._replace(text=self.of_all)


class Order(NamedTuple):
    """次序 — the ORDER BY, the columns a cursor holds, their shape, and the condition for "after the cursor"; and both
    the other way round, where pages are turned back too.

    An order of the rows `where` something holds may be followed by the `rest` of them in an order of their own, so that
    an index serves each; the cursor is the same.
    """

    by: LiteralString
    columns: tuple[str, ...]
    shape: Any
    after: LiteralString
    by_back: LiteralString = ""
    before: LiteralString = ""
    where: LiteralString = "true"
    rest: "Order | None" = None

    def parts(self) -> "list[Order]":
        """各段: this one and what follows it."""
        return [self, *(self.rest.parts() if self.rest is not None else ())]


def _as_read(row: Row) -> Row:
    return row


class Counted(NamedTuple):
    """计数 — so many at least; whether that is all there are; and where it is known, the first of them in their order."""

    total: int
    is_all: bool
    first: Condition | None = None


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
    order = query.order
    place = {} if cursor is None else decode(cursor, order)
    counted = _counted(connection, query, count_to, size + 1)
    if counted.first is not None and cursor is None and not back:
        query = query._replace(
            conditions=[*(one for one in query.conditions if not one.sought), counted.first]
        )
    text = _in_order(query, size + 1, back=back, turned=bool(place))
    found = connection.execute(text, _values(query) | place, prepare=False).fetchall()
    rows = found[:size][::-1] if back else found[:size]
    has_more = len(found) > size
    all_read = cursor is None and not back and not has_more
    has_next, has_previous = (bool(rows), has_more) if back else (has_more, cursor is not None and bool(rows))
    return Page(
        [query.shown(row) for row in rows],
        encode(rows[-1], order) if has_next else None,
        len(rows) if all_read else max(counted.total, len(rows)),
        encode(rows[0], order) if has_previous else None,
        counted.is_all or all_read,
    )


def _in_order(
    query: Query, size: int | None = None, *, back: bool = False, turned: bool = False
) -> sql.Composed:
    """The rows in their order, one part of it after the other; so many of them, from the cursor on."""
    order = query.order
    most = sql.SQL("") if size is None else sql.SQL(" LIMIT {}").format(sql.Literal(size))
    pieces = [
        sql.SQL("(SELECT {} FROM {} WHERE {} AND {} AND {} ORDER BY {}{})").format(
            sql.SQL(query.select),
            sql.SQL(query.source),
            _where(query.conditions),
            sql.SQL(part.where),
            sql.SQL((part.before if back else part.after) if turned else "true"),
            sql.SQL(part.by_back if back else part.by),
            most,
        )
        for part in (order.parts()[::-1] if back else order.parts())
    ]
    return pieces[0] if len(pieces) == 1 else sql.SQL(" UNION ALL ").join(pieces) + most


def stream(connection: Connection, query: Query) -> Iterator[Row]:
    """逐行读取: all of it in its order, a portion at a time; the connection must be in a transaction."""
    query = _of_all(_settled(connection, query))
    with connection.cursor("all_rows") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(_in_order(query), _values(query))
        for row in cursor:
            yield query.shown(row)


def count(connection: Connection, query: Query) -> int:
    """计数: how many rows there are."""
    return _counted(connection, _settled(connection, query), None).total


def _settled(connection: Connection, query: Query) -> Query:
    return query._replace(
        conditions=[one if one.settled is None else one.settled(connection) for one in query.conditions]
    )


def _of_all(query: Query) -> Query:
    return query._replace(conditions=[one.among_all() for one in query.conditions])


def _where(conditions: Sequence[Condition]) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL(one.text) for one in (Condition("true"), *conditions))


def _values(query: Query) -> dict[str, Any]:
    return {name: value for one in query.conditions for name, value in one.values.items()}


def _counted(connection: Connection, query: Query, count_to: int | None, first: int = 0) -> Counted:
    """How many there are; so many of them at most."""
    if count_to is None:
        text = sql.SQL("SELECT count(*) AS found FROM {} WHERE {}").format(
            sql.SQL(query.source), _where(_of_all(query).conditions)
        )
        return Counted(_asked(connection, text, query)["found"], is_all=True)
    if any(one.sought for one in query.conditions):
        return _sought(connection, query, min(count_to, COUNTED_SOUGHT), first)
    text = sql.SQL("SELECT count(*) AS found FROM (SELECT FROM {} WHERE {} LIMIT {}) AS counted").format(
        sql.SQL(query.source), _where(query.conditions), sql.Literal(count_to + 1)
    )
    found = _asked(connection, text, query)["found"]
    return Counted(min(found, count_to), found <= count_to)


def _sought(connection: Connection, query: Query, count_to: int, first: int) -> Counted:
    """Words are looked for in the list's order: what is counted and what the first page shows are found in one pass.

    Where that pass ends before the page is full (the words are common, but not in the cases it came to), no `first` are told.
    """
    cheap, dear = ([one for one in query.conditions if one.dear is is_dear] for is_dear in (False, True))
    most = LOOKED_INTO if dear else count_to
    looked = _in_order(query._replace(select="l.position", conditions=cheap), most + 1)
    text = sql.SQL(
        "SELECT count(*) AS seen, count(*) FILTER (WHERE meets) AS found,"
        " (array_agg(position ORDER BY nth) FILTER (WHERE meets))[:{}]::text AS places FROM (SELECT position, nth, {} AS meets"
        " FROM (SELECT position, row_number() OVER () AS nth FROM ({}) AS one) AS l OFFSET 0) AS asked"
    ).format(sql.Literal(first), _where(dear), looked)
    row = _asked(connection, text, query)
    is_all = row["seen"] <= most
    places = Condition(
        "l.position = ANY(%(places_shown)s::bigint[])", {"places_shown": row["places"] or "{}"}
    )
    known = is_all or row["found"] >= first
    return Counted(
        min(row["found"], count_to), is_all and row["found"] <= count_to, places if known else None
    )


def _asked(connection: Connection, text: sql.Composed, query: Query) -> Row:
    row = connection.execute(text, _values(query), prepare=False).fetchone()
    if row is None:
        raise LookupError("an aggregate answers a row")
    return row


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
