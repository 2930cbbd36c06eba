"""台账筛选索引: open cases are passed along in an index of their own, and a unit's cases of a stage in their order.

Both stand for a smaller index on the same first columns. Few cases are open at a time; a unit and a stage is what an
officer filters by most, and without them side by side the whole list was passed along to find a unit's few.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

FILTERED = """
SET LOCAL lock_timeout = '10s';
DROP INDEX ledger_open_idx;
CREATE INDEX ledger_open_idx ON ledger (kind, position, unit, stage, channel, category, received_on) WHERE state = 'open';
DROP INDEX ledger_unit_idx;
CREATE INDEX ledger_unit_idx ON ledger (kind, unit, stage, position, channel, state, category, received_on);
"""


def upgrade() -> None:
    op.execute(FILTERED)
