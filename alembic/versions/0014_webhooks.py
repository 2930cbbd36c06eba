"""事件推送: webhooks with the place each has reached, what was given up for them, and what is announced beside events."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

WEBHOOKS = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE webhooks (
    id text PRIMARY KEY,
    url text NOT NULL,
    secret text NOT NULL,
    kinds text[] NOT NULL,
    allow_private boolean NOT NULL DEFAULT false,
    enabled boolean NOT NULL DEFAULT true,
    position bigint NOT NULL,
    announced bigint NOT NULL,
    turn bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT 'epoch',
    delivered_at timestamptz,
    error text
);

CREATE TABLE webhook_dead_letters (
    id uuid PRIMARY KEY,
    webhook text NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    event text NOT NULL,
    kind text NOT NULL,
    position bigint,
    announced bigint,
    attempts integer NOT NULL,
    error text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (webhook, event)
);

CREATE TABLE announcements (
    number bigserial PRIMARY KEY,
    id text NOT NULL UNIQUE,
    topic text NOT NULL,
    data jsonb NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX announcements_at_idx ON announcements (at);
"""


def upgrade() -> None:
    op.execute(WEBHOOKS)
