"""档案: how closed cases are kept, the register of what was destroyed, and what ties files together. Filled from the log."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE archives (
    case_id uuid PRIMARY KEY,
    class text NOT NULL,
    archived_on date,
    closed_on date,
    runs_out_on date,
    asked_on date,
    approved_on date,
    witnesses integer NOT NULL,
    lent_on date,
    borrower text,
    purpose text,
    due_back date,
    erased_on date,
    is_gone boolean NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX archives_runs_out_idx ON archives (runs_out_on);

CREATE TABLE erasures (
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    position bigint NOT NULL,
    number text NOT NULL,
    ground text NOT NULL,
    reason text,
    requested_by text[] NOT NULL,
    approved_by text[] NOT NULL,
    witnessed_by text[] NOT NULL,
    erased_on date NOT NULL,
    erased_at timestamptz NOT NULL,
    class text NOT NULL,
    people integer NOT NULL,
    texts boolean NOT NULL,
    attachments integer NOT NULL,
    linked jsonb NOT NULL,
    along_with uuid,
    along_with_number text,
    PRIMARY KEY (case_id, version)
);
CREATE INDEX erasures_position_idx ON erasures (position);
CREATE INDEX erasures_erased_at_idx ON erasures (erased_at);

CREATE TABLE case_attachments (
    case_id uuid NOT NULL,
    sha256 text NOT NULL,
    PRIMARY KEY (case_id, sha256)
);
CREATE INDEX case_attachments_sha256_idx ON case_attachments (sha256);

CREATE TABLE linked_receptions (
    petition uuid NOT NULL,
    reception uuid NOT NULL,
    PRIMARY KEY (petition, reception)
);
"""


def upgrade() -> None:
    op.execute(TABLES)
