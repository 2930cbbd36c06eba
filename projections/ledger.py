"""台账: one row a case of any kind – what it is, where it stands, through whose hands it passed. The rows only;
the filters are in `ledger_list.py`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.casework import Casework, Recorded
from domain.facts import Fact
from domain.kinds import PETITION
from domain.petition.fold import Petition
from domain.petition.stages import CLOSED
from domain.rules.authority import plain
from projections.view import NOT_OF_A_CASE, Connection, Table, as_json, touched
from projections.visibility import person_key

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every fact of a case may change its row."""

LARGEST = 2**31 - 1
"""What an integer column holds; no fact may stall the list."""

UPSERT = """
    INSERT INTO ledger AS l SELECT * FROM json_populate_recordset(NULL::ledger, %s::json)
    ON CONFLICT (case_id) DO UPDATE SET
        number = excluded.number, office = excluded.office, year = excluded.year, channel = excluded.channel,
        category = excluded.category, purpose = excluded.purpose, form = excluded.form, source = excluded.source,
        subject = excluded.subject, received_on = excluded.received_on, registered_at = excluded.registered_at,
        due_on = excluded.due_on, stage = excluded.stage, state = excluded.state, unit = excluded.unit,
        units = excluded.units, public = excluded.public, confidential = excluded.confidential,
        accused_units = excluded.accused_units, accused_people = excluded.accused_people,
        repeat = excluded.repeat, urgent = excluded.urgent, headcount = excluded.headcount,
        rulebook = excluded.rulebook, closed_on = excluded.closed_on, bigrams = excluded.bigrams,
        version = excluded.version, position = excluded.position
    WHERE l.version < excluded.version
"""


class Ledger:
    """台账 — the view: each touched case is folded once a batch, from its whole stream."""

    name = "ledger"
    tables: Mapping[str, Table] = {"ledger": Table(key=("case_id",))}

    def apply(self, connection: Connection, batch: Sequence[Recorded], casework: Casework) -> None:
        """应用: the rows of the touched cases as they stand now; an older state never replaces a newer one."""
        rows = []
        for case in casework.cases(touched(batch)).values():
            rows.append(ROWS[case.kind.name](case.state) | {"position": case.history[0].position})
        if rows:
            connection.execute(UPSERT, (as_json(rows),))


def _petition(petition: Petition) -> dict[str, Any]:
    """台账行: the columns of a petition."""
    return {
        "case_id": petition.id,
        "kind": PETITION.name,
        "number": petition.number,
        "office": petition.office,
        "year": petition.received_on.year,
        "channel": petition.channel,
        "category": petition.category,
        "purpose": petition.purpose,
        "form": None,
        "source": None,
        "subject": petition.subject,
        "received_on": petition.received_on,
        "registered_at": petition.registered_at,
        "due_on": None,
        "stage": petition.stage,
        "state": "closed" if petition.stage in CLOSED else "open",
        "unit": petition.holder,
        "units": [*petition.units, *(person_key(officer) for officer in petition.people)],
        "public": False,
        "confidential": petition.category == "accusation",
        "accused_units": [plain(one.unit) for one in petition.against if one.unit is not None],
        "accused_people": [plain(one.person) for one in petition.against if one.person is not None],
        "repeat": petition.repeat_of is not None,
        "urgent": petition.urgent,
        "headcount": min(petition.headcount, LARGEST),
        "rulebook": petition.rulebook,
        "closed_on": petition.closed_on,
        "bigrams": sorted(bigrams(petition.number) | bigrams(petition.subject)),
        "version": petition.version,
    }


ROWS: Mapping[str, Callable[[Any], dict[str, Any]]] = {PETITION.name: _petition}
"""行: for each kind of case, its columns. The position is the opening's: the list's order never changes."""


def bigrams(text: str) -> set[str]:
    """双字: every two neighbouring characters; a trigram index would miss a search for two Chinese characters."""
    plain = text.lower()
    return {plain[at : at + 2] for at in range(len(plain) - 1)}
