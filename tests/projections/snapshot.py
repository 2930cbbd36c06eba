"""快照: every row of every read model, to compare two ways of making them."""

from eventstore.database import Database

TABLES = (
    "ledger",
    "deadlines",
    "deadline_steps",
    "timeline",
    "alerts",
    "item_shares",
    "ledger_texts",
    "case_dues",
    "raised_alerts",
    "accused_names",
)


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every read model, as text."""
    with database.connection() as connection:
        return {
            table: sorted(
                str(row["r"]) for row in connection.execute(f"SELECT t::text AS r FROM {table} t").fetchall()
            )
            for table in TABLES
        }
