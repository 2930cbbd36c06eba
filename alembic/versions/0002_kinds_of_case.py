"""案件种类: read models that hold petitions, supervision items and monthly lists alike.

Only read models change, and those are made from the events: their tables are made anew and their positions
forgotten, so that every runner begins at the first event again. A reading tells for whom it was made, too.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DROP = """
SET LOCAL lock_timeout = '10s';
DROP TABLE ledger, deadlines, deadline_steps, alerts;
DELETE FROM projection_tracking;
ALTER TABLE readings ADD COLUMN for_whom text;
"""

LEDGER = """
CREATE TABLE ledger (
    case_id uuid PRIMARY KEY,
    kind text NOT NULL,
    number text NOT NULL UNIQUE,
    office text NOT NULL,
    year integer NOT NULL,
    channel text,
    category text,
    purpose text,
    form text,
    source text,
    subject text NOT NULL,
    received_on date NOT NULL,
    registered_at timestamptz NOT NULL,
    due_on date,
    stage text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    unit text NOT NULL,
    units text[] NOT NULL DEFAULT '{}',
    public boolean NOT NULL DEFAULT false,
    confidential boolean NOT NULL DEFAULT false,
    accused_units text[] NOT NULL DEFAULT '{}',
    accused_people text[] NOT NULL DEFAULT '{}',
    repeat boolean NOT NULL DEFAULT false,
    urgent boolean NOT NULL DEFAULT false,
    headcount integer NOT NULL DEFAULT 1,
    rulebook text,
    closed_on date,
    bigrams text[] NOT NULL DEFAULT '{}',
    version bigint NOT NULL,
    position bigint NOT NULL
);
CREATE INDEX ledger_bigrams_idx ON ledger USING gin (bigrams);
CREATE INDEX ledger_position_idx ON ledger (kind, position);
CREATE INDEX ledger_received_on_idx ON ledger (received_on);
CREATE INDEX ledger_unit_idx ON ledger (unit);
"""

DEADLINES = """
CREATE TABLE deadlines (
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    label text NOT NULL,
    rulebook text NOT NULL,
    rulebook_version text NOT NULL,
    basis text NOT NULL,
    answerable text NOT NULL,
    is_window boolean NOT NULL,
    unit text NOT NULL,
    started_on date NOT NULL,
    nominal_due_on date,
    due_on date,
    provisional boolean NOT NULL DEFAULT false,
    state text NOT NULL CHECK (state IN ('running', 'suspended', 'stopped', 'cancelled')),
    stopped_on date,
    days_extended integer NOT NULL DEFAULT 0,
    explanation jsonb NOT NULL DEFAULT '[]',
    position bigint NOT NULL,
    PRIMARY KEY (case_id, clock, start_version, part)
);
CREATE INDEX deadlines_due_on_idx ON deadlines (due_on) WHERE state = 'running';
CREATE INDEX deadlines_clock_idx ON deadlines (clock, state);

CREATE TABLE deadline_steps (
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    step text NOT NULL,
    due_on date NOT NULL,
    fire_on date NOT NULL,
    raised boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, clock, start_version, part, step, due_on)
);
CREATE INDEX deadline_steps_fire_on_idx ON deadline_steps (fire_on) WHERE NOT raised;
"""

ALERTS = """
CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    number text NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    part text NOT NULL DEFAULT '',
    step text NOT NULL,
    due_on date NOT NULL,
    unit text NOT NULL,
    recipients text[] NOT NULL DEFAULT '{}',
    raised_at timestamptz NOT NULL,
    position bigint NOT NULL,
    acknowledged_by text,
    acknowledged_at timestamptz,
    remark text
);
CREATE INDEX alerts_case_id_idx ON alerts (case_id);
CREATE INDEX alerts_position_idx ON alerts (position);
CREATE INDEX alerts_open_idx ON alerts (unit, raised_at) WHERE acknowledged_at IS NULL;
"""


def upgrade() -> None:
    for part in (DROP, LEDGER, DEADLINES, ALERTS):
        op.execute(part)
