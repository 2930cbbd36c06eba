"""封存只经函数: heads, leaves, nodes and the key's row are added through two functions that refuse what can't follow on.

A head must be longer than the last, of the same log and key, as long as its leaves, and end at a position that the log's
sequence has given out. The database can't check the signature; it refuses what stands for none. `last_position` tells
how far the sequence is: a row beyond it was put in past the appending function.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

FUNCTIONS = """
SET LOCAL lock_timeout = '10s';

CREATE FUNCTION last_position() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
    SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM public.casework_events_notification_id_seq;
$body$;
REVOKE ALL ON FUNCTION last_position() FROM PUBLIC;

CREATE FUNCTION keep_seal_key(key_id text, key_origin text, key_bytes bytea, kept_at timestamptz) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $body$
DECLARE
    last public.seal_heads;
BEGIN
    IF EXISTS (SELECT FROM public.seal_keys WHERE id = key_id) THEN
        RETURN false;
    END IF;
    SELECT * INTO last FROM public.seal_heads ORDER BY size DESC LIMIT 1;
    IF octet_length(key_bytes) <> 32 OR key_id <> left(encode(sha256(key_bytes), 'hex'), 16)
        OR (last.size IS NOT NULL AND (last.key, last.origin) <> (key_id, key_origin))
        OR EXISTS (SELECT FROM public.seal_keys) THEN
        RETURN false;
    END IF;
    INSERT INTO public.seal_keys (id, origin, public_key, at) VALUES (key_id, key_origin, key_bytes, kept_at);
    RETURN true;
END;
$body$;
REVOKE ALL ON FUNCTION keep_seal_key(text, text, bytea, timestamptz) FROM PUBLIC;

CREATE FUNCTION append_seal(
    head public.seal_heads, hashes bytea, entries bytea, nodes public.seal_nodes[]
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '3s' AS $body$
DECLARE
    last public.seal_heads;
    first bigint;
BEGIN
    LOCK TABLE public.seal_heads IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO last FROM public.seal_heads ORDER BY size DESC LIMIT 1;
    first := coalesce(last.size, 0);
    IF (head.size > first AND head.position > coalesce(last.position, '-9223372036854775808'::bigint)
        AND head.position <= public.last_position()
        AND octet_length(head.root) = 32 AND octet_length(head.signature) = 64
        AND octet_length(hashes) = 32::numeric * (head.size - first) AND octet_length(entries) = 32::numeric * (head.size - first)
        AND (last.size IS NULL OR (last.key, last.origin) = (head.key, head.origin))
        AND EXISTS (SELECT FROM public.seal_keys k WHERE (k.id, k.origin) = (head.key, head.origin))
    ) IS NOT TRUE THEN
        RAISE EXCEPTION 'the head does not follow on the last one' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO public.seal_leaves (first, count, last_position, hashes, entries)
        VALUES (first, head.size - first, head.position, hashes, entries);
    INSERT INTO public.seal_nodes SELECT * FROM unnest(nodes);
    INSERT INTO public.seal_heads SELECT (head).*;
END;
$body$;
REVOKE ALL ON FUNCTION append_seal(public.seal_heads, bytea, bytea, public.seal_nodes[]) FROM PUBLIC;
"""


def upgrade() -> None:
    op.execute(FUNCTIONS)
