"""信访事项的接口形状: a case's state, its events and its row in the list, as the API shows them."""

from typing import Any

import msgspec

from api import masking
from api.case_reading import Seen
from api.shapes import deadline_item
from domain.casework import Recorded
from domain.directory.fold import Directory
from domain.facts import ENVELOPE, Fact, name_of, term_of
from domain.petition.fold import Petition
from domain.petition.stages import CLOSED, LABELS, Stage
from domain.rules.signals import Signal, signal
from projections.view import Row

NEVER_SHOWN = frozenset({"personal", "query_code"})
"""Fields of facts that leave the store through no list, history or feed."""

SYSTEM = "系统"

_AS_RECORDED = (
    "version", "number", "office", "channel", "category", "purpose", "topic", "way", "subject", "content",
    "received_on", "registered_at", "last_on", "headcount", "anonymous", "rulebook", "limit_class", "first_contact",
    "urgent", "units", "assisting_units", "handler", "track", "accepted_on", "acceptance_assumed",
    "declined_ground", "forwarded_to", "received_by_unit_on", "assigned", "objected_on", "extension_requested_on",
    "extension_requested_days", "extension_days", "asked_for_more_on", "supplemented_on", "hearing_opened_on",
    "replied_on", "reply_result", "opinion_served_on", "notices_served", "supervised_on", "leader_in_charge",
    "urgent_reported_on", "urgent_acknowledged_on", "repeat_of", "repeat_of_number", "closed_on",
)  # fmt: skip


def state(seen: Seen) -> dict[str, Any]:
    """事项状态: the fold as it stands, petitioners masked, with the light of the day asked about."""
    petition, directory = seen.petition, seen.directory
    shown: dict[str, Any] = {"id": petition.id}
    shown |= {name: getattr(petition, name) for name in _AS_RECORDED}
    shown |= {
        "stage": petition.stage.value,
        "stage_label": LABELS[petition.stage],
        "state": "closed" if petition.stage in CLOSED else "open",
        "office_name": directory.unit_name(petition.office),
        "unit": petition.holder,
        "unit_name": directory.unit_name(petition.holder),
        "handler_name": officer_name(petition.handler, directory),
        "petitioners": masking.petitioners(petition),
        "against": [{"unit": one.unit, "person": one.person} for one in petition.against],
        "review": msgspec.to_builtins(petition.review),
        "rated": [{"about": about, "score": score} for about, score in petition.rated],
        "source": _source(petition),
    }
    return shown | dict.fromkeys(seen.hides & set(shown)) | _light(seen)


def _source(petition: Petition) -> dict[str, str] | None:
    source = petition.source
    return None if source is None else {"kind": source.kind, "key": source.key}


def _light(seen: Seen) -> dict[str, Any]:
    """The light of a case is that of its running clock which falls due first; windows don't count."""
    due = [c.due_on for c in seen.clocks if c.state == "running" and not c.window]
    found = Signal("cancelled", "grey", None, None)
    if due:
        found = signal("running", min(due), None, seen.today, seen.known.calendar, False)
    return {
        "light": found.light,
        "next_due_on": min(due, default=None),
        "overdue": found.status == "overdue",
        "days_left": found.days_left,
        "working_days_left": found.working_days_left,
    }


def deadlines(seen: Seen) -> list[dict[str, Any]]:
    """期限: every clock of the case on the day asked about."""
    return [deadline_item(clock, seen.today, seen.known.calendar, seen.directory) for clock in seen.clocks]


def step(seen: Seen) -> dict[str, Any]:
    """一步: the last event of what is seen, the state and every clock after it, and the day on which they are judged."""
    return {
        "event": event(seen.history[-1], seen.directory, seen.hides),
        "as_of": seen.today,
        "state": state(seen),
        "deadlines": deadlines(seen),
    }


def event(one: Recorded, directory: Directory, hides: frozenset[str] = frozenset()) -> dict[str, Any]:
    """事件: one fact of a case, without personal data."""
    fact = one.fact
    return {
        "version": fact.originator_version,
        "position": one.position,
        "event": name_of(fact),
        "label": term_of(type(fact)),
        "on": fact.on,
        "recorded_at": fact.recorded_at,
        "by": fact.by,
        "by_name": officer_name(fact.by, directory),
        "unit": fact.unit,
        "role": fact.role,
        "for_whom": fact.for_whom,
        "basis": fact.basis,
        "data": data(fact, hides),
    }


def data(fact: Fact, hides: frozenset[str] = frozenset()) -> dict[str, Any]:
    """事件内容: the fact's own fields, also those at their defaults, without personal data and without the code that
    opens the case to a citizen."""
    own = [name for name in fact.__struct_fields__ if name not in ENVELOPE | NEVER_SHOWN | hides]
    return {name: msgspec.to_builtins(getattr(fact, name)) for name in own}


def officer_name(officer: str | None, directory: Directory) -> str | None:
    """姓名: of an officer; the service's own acts are the system's."""
    if officer == "system":
        return SYSTEM
    found = directory.officers.get(officer or "")
    return found.name if found is not None else None


def listed(row: Row, directory: Directory) -> dict[str, Any]:
    """列表行: a row of the ledger as the list shows it."""
    shown = {name: value for name, value in row.items() if name != "case_id"}
    return {
        "id": row["case_id"],
        **shown,
        "stage_label": LABELS[Stage(row["stage"])],
        "unit_name": directory.unit_name(row["unit"]),
    }
