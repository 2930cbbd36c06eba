"""台账: what lists, searches and exports of the ledgers show; the texts searched; saved views and search words.

The ledger is made anew from the events. What each case's clocks come to is taken from the clocks as they stand.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

LEDGER = """
SET LOCAL lock_timeout = '10s';
TRUNCATE ledger;
DELETE FROM projection_tracking WHERE name = 'ledger';
ALTER TABLE ledger
    DROP COLUMN bigrams,
    ADD COLUMN petitioners text[] NOT NULL DEFAULT '{}',
    ADD COLUMN against text[] NOT NULL DEFAULT '{}',
    ADD COLUMN topic text,
    ADD COLUMN first_contact text,
    ADD COLUMN handler text,
    ADD COLUMN accepted_on date,
    ADD COLUMN replied_on date;
CREATE INDEX ledger_confidential_idx ON ledger (kind) WHERE confidential;

CREATE TABLE ledger_texts (
    case_id uuid PRIMARY KEY,
    text text NOT NULL,
    bigrams bigint[] NOT NULL
);
CREATE INDEX ledger_texts_bigrams_idx ON ledger_texts USING gin (bigrams);
"""

DUES = """
CREATE TABLE case_dues (
    case_id uuid PRIMARY KEY,
    running boolean NOT NULL,
    next_due_on date,
    finish_due_on date
);
CREATE INDEX case_dues_next_due_on_idx ON case_dues (next_due_on) WHERE running;

INSERT INTO case_dues
SELECT case_id,
    bool_or(state = 'running' AND NOT is_window),
    min(due_on) FILTER (WHERE state = 'running' AND NOT is_window),
    (array_agg(due_on ORDER BY start_version DESC, part) FILTER (WHERE clock = 'finish' AND state <> 'cancelled'))[1]
FROM deadlines GROUP BY case_id;

CREATE INDEX deadlines_soonest_idx ON deadlines
    (coalesce(due_on, 'infinity'), case_id, clock, start_version, part);
"""

VIEWS = """
CREATE TABLE saved_views (
    id uuid PRIMARY KEY,
    officer text NOT NULL,
    ledger text NOT NULL,
    name text NOT NULL,
    filters jsonb NOT NULL,
    columns text[] NOT NULL,
    is_default boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    UNIQUE (officer, ledger, name)
);
CREATE UNIQUE INDEX saved_views_default_idx ON saved_views (officer, ledger) WHERE is_default;

CREATE TABLE ledger_searches (
    id uuid PRIMARY KEY,
    officer text NOT NULL,
    words text NOT NULL,
    made_at timestamptz NOT NULL
);
CREATE INDEX ledger_searches_made_at_idx ON ledger_searches (made_at);
"""


def upgrade() -> None:
    for part in (LEDGER, DUES, VIEWS):
        op.execute(part)
