"""名称比对: whom an accusation names is kept in simplified characters; the ledger is made anew from the events."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ANEW = """
SET LOCAL lock_timeout = '10s';
TRUNCATE ledger;
DELETE FROM projection_tracking WHERE name = 'ledger';
"""


def upgrade() -> None:
    op.execute(ANEW)
