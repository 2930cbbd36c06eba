"""Migration 0001 freezes the event library's DDL: an upgrade of the library that changes it must fail here."""

from eventsourcing.utils import Environment

from eventstore.database import Database, library_env
from eventstore.factory import Factory

COLUMNS = """
SELECT column_name, udt_name, is_nullable FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s ORDER BY indexname"
OPTIONS = "SELECT reloptions FROM pg_class WHERE oid = to_regclass(%s)"
TYPE = """
SELECT attname, format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = 'stored_event_uuid'::regclass ORDER BY attnum
"""


def shape(database: Database, table: str) -> list[object]:
    with database.connection() as connection:
        columns = [row for row in connection.execute(COLUMNS, (table,)) if row["column_name"] != "stored_at"]
        indexes = [row["indexdef"] for row in connection.execute(INDEXES, (table,))]
        options = connection.execute(OPTIONS, (table,)).fetchone()
        composite = connection.execute(TYPE).fetchall()
    return [columns, indexes, options, composite]


def test_the_migrated_log_is_the_librarys_own_table(database: Database, empty_dsn: str):
    settings = library_env(empty_dsn)
    factory = Factory(Environment("casework", settings))
    with factory, Database(empty_dsn) as librarys:
        recorder = factory.application_recorder()
        recorder.create_table()
        statements = [statement.as_string() for statement in recorder.sql_create_statements]
        assert len(statements) == 4, "table, type, index and the function that we leave out"
        assert shape(librarys, "casework_events") == shape(database, "casework_events")
