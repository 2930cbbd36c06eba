"""就地标记已巡查的预警步骤: marking a step as claimed touches no index.

While `raised` stood in the index's condition, every mark moved the row's entry in all indexes: with ten million clocks a
thousand random pages of the key's index, four fifths of the sweep. The index goes by the day alone, and the pages keep
room for the marked row beside the old one.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INDEX = """
SET LOCAL lock_timeout = '10s';
ALTER TABLE deadline_steps SET (fillfactor = 90);
DROP INDEX deadline_steps_fire_on_idx;
CREATE INDEX deadline_steps_fire_on_idx ON deadline_steps (fire_on);
"""


def upgrade() -> None:
    op.execute(INDEX)
