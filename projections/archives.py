"""档案: how closed cases are kept – class, end of the retention, loans, open requests – and the register of what was destroyed.

Beside it stands what ties files together: contents that cases name, and receptions that led to a petition. The rows
only; who asks for them finds them in `archive_lists.py`.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.casework import Case, Recorded
from domain.erasure.events import CUSTODY_FACTS, Erased, ErasureRequested
from domain.erasure.files import File, file_of, the_file
from domain.facts import Fact
from domain.petition import events as petition
from domain.reception import events as reception
from domain.review import events as review
from domain.supervision import events as item
from projections.casebook import Casebook
from projections.view import Connection, Table, as_json, touched

MOVING: tuple[type[Fact], ...] = (
    *CUSTODY_FACTS,
    petition.Archived,
    petition.Reopened,
    review.ReviewRequested,
    review.ReexaminationRequested,
    item.Archived,
    reception.Archived,
)
"""Facts by which a file comes to be told of, and ceases to be."""

KEPT = "SELECT case_id FROM archives WHERE case_id = ANY(%s)"
DELETE = "DELETE FROM archives WHERE case_id = ANY(%s)"
INSERT = "INSERT INTO archives SELECT * FROM json_populate_recordset(NULL::archives, %s::json)"
REGISTER = """
    INSERT INTO erasures SELECT * FROM json_populate_recordset(NULL::erasures, %s::json)
    ON CONFLICT (case_id, version) DO NOTHING
"""
NAME = "INSERT INTO case_attachments (case_id, sha256) SELECT * FROM unnest(%s::uuid[], %s::text[]) ON CONFLICT DO NOTHING"
LINK = "INSERT INTO linked_receptions (petition, reception) SELECT * FROM unnest(%s::uuid[], %s::uuid[]) ON CONFLICT DO NOTHING"
FORGET = "DELETE FROM case_attachments WHERE case_id = ANY(%s)"


class Archives:
    """档案 — the view: a file's row is written anew whenever anything happened to its case, the register only grows."""

    name = "archives"
    tables: Mapping[str, Table] = {
        "archives": Table(key=("case_id",)),
        "erasures": Table(key=("case_id", "version")),
        "case_attachments": Table(key=("case_id", "sha256")),
        "linked_receptions": Table(key=("petition", "reception")),
    }

    def apply(self, connection: Connection, batch: Sequence[Recorded], casebook: Casebook) -> None:
        """应用: the files that were touched, as they stand now."""
        self._tie(connection, batch)
        told_of = self._told_of(connection, batch)
        if not told_of:
            return
        cases = list(casebook.cases(told_of).values())
        connection.execute(DELETE, ([case.state.id for case in cases],))
        files = [file for case in cases if (file := file_of(case.state)) is not None]
        rows = [_row(file) for file in files if file.archived or _is_told_of(file)]
        if rows:
            connection.execute(INSERT, (as_json(rows),))
        register = [row for case in cases for row in _register(case)]
        if register:
            connection.execute(REGISTER, (as_json(register),))

    def _told_of(self, connection: Connection, batch: Sequence[Recorded]) -> list[UUID]:
        """Cases of the batch that have a row, or may now get one: of such also the other facts change the row."""
        of = touched(batch)
        moved = set(touched([one for one in batch if isinstance(one.fact, MOVING)]))
        kept = {row["case_id"] for row in connection.execute(KEPT, (of,)).fetchall()}
        return [case_id for case_id in of if case_id in moved or case_id in kept]

    def _tie(self, connection: Connection, batch: Sequence[Recorded]) -> None:
        named = [
            (one.fact.originator_id, attachment.sha256)
            for one in batch
            for attachment in getattr(one.fact, "attachments", ())
            if attachment.sha256
        ]
        if named:
            connection.execute(NAME, [list(column) for column in zip(*named, strict=True)])
        linked = [
            (named_petition, one.fact.originator_id)
            for one in batch
            if (named_petition := linked_petition(one.fact)) is not None
        ]
        if linked:
            connection.execute(LINK, [list(column) for column in zip(*linked, strict=True)])
        gone = [one.fact.originator_id for one in batch if isinstance(one.fact, Erased) and one.fact.texts]
        if gone:
            connection.execute(FORGET, (gone,))


def linked_petition(fact: Fact) -> UUID | None:
    """所转信访事项: the petition that a fact of a reception names."""
    return fact.petition if isinstance(fact, reception.Received | reception.PetitionLinked) else None


def _is_told_of(file: File) -> bool:
    custody = file.custody
    return bool(custody.request or custody.loan or custody.erasures)


def _row(file: File) -> dict[str, Any]:
    custody = file.custody
    request, loan = custody.request, custody.loan
    last = custody.erasures[-1] if custody.erasures else None
    return {
        "case_id": file.id,
        "class": file.kept.code,
        "archived_on": custody.archived_on if file.archived else None,
        "closed_on": file.closed_on,
        "runs_out_on": file.runs_out if file.archived else None,
        "asked_on": request.on if request else None,
        "approved_on": request.approved_on if request else None,
        "witnesses": len(request.witnessed_by) if request else 0,
        "lent_on": loan.on if loan else None,
        "borrower": loan.borrower if loan else None,
        "purpose": loan.purpose if loan else None,
        "due_back": loan.due_back if loan else None,
        "erased_on": last.on if last else None,
        "is_gone": file.is_gone,
        "version": file.version,
    }


def _register(case: Case) -> list[dict[str, Any]]:
    """销毁清册: a row for each destruction of the case, with what was written in its request and the class it had then."""
    reason: str | None = None
    rows: list[dict[str, Any]] = []
    for n, one in enumerate(case.history, 1):
        fact = one.fact
        if isinstance(fact, ErasureRequested):
            reason = fact.reason
        if isinstance(fact, Erased):
            file = the_file(case.kind.project(case.facts[:n]))
            rows.append(
                {
                    "case_id": file.id,
                    "version": fact.originator_version,
                    "position": one.position,
                    "number": fact.number,
                    "ground": fact.ground,
                    "reason": None if fact.along_with is not None else reason,
                    "requested_by": list(fact.requested_by),
                    "approved_by": list(fact.approved_by),
                    "witnessed_by": list(fact.witnessed_by),
                    "erased_on": fact.on,
                    "erased_at": fact.recorded_at,
                    "class": file.kept.code,
                    "people": len(fact.people),
                    "texts": fact.texts,
                    "attachments": len(fact.contents),
                    "linked": [
                        {"kind": each.kind, "case": each.case, "number": each.number} for each in fact.linked
                    ],
                    "along_with": fact.along_with,
                    "along_with_number": fact.along_with_number,
                }
            )
    return rows
