"""台账索引: what the lists of a million petitions are filtered by; the texts searched know the case's place in the list.

A search finds its texts in the order in which they lie, which is that of the list; by the place their cases are found where
they lie too, and not all over the table. The texts are written anew from the events.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TEXTS = """
SET LOCAL lock_timeout = '10s';
TRUNCATE ledger, accused_names, ledger_texts;
DELETE FROM projection_tracking WHERE name = 'ledger';
ALTER TABLE ledger_texts ADD COLUMN position bigint NOT NULL;
CREATE INDEX ledger_texts_position_idx ON ledger_texts (position);
"""

FILTERS = """
CREATE INDEX ledger_place_idx ON ledger (position);
CREATE INDEX ledger_units_idx ON ledger USING gin (units);
CREATE INDEX ledger_stage_idx ON ledger (stage);
CREATE INDEX ledger_channel_idx ON ledger (channel);
CREATE INDEX ledger_open_idx ON ledger (kind, position) WHERE state = 'open';
CREATE INDEX ledger_repeat_idx ON ledger (kind, position) WHERE repeat;
CREATE INDEX ledger_urgent_idx ON ledger (kind, position) WHERE urgent;
CREATE INDEX ledger_public_idx ON ledger (kind) WHERE public;
"""


def upgrade() -> None:
    op.execute(TEXTS)
    op.execute(FILTERS)
