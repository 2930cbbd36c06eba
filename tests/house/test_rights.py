"""只增不改: what the service may do in the database, tried as the login that runs it and as the owner (C1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from eventstore import access, roles
from eventstore.database import Database
from projections.catalogue import VIEWS
from tests.owner import append_one, as_owner

TABLES = Path(__file__).with_name("tables.txt")
CASE = UUID("0f5c8a52-0000-4000-8000-000000000001")
LOGIN = "member_of_the_writer"
ADDING = {"append": {"SELECT"}, "kept": {"SELECT", "INSERT"}, "read": {"SELECT"}}
CHANGING = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"}
APPENDING = (
    "submissions integer[], streams uuid[], versions bigint[], topics text[], states bytea[], receipts jsonb DEFAULT '[]',"
    " outgoing jsonb DEFAULT '[]', again boolean DEFAULT false,"
    " OUT positions bigint[], OUT conflicting integer[], OUT used integer[]"
)
RIGHTS = SQL(
    "SELECT c.relname AS name, coalesce(array_agg(a.privilege_type) FILTER (WHERE a.privilege_type IS NOT NULL), '{{}}')"
    " AS held FROM pg_class c LEFT JOIN LATERAL aclexplode(c.relacl) a ON a.grantee = to_regrole({})"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') GROUP BY 1 ORDER BY 1"
)


def listed() -> dict[str, str]:
    """Every table and what kind it is; a table that isn't listed here has been forgotten."""
    lines = TABLES.read_text(encoding="utf-8").splitlines()
    known = dict(line.split() for line in lines if line and not line.startswith("#"))
    return known | {table: "model" for view in VIEWS for table in view.tables}


@contextmanager
def as_service(database: Database) -> Iterator[psycopg.Connection[dict[str, object]]]:
    """A login that is a member of the writer and of nothing else, on its own connection."""
    with psycopg.connect(database.dsn, autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(1)")
        if owner.execute("SELECT FROM pg_roles WHERE rolname = %s", (LOGIN,)).fetchone() is None:
            owner.execute(
                f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{access.verifier(LOGIN)}' IN ROLE {roles.WRITER}"
            )
    dsn = make_conninfo(database.dsn, user=LOGIN, password=LOGIN)
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as connection:
        yield connection


@pytest.fixture
def service(database: Database) -> Iterator[psycopg.Connection[dict[str, object]]]:
    with as_service(database) as connection:
        append(connection)
        yield connection


def append(connection: psycopg.Connection[dict[str, object]], version: int = 1) -> None:
    assert append_one(connection, CASE, version) is not None


def rights(database: Database, role: str) -> dict[str, set[str]]:
    with as_owner(database) as connection:
        return {row["name"]: set(row["held"]) for row in connection.execute(RIGHTS.format(role))}


def test_every_table_gives_the_service_what_its_kind_needs_and_no_more(database: Database) -> None:
    kinds = listed()
    held = rights(database, roles.WRITER)
    assert set(held) == set(kinds), "a table is missing in tests/house/tables.txt, or gone"
    for name, kind in kinds.items():
        assert held[name] == ADDING.get(kind, CHANGING), name


def test_what_is_added_to_only_is_guarded_against_the_owner_too(database: Database) -> None:
    guarded = SQL(
        "SELECT c.relname AS name, bit_or(t.tgtype::int) AS kinds FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'refuse_change' AND t.tgenabled = 'O' GROUP BY 1"
    )
    with as_owner(database) as connection:
        found = {row["name"]: row["kinds"] for row in connection.execute(guarded)}
    assert set(found) == {name for name, kind in listed().items() if kind in ("append", "kept")}
    update, truncate = 16, 32
    assert all(kinds & update and kinds & truncate for kinds in found.values())


def test_the_reader_sees_figures_and_seals_and_nobodys_name(database: Database) -> None:
    held = rights(database, roles.READER)
    whole = {name for name, rights in held.items() if rights}
    seals = {name for name in held if name.startswith("seal_")}
    assert whole == {*roles.READABLE, *seals} - {"casework_events"}
    with as_owner(database) as connection:
        connection.execute(f"SET ROLE {roles.READER}")
        connection.execute("SELECT notification_id, topic, stored_at FROM casework_events")
        connection.execute("SELECT * FROM figures JOIN figure_cases USING (case_id)")
        for query in ("SELECT state FROM casework_events", "SELECT * FROM ledger", "SELECT * FROM accounts"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(query)


CONTENT = (
    "INSERT INTO attachment_contents (sha256, size, media_type, content, sealed)"
    " VALUES (repeat('a', 64), 1, 'text/plain', 'x', true)"
)
"""Guarded row by row: a content is enciphered once."""

REFUSED = (
    "UPDATE casework_events SET topic = 'x'",
    "UPDATE casework_events SET stored_at = now()",
    "DELETE FROM casework_events",
    "TRUNCATE casework_events",
    (
        "INSERT INTO casework_events (originator_id, originator_version, topic, state)"
        " VALUES (gen_random_uuid(), 1, 'x', 'x')"
    ),
    (
        "INSERT INTO casework_events (originator_id, originator_version, topic, state, stored_at)"
        " VALUES (gen_random_uuid(), 1, 'x', 'x', '2020-01-01')"
    ),
    (
        "INSERT INTO casework_events (originator_id, originator_version, topic, state, notification_id)"
        " VALUES (gen_random_uuid(), 1, 'x', 'x', 0)"
    ),
    (
        "INSERT INTO casework_events SELECT * FROM casework_events"
        " ON CONFLICT (originator_id, originator_version) DO UPDATE SET state = 'x'"
    ),
    "MERGE INTO casework_events e USING (SELECT 1) s ON true WHEN MATCHED THEN DELETE",
    "SELECT state FROM casework_events FOR UPDATE",
    "COPY casework_events FROM STDIN",
    "COPY casework_events FROM PROGRAM 'cat /dev/null'",
    "LOCK TABLE casework_events IN ACCESS EXCLUSIVE MODE",
    "ALTER TABLE casework_events ADD COLUMN x int",
    "ALTER TABLE casework_events DISABLE TRIGGER ALL",
    "ALTER TABLE casework_events DISABLE TRIGGER casework_events_append_only",
    "ALTER TABLE casework_events ALTER COLUMN stored_at SET DEFAULT '2020-01-01'",
    "ALTER TABLE casework_events OWNER TO shixian_writer",
    "DROP TRIGGER casework_events_append_only ON casework_events",
    "DROP TABLE casework_events CASCADE",
    "DROP INDEX casework_events_notification_id_idx",
    "CREATE TRIGGER mine BEFORE INSERT ON casework_events FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE RULE mine AS ON INSERT TO casework_events DO INSTEAD NOTHING",
    "CREATE TABLE public.mine (one int)",
    "CREATE TABLE mine () INHERITS (casework_events)",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    f"CREATE OR REPLACE FUNCTION append_events({APPENDING}) LANGUAGE sql AS 'SELECT ARRAY[1::bigint], NULL::int[], NULL::int[]'",
    "ALTER FUNCTION append_events SET search_path = rogue",
    "ALTER FUNCTION append_events SECURITY INVOKER",
    "DROP FUNCTION append_events",
    "DROP FUNCTION refuse_change() CASCADE",
    "SELECT setval('casework_events_notification_id_seq', 1)",
    "SELECT nextval('casework_events_notification_id_seq')",
    "ALTER SEQUENCE casework_events_notification_id_seq RESTART",
    "SET session_replication_role = replica",
    "SET ROLE shixian_owner",
    "SET SESSION AUTHORIZATION shixian_owner",
    "SET ROLE shixian",
    "GRANT shixian_owner TO member_of_the_writer",
    "REASSIGN OWNED BY shixian_owner TO shixian_writer",
    "UPDATE alembic_version SET version_num = '0001'",
    "INSERT INTO seal_heads VALUES (9, 'x', 'x', 9, now(), 'x', 'x')",
    "INSERT INTO seal_keys VALUES ('x', 'x', 'x', now())",
    "INSERT INTO seal_leaves VALUES (9, 1, 9, 'x', 'x')",
    "INSERT INTO seal_nodes VALUES (9, 9, 'x')",
    "INSERT INTO command_receipts (actor, key, digest, receipt) VALUES ('a', 'x', 'd', '{}')",
    "UPDATE command_receipts SET digest = 'x'",
    "DELETE FROM command_receipts",
    "TRUNCATE command_receipts",
)


@pytest.fixture(scope="module")
def attempts() -> list[str]:
    kept = [
        name for name, kind in listed().items() if kind in ("append", "kept") and name != "command_receipts"
    ]
    forms = ("DELETE FROM {}", "TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}")
    return [*REFUSED, *(form.format(name) for name in kept for form in forms)]


def is_refused(connection: psycopg.Connection[dict[str, object]], attempt: str) -> bool:
    try:
        with connection.transaction(), connection.cursor() as cursor:
            if attempt.endswith("STDIN"):
                with cursor.copy(attempt) as copy:
                    copy.write("\n")
            else:
                cursor.execute(attempt)
    except psycopg.errors.InsufficientPrivilege:
        return True
    return False


def test_the_service_can_change_nothing_that_was_recorded(
    service: psycopg.Connection[dict[str, object]], attempts: list[str]
) -> None:
    before = service.execute("SELECT * FROM casework_events").fetchall()
    for attempt in attempts:
        assert is_refused(service, attempt), attempt
    service.execute("GRANT UPDATE ON casework_events TO shixian_writer")  # a warning, and nothing is granted
    assert is_refused(service, REFUSED[0])
    assert service.execute("SELECT * FROM casework_events").fetchall() == before


def test_the_database_chooses_position_and_time(service: psycopg.Connection[dict[str, object]]) -> None:
    for version in (2, 3):
        append(service, version)
    rows = service.execute(
        "SELECT notification_id, now() - stored_at < interval '1 minute' AS fresh FROM casework_events"
        " ORDER BY originator_version"
    ).fetchall()
    positions = [row["notification_id"] for row in rows]
    assert positions == sorted(positions, key=lambda one: int(str(one)))
    assert [row["fresh"] for row in rows] == [True] * 3


@pytest.mark.parametrize("trick", ["SET search_path = mine", "CREATE TEMP TABLE casework_events (one int)"])
def test_the_appending_function_knows_its_table(
    service: psycopg.Connection[dict[str, object]], trick: str
) -> None:
    service.execute("CREATE SCHEMA mine")
    service.execute("CREATE FUNCTION mine.unnest(integer[]) RETURNS int LANGUAGE sql AS 'SELECT 1'")
    service.execute("CREATE TABLE mine.casework_events (LIKE public.casework_events)")
    service.execute(trick)
    append(service, 2)
    row = service.execute("SELECT count(*) AS n FROM public.casework_events").fetchone()
    assert row == {"n": 2}


@pytest.mark.parametrize("form", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_owner_is_refused_by_the_trigger(database: Database, form: str) -> None:
    with as_owner(database) as connection:
        connection.execute(f"SET ROLE {roles.OWNER}")
        connection.execute(CONTENT)
        for name, kind in listed().items():
            if kind not in ("append", "kept") or (name == "command_receipts" and form.startswith("DELETE")):
                continue
            row = connection.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", (name,)
            ).fetchone()
            assert row is not None
            column = Identifier(row["attname"])
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
                connection.transaction(),
            ):
                connection.execute(SQL(form).format(Identifier(name), column, column))


def test_only_receipts_without_a_key_of_the_askers_are_purged(
    service: psycopg.Connection[dict[str, object]],
) -> None:
    with_receipt = (
        "SELECT append_events('{}', '{}', '{}', '{}', '{}', jsonb_build_array(jsonb_build_object("
        "'submission', 0, 'actor', 'a', 'key', %s::text, 'digest', 'd', 'receipt', '{}'::jsonb)))"
    )
    for key in ("own:1", "asked"):
        service.execute(with_receipt, (key,))
    assert service.execute("SELECT purge_receipts('infinity') AS n").fetchone() == {"n": 1}
    assert service.execute("SELECT key FROM command_receipts").fetchall() == [{"key": "asked"}]


def test_our_pools_act_as_the_writer(database: Database) -> None:
    with database.connection() as connection:
        row = connection.execute(
            "SELECT current_user AS name, current_schemas(false)::text AS searched"
        ).fetchone()
        assert roles.standing(connection) == (True, True, True)
    assert row == {"name": roles.WRITER, "searched": "{public}"}


def test_a_member_of_the_writer_alone_can_be_nobody_else(database: Database) -> None:
    with as_service(database) as connection:
        roles.become_writer(connection)
        assert roles.standing(connection) == (True, True, False)
        connection.execute("RESET ROLE")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM casework_events")
