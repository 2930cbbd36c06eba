"""What is past its end is cleared away, and nothing else."""

from datetime import timedelta

import pytest

from eventstore.database import Database
from scheduler.jobs import TRIES_KEPT, Context, purge_sessions
from tests.conftest import Clock

MINUTE = timedelta(minutes=1)
INSERTS = {
    "sessions": "INSERT INTO sessions (token_digest, officer, expires_at) VALUES (%(key)s, 'office', %(at)s)",
    "account_codes": "INSERT INTO account_codes (account, code_digest, created_at, expires_at)"
    " VALUES (%(key)s::bytea::text, %(key)s, now(), %(at)s)",
    "oidc_logins": "INSERT INTO oidc_logins"
    " (state_digest, browser_digest, nonce, verifier, redirect_uri, expires_at)"
    " VALUES (%(key)s, 'b', 'n', 'v', 'r', %(at)s)",
    "sign_in_failures": "INSERT INTO sign_in_failures (kind, digest, failures, since, last_at)"
    " VALUES ('name', %(key)s, 30, %(at)s, %(at)s)",
}


@pytest.mark.parametrize("table", INSERTS)
def test_what_is_over_goes_and_the_rest_stays(database: Database, clock: Clock, table: str):
    kept = TRIES_KEPT if table == "sign_in_failures" else timedelta()
    with database.transaction() as connection:
        for key, at in ((b"over", clock() - kept - MINUTE), (b"good", clock() - kept + MINUTE)):
            connection.execute(INSERTS[table], {"key": key, "at": at})
    purge_sessions(Context(database, None, clock, "test", lambda: True))
    with database.connection() as connection:
        rows = connection.execute(f"SELECT * FROM {table}").fetchall()
    assert len(rows) == 1
    assert b"good" in rows[0].values()
