"""按编号查找: which case bears a number."""

from uuid import UUID

from projections.view import Connection


def petition_numbered(connection: Connection, number: str) -> UUID | None:
    """信访事项: the one with this number, None if there is none."""
    row = connection.execute(
        "SELECT case_id FROM ledger WHERE number = %s AND kind = 'petition'", (number,)
    ).fetchone()
    return row["case_id"] if row is not None else None
