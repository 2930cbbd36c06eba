"""开放条件: what must hold besides stage and power, and the guard that asks the table of openings."""

from collections.abc import Callable

from domain.erasure import conditions as erasure
from domain.erasure import files
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.papers import issuing
from domain.rules import item_powers as powers
from domain.supervision.events import ResultSubmitted
from domain.supervision.situation import BOOK, Situation
from domain.supervision.stages import LABELS, OPENINGS, Stage


def need(holds: bool, code: str, message: str, article: str) -> Refused | None:
    """须具备: nothing if it holds; else not now, with the article that stands in the way."""
    return None if holds else NotNow(code, message, f"{BOOK}{article}")


def _not_own_item(s: Situation) -> Refused | None:
    if s.item.stage is Stage.HANDLING or not s.is_of(s.item.drafted_by):
        return None
    return NotYours(
        "item.own_item",
        "本人立项、报请或者修改的事项，应当由他人批示、会签。",
        f"{BOOK}第九条、第十五条",
    )


def _not_own_note(s: Situation) -> Refused | None:
    """One who is to sign in person signs for nobody else; otherwise that second signature could never be given."""
    to_sign_in_person = s.act.for_whom is not None and s.act.by in s.item.leaders
    if s.item.stage is Stage.HANDLING or not (to_sign_in_person or s.is_of(s.item.noted_by)):
        return None
    return NotYours(
        "item.own_note",
        "一人只能在该事项上签署一次意见；本人签署的，不得再代其他领导批示、会签。",
        f"{BOOK}第九条、第十五条",
    )


def _not_own_report(s: Situation) -> Refused | None:
    """A unit head's own report counts as signed; whoever stands in for the head signs those of others."""
    if s.share.signed or not s.is_of(s.share.reported_by):
        return None
    return NotYours(
        "item.own_report",
        "本人提交的报告应当由他人审签；代行单位负责人职务的，也不得审签本人的报告。",
        f"{BOOK}第十八条",
    )


def _not_own_review(s: Situation) -> Refused | None:
    """Where no leader is needed the inspector signs off what he vetted; where one is, that is somebody else."""
    if s.act.role != "leader" or not s.is_of(s.item.reviewed_by):
        return None
    return NotYours(
        "item.own_vetting", "本人初审、转报的办理结果，应当由他人复审。", f"{BOOK}第二十二条第一项"
    )


def _report_signed(s: Situation) -> Refused | None:
    """A head who submits has seen the report; a clerk submits what the head has signed."""
    seen = s.act.role in powers.HEADS or s.share.special_signed
    unsigned = need(seen, "item.report_not_signed", "专题报告应当经承办单位领导审签后上报。", "第十八条")
    return unsigned or _not_own_report(s)


def _lead_submitters(s: Situation) -> frozenset[str]:
    lead = s.item.share(s.item.lead_unit) if s.item.lead_unit is not None else None
    return frozenset(lead.submitted_by) if lead is not None else frozenset()


CONDITIONS: dict[str, Callable[[Situation], Refused | None]] = {
    "instructed": lambda s: need(
        bool(s.item.signed_by),
        "item.not_instructed_yet",
        "尚无领导批示，请先批示，再会签。",
        "第十五条",
    ),
    "named_or_approved": lambda s: (
        None
        if s.item.stage is not Stage.SUBMITTED or not s.item.leaders or s.act.principal in s.item.leaders
        else NotYours("item.not_yours", "该事项由报请批示的领导会签。", f"{BOOK}第九条、第十五条")
    ),
    "not_signed_yet": lambda s: need(
        s.item.stage is Stage.HANDLING or s.act.principal not in s.item.signed_by,
        "item.already_signed",
        "您已经在该事项上签署意见。",
        "第十五条",
    ),
    "issued_or_document": lambda s: need(
        s.item.stage is Stage.ISSUED or s.item.form == "document",
        "item.not_issued",
        "经领导批准后应当先下发，再分办；只有公文可以直接分办。",
        "第十五条",
    ),
    "result_open": lambda s: need(
        s.share.result_on is None,
        "item.result_submitted",
        "本单位的办理结果已经上报。",
        "第十八条",
    ),
    "never_submitted": lambda s: need(
        not any(isinstance(f, ResultSubmitted) and f.of_unit == s.act.unit for f in s.history),
        "item.result_submitted",
        "本单位已经就该事项上报过办理结果，不再提出职责异议。",
        "第十七条",
    ),
    "not_objected_yet": lambda s: need(
        s.share.objected_on is None,
        "item.already_objected",
        "本单位已经就该事项报告过一次。",
        "第十七条",
    ),
    "open_objection": lambda s: need(
        any(share.objected_on and not share.objection_settled for share in s.item.holding),
        "item.no_objection",
        "没有待协调的职责异议。",
        "第十七条",
    ),
    "own_objection_settled": lambda s: need(
        s.share.objected_on is None or s.share.objection_settled,
        "item.objection_open",
        "本单位提出的职责异议尚待协调。",
        "第十七条",
    ),
    "report_to_sign": lambda s: need(
        s.share.reports > 0 and not s.share.signed,
        "item.no_report_to_sign",
        "没有待审签的报告。",
        "第十八条",
    ),
    "report_signed": _report_signed,
    "not_own_item": _not_own_item,
    "not_own_note": _not_own_note,
    "not_own_report": _not_own_report,
    "not_own_review": _not_own_review,
    "no_open_request": lambda s: need(
        s.share.extension is None,
        "item.extension_request_open",
        "本单位已有延期申请待批。",
        "第十九条",
    ),
    "limit_running": lambda s: need(
        s.limit(s.act.unit) is not None,
        "item.nothing_to_extend",
        "本单位没有可以延期的办理时限。",
        "第十九条",
    ),
    "request_to_vet": lambda s: need(
        bool(s.asked()),
        "item.no_extension_request",
        "没有待您审核的延期申请。",
        "第十九条",
    ),
    "request_to_answer": lambda s: need(
        bool(s.asked()),
        "item.no_extension_request",
        "没有待您批复的延期申请：申请先经承办单位审核，再报督查员，需要时转报领导。",
        "第十九条",
    ),
    "not_own_result": lambda s: (
        None
        if not s.is_of(_lead_submitters(s))
        else NotYours("item.own_result", "本人上报的办理结果应当由他人审核。", f"{BOOK}第二十二条")
    ),
    "notice_to_issue": lambda s: issuing.to_issue("item", s.issuer),
    "from_a_meeting": lambda s: need(
        s.item.form == "meeting",
        "item.no_body",
        "该事项不是会议议定事项，无需向会议报告。",
        "第二十一条",
    ),
    "body_not_told_yet": lambda s: need(
        s.item.body_told_on is None,
        "item.body_told_already",
        "已经向会议报告。",
        "第二十一条",
    ),
    "body_told": lambda s: need(
        s.item.form != "meeting" or s.item.stage is not Stage.SIGNED_OFF or s.item.body_told_on is not None,
        "item.body_not_told",
        "会议议定事项的办理结果应当先向会议报告，再归档。",
        "第二十一条",
    ),
    **erasure.conditions(lambda s: files.of_item(s.item)),
}


def refusal(situation: Situation, slug: str) -> Refused | None:
    """是否开放: why the act is closed to this officer now, or None. Order: hidden, not yours, wrong stage, conditions.

    Raises nothing; the caller raises what it gets.
    """
    opening = OPENINGS[slug]
    standing, act, stage = situation.standing, situation.act, situation.item.stage
    if not powers.may_read(standing, act):
        return Unknown("item.unknown", "查无此件。")
    held = [power for power in opening.powers if powers.POWERS[power](standing, act)]
    if not held:
        return _not_yours("该操作由{}办理。", opening.powers)
    if stage not in opening.stages:
        message = f"当前环节为“{LABELS[stage]}”，不能办理该操作。"
        return NotNow("item.wrong_stage", message, stage=stage.value)
    if not any(stage in opening.grants[power] for power in held):
        here = tuple(power for power in opening.powers if stage in opening.grants[power])
        return _not_yours(f"在“{LABELS[stage]}”环节，该操作由{{}}办理。", here)
    gone = erasure.closed_by_erasure(situation.item, slug, files.of_item)
    if gone is not None:
        return gone
    return next(
        (found for name in opening.conditions if (found := CONDITIONS[name](situation)) is not None), None
    )


def _not_yours(message: str, needed: tuple[str, ...]) -> Refused:
    labels = "、".join(powers.LABELS[power] for power in needed)
    articles = "、".join(powers.ARTICLES[power].removeprefix(BOOK) for power in needed)
    return NotYours("item.not_yours", message.format(labels), f"{BOOK}{articles}")
