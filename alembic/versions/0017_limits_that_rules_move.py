"""规则变动与期限: what a due date is counted from stands beside it, so that a decree counts like dates once; which alerts
stand, so that those which are no longer true are withdrawn; and what a change of the rules has moved, to be recorded and as
recorded."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COUNTED = """
SET LOCAL lock_timeout = '10s';

ALTER TABLE deadlines ADD COLUMN counted text NOT NULL DEFAULT '';
ALTER TABLE deadline_steps ADD COLUMN withdraw boolean NOT NULL DEFAULT false;
ALTER TABLE alerts ADD COLUMN withdrawn_at timestamptz, ADD COLUMN now_due_on date;

CREATE TABLE raised_alerts (
    alert_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    step text NOT NULL,
    due_on date NOT NULL,
    raised_on date NOT NULL,
    acknowledged boolean NOT NULL DEFAULT false
);
CREATE INDEX raised_alerts_case_id_idx ON raised_alerts (case_id);

TRUNCATE deadlines, deadline_steps, case_dues;
DELETE FROM projection_tracking WHERE name = 'deadlines';
"""

MOVED = """
CREATE TABLE rules_settled (position bigint NOT NULL);
INSERT INTO rules_settled SELECT coalesce(max(notification_id), 0) FROM casework_events;

CREATE TABLE rule_changes (
    change bigint PRIMARY KEY,
    position bigint NOT NULL,
    total bigint NOT NULL,
    recorded bigint NOT NULL DEFAULT 0,
    done boolean NOT NULL DEFAULT false,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE limits_due (
    change bigint NOT NULL,
    serial bigint NOT NULL,
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    from_on date,
    to_on date,
    was_provisional boolean NOT NULL DEFAULT false,
    provisional boolean NOT NULL DEFAULT false,
    withdrawn uuid[] NOT NULL DEFAULT '{}',
    rearmed text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (change, serial)
);

CREATE TABLE limit_moves (
    change bigint NOT NULL,
    serial bigint NOT NULL,
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    from_on date,
    to_on date,
    was_provisional boolean NOT NULL DEFAULT false,
    provisional boolean NOT NULL DEFAULT false,
    withdrawn integer NOT NULL DEFAULT 0,
    rearmed integer NOT NULL DEFAULT 0,
    recorded_at timestamptz NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (change, serial)
);
CREATE INDEX limit_moves_case_id_idx ON limit_moves (case_id);
"""


def upgrade() -> None:
    op.execute(COUNTED)
    op.execute(MOVED)
