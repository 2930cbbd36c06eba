"""进度: how far each view has read the log. The row moves in the transaction that changes the view's tables."""

from collections.abc import Sequence
from typing import TypedDict

from projections.view import Connection, Row

CHANNEL = "projections"
"""The channel on which a new position is announced, as "name,name position"."""

EVENTS = "casework_events"
"""The channel on which the event store announces new events, as a hint, and who waits for a position says which."""

BEGIN = """
    INSERT INTO projection_tracking (name, position, updated_at)
    SELECT name, 0, now() FROM unnest(%s::text[]) AS name ON CONFLICT DO NOTHING
"""
CLAIM = "SELECT name, position FROM projection_tracking WHERE name = ANY(%s) ORDER BY name FOR UPDATE"
CLAIM_FREE = CLAIM + " SKIP LOCKED"
MOVE = """
    WITH moved AS (
        UPDATE projection_tracking SET position = %s, updated_at = now(), stalled_at = NULL, stalled_position = NULL,
            error = NULL
        WHERE name = ANY(%s)
    )
    SELECT pg_notify(%s, %s)
"""
STALL = """
    INSERT INTO projection_tracking AS it (name, position, updated_at, stalled_at, stalled_position, error)
    SELECT name, 0, now(), now(), %s, %s FROM unnest(%s::text[]) AS name ON CONFLICT (name) DO UPDATE
    SET stalled_at = coalesce(it.stalled_at, now()), stalled_position = excluded.stalled_position,
        error = excluded.error
"""


class Lag(TypedDict):
    """积压 — one view's position, the log's head, and where it stalled if it did."""

    name: str
    position: int
    head: int
    lag: int
    stalled_position: int | None
    error: str | None


def claim(connection: Connection, names: Sequence[str], *, wait: bool = True) -> dict[str, int]:
    """取得进度: lock the views' tracking rows (made where there are none) and answer their positions.

    Without `wait` a row that somebody else holds is left out.
    """
    claiming = CLAIM if wait else CLAIM_FREE
    rows = connection.execute(claiming, (list(names),)).fetchall()
    if len(rows) < len(names) and connection.execute(BEGIN, (sorted(names),)).rowcount:
        rows = connection.execute(claiming, (list(names),)).fetchall()
    return {row["name"]: int(row["position"]) for row in rows}


def move(connection: Connection, names: Sequence[str], position: int) -> None:
    """推进: record the views' new position, clear their stalls, and tell those who wait once the transaction commits."""
    connection.execute(MOVE, (position, list(names), CHANNEL, f"{','.join(names)} {position}"))


def stall(connection: Connection, names: Sequence[str], position: int, error: str) -> None:
    """停滞: the views cannot get past this position; they stay where they are – at the very start, if that is where it failed."""
    connection.execute(STALL, (position, error, sorted(names)))


def reached(connection: Connection, names: frozenset[str]) -> int:
    """已达: the position which every one of the views has reached."""
    row = connection.execute(
        "SELECT count(*) AS known, min(position) AS position FROM projection_tracking WHERE name = ANY(%s)",
        (sorted(names),),
    ).fetchone()
    known = _present(row)
    return int(known["position"]) if known["known"] == len(names) else 0


def positions(connection: Connection) -> dict[str, int]:
    """各视图位置: of every view that ever ran."""
    rows = connection.execute("SELECT name, position FROM projection_tracking").fetchall()
    return {row["name"]: int(row["position"]) for row in rows}


def hurry(connection: Connection, position: int) -> None:
    """催促: somebody waits for this position; whoever leads the views gathers no longer."""
    connection.execute("SELECT pg_notify(%s, %s)", (EVENTS, str(position)))


def head(connection: Connection) -> int:
    """日志末端: the position of the last stored fact."""
    row = connection.execute(
        "SELECT coalesce(max(notification_id), 0) AS head FROM casework_events"
    ).fetchone()
    return int(_present(row)["head"])


def lags(connection: Connection, names: Sequence[str]) -> list[Lag]:
    """各视图积压: one entry a view, whether or not it ever ran."""
    last = head(connection)
    rows = connection.execute(
        "SELECT * FROM projection_tracking WHERE name = ANY(%s)", (list(names),)
    ).fetchall()
    known = {row["name"]: row for row in rows}
    return [_lag(name, known.get(name), last) for name in names]


def _lag(name: str, row: Row | None, last: int) -> Lag:
    if row is None:
        return Lag(name=name, position=0, head=last, lag=last, stalled_position=None, error=None)
    return Lag(
        name=name,
        position=row["position"],
        head=last,
        lag=max(0, last - row["position"]),
        stalled_position=row["stalled_position"],
        error=row["error"],
    )


def _present(row: Row | None) -> Row:
    if row is None:
        raise LookupError("projection_tracking")
    return row
