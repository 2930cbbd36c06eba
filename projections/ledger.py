"""信访台账: one row a petition – what it is, where it stands, through whose hands it passed. The rows only;
the filters are in `ledger_list.py`."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.casework import Casework, Recorded
from domain.facts import Fact
from domain.petition.fold import Petition, project
from domain.petition.stages import CLOSED
from domain.rules.authority import plain
from projections.view import NOT_OF_A_CASE, Connection, Table, as_json, touched
from projections.visibility import handler_key

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every fact of a case may change its row."""

LARGEST = 2**31 - 1
"""What an integer column holds; no fact may stall the list."""

UPSERT = """
    INSERT INTO ledger AS l SELECT * FROM json_populate_recordset(NULL::ledger, %s::json)
    ON CONFLICT (case_id) DO UPDATE SET
        number = excluded.number, office = excluded.office, year = excluded.year, channel = excluded.channel,
        category = excluded.category, purpose = excluded.purpose, subject = excluded.subject,
        received_on = excluded.received_on, registered_at = excluded.registered_at, stage = excluded.stage,
        state = excluded.state, unit = excluded.unit, units = excluded.units,
        accused_units = excluded.accused_units, accused_people = excluded.accused_people,
        repeat = excluded.repeat, urgent = excluded.urgent, headcount = excluded.headcount,
        rulebook = excluded.rulebook, closed_on = excluded.closed_on, bigrams = excluded.bigrams,
        version = excluded.version, position = excluded.position
    WHERE l.version < excluded.version
"""


class Ledger:
    """信访台账 — the view: each touched case is folded once a batch, from its whole stream."""

    name = "ledger"
    tables: Mapping[str, Table] = {"ledger": Table(key=("case_id",))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casework: Casework) -> None:
        """应用: the rows of the touched cases as they stand now; an older state never replaces a newer one."""
        rows = []
        for history in casework.histories(touched(batch)).values():
            petition = project(None, (one.fact for one in history))
            if petition is not None:
                rows.append(row(petition, history[0].position))
        if rows:
            connection.execute(UPSERT, (as_json(rows),))


def row(petition: Petition, position: int) -> dict[str, Any]:
    """台账行: the columns of a petition. `position` is its registration's: the list's order never changes."""
    return {
        "case_id": petition.id,
        "number": petition.number,
        "office": petition.office,
        "year": petition.received_on.year,
        "channel": petition.channel,
        "category": petition.category,
        "purpose": petition.purpose,
        "subject": petition.subject,
        "received_on": petition.received_on,
        "registered_at": petition.registered_at,
        "stage": petition.stage,
        "state": "closed" if petition.stage in CLOSED else "open",
        "unit": petition.holder,
        "units": [*petition.units, *([handler_key(petition.handler)] if petition.handler else [])],
        "accused_units": [plain(one.unit) for one in petition.against if one.unit is not None],
        "accused_people": [plain(one.person) for one in petition.against if one.person is not None],
        "repeat": petition.repeat_of is not None,
        "urgent": petition.urgent,
        "headcount": min(petition.headcount, LARGEST),
        "rulebook": petition.rulebook,
        "closed_on": petition.closed_on,
        "bigrams": sorted(bigrams(petition.number) | bigrams(petition.subject)),
        "version": petition.version,
        "position": position,
    }


def bigrams(text: str) -> set[str]:
    """双字: every two neighbouring characters; a trigram index would miss a search for two Chinese characters."""
    plain = text.lower()
    return {plain[at : at + 2] for at in range(len(plain) - 1)}
