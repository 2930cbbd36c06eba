"""The schema: migrating is idempotent and safe to do twice at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from eventstore import migrate
from eventstore.database import Database


def test_an_empty_database_has_no_revision(empty_dsn: str):
    assert migrate.current(empty_dsn) is None


def test_four_processes_may_migrate_at_once(empty_dsn: str):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate.upgrade, [empty_dsn] * 4))
    assert migrate.current(empty_dsn) == migrate.newest()


def test_a_second_migration_changes_nothing(database: Database):
    def tables() -> list[dict[str, Any]]:
        with database.connection() as connection:
            return connection.execute(
                "SELECT table_name, column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = 'public' ORDER BY 1, 2"
            ).fetchall()

    before = tables()
    migrate.upgrade(database.dsn)
    assert tables() == before
    assert migrate.current(database.dsn) == migrate.newest()
