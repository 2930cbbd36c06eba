"""按编号查件: which case bears a number, among those an officer may see."""

from typing import LiteralString
from uuid import UUID

from psycopg import sql

from projections.view import Connection
from projections.visibility import Visibility

_WANTED: LiteralString = (
    "SELECT l.case_id FROM ledger l WHERE l.kind = %(kind)s AND l.number = %(number)s AND "
)


def numbered(connection: Connection, visibility: Visibility, kind: str, number: str) -> UUID | None:
    """按编号查件: the case of that kind; None for a number that isn't there and for a hidden case alike."""
    seen = visibility.condition()
    query = sql.SQL(_WANTED) + sql.SQL(seen.text)
    values = {"kind": kind, "number": number, **seen.values}
    found = connection.execute(query, values, prepare=False).fetchone()
    return None if found is None else found["case_id"]
