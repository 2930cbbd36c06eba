"""密钥库: which key store the database belongs to; contents and imports are kept enciphered from here on.

Contents of before are enciphered by `shixian migrate`, which has the keys. The key of the marks of persons moves into the
key store; a database in which nothing was marked yet never had use for its own. Digests of requests were bare hashes of
what people wrote: those that no client will ask for again are cleared.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE key_store (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    id text NOT NULL
);
CREATE TRIGGER key_store_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON key_store
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DELETE FROM likeness_key WHERE NOT EXISTS (SELECT FROM likenesses);

ALTER TABLE attachment_contents ADD COLUMN sealed boolean NOT NULL DEFAULT false;
ALTER TABLE attachment_contents DROP CONSTRAINT attachment_contents_check;
ALTER TABLE attachment_contents ADD CONSTRAINT attachment_contents_check
    CHECK (sealed OR octet_length(content) = size) NOT VALID;
CREATE INDEX attachment_contents_plain_idx ON attachment_contents (sha256) WHERE NOT sealed;
DROP TRIGGER attachment_contents_append_only ON attachment_contents;
CREATE TRIGGER attachment_contents_append_only BEFORE DELETE OR TRUNCATE ON attachment_contents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attachment_contents_sealed_once BEFORE UPDATE ON attachment_contents
    FOR EACH ROW WHEN (OLD.sealed OR NOT NEW.sealed OR (OLD.sha256, OLD.size, OLD.media_type, OLD.created_at)
        IS DISTINCT FROM (NEW.sha256, NEW.size, NEW.media_type, NEW.created_at))
    EXECUTE FUNCTION refuse_change();

CREATE FUNCTION seal_content(digest text, secret bytea) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $body$
    UPDATE public.attachment_contents SET content = secret, sealed = true WHERE sha256 = digest AND NOT sealed;
$body$;
REVOKE ALL ON FUNCTION seal_content(text, bytea) FROM PUBLIC;

ALTER TABLE imports ADD COLUMN sealed boolean NOT NULL DEFAULT false;

ALTER TABLE command_receipts DISABLE TRIGGER command_receipts_append_only;
UPDATE command_receipts SET digest = 'cleared' WHERE digest <> '' AND created_at < now() - interval '1 day';
ALTER TABLE command_receipts ENABLE TRIGGER command_receipts_append_only;
"""


def upgrade() -> None:
    op.execute(TABLES)
