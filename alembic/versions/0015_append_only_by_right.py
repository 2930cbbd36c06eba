"""只增不改: the log is added to through one function, and by nothing else that the service may do.

The function takes the lock that makes positions follow the order of commits, announces what is new and lets the
database choose position and time. It runs with its owner's rights, so that who calls it needs none on the table. Who
may do what is settled after every migration (eventstore/roles.py). Command receipts may be cleared away when they served
only their own command's retries, and not be changed.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FUNCTIONS = """
SET LOCAL lock_timeout = '10s';
DROP SCHEMA IF EXISTS rebuild CASCADE;

CREATE FUNCTION append_events(events public.stored_event_uuid[]) RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $body$
BEGIN
    LOCK TABLE public.casework_events IN EXCLUSIVE MODE;
    NOTIFY casework_events;
    RETURN QUERY
    INSERT INTO public.casework_events (originator_id, originator_version, topic, state)
    SELECT originator_id, originator_version, topic, state FROM pg_catalog.unnest(events)
    RETURNING notification_id;
END;
$body$;
REVOKE ALL ON FUNCTION append_events(public.stored_event_uuid[]) FROM PUBLIC;

CREATE FUNCTION purge_receipts(before timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
    WITH gone AS (
        DELETE FROM public.command_receipts
        WHERE pg_catalog.starts_with(key, 'own:') AND created_at < before RETURNING 1
    )
    SELECT pg_catalog.count(*) FROM gone;
$body$;
REVOKE ALL ON FUNCTION purge_receipts(timestamptz) FROM PUBLIC;

CREATE TRIGGER command_receipts_append_only BEFORE UPDATE OR TRUNCATE ON command_receipts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
