"""查阅留痕成为事实: what was recorded of readings becomes facts of the log, in its order; the table is made from them.

Each gets a stream of its own, and keeps its number as `entry`. On what ground somebody read was not recorded then.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FACTS = """
SET LOCAL lock_timeout = '10s';

DO $facts$
DECLARE
    done bigint := 0;
    upto bigint;
BEGIN
    LOOP
        SELECT max(id) INTO upto FROM (SELECT id FROM readings WHERE id > done ORDER BY id LIMIT 5000) AS part;
        EXIT WHEN upto IS NULL;
        PERFORM append_events(array_agg(ROW(
            stream, 1, 'trace.read.1', convert_to(json_strip_nulls(json_build_object(
                'originator_id', stream,
                'originator_version', 1,
                'on', to_char(at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'),
                'recorded_at', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'by', officer,
                'unit', CASE officer WHEN 'petitioner' THEN officer ELSE '' END,
                'role', CASE officer WHEN 'petitioner' THEN officer ELSE '' END,
                'for_whom', for_whom,
                'case', case_id,
                'what', what,
                'ground', CASE officer WHEN 'petitioner' THEN officer END,
                'entry', id
            ))::text, 'UTF8'))::stored_event_uuid ORDER BY id))
        FROM (SELECT gen_random_uuid() AS stream, r.* FROM readings r WHERE id > done AND id <= upto) old;
        done := upto;
    END LOOP;
END;
$facts$;

DROP TABLE readings;

CREATE TABLE readings (
    position bigint PRIMARY KEY,
    stream uuid NOT NULL,
    version bigint NOT NULL,
    case_id uuid NOT NULL,
    officer text NOT NULL,
    unit text NOT NULL,
    role text NOT NULL,
    for_whom text,
    what text NOT NULL,
    ground text NOT NULL,
    reason text,
    at timestamptz NOT NULL
);
CREATE INDEX readings_case_id_idx ON readings (case_id, position);
CREATE INDEX readings_officer_idx ON readings (officer, position);
CREATE INDEX readings_at_idx ON readings (at);
"""


def upgrade() -> None:
    op.execute(FACTS)
