"""台账顺序索引: what lists are mostly filtered by stands beside the place, so that a list is passed along without its cases.

The other filters' cases are skipped in the index; only those that meet them are read. It serves whatever the index on kind
and place served.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WALKED = """
SET LOCAL lock_timeout = '10s';
CREATE INDEX ledger_walk_idx ON ledger (kind, position, unit, stage, state, channel, category, received_on);
DROP INDEX ledger_position_idx;
"""


def upgrade() -> None:
    op.execute(WALKED)
