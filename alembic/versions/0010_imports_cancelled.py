"""导入可以取消: an import may be stopped by whoever sent it, and be run again."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CANCELLED = """
SET LOCAL lock_timeout = '10s';
ALTER TABLE imports DROP CONSTRAINT imports_state_check;
ALTER TABLE imports ADD CONSTRAINT imports_state_check
    CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled'));
"""


def upgrade() -> None:
    op.execute(CANCELLED)
