"""承办份额: which unit has which part in a supervision item – a read model made from the events, as the others are."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLE = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE item_shares (
    case_id uuid NOT NULL,
    unit text NOT NULL,
    lead boolean NOT NULL,
    handler text,
    allocated_on date NOT NULL,
    result_on date,
    waived boolean NOT NULL DEFAULT false,
    released_on date,
    sent_back integer NOT NULL DEFAULT 0,
    extended integer NOT NULL DEFAULT 0,
    PRIMARY KEY (case_id, unit)
);
CREATE INDEX item_shares_unit_idx ON item_shares (unit, allocated_on);
"""


def upgrade() -> None:
    op.execute(TABLE)
