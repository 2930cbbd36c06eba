"""How facts are kept: the embedded PostgreSQL, the pool, the event log and its migrations. No rule lives here."""
