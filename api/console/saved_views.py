"""保存的视图: filters and columns of a ledger that an officer keeps under a name; and the words lately searched for.

Both are the officer's own: nobody else's are ever found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import LiteralString
from uuid import UUID, uuid4

from psycopg.errors import UniqueViolation
from psycopg.types.json import Jsonb

from api.console.visitors import Visitor
from domain.errors import Invalid, Unknown
from projections.view import Connection

MOST = 20
"""Views that an officer may keep of one ledger."""
LONGEST_NAME = 20
KEPT_FOR = timedelta(hours=12)
"""How long the words of a search are kept."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """视图 — `filters` as written on the page, the words and the order among them."""

    id: UUID
    name: str
    filters: Mapping[str, str]
    columns: tuple[str, ...]
    is_default: bool


def of(visitor: Visitor, ledger: str) -> list[SavedView]:
    """本人的视图: of a ledger, in the order they were made."""
    with visitor.services.database.connection() as connection:
        rows = connection.execute(
            "SELECT id, name, filters, columns, is_default FROM saved_views WHERE officer = %s AND ledger = %s"
            " ORDER BY created_at, id",
            (visitor.act.by, ledger),
        ).fetchall()
    return [SavedView(**row | {"columns": tuple(row["columns"])}) for row in rows]


def create(
    visitor: Visitor,
    ledger: str,
    name: str,
    filters: Mapping[str, str],
    columns: tuple[str, ...],
    default: bool,
) -> UUID:
    """保存视图. Raises Invalid for a name that is missing, too long or taken, and if there are too many."""
    called, id = _name(name), uuid4()
    if len(of(visitor, ledger)) >= MOST:
        raise Invalid("view.too_many", f"每个台账最多保存{MOST}个视图，请先删除不用的。")
    try:
        with visitor.services.database.transaction() as connection:
            if default:
                _undefault(connection, visitor, ledger)
            connection.execute(
                "INSERT INTO saved_views (id, officer, ledger, name, filters, columns, is_default, created_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    id, visitor.act.by, ledger, called, Jsonb(dict(filters)), list(columns), default, visitor.act.at,
                ),
            )  # fmt: skip
    except UniqueViolation:
        raise _taken(called) from None
    return id


def rename(visitor: Visitor, ledger: str, id: UUID, name: str) -> None:
    """改名. Raises Unknown for a view that isn't the officer's."""
    called = _name(name)
    try:
        _change(visitor, ledger, id, "UPDATE saved_views SET name = %(name)s", name=called)
    except UniqueViolation:
        raise _taken(called) from None


def make_default(visitor: Visitor, ledger: str, id: UUID, default: bool) -> None:
    """设为默认: or no longer so."""
    with visitor.services.database.transaction() as connection:
        _undefault(connection, visitor, ledger)
        if default:
            found = connection.execute(
                "UPDATE saved_views SET is_default = true WHERE id = %s AND officer = %s AND ledger = %s",
                (id, visitor.act.by, ledger),
            )
            if found.rowcount == 0:
                raise _unknown()


def delete(visitor: Visitor, ledger: str, id: UUID) -> None:
    """删除视图. Raises Unknown for a view that isn't the officer's."""
    _change(visitor, ledger, id, "DELETE FROM saved_views")


def keep_words(visitor: Visitor, words: str) -> UUID:
    """记下检索词: under an id that goes into the address; those of yesterday are forgotten."""
    id = uuid4()
    with visitor.services.database.transaction() as connection:
        connection.execute("DELETE FROM ledger_searches WHERE made_at < %s", (visitor.act.at - KEPT_FOR,))
        connection.execute(
            "INSERT INTO ledger_searches (id, officer, words, made_at) VALUES (%s, %s, %s, %s)",
            (id, visitor.act.by, words, visitor.act.at),
        )
    return id


def words_of(visitor: Visitor, id: str | None) -> tuple[UUID | None, str | None]:
    """检索词: those kept under an id, for the officer who searched."""
    try:
        wanted = UUID(id or "")
    except ValueError:
        return None, None
    with visitor.services.database.connection() as connection:
        row = connection.execute(
            "SELECT words FROM ledger_searches WHERE id = %s AND officer = %s AND made_at >= %s",
            (wanted, visitor.act.by, visitor.act.at - KEPT_FOR),
        ).fetchone()
    return (None, None) if row is None else (wanted, str(row["words"]))


def _change(visitor: Visitor, ledger: str, id: UUID, change: LiteralString, **values: str) -> None:
    own = change + " WHERE id = %(id)s AND officer = %(officer)s AND ledger = %(ledger)s"
    mine = {"id": id, "officer": visitor.act.by, "ledger": ledger}
    with visitor.services.database.connection() as connection:
        if connection.execute(own, {**values, **mine}).rowcount == 0:
            raise _unknown()


def _undefault(connection: Connection, visitor: Visitor, ledger: str) -> None:
    connection.execute(
        "UPDATE saved_views SET is_default = false WHERE officer = %s AND ledger = %s AND is_default",
        (visitor.act.by, ledger),
    )


def _name(given: str) -> str:
    name = "".join(one for one in given if one.isprintable()).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid("view.bad_name", f"视图名称应为1至{LONGEST_NAME}个字。")
    return name


def _taken(name: str) -> Invalid:
    return Invalid("view.name_taken", f"已有名为“{name}”的视图，请另取名称。")


def _unknown() -> Unknown:
    return Unknown("view.unknown", "没有这个视图。")
