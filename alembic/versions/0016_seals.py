"""日志封存: leaves, inner nodes and signed heads of the tree over the log, heads seen of other offices, and where ours go.

Everything whose name begins with `seal_` is only added to. `entries` holds for each leaf its position, stream and version
(32 bytes), so that what is missing can be named; only `hashes` are under the signed root.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SEALS = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE seal_keys (
    id text PRIMARY KEY,
    origin text NOT NULL,
    public_key bytea NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE seal_heads (
    size bigint PRIMARY KEY,
    origin text NOT NULL,
    root bytea NOT NULL,
    position bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    key text NOT NULL,
    signature bytea NOT NULL
);

CREATE TABLE seal_leaves (
    first bigint PRIMARY KEY,
    count integer NOT NULL,
    last_position bigint NOT NULL,
    hashes bytea NOT NULL,
    entries bytea NOT NULL
);
ALTER TABLE seal_leaves ALTER COLUMN hashes SET STORAGE EXTERNAL, ALTER COLUMN entries SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX seal_leaves_last_position_idx ON seal_leaves (last_position);

CREATE TABLE seal_nodes (
    level smallint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, number)
);

CREATE TABLE seal_witnessed (
    id bigserial PRIMARY KEY,
    origin text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    position bigint NOT NULL,
    sealed_at timestamptz NOT NULL,
    key text NOT NULL,
    signature bytea NOT NULL,
    public_key bytea NOT NULL,
    extends bigint,
    received_at timestamptz NOT NULL,
    received_from text NOT NULL,
    UNIQUE (origin, size, root, key)
);

CREATE TABLE sealing (
    name text PRIMARY KEY,
    at timestamptz NOT NULL,
    fault text,
    details jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE head_receivers (
    id text PRIMARY KEY,
    url text NOT NULL,
    token text NOT NULL,
    enabled boolean NOT NULL DEFAULT true,
    sent_size bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT 'epoch',
    delivered_at timestamptz,
    error text
);
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.execute(SEALS)
    for table in ("seal_keys", "seal_heads", "seal_leaves", "seal_nodes", "seal_witnessed"):
        op.execute(APPEND_ONLY.format(table=table))
