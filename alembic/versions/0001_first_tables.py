"""事实、账户、预警、导入与各读模型: the event log, the service's own tables, and the read models.

The events table is the library's own DDL plus `stored_at`; its insert function is left out on purpose: that
mode takes no table lock and lets readers miss events. Read models may be dropped and rebuilt at any time.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

EVENTS = """
CREATE TYPE stored_event_uuid AS (originator_id uuid, originator_version bigint, topic text, state bytea);

CREATE TABLE casework_events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    topic text,
    state bytea,
    notification_id bigserial,
    stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (originator_id, originator_version)
) WITH (
    autovacuum_enabled = true,
    autovacuum_vacuum_threshold = 100000000,
    autovacuum_vacuum_scale_factor = 0.5,
    autovacuum_analyze_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.01
);

CREATE UNIQUE INDEX casework_events_notification_id_idx ON casework_events (notification_id ASC);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END;
$body$;

CREATE TRIGGER casework_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON casework_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE command_receipts (
    actor text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    receipt jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (actor, key)
);
"""

SERVICE = """
CREATE TABLE accounts (
    username text PRIMARY KEY,
    officer text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE sessions (
    token_digest bytea PRIMARY KEY,
    officer text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

CREATE TABLE readings (
    id bigserial PRIMARY KEY,
    case_id uuid NOT NULL,
    officer text NOT NULL,
    what text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX readings_case_id_idx ON readings (case_id, id);

CREATE TRIGGER readings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON readings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE imports (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    filename text NOT NULL,
    content bytea NOT NULL,
    by text NOT NULL,
    unit text NOT NULL,
    role text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    total integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    landed integer NOT NULL DEFAULT 0,
    present integer NOT NULL DEFAULT 0,
    refused jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX imports_open_idx ON imports (created_at) WHERE state IN ('waiting', 'running');

CREATE TABLE heartbeats (
    name text PRIMARY KEY,
    at timestamptz NOT NULL
);
"""

ALERTS = """
CREATE TABLE alert_channels (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('mail', 'webhook')),
    settings jsonb NOT NULL DEFAULT '{}',
    enabled boolean NOT NULL DEFAULT true
);

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    alert_id uuid NOT NULL,
    case_id uuid NOT NULL,
    channel text NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    delivered_to jsonb NOT NULL DEFAULT '[]',
    next_try_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (alert_id, channel)
);
CREATE INDEX outbox_pending_idx ON outbox (next_try_at) WHERE state = 'pending';
CREATE INDEX outbox_case_id_idx ON outbox (case_id);
"""

READ_MODELS = """
CREATE TABLE projection_tracking (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    stalled_at timestamptz,
    stalled_position bigint,
    error text
);

CREATE TABLE ledger (
    case_id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    office text NOT NULL,
    year integer NOT NULL,
    channel text NOT NULL,
    category text NOT NULL,
    purpose text,
    subject text NOT NULL,
    received_on date NOT NULL,
    registered_at timestamptz NOT NULL,
    stage text NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    unit text NOT NULL,
    units text[] NOT NULL DEFAULT '{}',
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
CREATE INDEX ledger_position_idx ON ledger (position);
CREATE INDEX ledger_received_on_idx ON ledger (received_on);
CREATE INDEX ledger_unit_idx ON ledger (unit);

CREATE TABLE deadlines (
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
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
    PRIMARY KEY (case_id, clock, start_version)
);
CREATE INDEX deadlines_due_on_idx ON deadlines (due_on) WHERE state = 'running';
CREATE INDEX deadlines_clock_idx ON deadlines (clock, state);

CREATE TABLE deadline_steps (
    case_id uuid NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
    step text NOT NULL,
    due_on date NOT NULL,
    fire_on date NOT NULL,
    raised boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, clock, start_version, step, due_on)
);
CREATE INDEX deadline_steps_fire_on_idx ON deadline_steps (fire_on) WHERE NOT raised;

CREATE TABLE timeline (
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    event text NOT NULL,
    on_date date NOT NULL,
    recorded_at timestamptz NOT NULL,
    by text NOT NULL,
    unit text NOT NULL,
    for_whom text,
    PRIMARY KEY (case_id, version)
);

CREATE TABLE alerts (
    alert_id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    number text NOT NULL,
    clock text NOT NULL,
    start_version bigint NOT NULL,
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
    for part in (EVENTS, SERVICE, ALERTS, READ_MODELS):
        op.execute(part)
