"""数据库角色: who may do what in the database — owner, writer, reader — settled after every migration.

The service runs as the writer, who adds to the log through one function and changes nothing in it. What a table allows
is read off the table: one that `refuse_change` guards is added to only. Roles belong to a whole cluster, so other
databases may make them at the same moment; a login that may make none goes on without, and `shixian check` says so.
"""

from typing import Any, Literal, NamedTuple

import psycopg
from psycopg.rows import tuple_row

OWNER, WRITER, READER = "shixian_owner", "shixian_writer", "shixian_reader"

READABLE: dict[str, str] = {
    "casework_events": "notification_id, originator_id, originator_version, topic, stored_at",
    "figures": "",
    "figure_cases": "",
    "case_dues": "",
    "deadlines": "",
    "deadline_steps": "",
    "item_shares": "",
    "projection_tracking": "",
    "alembic_version": "",
}
"""What the reader may see: figures, clocks and the log without its contents – no name and no text of anybody.
Tables of seals, whose names begin with `seal_`, come on top. Columns are named where the rest is closed."""

SETTLE = """
DO $settle$
DECLARE
    role name;
    one record;
    wanted text[];
    had text[];
    settable text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
BEGIN
    FOREACH role IN ARRAY ARRAY['shixian_owner', 'shixian_writer', 'shixian_reader']::name[] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN NULL; -- another database of the cluster was quicker
            END;
        END IF;
        IF role <> 'shixian_reader'
            AND NOT (pg_has_role(current_user, role, settable) AND pg_has_role(current_user, role, 'USAGE')) THEN
            BEGIN
                EXECUTE format('GRANT %I TO CURRENT_USER', role);
            EXCEPTION
                WHEN unique_violation OR internal_error THEN NULL; -- "tuple concurrently updated": likewise
            END;
        END IF;
    END LOOP;

    IF NOT has_database_privilege('shixian_writer', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE, CONNECT, TEMPORARY ON DATABASE %I TO shixian_writer', current_database());
    END IF;
    IF NOT has_schema_privilege('shixian_owner', 'public', 'CREATE') THEN
        GRANT CREATE ON SCHEMA public TO shixian_owner;
    END IF;
    IF NOT (has_schema_privilege('shixian_owner', 'public', 'USAGE')
        AND has_schema_privilege('shixian_writer', 'public', 'USAGE')
        AND has_schema_privilege('shixian_reader', 'public', 'USAGE')) THEN
        GRANT USAGE ON SCHEMA public TO shixian_owner, shixian_writer, shixian_reader;
    END IF;

    FOR one IN
        SELECT 'TABLE' AS kind, c.oid::regclass::text AS called FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND c.relowner <> 'shixian_owner'::regrole
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'SEQUENCE', c.oid::regclass::text FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND c.relowner <> 'shixian_owner'::regrole
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
        UNION ALL
        SELECT 'TYPE', t.oid::regtype::text FROM pg_catalog.pg_type t
            LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
        WHERE t.typnamespace = 'public'::regnamespace AND t.typowner <> 'shixian_owner'::regrole
            AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
        UNION ALL
        SELECT 'ROUTINE', p.oid::regprocedure::text FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'shixian_owner'::regrole
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER %s %s OWNER TO shixian_owner', one.kind, one.called);
    END LOOP;

    FOR one IN
        SELECT c.oid, c.oid::regclass::text AS called, c.relacl, c.relname,
            EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = c.oid AND p.proname = 'refuse_change') AS kept
        FROM pg_catalog.pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        wanted := CASE
            WHEN one.relname IN ('casework_events', 'command_receipts', 'alembic_version', 'seal_heads', 'seal_keys', 'seal_leaves',
                'seal_nodes') THEN ARRAY['SELECT']
            WHEN one.kept THEN ARRAY['INSERT', 'SELECT']
            ELSE ARRAY['DELETE', 'INSERT', 'SELECT', 'TRUNCATE', 'UPDATE'] END;
        SELECT array_agg(a.privilege_type ORDER BY a.privilege_type) INTO had
            FROM aclexplode(one.relacl) a WHERE a.grantee = 'shixian_writer'::regrole;
        IF had IS DISTINCT FROM wanted THEN
            EXECUTE format('REVOKE ALL ON TABLE %s FROM shixian_writer', one.called);
            EXECUTE format('GRANT %s ON TABLE %s TO shixian_writer', array_to_string(wanted, ', '), one.called);
        END IF;
        IF starts_with(one.relname, 'seal_') AND NOT has_table_privilege('shixian_reader', one.oid, 'SELECT') THEN
            EXECUTE format('GRANT SELECT ON TABLE %s TO shixian_reader', one.called);
        END IF;
    END LOOP;

    FOR one IN
        SELECT c.oid, c.oid::regclass::text AS called FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S'
            AND c.relname <> 'casework_events_notification_id_seq'
    LOOP
        IF NOT has_sequence_privilege('shixian_writer', one.oid, 'USAGE') THEN
            EXECUTE format('GRANT USAGE ON SEQUENCE %s TO shixian_writer', one.called);
        END IF;
    END LOOP;

    FOR one IN
        SELECT p.oid::regprocedure::text AS called FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
            AND (p.proacl IS NULL OR NOT has_function_privilege('shixian_writer', p.oid, 'EXECUTE'))
    LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', one.called);
        EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO shixian_writer', one.called);
    END LOOP;

    {readable}
EXCEPTION
    WHEN insufficient_privilege OR undefined_object THEN
        RAISE NOTICE 'roles are not settled: %', SQLERRM;
END;
$settle$
"""
READ = """
    IF to_regclass('public.{table}') IS NOT NULL
        AND NOT has_any_column_privilege('shixian_reader', 'public.{table}', 'SELECT') THEN
        GRANT SELECT {columns} ON TABLE public.{table} TO shixian_reader;
    END IF;
"""

BECOME = """
SELECT set_config('role', rolname, false) FROM pg_catalog.pg_roles
WHERE rolname = 'shixian_writer' AND pg_has_role(oid, 'MEMBER')
    AND has_function_privilege(oid, (SELECT oid FROM pg_catalog.pg_proc
        WHERE proname = 'append_events' AND pronamespace = 'public'::regnamespace), 'EXECUTE')
"""

STANDING = """
SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'shixian_writer'),
    current_user = 'shixian_writer' OR session_user = 'shixian_writer',
    (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user)
        OR coalesce((SELECT pg_has_role(session_user, oid, 'MEMBER') FROM pg_catalog.pg_roles
            WHERE rolname = 'shixian_owner'), false)
"""


class Standing(NamedTuple):
    """连接的角色 — whether there are roles, whether this connection acts as the writer, and could act as the owner."""

    exist: bool
    is_writer: bool
    could_own: bool


def settle(connection: psycopg.Connection[Any]) -> None:
    """落实角色: makes the roles if the login may, and gives each what it needs, no more. Nothing is done half."""
    connection.execute(SETTLE.replace("{readable}", _readable()))


def become_writer(connection: psycopg.Connection[Any]) -> None:
    """以写入角色行事: for as long as the connection lives; a database without roles is used as the login itself."""
    try:
        connection.execute(BECOME)
    except psycopg.errors.InsufficientPrivilege:
        return  # a member without the right to act as the role (PostgreSQL 16 and newer)


def standing(connection: psycopg.Connection[Any]) -> Standing:
    """核对角色: as what a connection acts, and what its login could do instead."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(STANDING).fetchone()
    return Standing(*row) if row is not None else Standing(False, False, False)


def finding(connection: psycopg.Connection[Any]) -> tuple[Literal["ok", "note"], str]:
    """核对结果: for `shixian check`, in words."""
    now = standing(connection)
    if not now.exist:
        return "note", "未建立（登录账户无权建立角色），服务以登录账户自身的权限运行；请参照运行手册建立"
    if not now.is_writer:
        return "note", "已建立，但登录账户不属于 shixian_writer，服务以登录账户自身的权限运行"
    if now.could_own:
        return (
            "ok",
            "以 shixian_writer 运行；本命令的登录账户另有所有者权限，外部数据库上的服务宜改用只属 shixian_writer 的账户",
        )
    return "ok", "以 shixian_writer 运行，登录账户没有其他权限"


def _readable() -> str:
    return "".join(
        READ.format(table=table, columns=f"({columns})" if columns else "")
        for table, columns in READABLE.items()
    )
