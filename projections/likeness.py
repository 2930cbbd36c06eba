"""相似比对: by which marks a petition is found again – who petitioned, and what was written. The rows only; the search is in
`likeness_search.py`.

Nothing in a row can be read: persons are digests under a key of this office, pairs of characters are numbers made with
it. What the row is compared with is made the same way and forgotten.
"""

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from domain.casework import Casework, Recorded
from domain.facts import Fact
from domain.kinds import PETITION
from domain.petition.fold import Petition
from domain.rules.naming import plain
from projections.casebook import Casebook
from projections.view import NOT_OF_A_CASE, Connection, Table, as_json, touched

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every fact of a petition may change who petitioned, or by what it is known."""

LONGEST = 3000
"""Characters of a text that are compared; what a petition is about stands before."""
NOBODY = frozenset({"匿名", "无名", "无名氏", "群众", "佚名", "不详"})
"""Written in the place of a name; tells nobody from anybody."""
SHORTEST_NUMBER = 7

UPSERT = """
    INSERT INTO likenesses AS l SELECT * FROM json_populate_recordset(NULL::likenesses, %s::json)
    ON CONFLICT (case_id) DO UPDATE SET marks = excluded.marks, grams = excluded.grams, version = excluded.version
    WHERE l.version < excluded.version
"""


class Known(NamedTuple):
    """信访人特征 — by what somebody is known: an id number, a telephone, a name."""

    name: str | None = None
    id_number: str | None = None
    phone: str | None = None


class Likenesses:
    """相似比对 — the view: each touched petition is folded once a batch."""

    name = "likenesses"
    tables: Mapping[str, Table] = {"likenesses": Table(key=("case_id",))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the rows of the touched petitions as they stand now."""
        ids = touched(batch)
        if not ids:
            return
        key = key_of(casebook)
        rows = [
            _row(case.state, key) for case in casebook.cases(ids).values() if case.kind.name == PETITION.name
        ]
        if rows:
            connection.execute(UPSERT, (as_json(rows),))


def key_of(casework: Casework | Casebook) -> bytes:
    """比对密钥: the one of this office; it lies in the key store, outside the database."""
    return casework.keys.named("likeness")


def marks(key: bytes, people: Iterable[Known]) -> dict[str, str]:
    """信访人标记: HMAC-SHA256 of what each is known by, with what it is: id_number, phone or name."""
    found: dict[str, str] = {}
    for one in people:
        for what, value in _plain(one):
            found[hmac.digest(key, f"{what}:{value}".encode(), "sha256").hex()] = what
    return found


def grams(key: bytes, text: str) -> list[int]:
    """字对: every pair of neighbouring characters of a text, as a number that tells nothing without the key."""
    told = plain(text[:LONGEST])
    return sorted({_gram(key, told[i : i + 2]) for i in range(len(told) - 1)})


@lru_cache(maxsize=200_000)
def _gram(key: bytes, pair: str) -> int:
    digest = blake2b(pair.encode(), key=key, digest_size=4).digest()
    return int.from_bytes(digest, "big", signed=True)


def _plain(one: Known) -> list[tuple[str, str]]:
    number = re.sub(r"\W", "", one.id_number or "").upper()
    phone = re.sub(r"\D", "", one.phone or "")[-11:]
    name = plain(one.name or "")
    told = [
        ("id_number", number if len(number) >= SHORTEST_NUMBER else ""),
        ("phone", phone if len(phone) >= SHORTEST_NUMBER else ""),
        ("name", name if len(name) > 1 and name not in NOBODY else ""),
    ]
    return [(what, value) for what, value in told if value]


def _row(petition: Petition, key: bytes) -> dict[str, object]:
    people = (Known(one.name, one.id_number, one.phone) for one in petition.personal.people)
    return {
        "case_id": petition.id,
        "marks": sorted(marks(key, people)),
        "grams": grams(key, f"{petition.subject}\n{petition.content}"),
        "version": petition.version,
    }
