"""接访值班记录的接口形状: a record's state, its row in the ledger, the rota and the duty log, as the API shows them."""

from collections.abc import Iterable
from typing import Any

from api import case_stages, masking
from api.case_reading import Seen, officer_called
from domain.directory.fold import Directory
from domain.kinds import RECEPTION
from domain.masking import masked_name
from domain.reception.fold import Reception
from domain.rota.book import Day, Shift, Version
from projections.view import Row

_AS_RECORDED = (
    "id", "version", "number", "office", "form", "content", "received_on", "recorded_at", "last_on", "received_by",
    "responsible", "unit", "units", "headcount", "result", "place", "text", "promised_on", "promises", "petition",
    "petition_number", "shift", "confidential", "closed_on",
)  # fmt: skip


def state(seen: Seen) -> dict[str, Any]:
    """记录状态: the fold as it stands, with names; visitors masked."""
    reception: Reception = seen.state
    stage = reception.stage.value
    pending = reception.pending
    return {name: getattr(reception, name) for name in _AS_RECORDED} | {
        "stage": stage,
        "stage_label": case_stages.label(RECEPTION.name, stage),
        "state": "closed" if case_stages.is_closed(RECEPTION.name, stage) else "open",
        "office_name": seen.unit_name(reception.office),
        "unit_name": seen.unit_name(reception.unit),
        "received_by_name": seen.officer_name(reception.received_by),
        "responsible_name": seen.officer_name(reception.responsible),
        "visitors": visitors(reception),
        "against": [{"unit": one.unit, "person": one.person} for one in reception.against],
        "pending": None
        if pending is None
        else {
            "officer": pending.officer,
            "officer_name": seen.officer_name(pending.officer),
            "unit": pending.unit,
            "unit_name": seen.unit_name(pending.unit),
            "on": pending.on,
            "text": pending.text,
        },
    }


def visitors(reception: Reception) -> list[dict[str, Any]]:
    """来访人（遮盖）: surname and the last digits of the number."""
    return [
        {"key": one.key, "name": masked_name(one.name), "phone": masking.number(one.phone)}
        for one in reception.personal.people
    ]


def identified(reception: Reception) -> list[dict[str, Any]]:
    """来访人（完整）: everything recorded. Every reading of it is recorded too."""
    return [{"key": one.key, "name": one.name, "phone": one.phone} for one in reception.personal.people]


def listed(row: Row, directory: Directory) -> dict[str, Any]:
    """列表行: a reception's row of the ledger as the list shows it."""
    kept = {name: value for name, value in row.items() if name not in {"case_id", "first_contact", "handler"}}
    return {
        "id": row["case_id"],
        **kept,
        "stage_label": case_stages.label(RECEPTION.name, row["stage"]),
        "unit_name": directory.unit_name(row["unit"]),
        "received_by": row["first_contact"],
        "received_by_name": _name(directory, row["first_contact"]),
        "responsible": row["handler"],
        "responsible_name": _name(directory, row["handler"]),
    }


def _name(directory: Directory, officer: str) -> str:
    found = directory.officers.get(officer)
    return found.name if found is not None else officer


def day(one: Day, directory: Directory) -> dict[str, Any]:
    """接待安排: as it stands, and everything it ever was."""
    entry = one.entry
    return {
        "id": one.id,
        "office": one.office,
        "office_name": directory.unit_name(one.office),
        "on": entry.on,
        "from_time": entry.from_time,
        "to_time": entry.to_time,
        "place": entry.place,
        "name": entry.name,
        "post": entry.post,
        "officer": entry.officer,
        "cancelled": one.cancelled,
        "history": [_version(version, directory) for version in one.versions],
    }


def _version(version: Version, directory: Directory) -> dict[str, Any]:
    entry = version.entry
    return {
        "at": version.at,
        "by": version.by,
        "by_name": officer_called(directory, version.by, version.at),
        "reason": version.reason,
        "cancelled": version.cancelled,
        "on": entry.on,
        "from_time": entry.from_time,
        "to_time": entry.to_time,
        "place": entry.place,
        "name": entry.name,
        "post": entry.post,
    }


def shift(one: Shift, matters: Iterable[Reception], directory: Directory) -> dict[str, Any]:
    """班次: who is on duty, what was noted, and its matters so far as the reader may know of them."""
    return {
        "id": one.id,
        "office": one.office,
        "office_name": directory.unit_name(one.office),
        "day": one.day,
        "from_time": one.from_time,
        "to_time": one.to_time,
        "ends_on": one.ends_on,
        "place": one.place,
        "officers": [{"officer": id, "name": _name(directory, id)} for id in one.officers],
        "leader": one.leader,
        "leader_name": None if one.leader is None else _name(directory, one.leader),
        "notes": [
            {"at": note.at, "by": note.by, "by_name": _name(directory, note.by), "text": note.text}
            for note in one.notes
        ],
        "matters": [
            {
                "id": matter.id,
                "number": matter.number,
                "form": matter.form,
                "stage": matter.stage.value,
                "stage_label": case_stages.label(RECEPTION.name, matter.stage.value),
                "responsible": matter.responsible,
                "responsible_name": _name(directory, matter.responsible),
                "awaits": None if matter.pending is None else matter.pending.officer,
                "awaits_name": None if matter.pending is None else _name(directory, matter.pending.officer),
                "confirmed": matter.confirmed > 0,
            }
            for matter in matters
        ],
        "closed_on": one.closed_on,
        "closed_by": one.closed_by,
        "closing_text": one.closing_text,
        "state": "open" if one.closed_on is None else "closed",
    }
