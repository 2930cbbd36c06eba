"""What earlier versions recorded of readings becomes facts of the log, in its order and with its numbers (A13)."""

from uuid import UUID

import psycopg
from alembic import command

from domain.casework import Casework
from domain.trace import PersonalDataRead
from eventstore import migrate
from eventstore.database import Database, library_env
from projections.readings import Readings
from projections.runner import Runner

CASE = UUID("0f5c8a52-0000-4000-8000-000000000001")
OLD = (
    "INSERT INTO readings (case_id, officer, what, at, for_whom) VALUES"
    " (%(case)s, 'office', 'petitioners', '2026-01-31T16:00:00.5Z', NULL),"
    " (%(case)s, 'petitioner', 'progress', '2026-02-01T02:00:00Z', NULL),"
    " (%(case)s, 'unit-a-clerk', 'attachment', '2026-02-01T02:00:01Z', 'unit-a-head')"
)


def test_a13_what_was_recorded_before_becomes_facts_in_its_order(empty_dsn: str) -> None:
    command.upgrade(migrate.configuration(empty_dsn), "0018")
    with psycopg.connect(empty_dsn) as connection:
        connection.execute(OLD, {"case": CASE})
    migrate.upgrade(empty_dsn)
    with Database(empty_dsn) as database, Casework(library_env(empty_dsn)) as casework:
        found = [casework.fact(row) for row in casework.store.select_log(0, 10)]
        facts = [one for one in found if isinstance(one, PersonalDataRead)]
        assert len(facts) == len(found)
        Runner(database, casework, Readings()).catch_up()
        with database.connection() as connection:
            rows = connection.execute("SELECT officer, case_id FROM readings ORDER BY position").fetchall()
    assert [(one.entry, one.by, one.for_whom, one.what, one.ground) for one in facts] == [
        (1, "office", None, "petitioners", ""),
        (2, "petitioner", None, "progress", "petitioner"),
        (3, "unit-a-clerk", "unit-a-head", "attachment", ""),
    ]
    assert {one.case for one in facts} == {CASE}
    assert facts[0].on.isoformat() == "2026-02-01"
    assert facts[0].recorded_at.isoformat() == "2026-01-31T16:00:00.500000+00:00"
    assert len({one.originator_id for one in facts}) == 3
    assert [(row["officer"], row["case_id"]) for row in rows] == [
        ("office", CASE),
        ("petitioner", CASE),
        ("unit-a-clerk", CASE),
    ]
