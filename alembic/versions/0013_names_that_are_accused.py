"""被检举控告的名称: whom accusations name, a row each, for who may not read them is asked of every list; and by the day
that falls due."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMES = """
SET LOCAL lock_timeout = '10s';

CREATE TABLE accused_names (
    case_id uuid NOT NULL,
    place integer NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (case_id, place)
);
INSERT INTO accused_names (case_id, place, name)
SELECT l.case_id, one.place, one.name
FROM ledger l, unnest(l.accused_units || l.accused_people) WITH ORDINALITY AS one (name, place) WHERE l.confidential;

CREATE INDEX deadlines_late_idx ON deadlines (due_on, unit, case_id) WHERE state = 'running' AND NOT is_window;
CREATE INDEX deadlines_of_unit_idx ON deadlines (unit, due_on, case_id) WHERE state = 'running' AND NOT is_window;
"""


def upgrade() -> None:
    op.execute(NAMES)
