"""An office of the first version is brought up: who has an account or a session keeps it."""

import psycopg
from alembic import command

from eventstore import migrate


def test_accounts_and_sessions_of_the_first_version_stay(empty_dsn: str):
    command.upgrade(migrate.configuration(empty_dsn), "0001")
    with psycopg.connect(empty_dsn) as connection:
        connection.execute(
            "INSERT INTO accounts (username, officer, password_hash, created_at)"
            " VALUES ('office', 'office', '$argon2id$x', '2026-01-01 00:00+00')"
        )
        connection.execute(
            "INSERT INTO sessions (token_digest, officer, expires_at)"
            " VALUES ('\\x01', 'office', now() + interval '1 hour')"
        )
    migrate.upgrade(empty_dsn)
    assert migrate.current(empty_dsn) == migrate.newest()
    with psycopg.connect(empty_dsn) as connection:
        account = connection.execute(
            "SELECT password_hash, password_set_at = created_at, locked_at, oidc_subject FROM accounts"
        ).fetchall()
        session = connection.execute(
            "SELECT officer, via, id IS NOT NULL, now() - last_seen_at < interval '5 minutes' FROM sessions"
        ).fetchall()
    assert account == [("$argon2id$x", True, None, None)]
    assert session == [("office", "password", True, True)]
