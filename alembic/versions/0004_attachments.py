"""附件: contents under their SHA-256, and who sent which content when.

Both are append-only: what a fact names must be there for as long as the fact. Contents are stored as they came,
uncompressed by the database; nearly all of them are compressed already.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE attachment_contents (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL CHECK (size > 0),
    media_type text NOT NULL,
    content bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (octet_length(content) = size)
);
ALTER TABLE attachment_contents ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE attachment_uploads (
    id bigserial PRIMARY KEY,
    sha256 text NOT NULL REFERENCES attachment_contents,
    officer text NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX attachment_uploads_sha256_idx ON attachment_uploads (sha256, officer);
CREATE INDEX attachment_uploads_officer_idx ON attachment_uploads (officer, uploaded_at);

CREATE TRIGGER attachment_contents_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attachment_contents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER attachment_uploads_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON attachment_uploads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(TABLES)
