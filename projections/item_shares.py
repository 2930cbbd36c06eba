"""承办份额: one row a unit that a supervision item is or was allocated to – what it did with its part so far.

What all users may know of every unit's handling (第二十四条第二项) is counted from these rows and the clocks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from domain.casework import Case, Recorded
from domain.facts import TOPICS, Fact
from domain.supervision import events
from domain.supervision.fold import Item, Share
from projections.casebook import Casebook
from projections.view import Connection, Table, as_json, touched

HANDLES: tuple[type[Fact], ...] = tuple(
    fact for fact in TOPICS.values() if fact.__module__ == events.__name__
)
"""Any fact of an item may change a share; alerts on it do not."""
IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in TOPICS.values() if fact not in HANDLES)

DELETE = "DELETE FROM item_shares WHERE case_id = ANY(%s)"
INSERT = "INSERT INTO item_shares SELECT * FROM json_populate_recordset(NULL::item_shares, %s::json)"


class ItemShares:
    """承办份额 — the view: the rows of a touched item are all written anew from its whole history."""

    name = "item_shares"
    tables: Mapping[str, Table] = {"item_shares": Table(key=("case_id", "unit"))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the touched items as they stand now."""
        own = [one for one in batch if isinstance(one.fact, HANDLES)]
        if not own:
            return
        items = list(casebook.cases(touched(own)).values())
        connection.execute(DELETE, ([case.state.id for case in items],))
        rows = [row for case in items for row in rows_of(case)]
        if rows:
            connection.execute(INSERT, (as_json(rows),))


def rows_of(case: Case) -> list[dict[str, Any]]:
    """各单位份额: of each unit the last share it got."""
    item: Item = case.state
    sent_back = Counter(fact.of_unit for fact in case.facts if isinstance(fact, events.SentBack))
    extended = Counter(fact.of_unit for fact in case.facts if isinstance(fact, events.ExtensionGranted))
    last = {share.unit: share for share in item.shares}
    return [
        _row(item, share) | {"sent_back": sent_back[unit], "extended": extended[unit]}
        for unit, share in last.items()
    ]


def _row(item: Item, share: Share) -> dict[str, Any]:
    return {
        "case_id": item.id,
        "unit": share.unit,
        "lead": share.lead,
        "handler": share.handler,
        "allocated_on": share.allocated_on,
        "result_on": share.result_on,
        "waived": share.waived,
        "released_on": share.released_on,
    }
