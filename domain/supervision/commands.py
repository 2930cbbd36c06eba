"""督查事项的命令: what officers can ask for. Field names are the API's; `on` is the legal date, today if left out.

`unit` in an inspector's or a leader's act names the unit it is about; it may be left out where only one is in question.
`COMMANDS` maps the slug in the URL to the command; routes, forms and documents are made from it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from domain.attachments import AttachmentEntry
from domain.erasure import commands as keeping
from domain.errors import Invalid
from domain.papers.commands import IssueNotice
from domain.petition.commands import Method

Form = Literal["item", "document", "meeting"]
LimitClass = Literal["read", "incoming", "ordinary", "street"]
Cadence = Literal["quarterly", "half_yearly", "monthly"]

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Open:
    """立项 — open a supervision item; a document may leave its limit to the rules on documents."""

    source: str
    category: str
    subject: str
    requirements: str
    due_on: date | None = None
    public: bool = False
    opened_by_unit: str | None = None
    form: Form = "item"
    limit_class: LimitClass | None = None
    cadence: Cadence | None = None
    leader_review: bool = False
    petition: UUID | None = None
    received_on: date | None = None
    body: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Submit:
    """报请批示 — to the leaders named, all of whom must sign; to any leader if none is named."""

    leaders: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Instruct:
    """批示 — a leader's on the item, or the unit's own, by its head or clerk, on what it handles."""

    text: str
    approve: bool = True
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Countersign:
    """会签 — one more leader's note on the item."""

    text: str
    approve: bool = True
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Amend:
    """修改事项 — what is given takes the place of what stood there."""

    subject: str | None = None
    requirements: str | None = None
    category: str | None = None
    due_on: date | None = None
    public: bool | None = None
    cadence: Cadence | None = None
    leader_review: bool | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """下发 — the approved item goes out to be allocated."""

    on: date | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """撤项 — the item is no longer supervised."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Allocate:
    """分办 — to one lead unit and the units that assist it."""

    lead_unit: str
    assisting_units: tuple[str, ...] = ()
    task_group: str | None = None
    unit_due_on: date | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Designate:
    """指定承办人 — name the officer of the unit who handles the item."""

    officer: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """报告非本单位职责 — the task is not the unit's duty."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SettleObjection:
    """协调异议 — agree, and perhaps name the unit that takes over, or hold the unit to its task."""

    agree: bool
    reason: str
    to_unit: str | None = None
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """反馈 — report on the handling; for a reporting period if the item has a cadence, unless it is a special report
    (专题报告), on which a clerk's submission of the result rests."""

    text: str
    attachments: tuple[AttachmentEntry, ...] = ()
    period: str | None = None
    special: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SignReport:
    """审签报告 — the unit head signs the unit's last report."""

    on: date | None = None


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """上报办理结果 — with a conclusion that names every attachment."""

    conclusion: str
    attachments: tuple[AttachmentEntry, ...] = ()
    without_assistants: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RequestExtension:
    """申请延期 — before the limit, with the reason, the progress and the date expected."""

    reason: str
    progress: str
    expected_on: date
    on: date | None = None


@dataclass(frozen=True, slots=True)
class VetExtension:
    """审核延期申请 — the unit passes it up to the inspector, the inspector to the leader."""

    opinion: str
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class GrantExtension:
    """批准延期 — with the definite date."""

    due_on: date
    remark: str | None = None
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RefuseExtension:
    """不批准延期 — with the reason."""

    reason: str
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Urge:
    """催办 — nudge one unit, or all that have not submitted their result."""

    method: Method
    text: str
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Vet:
    """初审 — the inspector's opinion of the result."""

    opinion: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SubmitToLeader:
    """转报领导复审 — the leader decides on the result."""

    opinion: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SendBack:
    """退办 — to be done again, for a reason and by a date; the lead unit's part unless another is named."""

    reason: str
    redo_by: date
    unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """核销 — the result is accepted and the item taken off the list."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SubmitToSuperior:
    """报上级机关审核 — the superior organ decides on the result."""

    to_organ: str | None = None
    reason: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """考核计分 — points for or against a unit, with the reason."""

    unit: str
    points: int
    reason: str
    on: date | None = None

    def __post_init__(self) -> None:
        if abs(self.points) > MOST_POINTS or self.points == 0:
            raise Invalid("item.points_out_of_range", f"考核计分应在±{MOST_POINTS}分以内，且不为零。")


@dataclass(frozen=True, slots=True)
class SendForReading:
    """送阅 — named officers may read the item from now on."""

    officers: tuple[str, ...]
    reason: str
    on: date | None = None

    def __post_init__(self) -> None:
        if not self.officers:
            raise Invalid("item.nobody_named", "应当写明送阅的人员。")


@dataclass(frozen=True, slots=True)
class ReportToBody:
    """向会议报告 — the result goes back to the body whose meeting decided it."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """归档 — close the item's file; it is kept as the retention table has it, unless another class is named."""

    reason: str
    retention: str | None = None
    on: date | None = None


COMMANDS: dict[str, type] = {
    "submit": Submit,
    "instruct": Instruct,
    "countersign": Countersign,
    "amend": Amend,
    "issue": Issue,
    "withdraw": Withdraw,
    "allocate": Allocate,
    "designate": Designate,
    "object": Object,
    "settle-objection": SettleObjection,
    "report": Report,
    "sign-report": SignReport,
    "submit-result": SubmitResult,
    "request-extension": RequestExtension,
    "vet-extension": VetExtension,
    "grant-extension": GrantExtension,
    "refuse-extension": RefuseExtension,
    "urge": Urge,
    "issue-notice": IssueNotice,
    "vet": Vet,
    "submit-to-leader": SubmitToLeader,
    "send-back": SendBack,
    "sign-off": SignOff,
    "submit-to-superior": SubmitToSuperior,
    "score": Score,
    "send-for-reading": SendForReading,
    "report-to-body": ReportToBody,
    "archive": Archive,
    **keeping.COMMANDS,
}
