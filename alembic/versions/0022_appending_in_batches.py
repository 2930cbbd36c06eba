"""成组追加: the log is added to by many submissions at once, each stored whole or not at all.

`append_events` takes the lock, looks at each submission under it, and stores those that follow on from the end of their
streams and whose receipts are new; the others write nothing and are named in the answer. Positions follow the order
of the submissions. Whoever sends a batch `again`, not knowing what became of it, is told the positions of what is
stored already, to the last byte, receipts too. One statement, one transaction, one notice, whatever the size.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

FUNCTION = """
SET LOCAL lock_timeout = '10s';
DROP FUNCTION append_events(public.stored_event_uuid[]);

CREATE FUNCTION append_events(
    submissions integer[], streams uuid[], versions bigint[], topics text[], states bytea[],
    receipts jsonb DEFAULT '[]', outgoing jsonb DEFAULT '[]', again boolean DEFAULT false,
    OUT positions bigint[], OUT conflicting integer[], OUT used integer[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s'
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $body$
DECLARE
    refused integer[];
    resolved integer[] := '{}';
BEGIN
    LOCK TABLE public.casework_events IN EXCLUSIVE MODE;

    SELECT array_agg(DISTINCT found.submission) INTO conflicting FROM (
        SELECT g.submission, g.stream, g.version,
            lag(g.version) OVER (PARTITION BY g.submission, g.stream ORDER BY g.n) AS before
        FROM unnest(submissions, streams, versions) WITH ORDINALITY AS g(submission, stream, version, n)
    ) found
    WHERE found.version IS DISTINCT FROM 1 + coalesce(found.before,
        (SELECT max(e.originator_version) FROM public.casework_events e WHERE e.originator_id = found.stream), 0);

    IF receipts <> '[]' THEN
        SELECT array_agg(DISTINCT r.submission) INTO used
        FROM jsonb_to_recordset(receipts) AS r(submission integer, actor text, key text)
        WHERE (SELECT true FROM public.command_receipts c WHERE c.actor = r.actor AND c.key = r.key);
    END IF;

    IF again AND (conflicting IS NOT NULL OR used IS NOT NULL) THEN
        SELECT coalesce(array_agg(one), '{}') INTO resolved
        FROM unnest(conflicting || used) AS one
        WHERE NOT EXISTS (
            SELECT FROM unnest(submissions, streams, versions, topics, states) AS g(submission, stream, version, topic, state)
            WHERE g.submission = one AND (SELECT true FROM public.casework_events e
                WHERE e.originator_id = g.stream AND e.originator_version = g.version
                    AND e.topic = g.topic AND e.state = g.state) IS NULL
        ) AND NOT EXISTS (
            SELECT FROM jsonb_to_recordset(receipts) AS r(submission integer, actor text, key text, digest text, receipt jsonb)
            WHERE r.submission = one AND (SELECT true FROM public.command_receipts c
                WHERE c.actor = r.actor AND c.key = r.key AND c.digest = r.digest AND c.receipt = r.receipt) IS NULL
        );
        SELECT array_agg(one) INTO conflicting FROM unnest(conflicting) AS one WHERE one <> ALL (resolved);
        SELECT array_agg(one) INTO used FROM unnest(used) AS one WHERE one <> ALL (resolved);
    END IF;

    refused := coalesce(conflicting || used || resolved, '{}');
    WITH made AS (
        INSERT INTO public.casework_events (originator_id, originator_version, topic, state)
        SELECT g.stream, g.version, g.topic, g.state
        FROM unnest(submissions, streams, versions, topics, states) WITH ORDINALITY
            AS g(submission, stream, version, topic, state, n)
        WHERE g.submission <> ALL (refused) ORDER BY g.n
        RETURNING notification_id
    )
    SELECT array_agg(made.notification_id ORDER BY made.notification_id) INTO positions FROM made;

    IF receipts <> '[]' THEN
        INSERT INTO public.command_receipts (actor, key, digest, receipt)
        SELECT r.actor, r.key, r.digest, r.receipt
        FROM jsonb_to_recordset(receipts) AS r(submission integer, actor text, key text, digest text, receipt jsonb)
        WHERE r.submission <> ALL (refused);
    END IF;
    IF outgoing <> '[]' THEN
        INSERT INTO public.outbox (id, alert_id, case_id, channel, payload)
        SELECT o.id, o.alert_id, o.case_id, o.channel, o.payload
        FROM jsonb_to_recordset(outgoing)
            AS o(submission integer, id uuid, alert_id uuid, case_id uuid, channel text, payload jsonb)
        WHERE o.submission <> ALL (refused) ORDER BY o.id
        ON CONFLICT DO NOTHING;
    END IF;

    IF positions IS NOT NULL THEN
        NOTIFY casework_events;
    END IF;
    IF resolved <> '{}' THEN
        SELECT array_agg(e.notification_id ORDER BY g.n) INTO positions
        FROM unnest(submissions, streams, versions) WITH ORDINALITY AS g(submission, stream, version, n)
        CROSS JOIN LATERAL (SELECT notification_id FROM public.casework_events
            WHERE originator_id = g.stream AND originator_version = g.version) e
        WHERE g.submission <> ALL (coalesce(conflicting || used, '{}'));
    END IF;
END;
$body$;
REVOKE ALL ON FUNCTION append_events(integer[], uuid[], bigint[], text[], bytea[], jsonb, jsonb, boolean) FROM PUBLIC;
"""


def upgrade() -> None:
    op.execute(FUNCTION)
