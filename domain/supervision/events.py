"""督查事项的事件: everything that can have happened to a supervision item. Scalars and dates only; enums by value.

Articles are those of the 机关单位督查督办工作制度.
"""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from domain.attachments import Attachment
from domain.facts import Fact
from domain.papers.shapes import PrintedDate, TemplateUsed
from domain.petition.events import Against, Source
from domain.secrets import UNDER_ACCUSED, UNDER_TEXTS, Text


class Opened(Fact, frozen=True, kw_only=True):
    """立项 — source, content, requirements, limit, opening department, public or not (第十四条、第十五条).

    `form` is "item", "document" or "meeting". An item made from an accusation is confidential and keeps whom it is
    against.
    """

    TOPIC: ClassVar[str] = "item.opened.1"
    number: str
    source: Text
    category: str
    subject: Text
    requirements: Text
    opened_by_unit: str
    due_on: date | None = None
    public: bool = False
    form: str = "item"
    limit_class: str | None = None
    cadence: str | None = None
    leader_review: bool = False
    petition: UUID | None = None
    petition_number: str | None = None
    petition_office: str | None = None
    received_on: date | None = None
    body: str | None = None
    confidential: bool = False
    against: Annotated[tuple[Against, ...], UNDER_ACCUSED] = ()
    imported: Annotated[Source | None, UNDER_TEXTS] = None


class Submitted(Fact, frozen=True, kw_only=True):
    """报请批示 — to the leaders named, or to any leader (第十五条)."""

    TOPIC: ClassVar[str] = "item.submitted.1"
    leaders: tuple[str, ...] = ()


class LeaderInstructed(Fact, frozen=True, kw_only=True):
    """领导批示 — a leader approves the item, or gives it back to be worked over (第九条、第十五条)."""

    TOPIC: ClassVar[str] = "item.leader_instructed.1"
    text: Text
    approve: bool = True


class Countersigned(Fact, frozen=True, kw_only=True):
    """会签 — a further leader's note (第十五条)."""

    TOPIC: ClassVar[str] = "item.countersigned.1"
    text: Text
    approve: bool = True


class Amended(Fact, frozen=True, kw_only=True):
    """修改事项 — after the leaders' notes only the requirements may change (第十五条); what is None stays."""

    TOPIC: ClassVar[str] = "item.amended.1"
    subject: Text | None = None
    requirements: Text | None = None
    category: str | None = None
    due_on: date | None = None
    public: bool | None = None
    cadence: str | None = None
    leader_review: bool | None = None


class Issued(Fact, frozen=True, kw_only=True):
    """下发 — only after approval (第十五条)."""

    TOPIC: ClassVar[str] = "item.issued.1"


class Withdrawn(Fact, frozen=True, kw_only=True):
    """撤项 — the item is no longer supervised (第九条、第十条)."""

    TOPIC: ClassVar[str] = "item.withdrawn.1"
    reason: Text


class Allocated(Fact, frozen=True, kw_only=True):
    """分办 — one lead unit, assisting units, a task group where needed (第十六条); `unit_due_on` if set (第十七条)."""

    TOPIC: ClassVar[str] = "item.allocated.1"
    lead_unit: str
    assisting_units: tuple[str, ...] = ()
    task_group: Text | None = None
    unit_due_on: date | None = None


class Designated(Fact, frozen=True, kw_only=True):
    """指定承办人 — the officer of the unit who handles the item (第十一条、第十二条)."""

    TOPIC: ClassVar[str] = "item.designated.1"
    officer: str
    of_unit: str


class UnitInstructed(Fact, frozen=True, kw_only=True):
    """部门批示 — the note of the unit's head or clerk on what the unit handles (第十一条第一项)."""

    TOPIC: ClassVar[str] = "item.unit_instructed.1"
    text: Text
    of_unit: str


class Objected(Fact, frozen=True, kw_only=True):
    """报告非本单位职责 — within two working days of the allocation (第十七条); late ones are marked late."""

    TOPIC: ClassVar[str] = "item.objected.1"
    of_unit: str
    reason: Text
    late: bool = False


class ObjectionSettled(Fact, frozen=True, kw_only=True):
    """协调异议 — the unit is let off, and another may take over at once, or it keeps its task (第十七条).

    `unit_due_on` is the limit of the unit that takes over, if it isn't the usual one.
    """

    TOPIC: ClassVar[str] = "item.objection_settled.1"
    of_unit: str
    agree: bool
    reason: Text
    to_unit: str | None = None
    unit_due_on: date | None = None


class Reported(Fact, frozen=True, kw_only=True):
    """反馈 — the unit's report on its handling (第十八条、第二十一条), for the period if the item has a cadence.

    `signed` if the unit head reported in person, who then needs to sign nothing.
    """

    TOPIC: ClassVar[str] = "item.reported.1"
    of_unit: str
    text: Text
    attachments: Annotated[tuple[Attachment, ...], UNDER_TEXTS] = ()
    period: str | None = None
    signed: bool = False


class ReportSigned(Fact, frozen=True, kw_only=True):
    """审签报告 — the unit head signed the unit's last report (第十八条)."""

    TOPIC: ClassVar[str] = "item.report_signed.1"
    of_unit: str


class ResultSubmitted(Fact, frozen=True, kw_only=True):
    """上报办理结果 — the conclusion names its attachments (第十八条); the lead's may go without the assistants'."""

    TOPIC: ClassVar[str] = "item.result_submitted.1"
    of_unit: str
    conclusion: Text
    attachments: Annotated[tuple[Attachment, ...], UNDER_TEXTS] = ()
    without_assistants: Text | None = None


class ExtensionRequested(Fact, frozen=True, kw_only=True):
    """申请延期 — before the limit, with reason, progress and the date expected (第十九条).

    `limit` is the clock whose date is to move; `level` is how far the request has come: "officer", or "unit" if the
    unit head made it.
    """

    TOPIC: ClassVar[str] = "item.extension_requested.1"
    of_unit: str
    reason: Text
    progress: Text
    expected_on: date
    limit: str
    level: str = "officer"


class ExtensionVetted(Fact, frozen=True, kw_only=True):
    """审核延期申请 — passed up by the unit ("unit") or by the inspector ("inspector") (第十九条)."""

    TOPIC: ClassVar[str] = "item.extension_vetted.1"
    of_unit: str
    level: str
    opinion: Text


class ExtensionGranted(Fact, frozen=True, kw_only=True):
    """批准延期 — with a definite date (第十九条), which moves the item's own limit if it lies beyond it.

    `limit` is the clock whose date moves; `other_limits` are the unit's others that would end before it, and move too.
    """

    TOPIC: ClassVar[str] = "item.extension_granted.1"
    of_unit: str
    due_on: date
    limit: str
    other_limits: tuple[str, ...] = ()
    item_due_on: date | None = None
    remark: Text | None = None


class ExtensionRefused(Fact, frozen=True, kw_only=True):
    """不批准延期 — with the reason (第十九条)."""

    TOPIC: ClassVar[str] = "item.extension_refused.1"
    of_unit: str
    reason: Text


class NoticeIssued(Fact, frozen=True, kw_only=True):
    """出具文书 — the paper on a decision (`rests_on`, its version) is issued, numbered, and prints these dates.

    `organ` signs it; `addressees` and `copies` are units or organs, never petitioners.
    """

    TOPIC: ClassVar[str] = "item.notice_issued.1"
    notice: str
    number: str
    rests_on: int
    organ: str
    addressees: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    dates: tuple[PrintedDate, ...] = ()
    templates: tuple[TemplateUsed, ...] = ()


class Urged(Fact, frozen=True, kw_only=True):
    """催办 — by letter, phone, in person, on site or by follow-up (第二十条); no new due date."""

    TOPIC: ClassVar[str] = "item.urged.1"
    method: str
    text: Text
    units: tuple[str, ...]


class Vetted(Fact, frozen=True, kw_only=True):
    """初审 — the inspector's opinion of the result (第二十二条第一项)."""

    TOPIC: ClassVar[str] = "item.vetted.1"
    opinion: Text


class SubmittedToLeader(Fact, frozen=True, kw_only=True):
    """转报领导复审 — the leader decides on the result (第二十二条第一项)."""

    TOPIC: ClassVar[str] = "item.submitted_to_leader.1"
    opinion: Text | None = None


class SentBack(Fact, frozen=True, kw_only=True):
    """退办 — to be done again, with the reason and the date to redo it by (第二十二条第二项、第三项)."""

    TOPIC: ClassVar[str] = "item.sent_back.1"
    of_unit: str
    reason: Text
    redo_by: date


class SignedOff(Fact, frozen=True, kw_only=True):
    """核销 — the result is accepted and the item taken off the list (第二十二条)."""

    TOPIC: ClassVar[str] = "item.signed_off.1"
    reason: Text


class SubmittedToSuperior(Fact, frozen=True, kw_only=True):
    """报上级机关审核 — the superior organ decides on the result (第九条、第十条)."""

    TOPIC: ClassVar[str] = "item.submitted_to_superior.1"
    to_organ: str | None = None
    reason: Text | None = None


class Scored(Fact, frozen=True, kw_only=True):
    """考核计分 — reported by the unit, confirmed or adjusted by the inspector (第十条、第十一条第三项、第二十九条、第三十条).

    What a unit enters for itself is not `confirmed` and doesn't count until the inspector scores the unit.
    """

    TOPIC: ClassVar[str] = "item.scored.1"
    of_unit: str
    points: int
    reason: Text
    confirmed: bool = True


class SentForReading(Fact, frozen=True, kw_only=True):
    """送阅 — the officers named may read the item from now on (第十四条)."""

    TOPIC: ClassVar[str] = "item.sent_for_reading.1"
    officers: tuple[str, ...]
    reason: Text


class ReportedToBody(Fact, frozen=True, kw_only=True):
    """向会议报告 — the result went back to the body whose meeting decided it (第二十一条)."""

    TOPIC: ClassVar[str] = "item.reported_to_body.1"
    text: Text


class MadeConfidential(Fact, frozen=True, kw_only=True):
    """转为保密 — the petition it was made from is now an accusation: the item is kept from whom that accuses, too."""

    TOPIC: ClassVar[str] = "item.made_confidential.1"
    against: Annotated[tuple[Against, ...], UNDER_ACCUSED] = ()


class Archived(Fact, frozen=True, kw_only=True):
    """归档 — the item's file is closed (第二十三条), and kept as long as its class says; older records name none."""

    TOPIC: ClassVar[str] = "item.archived.1"
    reason: Text
    retention: str | None = None
