"""统计事实: the acts that statistics count, and each petition's acceptance and conclusion – made from the events."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE figures (
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    act text NOT NULL,
    on_date date NOT NULL,
    unit text NOT NULL,
    about text,
    result text,
    amount integer NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, version)
);
CREATE INDEX figures_act_idx ON figures (act, case_id);

CREATE TABLE figure_cases (
    case_id uuid PRIMARY KEY,
    handler text,
    accepted_on date,
    concluded_on date,
    suspended_since date
);
"""


def upgrade() -> None:
    op.execute(TABLES)
