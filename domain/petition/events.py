"""信访事项的事件: everything that can have happened to a petition. Scalars and dates only; enums by value.

Personal data of petitioners sits in `Registered.personal` and `Served.personal` and nowhere else.
"""

from datetime import date
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec

from domain.attachments import Attachment
from domain.facts import UPCASTERS, Fact
from domain.papers.shapes import PrintedDate, TemplateUsed
from domain.secrets import UNDER_ACCUSED, UNDER_CODE, UNDER_CONTACT, UNDER_PEOPLE, UNDER_TEXTS, Text


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """信访人身份信息 — the personal data of one petitioner, by the petitioner's key within the case."""

    key: str
    name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None


class Personal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """个人信息 — everything a registration holds that tells who the petitioners are and how to reach them."""

    people: tuple[Person, ...] = ()
    reply_to: str | None = None


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """签收人 — who signed for a notice."""

    signed_by: str


class Petitioner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """信访人 — one petitioner, without personal data; `representative` of a collective visit."""

    key: str
    representative: bool = False


class Against(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """被反映单位或人员 — whom the petition is about."""

    unit: str | None = None
    person: str | None = None


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """导入来源 — the imported record a fact was made from: kind, key and digest of its text."""

    kind: str
    key: str
    digest: str


class Registered(Fact, frozen=True, kw_only=True):
    """登记 — the petition is on the register; nothing registered can vanish (条例 22.1、23.1)."""

    TOPIC: ClassVar[str] = "petition.registered.1"
    number: str
    query_code: Annotated[str, UNDER_CODE]
    office: str
    channel: str
    category: str
    subject: Text
    content: Text
    petitioners: tuple[Petitioner, ...]
    headcount: int
    at_office: bool
    purpose: Text | None = None
    against: Annotated[tuple[Against, ...], UNDER_ACCUSED] = ()
    rulebook: str | None = None
    limit_class: str | None = None
    first_contact: str | None = None
    urgent: bool = False
    source: Annotated[Source | None, UNDER_TEXTS] = None
    personal: Annotated[Personal, UNDER_PEOPLE] = Personal()


class Classified(Fact, frozen=True, kw_only=True):
    """分类 — category, topic, way of handling (条例 29–31) and, for local rules, the class of limit."""

    TOPIC: ClassVar[str] = "petition.classified.1"
    category: str
    topic: Text | None = None
    way: str = "opinion"
    limit_class: str | None = None


class Proposed(Fact, frozen=True, kw_only=True):
    """拟办 — a proposal on how to handle the matter, and the leaders it was put to."""

    TOPIC: ClassVar[str] = "petition.proposed.1"
    opinion: Text
    to: tuple[str, ...] = ()


class Instructed(Fact, frozen=True, kw_only=True):
    """批示 — a leader's note."""

    TOPIC: ClassVar[str] = "petition.instructed.1"
    text: Text


class InstructionPassedOn(Fact, frozen=True, kw_only=True):
    """转交批示 — the leader's note went on to the unit that deals with the matter."""

    TOPIC: ClassVar[str] = "petition.instruction_passed_on.1"
    to_unit: str
    text: Text | None = None


class Investigated(Fact, frozen=True, kw_only=True):
    """调查核实 — the record of what was found and done; whoever makes it signs it by making it."""

    TOPIC: ClassVar[str] = "petition.investigated.1"
    text: Text
    attachments: Annotated[tuple[Attachment, ...], UNDER_TEXTS] = ()


class RecordSigned(Fact, frozen=True, kw_only=True):
    """签字确认 — the leader signed the record of the investigation."""

    TOPIC: ClassVar[str] = "petition.record_signed.1"
    text: Text | None = None


class ReportApproved(Fact, frozen=True, kw_only=True):
    """审签报告 — a leader agreed to the report to the superior who assigned the matter."""

    TOPIC: ClassVar[str] = "petition.report_approved.1"
    text: Text | None = None


class SentForReading(Fact, frozen=True, kw_only=True):
    """送阅 — the case was sent to these officers to read."""

    TOPIC: ClassVar[str] = "petition.sent_for_reading.1"
    officers: tuple[str, ...]
    reason: Text


class Accepted(Fact, frozen=True, kw_only=True):
    """受理 — the matter is taken on; its handling clock starts (条例 34)."""

    TOPIC: ClassVar[str] = "petition.accepted.1"
    track: str = "ordinary"
    assumed: bool = False


class TrackSwitched(Fact, frozen=True, kw_only=True):
    """转为普通程序 — from the simplified to the ordinary track; the days used stay used."""

    TOPIC: ClassVar[str] = "petition.track_switched.1"
    reason: Text


class Declined(Fact, frozen=True, kw_only=True):
    """不予受理 — refused with a typed ground and an explanation."""

    TOPIC: ClassVar[str] = "petition.declined.1"
    ground: str
    explanation: Text


class Forwarded(Fact, frozen=True, kw_only=True):
    """转送 — passed on to the competent organ (条例 22.1(1)(2)); `tracked` if it is one of our units."""

    TOPIC: ClassVar[str] = "petition.forwarded.1"
    to_organ: str
    tracked: bool


class Assigned(Fact, frozen=True, kw_only=True):
    """交办 — assigned to a unit with a report-back date (条例 22.1(3))."""

    TOPIC: ClassVar[str] = "petition.assigned.1"
    to_unit: str
    due_on: date | None = None
    assisting_units: tuple[str, ...] = ()


class Transferred(Fact, frozen=True, kw_only=True):
    """转办 — passed on to a unit and still tracked."""

    TOPIC: ClassVar[str] = "petition.transferred.1"
    to_unit: str


class Objected(Fact, frozen=True, kw_only=True):
    """提出异议 — the unit says that the matter is not within its powers (条例 23.3); late ones are marked late."""

    TOPIC: ClassVar[str] = "petition.objected.1"
    reason: Text
    late: bool = False


class HandedBack(Fact, frozen=True, kw_only=True):
    """退办 — the transferring office agrees; the case is back with it."""

    TOPIC: ClassVar[str] = "petition.handed_back.1"
    reason: Text
    from_unit: str


class KeptWithUnit(Fact, frozen=True, kw_only=True):
    """维持交办 — the office does not agree; the unit's clocks were never interrupted. No unit named: the holder."""

    TOPIC: ClassVar[str] = "petition.kept_with_unit.1"
    reason: Text
    from_unit: str | None = None


class Designated(Fact, frozen=True, kw_only=True):
    """指定承办人 — the officer of the unit who handles the matter."""

    TOPIC: ClassVar[str] = "petition.designated.1"
    officer: str


class ExtensionRequested(Fact, frozen=True, kw_only=True):
    """申请延期 — asked before the limit, with the reason."""

    TOPIC: ClassVar[str] = "petition.extension_requested.1"
    days: int
    reason: Text


class ExtensionGranted(Fact, frozen=True, kw_only=True):
    """批准延期 — once, by a leader, within the rule book's cap (条例 34)."""

    TOPIC: ClassVar[str] = "petition.extension_granted.1"
    days: int


class ExtensionRefused(Fact, frozen=True, kw_only=True):
    """不批准延期 — with the reason."""

    TOPIC: ClassVar[str] = "petition.extension_refused.1"
    reason: Text


class AskedForMore(Fact, frozen=True, kw_only=True):
    """一次性告知补正 — everything that is missing, told once."""

    TOPIC: ClassVar[str] = "petition.asked_for_more.1"
    missing: tuple[Text, ...]


class Supplemented(Fact, frozen=True, kw_only=True):
    """补正 — the petitioner supplied what was missing."""

    TOPIC: ClassVar[str] = "petition.supplemented.1"


class HearingOpened(Fact, frozen=True, kw_only=True):
    """听证开始 — in handling, 复查 or 复核; only the last leaves the clock (条例 36.2)."""

    TOPIC: ClassVar[str] = "petition.hearing_opened.1"
    about: str


class HearingClosed(Fact, frozen=True, kw_only=True):
    """听证结束 — the last day of the hearing."""

    TOPIC: ClassVar[str] = "petition.hearing_closed.1"
    opened_on: date


class Reported(Fact, frozen=True, kw_only=True):
    """反馈 — the unit's report to whoever assigned the matter."""

    TOPIC: ClassVar[str] = "petition.reported.2"
    text: Text
    attachments: Annotated[tuple[Attachment, ...], UNDER_TEXTS] = ()


class Replied(Fact, frozen=True, kw_only=True):
    """答复 — the written opinion is issued (条例 32), and why not every assisting unit was waited for."""

    TOPIC: ClassVar[str] = "petition.replied.1"
    result: str
    text: Text
    without_assistants: Text | None = None


class Served(Fact, frozen=True, kw_only=True):
    """送达 — a notice reached the petitioner on this date; review windows run from it."""

    TOPIC: ClassVar[str] = "petition.served.1"
    notice: str
    method: str
    personal: Annotated[Signature | None, UNDER_CONTACT] = None


class NoticeIssued(Fact, frozen=True, kw_only=True):
    """出具文书 — the paper on a decision (`rests_on`, its version) is issued, numbered, and prints these dates.

    `organ` signs it; `addressees` and `copies` are units or organs, never petitioners.
    """

    TOPIC: ClassVar[str] = "petition.notice_issued.1"
    notice: str
    number: str
    rests_on: int
    organ: str
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    dates: tuple[PrintedDate, ...] = ()
    templates: tuple[TemplateUsed, ...] = ()


class Urged(Fact, frozen=True, kw_only=True):
    """催办 — a nudge by letter, phone, in person, on site or by follow-up; no new due date."""

    TOPIC: ClassVar[str] = "petition.urged.1"
    method: str
    text: Text
    to_unit: str | None = None


class Supervised(Fact, frozen=True, kw_only=True):
    """督办 — formal supervision with advice and, if set, an answer date (条例 40)."""

    TOPIC: ClassVar[str] = "petition.supervised.1"
    ground: str
    advice: Text
    answer_by: date | None = None


class SupervisionAnswered(Fact, frozen=True, kw_only=True):
    """反馈督办 — whether the advice was adopted, and why."""

    TOPIC: ClassVar[str] = "petition.supervision_answered.1"
    adopted: bool
    text: Text


class TakenCharge(Fact, frozen=True, kw_only=True):
    """包案 — a leader takes the case on."""

    TOPIC: ClassVar[str] = "petition.taken_charge.1"
    leader: str


class UrgentReported(Fact, frozen=True, kw_only=True):
    """紧急情况上报 — an important or urgent petition is reported upward at once (条例 25)."""

    TOPIC: ClassVar[str] = "petition.urgent_reported.1"
    to_organ: str
    text: Text


class UrgentAcknowledged(Fact, frozen=True, kw_only=True):
    """上报签收 — the upward report was acknowledged."""

    TOPIC: ClassVar[str] = "petition.urgent_acknowledged.1"
    text: Text


class LinkedAsRepeat(Fact, frozen=True, kw_only=True):
    """认定重复信访 — the same facts as an earlier petition."""

    TOPIC: ClassVar[str] = "petition.linked_as_repeat.1"
    earlier: UUID
    earlier_number: str


class DelayNoticed(Fact, frozen=True, kw_only=True):
    """滞办告知 — the delay notice: matter, reason, approver, contact and the new date promised."""

    TOPIC: ClassVar[str] = "petition.delay_noticed.1"
    reason: Text
    contact: Text
    new_date: date
    approver: str


class Rescheduled(Fact, frozen=True, kw_only=True):
    """调整报结日期 — the assigner sets a later date to report back; only the assigner can (条例 22.1(3))."""

    TOPIC: ClassVar[str] = "petition.rescheduled.1"
    due_on: date
    reason: Text


class Withdrawn(Fact, frozen=True, kw_only=True):
    """撤回 — the petitioner withdrew the matter."""

    TOPIC: ClassVar[str] = "petition.withdrawn.1"
    reason: Text


class SignedOff(Fact, frozen=True, kw_only=True):
    """办结核销 — the result is accepted and the matter taken off the list."""

    TOPIC: ClassVar[str] = "petition.signed_off.1"
    reason: Text


class Reopened(Fact, frozen=True, kw_only=True):
    """重新办理 — a closed matter is opened again with a reason; a new round of clocks starts."""

    TOPIC: ClassVar[str] = "petition.reopened.1"
    reason: Text


class Archived(Fact, frozen=True, kw_only=True):
    """归档 — the case file is closed, and kept as long as its class says; older records name none."""

    TOPIC: ClassVar[str] = "petition.archived.1"
    reason: Text
    retention: str | None = None


class HandedOver(Fact, frozen=True, kw_only=True):
    """首接交接 — the matter was offered to a named officer, who has still to confirm."""

    TOPIC: ClassVar[str] = "petition.handed_over.1"
    officer: str
    text: Text


class HandOverConfirmed(Fact, frozen=True, kw_only=True):
    """确认接收 — the named officer took the matter over and is its contact from here on."""

    TOPIC: ClassVar[str] = "petition.hand_over_confirmed.1"
    officer: str
    text: Text | None = None


class HandOverDeclined(Fact, frozen=True, kw_only=True):
    """不予接收 — the named officer didn't take the matter; it stays with the first contact."""

    TOPIC: ClassVar[str] = "petition.hand_over_declined.1"
    officer: str
    reason: Text


class Rated(Fact, frozen=True, kw_only=True):
    """评价 — the petitioner's rating of the office or of the unit."""

    TOPIC: ClassVar[str] = "petition.rated.1"
    about: str
    score: str
    comment: Text | None = None


class RefusalConsented(Fact, frozen=True, kw_only=True):
    """同意否定 — a leader consented to the negative decision."""

    TOPIC: ClassVar[str] = "petition.refusal_consented.1"
    text: Text | None = None


class RefusalFiled(Fact, frozen=True, kw_only=True):
    """否定报备 — the negative decision is filed with its grounds."""

    TOPIC: ClassVar[str] = "petition.refusal_filed.1"
    text: Text


class PutUnderSupervision(Fact, frozen=True, kw_only=True):
    """列入督查 — a supervision item was opened from this petition."""

    TOPIC: ClassVar[str] = "petition.put_under_supervision.1"
    item: UUID
    item_number: str


def attachments_were_names(fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """附件原为名称: reports once kept names only, of papers at the office."""
    if "attachments" in fields:
        fields = fields | {"attachments": [{"name": name} for name in fields["attachments"]]}
    return "petition.reported.2", fields


UPCASTERS["petition.reported.1"] = attachments_were_names
