"""台账: one row a case of any kind – what it is, where it stands, through whose hands it passed, and the text that a
search looks through. The rows only; the filters are in `ledger_list.py`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from domain.casework import Recorded
from domain.facts import Fact
from domain.filing import stages as month_stages
from domain.filing.fold import MonthList
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.masking import masked_name
from domain.petition.fold import Petition
from domain.petition.stages import CLOSED
from domain.reception import stages as reception_stages
from domain.reception.fold import Reception
from domain.rules.naming import plain
from domain.supervision import stages as item_stages
from domain.supervision.fold import Item
from projections import searching
from projections.casebook import Casebook
from projections.view import NOT_OF_A_CASE, Connection, Table, as_json, touched
from projections.visibility import office_key, person_key

IGNORES: tuple[type[Fact], ...] = NOT_OF_A_CASE
"""Every fact of a case may change its row."""

LARGEST = 2**31 - 1
"""What an integer column holds; no fact may stall the list."""

SHOWN = 60
"""Characters of a reception's content that stand for its subject."""

NAMES = 5
"""Petitioners whose names a row holds; of a crowd it tells how many."""

UPSERT = """
    WITH written AS (
    INSERT INTO ledger AS l SELECT * FROM json_populate_recordset(NULL::ledger, %s::json)
    ON CONFLICT (case_id) DO UPDATE SET
        number = excluded.number, office = excluded.office, year = excluded.year, channel = excluded.channel,
        category = excluded.category, purpose = excluded.purpose, form = excluded.form, source = excluded.source,
        subject = excluded.subject, received_on = excluded.received_on, registered_at = excluded.registered_at,
        due_on = excluded.due_on, stage = excluded.stage, state = excluded.state, unit = excluded.unit,
        units = excluded.units, public = excluded.public, confidential = excluded.confidential,
        accused_units = excluded.accused_units, accused_people = excluded.accused_people,
        repeat = excluded.repeat, urgent = excluded.urgent, headcount = excluded.headcount,
        rulebook = excluded.rulebook, closed_on = excluded.closed_on,
        petitioners = excluded.petitioners, against = excluded.against, topic = excluded.topic,
        first_contact = excluded.first_contact, handler = excluded.handler, accepted_on = excluded.accepted_on,
        replied_on = excluded.replied_on, version = excluded.version, position = excluded.position
    WHERE l.version < excluded.version
    RETURNING l.case_id, l.confidential
    ), unnamed AS (DELETE FROM accused_names WHERE case_id IN (SELECT case_id FROM written))
    SELECT case_id, confidential FROM written
"""


NAMED = """
    INSERT INTO accused_names (case_id, place, name)
    SELECT l.case_id, one.place, one.name
    FROM ledger l, unnest(l.accused_units || l.accused_people) WITH ORDINALITY AS one (name, place)
    WHERE l.confidential AND l.case_id = ANY(%s)
"""
"""被检举控告的名称: of the cases that are confidential, whom they name. Who is meant is asked of every list, so they stand
by themselves; a name that is missing here would show an accusation to whom it accuses."""


class Ledger:
    """台账 — the view: each touched case is folded once a batch, from its whole stream."""

    name = "ledger"
    tables: Mapping[str, Table] = {
        "ledger": Table(key=("case_id",)),
        "accused_names": Table(key=("case_id", "place")),
        "ledger_texts": Table(key=("case_id",)),
    }

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the rows of the touched cases as they stand now; an older state never replaces a newer one."""
        cases = casebook.cases(touched(batch)).values()
        if not cases:
            return
        rows = [ROWS[case.kind.name](case.state) | {"position": case.history[0].position} for case in cases]
        written = connection.execute(UPSERT, (as_json(rows),)).fetchall()
        newer = {row["case_id"] for row in written}
        confidential = [row["case_id"] for row in written if row["confidential"]]
        if confidential:
            connection.execute(NAMED, (confidential,))
        searching.keep(
            connection,
            {
                case.state.id: searching.Words(case.history[0].position, TEXTS[case.kind.name](case.state))
                for case in cases
                if case.state.id in newer
            },
        )


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
        "units": [
            *petition.units,
            office_key(petition.office),
            *(person_key(officer) for officer in petition.people),
        ],
        "public": False,
        "confidential": petition.category == "accusation",
        "accused_units": [plain(one.unit) for one in petition.against if one.unit is not None],
        "accused_people": [plain(one.person) for one in petition.against if one.person is not None],
        "repeat": petition.repeat_of is not None,
        "urgent": petition.urgent,
        "headcount": min(petition.headcount, LARGEST),
        "rulebook": petition.rulebook,
        "closed_on": petition.closed_on,
        "petitioners": _petitioners(petition),
        "against": [f"{one.unit or ''}{one.person or ''}" for one in petition.against],
        "topic": petition.topic,
        "first_contact": petition.first_contact,
        "handler": petition.handler,
        "accepted_on": petition.accepted_on,
        "replied_on": petition.replied_on,
        "version": petition.version,
    }


def _item(item: Item) -> dict[str, Any]:
    """台账行: the columns of a supervision item. `unit` is the one that leads, before that the one that opened it."""
    offices = [*item.units, *([] if item.petition_office is None else [item.petition_office])]
    against = item.against if item.confidential else ()
    return {
        "case_id": item.id,
        "kind": ITEM.name,
        "number": item.number,
        "office": item.opened_by_unit,
        "year": item.opened_on.year,
        "channel": None,
        "category": item.category,
        "purpose": None,
        "form": item.form,
        "source": item.source,
        "subject": item.subject,
        "received_on": item.opened_on,
        "registered_at": item.opened_at,
        "due_on": item.due_on,
        "stage": item.stage,
        "state": "closed" if item.stage in item_stages.CLOSED else "open",
        "unit": item.lead_unit or item.opened_by_unit,
        "units": [
            *item.units,
            *(office_key(unit) for unit in dict.fromkeys(offices)),
            *(person_key(officer) for officer in item.people),
        ],
        "public": item.public,
        "confidential": item.confidential,
        "accused_units": [plain(one.unit) for one in against if one.unit is not None],
        "accused_people": [plain(one.person) for one in against if one.person is not None],
        "repeat": False,
        "urgent": False,
        "headcount": 1,
        "rulebook": None,
        "closed_on": item.closed_on,
        "petitioners": [],
        "against": [f"{one.unit or ''}{one.person or ''}" for one in against],
        "topic": None,
        "first_contact": None,
        "handler": next((share.handler for share in item.holding if share.lead), None),
        "accepted_on": item.issued_on,
        "replied_on": None,
        "version": item.version,
    }


def _month(month: MonthList) -> dict[str, Any]:
    """台账行: the columns of a month's list of negative decisions."""
    return {
        "case_id": month.id,
        "kind": MONTH.name,
        "number": month.number,
        "office": month.office,
        "year": month.first_day.year,
        "channel": None,
        "category": None,
        "purpose": None,
        "form": None,
        "source": None,
        "subject": _title(month),
        "received_on": month.opened_on,
        "registered_at": month.opened_at,
        "due_on": None,
        "stage": month.stage,
        "state": "closed" if month.stage in month_stages.CLOSED else "open",
        "unit": month.office,
        "units": [office_key(month.office)],
        "public": False,
        "confidential": False,
        "accused_units": [],
        "accused_people": [],
        "repeat": False,
        "urgent": False,
        "headcount": 1,
        "rulebook": None,
        "closed_on": month.closed_on,
        "petitioners": [],
        "against": [],
        "topic": None,
        "first_contact": None,
        "handler": None,
        "accepted_on": None,
        "replied_on": None,
        "version": month.version,
    }


def _reception(reception: Reception) -> dict[str, Any]:
    """台账行: the columns of a reception. `first_contact` received the person, `handler` is responsible now."""
    people = reception.personal.people
    return {
        "case_id": reception.id,
        "kind": RECEPTION.name,
        "number": reception.number,
        "office": reception.office,
        "year": reception.received_on.year,
        "channel": None,
        "category": None,
        "purpose": None,
        "form": reception.form,
        "source": None,
        "subject": reception.subject,
        "received_on": reception.received_on,
        "registered_at": reception.recorded_at,
        "due_on": reception.promised_on,
        "stage": reception.stage,
        "state": "closed" if reception.stage in reception_stages.CLOSED else "open",
        "unit": reception.unit,
        "units": [
            *reception.units,
            office_key(reception.office),
            *(person_key(officer) for officer in reception.people),
        ],
        "public": False,
        "confidential": reception.confidential,
        "accused_units": [plain(one.unit) for one in reception.against if one.unit is not None],
        "accused_people": [plain(one.person) for one in reception.against if one.person is not None],
        "repeat": False,
        "urgent": False,
        "headcount": min(reception.headcount, LARGEST),
        "rulebook": None,
        "closed_on": reception.closed_on,
        "petitioners": [masked_name(person.name) for person in people[:NAMES]],
        "against": [f"{one.unit or ''}{one.person or ''}" for one in reception.against],
        "topic": reception.result,
        "first_contact": reception.received_by,
        "handler": reception.responsible,
        "accepted_on": None,
        "replied_on": reception.closed_on,
        "version": reception.version,
    }


def _title(month: MonthList) -> str:
    return f"{month.month}否定事项清单"


def _petitioners(petition: Petition) -> list[str]:
    """Their names as everybody may see them."""
    people = {person.key: person.name for person in petition.personal.people}
    return [masked_name(people[one.key]) for one in petition.petitioners[:NAMES] if one.key in people]


ROWS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    PETITION.name: _petition,
    ITEM.name: _item,
    MONTH.name: _month,
    RECEPTION.name: _reception,
}
"""行: for each kind of case, its columns. The position is the opening's: the list's order never changes."""


TEXTS: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    PETITION.name: lambda petition: (petition.number, petition.subject, petition.content),
    ITEM.name: lambda item: (item.number, item.subject, item.requirements),
    MONTH.name: lambda month: (month.number, _title(month)),
    RECEPTION.name: lambda reception: (reception.number, reception.content),
}
"""检索文本: for each kind of case, what a search looks through; never who petitions."""
