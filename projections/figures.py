"""统计事实: what statistics count and no other list holds – one row an act that is counted, and one row a case with its
acceptance, conclusion, handler and suspension. Counted in `statistics.py`; no figure is made here."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.casework import Case, Recorded
from domain.facts import TOPICS, Fact
from domain.kinds import ITEM, PETITION
from domain.petition import events as petition
from domain.petition.fold import Petition, fold
from domain.review import events as review
from domain.supervision import events as item
from projections.casebook import Casebook
from projections.ledger import LARGEST
from projections.view import Connection, Table, as_json, touched

HANDLES: tuple[type[Fact], ...] = (
    petition.Accepted, petition.Declined, petition.Forwarded, petition.Assigned, petition.Transferred,
    petition.Objected, petition.HandedBack, petition.KeptWithUnit, petition.Designated,
    petition.ExtensionRequested, petition.ExtensionGranted, petition.ExtensionRefused,
    petition.HearingOpened, petition.HearingClosed, petition.Replied, petition.Withdrawn, petition.SignedOff,
    petition.Reopened, petition.Rated, review.ReviewConcluded, review.ReexaminationConcluded,
    item.SentBack, item.Scored,
)  # fmt: skip
"""Any other fact leaves the figures of its case as they are."""
IGNORES: tuple[type[Fact], ...] = tuple(fact for fact in TOPICS.values() if fact not in HANDLES)

COUNTED: tuple[type[Fact], ...] = (
    petition.Forwarded, petition.Assigned, petition.Transferred, petition.Objected, petition.HandedBack,
    petition.KeptWithUnit, petition.ExtensionRequested, petition.ExtensionGranted, petition.ExtensionRefused,
    petition.Rated,
)  # fmt: skip
"""A petition's facts that are counted one by one."""

DELETE_ACTS = "DELETE FROM figures WHERE case_id = ANY(%s)"
DELETE_CASES = "DELETE FROM figure_cases WHERE case_id = ANY(%s)"
INSERT_ACTS = "INSERT INTO figures SELECT * FROM json_populate_recordset(NULL::figures, %s::json)"
INSERT_CASES = "INSERT INTO figure_cases SELECT * FROM json_populate_recordset(NULL::figure_cases, %s::json)"


class Figures:
    """统计事实 — the view: the rows of a touched case are all written anew from its whole history."""

    name = "figures"
    tables: Mapping[str, Table] = {
        "figures": Table(key=("case_id", "version")),
        "figure_cases": Table(key=("case_id",)),
    }

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the touched cases as they stand now."""
        own = [one for one in batch if isinstance(one.fact, HANDLES)]
        if not own:
            return
        cases = list(casebook.cases(touched(own)).values())
        ids = [case.state.id for case in cases]
        connection.execute(DELETE_ACTS, (ids,))
        connection.execute(DELETE_CASES, (ids,))
        write(connection, cases)


def write(connection: Connection, cases: Sequence[Case]) -> None:
    """写入: the rows of cases that have none yet."""
    acts = [row for case in cases for row in acts_of(case)]
    standing = [standing_of(case.state) for case in cases if case.kind is PETITION]
    for insert, rows in ((INSERT_ACTS, acts), (INSERT_CASES, standing)):
        if rows:
            connection.execute(insert, (as_json(rows),))


def standing_of(case: Petition) -> dict[str, Any]:
    """一件的办理情况: concluded is what was answered in writing or otherwise came to an end, until it is opened again."""
    return {
        "case_id": case.id,
        "handler": case.handler,
        "accepted_on": case.accepted_on,
        "concluded_on": case.replied_on or case.closed_on,
        "suspended_since": case.hearing_opened_on,
    }


def acts_of(case: Case) -> list[dict[str, Any]]:
    """一件中计入统计的各项办理: in the order of the facts, each with the unit that it concerns."""
    if case.kind is PETITION:
        return list(_petition_acts(case.facts))
    return list(_item_acts(case.facts)) if case.kind is ITEM else []


def _petition_acts(facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    if not any(isinstance(fact, COUNTED) for fact in facts):
        return
    before: Petition | None = None
    for fact in facts:
        after = fold(before, fact)
        if before is not None and after is not None and isinstance(fact, COUNTED):
            row = _petition_act(before, fact, after)
            if row is not None:
                yield row
        before = after


def _petition_act(before: Petition, fact: Fact, after: Petition) -> dict[str, Any] | None:
    match fact:
        case petition.Forwarded():
            return _act(fact, "passed_on", after.holder) if fact.tracked else None
        case petition.Assigned() | petition.Transferred():
            return _act(fact, "passed_on", after.holder)
        case petition.Objected():
            unit = fact.unit if fact.unit in before.assisting_units else before.holder
            return _act(fact, "objected", unit, result="late" if fact.late else "in_time")
        case petition.KeptWithUnit():
            return _act(fact, "kept", fact.from_unit or before.holder)
        case petition.HandedBack():
            return _act(fact, "handed_back", fact.from_unit)
        case petition.ExtensionRequested():
            return _act(fact, "extension_requested", before.holder, amount=fact.days)
        case petition.ExtensionGranted():
            return _act(fact, "extension_granted", before.holder, amount=fact.days)
        case petition.ExtensionRefused():
            return _act(fact, "extension_refused", before.holder)
        case petition.Rated():
            unit = before.office if fact.about == "office" else before.holder
            return _act(fact, "rated", unit, about=fact.about, result=fact.score)
        case _:
            return None


def _item_acts(facts: Sequence[Fact]) -> Iterator[dict[str, Any]]:
    for fact in facts:
        match fact:
            case item.SentBack():
                yield _act(fact, "sent_back", fact.of_unit)
            case item.Scored() if fact.confirmed:
                yield _act(fact, "scored", fact.of_unit, amount=fact.points)
            case _:
                pass


def _act(
    fact: Fact, act: str, unit: str, *, about: str | None = None, result: str | None = None, amount: int = 0
) -> dict[str, Any]:
    return {
        "case_id": fact.originator_id,
        "version": fact.originator_version,
        "act": act,
        "on_date": fact.on,
        "unit": unit,
        "about": about,
        "result": result,
        "amount": max(-LARGEST, min(amount, LARGEST)),
    }
