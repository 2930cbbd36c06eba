"""案件历史充填: every filled petition has its facts in the log; those that are asked for real ones, the rest rows of the same
size which nobody could read.
"""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import psycopg

from bench import cases, filling
from domain.casework import Casework
from domain.facts import Fact

FACTS = 3
"""Facts of a petition: registered, accepted, urged."""
AT_ONCE = 100

CLONES: LiteralString = """
    INSERT INTO casework_events (originator_id, originator_version, topic, state)
    SELECT md5('petition ' || n)::uuid, e.originator_version, e.topic, e.state
    FROM generate_series(1, %(count)s::integer) AS n, casework_events e
    WHERE e.originator_id = %(model)s AND n <> ALL(%(real)s::integer[])
    ORDER BY n, e.originator_version
"""


def fill(casework: Casework, dsn: str, count: int, asked: int) -> list[UUID]:
    """充填: the log of the filled petitions; answers those with real facts, `asked` of them, spread over all."""
    real = list(range(count // asked, count + 1, count // asked))[:asked]
    ids = [filling.case_id(serial) for serial in real]
    for first in range(0, asked, AT_ONCE):
        casework.save(*_facts(real[first : first + AT_ONCE]))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(CLONES, {"count": count, "model": ids[0], "real": real})
        connection.execute("VACUUM ANALYZE casework_events")
    return ids


def _facts(serials: Sequence[int]) -> list[Fact]:
    return [fact for one in serials for fact in cases.history(filling.case_id(one), one, FACTS)]
