"""承办的决定: what the units report and submit, and how they are urged."""

import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from domain.errors import Invalid, NotNow
from domain.papers import issuing
from domain.papers.commands import IssueNotice
from domain.rules import papers
from domain.rules.item_powers import HEADS
from domain.supervision import commands, events
from domain.supervision.periods import owed
from domain.supervision.situation import BOOK, Draft, Situation


def _report(command: commands.Report, situation: Situation) -> Draft:
    on = situation.unit_date(command.on)
    fields = {
        "of_unit": situation.act.unit,
        "text": command.text,
        "attachments": command.attachments,
        "period": _period(command, situation, on),
        "signed": situation.act.role in HEADS,
    }
    return events.Reported, on, fields


def _period(command: commands.Report, situation: Situation, on: date) -> str | None:
    """反馈周期: the one named, or the earliest begun and not yet reported on; a special report answers none."""
    share, given = situation.share, command.period
    if command.special and given is not None:
        raise Invalid("item.special_without_period", "专题报告不填写反馈周期。", f"{BOOK}第十八条")
    if command.special:
        return None
    open_ones = [period for period in owed(situation.item, share) if period.first <= on]
    if given is None:
        return open_ones[0].name if open_ones else None
    wanted = given.strip().upper()
    if wanted not in {period.name for period in open_ones}:
        names = "、".join(period.name for period in open_ones) or "无"
        raise Invalid(
            "item.unknown_period", f"没有这个待反馈的周期，现在可以反馈的：{names}。", f"{BOOK}第二十一条"
        )
    return wanted


def _sign_report(command: commands.SignReport, situation: Situation) -> Draft:
    on = situation.unit_date(command.on, situation.share.reported_on, "报告之日")
    return events.ReportSigned, on, {"of_unit": situation.act.unit}


def _submit_result(command: commands.SubmitResult, situation: Situation) -> Draft:
    item, share = situation.item, situation.share
    on = situation.unit_date(command.on, share.reported_on, "分办、退办或者最后一次报告之日")
    _named_in(command.conclusion, [entry.name for entry in command.attachments])
    waiting = [s for s in item.holding if not s.lead and s.result_on is None and not s.waived]
    if not share.lead and command.without_assistants is not None:
        raise Invalid("item.not_the_lead", "只有主办单位可以说明不等待协办单位的理由。", f"{BOOK}第十六条")
    if share.lead and waiting and command.without_assistants is None:
        units = "、".join(situation.directory.unit_name(s.unit) for s in waiting)
        raise NotNow(
            "item.assistants_pending",
            f"协办单位{units}尚未上报办理结果；不等待的，请说明理由（without_assistants）。",
            f"{BOOK}第十六条",
        )
    fields = {
        "of_unit": share.unit,
        "conclusion": command.conclusion,
        "attachments": command.attachments,
        "without_assistants": command.without_assistants if waiting else None,
    }
    return events.ResultSubmitted, on, fields


def _named_in(conclusion: str, attachments: list[str]) -> None:
    written = unicodedata.normalize("NFC", conclusion)
    missing = [name for name in attachments if name not in written]
    if missing:
        raise Invalid(
            "item.attachment_not_named",
            f"反馈结论中应当写明所上传附件的名称，尚未写明：{'、'.join(missing)}。",
            f"{BOOK}第十八条",
        )


def _urge(command: commands.Urge, situation: Situation) -> Draft:
    late = tuple(share.unit for share in situation.item.holding if share.result_on is None)
    units = late
    if command.unit is not None:
        units = (situation.directory.resolve(command.unit),)
        if not set(units) <= set(late):
            raise Invalid(
                "item.unit_not_in_question", "所填单位不在待办结的承办单位之列。", f"{BOOK}第二十条"
            )
    fields = {"method": command.method, "text": command.text, "units": units}
    return events.Urged, situation.next_date(command.on), fields


def _issue_notice(command: IssueNotice, situation: Situation) -> Draft:
    paper = papers.paper(command.notice, "item")
    issuer = situation.issuer
    closed = issuing.refusal(paper, issuer)
    fact = issuing.decision(paper, issuer)
    if closed is not None or fact is None:
        raise closed or NotNow("notice.without_decision", f"不能出具{paper.label}。", paper.basis)
    on = situation.legal_date(command.on, fact.on, "作出决定日")
    return events.NoticeIssued, on, issuing.drafted(paper, fact, issuer)


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Report: _report,
    commands.SignReport: _sign_report,
    commands.SubmitResult: _submit_result,
    commands.Urge: _urge,
    IssueNotice: _issue_notice,
}
