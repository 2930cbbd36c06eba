"""Templates of papers: contents under their SHA-256, beside the log.

Append-only: a paper that was issued is printed again from the template it was issued from, for as long as there is a log.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLE = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE template_contents (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea NOT NULL CHECK (octet_length(content) > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER template_contents_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON template_contents
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute(TABLE)
