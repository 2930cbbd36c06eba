"""相似查找: the petitions by the same people, and those whose words are most alike, among what an officer may see.

The database finds candidates by the rarest pairs of characters; how alike two texts are is judged afterwards by whoever
has them both. Never a prepared statement: a plan for one text is wrong for the next.
"""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from projections.view import Connection
from projections.visibility import Visibility

NEEDS = ("likenesses", "ledger")
"""The views which a reader who asks for a position must wait for."""

SAMPLED = 1000
"""Rows looked at to learn which pairs of characters are rare."""
SHARE = 0.02
"""The part of all petitions that the chosen pairs may lead to."""
FEWEST, MOST = 3, 40
"""Pairs looked up."""
CANDIDATES = 40

_SIZE = "SELECT greatest(reltuples, 0)::float8 AS size FROM pg_class WHERE oid = 'likenesses'::regclass"
_COMMON: LiteralString = (
    "SELECT gram, count(*) AS times FROM (SELECT grams FROM likenesses TABLESAMPLE SYSTEM ({}) LIMIT {}) AS sampled,"
    " LATERAL unnest(sampled.grams) AS gram WHERE gram = ANY(%(grams)s::int[]) GROUP BY gram"
)
_ALIKE: LiteralString = (
    "SELECT k.case_id, shared.n AS shared, cardinality(k.grams) AS own FROM likenesses k JOIN ledger l USING (case_id),"
    " LATERAL (SELECT count(*) AS n FROM unnest(k.grams) AS one WHERE one = ANY(%(grams)s::int[])) AS shared"
    " WHERE k.grams && %(rare)s::int[] AND {}"
    " ORDER BY shared.n::float8 / greatest(least(cardinality(k.grams), %(size)s), 1) DESC, k.case_id LIMIT {}"
)
_MARKED: LiteralString = (
    "SELECT k.case_id, array(SELECT unnest(k.marks) INTERSECT SELECT unnest(%(marks)s::text[])) AS marks"
    " FROM likenesses k JOIN ledger l USING (case_id) WHERE k.marks && %(marks)s::text[] AND {}"
    " ORDER BY l.position DESC LIMIT {}"
)


def by_people(
    connection: Connection, visibility: Visibility, marks: Sequence[str], limit: int = CANDIDATES
) -> dict[UUID, tuple[str, ...]]:
    """同一信访人: the newest petitions that bear one of the marks, each with those it bears."""
    if not marks:
        return {}
    seen = visibility.condition()
    query = sql.SQL(_MARKED).format(sql.SQL(seen.text), sql.Literal(limit))
    values = {"marks": list(marks), **seen.values}
    rows = connection.execute(query, values, prepare=False).fetchall()
    return {row["case_id"]: tuple(row["marks"]) for row in rows}


def by_words(
    connection: Connection, visibility: Visibility, grams: Sequence[int], limit: int = CANDIDATES
) -> list[UUID]:
    """内容相近: the petitions that share most of the text's rarer pairs of characters, most alike first; in a transaction."""
    rare = _rare(connection, grams)
    if not rare:
        return []
    seen = visibility.condition()
    query = sql.SQL(_ALIKE).format(sql.SQL(seen.text), sql.Literal(limit))
    values = {"grams": list(grams), "rare": rare, "size": len(grams), **seen.values}
    # The planner takes a pair to be as frequent as any, and would read every row; the chosen ones are rare.
    connection.execute("SET LOCAL enable_seqscan = off")
    rows = connection.execute(query, values, prepare=False).fetchall()
    connection.execute("SET LOCAL enable_seqscan = on")
    return [row["case_id"] for row in rows if row["shared"] > 1 or len(grams) < FEWEST]


def _rare(connection: Connection, grams: Sequence[int]) -> list[int]:
    """The pairs that few petitions have, so many that what they lead to stays small."""
    if not grams:
        return []
    row = connection.execute(_SIZE).fetchone()
    size = float(row["size"]) if row is not None else 0.0
    percent = 100.0 if size <= SAMPLED else max(0.05, 100.0 * SAMPLED / size)
    query = sql.SQL(_COMMON).format(sql.Literal(percent), sql.Literal(2 * SAMPLED))
    rows = connection.execute(query, {"grams": list(grams)}, prepare=False).fetchall()
    times = {row["gram"]: int(row["times"]) for row in rows}
    chosen: list[int] = []
    led_to = 0
    for gram in sorted(grams, key=lambda one: (times.get(one, 0), one)):
        led_to += times.get(gram, 0)
        if len(chosen) >= MOST or (len(chosen) >= FEWEST and led_to > SHARE * SAMPLED):
            break
        chosen.append(gram)
    return chosen
