"""到期日索引: cases by their next day that falls due, for whoever asks only that there is one.

The index said "running", which lists by limit don't ask for: a page of them read all cases that have a day.
"""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

DUE = """
SET LOCAL lock_timeout = '10s';
DROP INDEX case_dues_next_due_on_idx;
CREATE INDEX case_dues_next_due_on_idx ON case_dues (next_due_on) WHERE next_due_on IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(DUE)
