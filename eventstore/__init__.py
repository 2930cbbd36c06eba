"""How facts are kept: embedded PostgreSQL, pool, event log and migrations. No rule lives here."""
