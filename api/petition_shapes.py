"""信访事项的接口形状: a petition's state and its row in the list, as the API shows them."""

from typing import Any

import msgspec

from api import case_stages, masking
from api.case_reading import Seen
from domain.directory.fold import Directory
from domain.petition.fold import Petition
from projections.view import Row

_AS_RECORDED = (
    "version", "number", "office", "channel", "category", "purpose", "topic", "way", "subject", "content",
    "received_on", "registered_at", "last_on", "headcount", "anonymous", "rulebook", "limit_class", "first_contact",
    "urgent", "units", "assisting_units", "assisted", "people", "handler", "track", "accepted_on", "acceptance_assumed",
    "declined_ground", "forwarded_to", "received_by_unit_on", "assigned", "objected_on", "extension_requested_on",
    "extension_requested_days", "extension_days", "asked_for_more_on", "supplemented_on", "hearing_opened_on",
    "replied_on", "reply_result", "opinion_served_on", "notices_served", "supervised_on", "leader_in_charge",
    "urgent_reported_on", "urgent_acknowledged_on", "instructed_by", "instruction_open_on", "report_approved_on",
    "supervision_item", "supervision_item_number", "repeat_of", "repeat_of_number", "closed_on",
)  # fmt: skip


def state(seen: Seen) -> dict[str, Any]:
    """事项状态: the fold as it stands, petitioners masked."""
    petition: Petition = seen.state
    shown: dict[str, Any] = {"id": petition.id}
    shown |= {name: getattr(petition, name) for name in _AS_RECORDED}
    return shown | {
        "stage": petition.stage.value,
        "stage_label": case_stages.label(seen.kind.name, petition.stage.value),
        "state": "closed" if case_stages.is_closed(seen.kind.name, petition.stage.value) else "open",
        "office_name": seen.unit_name(petition.office),
        "unit": petition.holder,
        "unit_name": seen.unit_name(petition.holder),
        "handler_name": seen.officer_name(petition.handler),
        "petitioners": masking.petitioners(petition),
        "against": [{"unit": one.unit, "person": one.person} for one in petition.against],
        "review": msgspec.to_builtins(petition.review),
        "record": msgspec.to_builtins(petition.record),
        "refusal": msgspec.to_builtins(petition.refusal),
        "assistants_objections": msgspec.to_builtins(petition.assistants_objections),
        "rated": [{"about": about, "score": score} for about, score in petition.rated],
        "source": _source(petition),
    }


def _source(petition: Petition) -> dict[str, str] | None:
    source = petition.source
    return None if source is None else {"kind": source.kind, "key": source.key}


def listed(row: Row, directory: Directory) -> dict[str, Any]:
    """列表行: a petition's row of the ledger as the list shows it."""
    shown = {name: value for name, value in row.items() if name != "case_id"}
    return {
        "id": row["case_id"],
        **shown,
        "stage_label": case_stages.label("petition", row["stage"]),
        "unit_name": directory.unit_name(row["unit"]),
    }
