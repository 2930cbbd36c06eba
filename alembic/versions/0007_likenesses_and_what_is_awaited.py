"""相似比对与待办: by which marks repeat petitions are found, and which acts a case waits for – two read models.

Who petitioned is compared by keyed digests alone. The key is made here, of random bytes, and lies in a table of its own
row until there is a key store; it is no read model, for other marks can't be compared with those made before.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE likeness_key (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    key bytea NOT NULL
);
INSERT INTO likeness_key (key) VALUES (sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));

CREATE TABLE likenesses (
    case_id uuid PRIMARY KEY,
    marks text[] NOT NULL DEFAULT '{}',
    grams integer[] NOT NULL DEFAULT '{}',
    version bigint NOT NULL
);
CREATE INDEX likenesses_marks_idx ON likenesses USING gin (marks);
CREATE INDEX likenesses_grams_idx ON likenesses USING gin (grams);

CREATE TABLE awaited (
    case_id uuid NOT NULL,
    who text NOT NULL,
    acts text[] NOT NULL,
    PRIMARY KEY (case_id, who)
);
CREATE INDEX awaited_who_idx ON awaited (who);

CREATE INDEX alerts_recipients_idx ON alerts USING gin (recipients) WHERE acknowledged_at IS NULL;
"""


def upgrade() -> None:
    op.execute(TABLES)
