"""案卷的牵连: what ties a file to others, asked of the read models and of what the log has told since.

What officers searched for is kept by them, not made from the log; what would tell of somebody who is gone is deleted.
"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from domain.attachments import lying_with
from domain.casework import Casework
from domain.errors import Busy
from domain.facts import TOPICS, UPCASTERS, Fact
from domain.reception.events import PetitionLinked, Received
from domain.store import Stored
from eventstore.database import Database
from projections.archives import linked_petition
from projections.searching import normal
from projections.tracking import reached
from projections.view import Connection, cleaned

VIEW = frozenset({"archives"})
MOST_BEHIND = 20_000
"""So many facts that the view has not come to are looked through one by one; with more behind it, one tries later."""

LATER = (
    "SELECT notification_id, originator_id, originator_version, topic, state FROM casework_events"
    " WHERE notification_id > %s AND topic = ANY(%s) ORDER BY notification_id LIMIT %s"
)
LINKING = [Received.TOPIC, PetitionLinked.TOPIC]
RECEPTIONS = "SELECT reception FROM linked_receptions WHERE petition = %s ORDER BY reception"
ELSEWHERE = "SELECT DISTINCT sha256 FROM case_attachments WHERE sha256 = ANY(%s) AND NOT case_id = ANY(%s)"
TEXTS = "SELECT text FROM ledger_texts WHERE case_id = ANY(%s)"
IS_ELSEWHERE = "SELECT EXISTS (SELECT FROM ledger_texts WHERE NOT case_id = ANY(%s) AND position(%s IN text) > 0) AS found"


class ReadModels:
    """案卷的牵连 — of the read models of this database."""

    def __init__(self, database: Database, casework: Casework) -> None:
        self.database = database
        self.casework = casework

    def receptions_of(self, petition: UUID) -> Sequence[UUID]:
        """接访记录: those that were registered as this petition, or that it came from. Raises Busy."""
        with self.database.connection() as connection:
            later = self._later(connection, LINKING)
            known = [row["reception"] for row in connection.execute(RECEPTIONS, (petition,)).fetchall()]
        fresh = [one.originator_id for one in later if linked_petition(one) == petition]
        return list(dict.fromkeys([*known, *fresh]))

    def only_in(self, cases: Sequence[UUID], hashes: Sequence[str]) -> Sequence[str]:
        """专有附件: of these contents, those that no case besides these names. Raises Busy."""
        if not hashes:
            return []
        with self.database.connection() as connection:
            later = self._later(connection, _naming())
            rows = connection.execute(ELSEWHERE, (list(hashes), list(cases))).fetchall()
        elsewhere = {row["sha256"] for row in rows}
        elsewhere |= set(lying_with(one for one in later if one.originator_id not in cases))
        return [one for one in hashes if one not in elsewhere]

    def forget(self, cases: Sequence[UUID], names: Sequence[str]) -> None:
        """清除检索痕迹: words that hold one of the names, or that stand in the texts of these cases – of those that officers
        saved for good, only what stands in no other case."""
        with self.database.transaction() as connection:
            texts = [row["text"] for row in connection.execute(TEXTS, (list(cases),)).fetchall()]
            called = [normal(cleaned(name)) for name in names if len(name) > 1]

            def tells(words: str) -> bool:
                terms = normal(cleaned(words)).split()
                return any(name in normal(words) for name in called) or any(
                    all(term in text for term in terms) for text in texts if terms
                )

            lately = connection.execute("SELECT id, words FROM ledger_searches").fetchall()
            gone = [row["id"] for row in lately if tells(row["words"])]
            connection.execute("DELETE FROM ledger_searches WHERE id = ANY(%s)", (gone,))
            saved = connection.execute(
                "SELECT id, filters ->> 'q' AS words FROM saved_views WHERE filters ? 'q'"
            ).fetchall()
            gone = [
                row["id"]
                for row in saved
                if tells(row["words"])
                and (
                    any(name in normal(row["words"]) for name in called)
                    or _only_here(connection, cases, row["words"])
                )
            ]
            connection.execute("DELETE FROM saved_views WHERE id = ANY(%s)", (gone,))

    def _later(self, connection: Connection, topics: list[str]) -> list[Fact]:
        """What the view has not come to yet, of these topics. Raises Busy."""
        asked = (reached(connection, VIEW), topics, MOST_BEHIND)
        rows = connection.execute(LATER, asked, binary=True).fetchall()
        if len(rows) >= MOST_BEHIND:
            raise Busy("projection.behind", "列表尚未更新，暂时无法查找关联事项和附件，请稍后再试。")
        return self.casework.facts([Stored(*row.values()) for row in rows])


@cache
def _naming() -> list[str]:
    """Topics of facts that name contents, with those under which they were once stored."""
    today = {topic for topic, kind in TOPICS.items() if "attachments" in kind.__struct_fields__}
    return sorted(today | {old for old, lift in UPCASTERS.items() if lift({})[0] in today})


def _only_here(connection: Connection, cases: Sequence[UUID], words: str) -> bool:
    """Whether the words, each of them, stand in no case besides these."""
    for term in normal(cleaned(words)).split():
        row = connection.execute(IS_ELSEWHERE, (list(cases), term)).fetchone()
        if row is not None and not row["found"]:
            return True
    return False
