"""信访事项的状态: what the fold of a petition's events tells. Fields only; nothing is decided here."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from domain.erasure.fold import Custody
from domain.petition import events
from domain.petition.stages import Stage
from domain.review.fold import Review


class Record(msgspec.Struct, frozen=True):
    """调查核实记录 — who made the record of the investigation, when, and when a leader signed it."""

    on: date
    by: tuple[str, ...]
    signed_on: date | None = None


class Refusal(msgspec.Struct, frozen=True):
    """否定事项 — the last negative decision: its date, unit and who took it; the consent and the filing."""

    on: date
    decided_in: str
    by: tuple[str, ...]
    consented_on: date | None = None
    filed_on: date | None = None


class AssistantsObjection(msgspec.Struct, frozen=True):
    """协办单位异议 — an assisting unit says that the matter is not its duty; `kept` once the office disagreed."""

    by_unit: str
    on: date
    kept: bool = False


class Petition(msgspec.Struct, frozen=True):
    """信访事项 — the state of one petition: the fold of its stored events and nothing else."""

    id: UUID
    version: int
    number: str
    office: str
    stage: Stage
    received_on: date
    registered_at: datetime
    last_on: date
    channel: str
    category: str
    subject: str
    content: str
    query_code: str
    petitioners: tuple[events.Petitioner, ...]
    personal: events.Personal
    headcount: int
    holder: str
    units: tuple[str, ...]
    people: tuple[str, ...] = ()
    instructed_by: tuple[str, ...] = ()
    instruction_open_on: date | None = None
    record: Record | None = None
    report_approved_on: date | None = None
    against: tuple[events.Against, ...] = ()
    purpose: str | None = None
    topic: str | None = None
    way: str = "opinion"
    rulebook: str | None = None
    limit_class: str | None = None
    first_contact: str | None = None
    registered_by: str = ""
    named: str | None = None
    named_on: date | None = None
    urgent: bool = False
    at_office: bool = True
    source: events.Source | None = None
    track: str | None = None
    simplified: bool = False
    accepted_on: date | None = None
    handling_since: date | None = None
    acceptance_assumed: bool = False
    declined_ground: str | None = None
    forwarded_to: str | None = None
    received_by_unit_on: date | None = None
    held_since: date | None = None
    passed_on_by_office: bool = False
    assigned: bool = False
    assisting_units: tuple[str, ...] = ()
    assisted: tuple[str, ...] = ()
    assistants_objections: tuple[AssistantsObjection, ...] = ()
    objected_on: date | None = None
    objection_answered: bool = False
    handler: str | None = None
    extension_requested_on: date | None = None
    extension_requested_days: int = 0
    extension_requested_by: tuple[str, ...] = ()
    extension_days: int = 0
    asked_for_more_on: date | None = None
    supplemented_on: date | None = None
    hearing_opened_on: date | None = None
    replied_on: date | None = None
    reply_result: str | None = None
    replied_by: tuple[str, ...] = ()
    opinion_served_on: date | None = None
    notices_served: tuple[str, ...] = ()
    review: Review = Review()
    supervised_on: date | None = None
    leader_in_charge: str | None = None
    urgent_reported_on: date | None = None
    urgent_acknowledged_on: date | None = None
    repeat_of: UUID | None = None
    repeat_of_number: str | None = None
    supervision_item: UUID | None = None
    supervision_item_number: str | None = None
    refusal: Refusal | None = None
    closed_on: date | None = None
    rated: tuple[tuple[str, str], ...] = ()
    custody: Custody = Custody()
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()
    recalled: frozenset[UUID] = frozenset()

    @property
    def contact(self) -> str:
        """首接责任人: who was written down as the first contact, else who registered the matter."""
        return self.first_contact or self.registered_by

    @property
    def anonymous(self) -> bool:
        """匿名: nobody is named, so nobody can be notified (条例 23.2)."""
        return not self.petitioners

    @property
    def assistants_not_heard(self) -> tuple[str, ...]:
        """尚未反馈的协办单位: those that have not reported in this round."""
        return tuple(unit for unit in self.assisting_units if unit not in self.assisted)

    @property
    def confidential(self) -> bool:
        """保密: an accusation; read only by those it passed through."""
        return self.category == "accusation"
