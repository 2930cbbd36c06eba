"""办理经过: one row a fact of a case – what happened last, and where. The case page itself reads the stored facts."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from domain.casework import Recorded
from domain.facts import Fact, name_of
from projections.casebook import Casebook
from projections.paging import Condition, Order, Page, page
from projections.view import NOT_OF_A_CASE, Connection, Row, Table
from projections.visibility import Visibility

COLUMNS = ("case_id", "version", "position", "event", "on_date", "recorded_at", "by", "unit", "for_whom")

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every other fact is a row."""

UPSERT = """
    INSERT INTO timeline (case_id, version, position, event, on_date, recorded_at, by, unit, for_whom)
    SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::timestamptz[],
        %s::text[], %s::text[], %s::text[])
    ON CONFLICT (case_id, version) DO NOTHING
"""

NEWEST_FIRST = Order("t.position DESC", ("position",), tuple[int], "t.position < %(cursor_position)s")


class Timeline:
    """办理经过 — the view."""

    name = "timeline"
    tables: Mapping[str, Table] = {"timeline": Table(key=("case_id", "version"))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: a row for each fact of a case; a fact seen before changes nothing."""
        rows = [_row(one.position, one.fact) for one in batch if not isinstance(one.fact, IGNORES)]
        if rows:
            connection.execute(UPSERT, [list(column) for column in zip(*rows, strict=True)])


def _row(position: int, fact: Fact) -> tuple[object, ...]:
    return (
        fact.originator_id,
        fact.originator_version,
        position,
        name_of(fact),
        fact.on,
        fact.recorded_at,
        fact.by,
        fact.unit,
        fact.for_whom,
    )


def of_case(connection: Connection, case_id: UUID) -> list[Row]:
    """一件的经过: every fact of one case, in order."""
    return connection.execute(
        "SELECT * FROM timeline WHERE case_id = %s ORDER BY version", (case_id,)
    ).fetchall()


def recent(
    connection: Connection,
    visibility: Visibility,
    *,
    event: str | None = None,
    since: date | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> Page:
    """近期经过: what happened last in the cases the officer may see, newest first."""
    conditions = [visibility.condition()]
    if event is not None:
        conditions.append(Condition("t.event = %(event)s", {"event": event}))
    if since is not None:
        conditions.append(Condition("t.on_date >= %(since)s", {"since": since}))
    return page(
        connection,
        "t.*, l.kind AS case_kind, l.number, l.subject",
        "timeline t JOIN ledger l USING (case_id)",
        conditions,
        NEWEST_FIRST,
        limit=limit,
        cursor=cursor,
    )
