"""信访事项的命令: what officers can ask for. Field names are the API's; `on` is the legal date, today if left out.

`COMMANDS` maps the slug in the URL to the command; routes, forms and documents are made from it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from domain.attachments import AttachmentEntry
from domain.errors import Invalid
from domain.papers.commands import IssueNotice

Channel = Literal["letter", "visit", "call", "online", "mailbox", "assigned"]
Category = Literal["suggestion", "accusation", "appeal"]
Way = Literal["litigation", "arbitration", "party", "administrative", "duty", "opinion"]
Method = Literal["letter", "phone", "in_person", "on_site", "follow_up"]


@dataclass(frozen=True, slots=True)
class PetitionerEntry:
    """信访人 — as entered at registration."""

    name: str
    id_number: str | None = None
    phone: str | None = None
    address: str | None = None
    representative: bool = False


@dataclass(frozen=True, slots=True)
class AgainstEntry:
    """被反映单位或人员 — as entered at registration."""

    unit: str | None = None
    person: str | None = None

    def __post_init__(self) -> None:
        if self.unit is None and self.person is None:
            raise Invalid("petition.against_nobody", "被反映对象应当写明单位或者人员。")


@dataclass(frozen=True, slots=True)
class Register:
    """登记 — put a petition on the register."""

    channel: Channel
    category: Category
    subject: str
    content: str
    petitioners: tuple[PetitionerEntry, ...] = ()
    received_on: date | None = None
    purpose: str | None = None
    headcount: int | None = None
    against: tuple[AgainstEntry, ...] = ()
    rulebook: str | None = None
    limit_class: str | None = None
    first_contact: str | None = None
    reply_to: str | None = None
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Classify:
    """分类 — set category, topic, way of handling and class of limit."""

    category: Category
    topic: str | None = None
    way: Way = "opinion"
    limit_class: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Propose:
    """拟办 — propose how to handle the matter, to these leaders or to every leader who may be shown it."""

    opinion: str
    to_leaders: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Instruct:
    """批示 — a leader's note."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PassOnInstruction:
    """转交批示 — pass a leader's note on to the unit that handles or assists."""

    to_unit: str | None = None
    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Investigate:
    """调查核实 — the record of what was found and done, signed by whoever makes it."""

    text: str
    attachments: tuple[AttachmentEntry, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SignRecord:
    """签字确认 — the leader in charge signs the record of the investigation."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ApproveReport:
    """审签报告 — a leader agrees to the report to the superior who assigned the matter."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SendForReading:
    """送阅 — send the case to officers to read, with the reason."""

    officers: tuple[str, ...]
    reason: str
    on: date | None = None

    def __post_init__(self) -> None:
        if not self.officers:
            raise Invalid("petition.nobody_named", "请写明送阅的人员。")


@dataclass(frozen=True, slots=True)
class Accept:
    """受理 — take the matter on; on the track given, or on the one the named rule book is for."""

    on: date | None = None
    track: Literal["ordinary", "simplified"] | None = None


@dataclass(frozen=True, slots=True)
class SwitchTrack:
    """转为普通程序 — leave the simplified track with a reason."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Decline:
    """不予受理 — refuse with a typed ground."""

    ground: str
    explanation: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Forward:
    """转送 — pass on to the competent organ."""

    to_organ: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Assign:
    """交办 — assign to a unit, with a report-back date."""

    to_unit: str
    due_on: date | None = None
    assisting_units: tuple[str, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """转办 — pass on to a unit and keep track."""

    to_unit: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """提出异议 — the matter is not within the unit's powers."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class HandBack:
    """退办 — agree to the unit's objection; with several objections, name the unit."""

    reason: str
    from_unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class KeepWithUnit:
    """维持交办 — don't agree to the unit's objection; with several objections, name the unit."""

    reason: str
    from_unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Designate:
    """指定承办人 — name the officer who handles the matter."""

    officer: str
    on: date | None = None


def one_date(named: date | None, on: date | None) -> date | None:
    """同一日期: the legal date of an act that has a name of its own for it; both may be given if they agree."""
    if named is not None and on is not None and named != on:
        raise Invalid("date.given_twice", f"同一日期填写了两次且不一致：{named}、{on}。")
    return named or on


def _positive(days: int) -> None:
    if days < 1:
        raise Invalid("petition.days_not_positive", "延期天数应为正整数。")


@dataclass(frozen=True, slots=True)
class RequestExtension:
    """申请延期 — ask before the limit, with the reason."""

    days: int
    reason: str
    on: date | None = None

    def __post_init__(self) -> None:
        _positive(self.days)


@dataclass(frozen=True, slots=True)
class GrantExtension:
    """批准延期 — a leader grants the days."""

    days: int
    on: date | None = None

    def __post_init__(self) -> None:
        _positive(self.days)


@dataclass(frozen=True, slots=True)
class RefuseExtension:
    """不批准延期 — with the reason."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AskForMore:
    """一次性告知补正 — tell everything that is missing, once."""

    missing: tuple[str, ...]
    on: date | None = None

    def __post_init__(self) -> None:
        if not self.missing:
            raise Invalid("petition.nothing_missing", "应当一次性列明需要补正的全部材料。", "一次性告知")


@dataclass(frozen=True, slots=True)
class Supplement:
    """补正 — the missing material came in."""

    received_on: date | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        one_date(self.received_on, self.on)


@dataclass(frozen=True, slots=True)
class OpenHearing:
    """听证开始 — the first day of the hearing."""

    on: date | None = None


@dataclass(frozen=True, slots=True)
class CloseHearing:
    """听证结束 — the last day of the hearing."""

    on: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """反馈 — report to whoever assigned the matter."""

    text: str
    attachments: tuple[AttachmentEntry, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """答复 — issue the written opinion; without the assisting units' reports only with a reason."""

    result: Literal["support", "explain", "not_support"]
    text: str
    without_assistants: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Serve:
    """送达 — a notice reached the petitioner."""

    notice: str
    method: Literal["in_person", "post", "online", "leave"]
    served_on: date | None = None
    signed_by: str | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        one_date(self.served_on, self.on)


@dataclass(frozen=True, slots=True)
class Urge:
    """催办 — nudge the unit that handles, or one that assists."""

    method: Method
    text: str
    to_unit: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Supervise:
    """督办 — formal supervision with advice."""

    ground: str
    advice: str
    answer_by: date | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerSupervision:
    """反馈督办 — answer the advice."""

    adopted: bool
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class TakeCharge:
    """包案 — a leader takes the case on."""

    leader: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ReportUrgent:
    """紧急情况上报 — report an important or urgent matter upward."""

    to_organ: str
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AcknowledgeUrgent:
    """上报签收 — acknowledge the upward report."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LinkRepeat:
    """认定重复信访 — the same facts as an earlier petition, by its id."""

    earlier_petition: UUID
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DelayNotice:
    """滞办告知 — tell the petitioner why it takes longer and until when."""

    reason: str
    contact: str
    new_date: date
    approver: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """调整报结日期 — the assigner sets a later date to report back, before the present one has passed."""

    due_on: date
    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """撤回 — the petitioner withdraws."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SignOff:
    """办结核销 — accept the result and take the matter off the list."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Reopen:
    """重新办理 — open a closed matter again."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """归档 — close the case file; it is kept as the retention table has it, unless another class is named."""

    reason: str
    retention: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """评价 — the petitioner's rating, recorded."""

    about: Literal["office", "unit"]
    score: Literal["satisfied", "basically", "dissatisfied"]
    comment: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentToRefusal:
    """同意否定 — a leader consents to a negative decision; never the one who took it."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """否定报备 — file a negative decision, with the grounds, after a leader's consent."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """首接交接 — pass the matter to a named officer; until that one confirms, the first contact stays responsible."""

    officer: str
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ConfirmHandOver:
    """确认接收 — the named officer takes the matter over and is responsible from now on."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DeclineHandOver:
    """不予接收 — the named officer doesn't take the matter, and says why; it stays with the first contact."""

    reason: str
    on: date | None = None


COMMANDS: dict[str, type] = {
    "hand-over": HandOver,
    "confirm-hand-over": ConfirmHandOver,
    "decline-hand-over": DeclineHandOver,
    "classify": Classify,
    "propose": Propose,
    "instruct": Instruct,
    "pass-on-instruction": PassOnInstruction,
    "investigate": Investigate,
    "sign-record": SignRecord,
    "approve-report": ApproveReport,
    "send-for-reading": SendForReading,
    "accept": Accept,
    "switch-track": SwitchTrack,
    "decline": Decline,
    "forward": Forward,
    "assign": Assign,
    "transfer": Transfer,
    "object": Object,
    "hand-back": HandBack,
    "keep-with-unit": KeepWithUnit,
    "designate": Designate,
    "request-extension": RequestExtension,
    "grant-extension": GrantExtension,
    "refuse-extension": RefuseExtension,
    "ask-for-more": AskForMore,
    "supplement": Supplement,
    "open-hearing": OpenHearing,
    "close-hearing": CloseHearing,
    "report": Report,
    "reply": Reply,
    "issue-notice": IssueNotice,
    "serve": Serve,
    "urge": Urge,
    "supervise": Supervise,
    "answer-supervision": AnswerSupervision,
    "take-charge": TakeCharge,
    "report-urgent": ReportUrgent,
    "acknowledge-urgent": AcknowledgeUrgent,
    "link-repeat": LinkRepeat,
    "delay-notice": DelayNotice,
    "reschedule": Reschedule,
    "withdraw": Withdraw,
    "sign-off": SignOff,
    "reopen": Reopen,
    "archive": Archive,
    "rate": Rate,
    "consent-to-refusal": ConsentToRefusal,
    "file-refusal": FileRefusal,
}
