"""首接责任: who took a person's matter first may read it; the ledger and what each case waits for are made anew."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ANEW = """
SET LOCAL lock_timeout = '10s';
TRUNCATE ledger, ledger_texts, awaited;
DELETE FROM projection_tracking WHERE name IN ('ledger', 'awaited');
"""


def upgrade() -> None:
    op.execute(ANEW)
