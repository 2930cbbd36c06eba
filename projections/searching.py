"""检索: the texts of cases by every two neighbouring characters, so that two Chinese characters are enough to find one.

Pairs of characters are kept as numbers: they are compared without the database's collation, and take half the room.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import prod
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import sql

from projections.paging import Condition
from projections.view import Connection, as_json, cleaned

FEW = 20_000
"""So many cases that a search finds are looked up one by one; more are searched in the order of the list."""

KEPT = "SELECT case_id, text FROM ledger_texts WHERE case_id = ANY(%s)"
KEEP = """
    INSERT INTO ledger_texts AS t SELECT * FROM json_populate_recordset(NULL::ledger_texts, %s::json)
    ON CONFLICT (case_id) DO UPDATE SET text = excluded.text, bigrams = excluded.bigrams
"""
PLACES: LiteralString = (
    "SELECT count(*) AS hits, array_agg(position)::text AS places FROM (SELECT t.position FROM ledger_texts t WHERE {}"
    " LIMIT %(most)s) AS hit"
)
"""Where in the list the cases are that a search finds; as the text of an array, which only passes through here."""

ALL_TEXTS = sql.SQL("SELECT FROM ledger_texts")
ONE_PAIR = sql.SQL("SELECT FROM ledger_texts WHERE bigrams @> %s::bigint[]")


class Words(NamedTuple):
    """检索文本 — what of a case a search looks through, and the case's place in the list, which never changes."""

    position: int
    parts: Sequence[str]


def keep(connection: Connection, texts: Mapping[UUID, Words]) -> None:
    """留存: the texts of these cases; those which are kept already as they are cost nothing further."""
    if not texts:
        return
    plain = {case: [normal(cleaned(one)) for one in words.parts] for case, words in texts.items()}
    kept = {row["case_id"]: row["text"] for row in connection.execute(KEPT, (list(plain),)).fetchall()}
    rows = [
        {
            "case_id": case,
            "position": texts[case].position,
            "text": text,
            "bigrams": sorted(set().union(*(bigrams(one) for one in parts))),
        }
        for case, parts in plain.items()
        if kept.get(case) != (text := "\n".join(parts))
    ]
    if rows:
        connection.execute(KEEP, (as_json(rows),))


def normal(text: str) -> str:
    """归一: full-width letters and digits as half-width ones, in small letters."""
    return unicodedata.normalize("NFKC", text).lower()


def bigrams(text: str) -> set[int]:
    """双字: every two neighbouring characters of a text, each pair as one number."""
    codes = [ord(one) for one in text]
    return {first << 21 | second for first, second in pairwise(codes)}


def search(words: str) -> Condition:
    """检索条件: of cases (alias `l`) whose number, subject or content hold every word.

    A word of two characters is found by its pair alone, a longer one is looked for in what has all its pairs; one
    character is looked for in every text. Common words are looked for in the text of each case that is left, whatever the
    planner thinks of them (`OFFSET 0`): it takes several pairs together for rare, and would find all texts that have them.
    """
    terms = normal(cleaned(words)).split()
    pairs = sorted(set().union(*(bigrams(term) for term in terms)))
    longer = [term for term in terms if len(term) != 2]
    held: LiteralString = "t.bigrams @> %(pairs)s::bigint[]" if pairs else "true"
    values: dict[str, Any] = {"pairs": pairs, "terms": longer}
    if longer:
        held += " AND NOT EXISTS (SELECT FROM unnest(%(terms)s::text[]) AS term WHERE position(term IN t.text) = 0)"
    everywhere = Condition(
        "EXISTS (SELECT FROM (SELECT * FROM ledger_texts WHERE position = l.position OFFSET 0) AS t WHERE "
        + held
        + ")",
        values,
        dear=True,
        sought=True,
    )

    def settled(connection: Connection) -> Condition:
        """The cases themselves where they are few: nothing else tells the planner how rare the words are."""
        if expected(connection, terms) > FEW:
            return everywhere
        query = sql.SQL(PLACES).format(sql.SQL(held))
        found = connection.execute(query, values | {"most": FEW + 1}, prepare=False).fetchone()
        if found is None or found["hits"] > FEW:
            return everywhere
        return Condition(
            "l.position = ANY(%(places)s::bigint[])", {"places": found["places"] or "{}"}, sought=True
        )

    return everywhere._replace(settled=settled)


def expected(connection: Connection, terms: Sequence[str]) -> float:
    """估数: how many texts have these words, as far as the planner's statistics of single pairs tell.

    A word is as common as the rarest of its pairs: they come together, and the planner, which takes them for independent,
    finds a long word of common pairs much too rare. Words do come independently of each other.
    """
    pairs = [sorted(bigrams(term)) for term in terms]
    asked = [pair for of_word in pairs for pair in of_word]
    query = sql.SQL("EXPLAIN (FORMAT JSON) {}").format(
        sql.SQL(" UNION ALL ").join([ALL_TEXTS, *[ONE_PAIR] * len(asked)])
    )
    plan = connection.execute(query, [[pair] for pair in asked], prepare=False).fetchone()
    if plan is None:
        raise LookupError("a plan is a row")
    top = plan["QUERY PLAN"][0]["Plan"]
    everything, *each = [one["Plan Rows"] for one in (top["Plans"] if asked else [top])]
    of_pair = dict(zip(asked, each, strict=True))
    of_words = (min(of_pair[pair] for pair in of_word) for of_word in pairs if of_word)
    return float(everything * prod(found / max(everything, 1) for found in of_words))
