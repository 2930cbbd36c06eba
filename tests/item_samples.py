"""样例: for each act on a supervision item a story in which it is open on 2 March 2026 and a command then decided."""

from typing import Any

from domain.attachments import AttachmentEntry
from domain.papers.commands import IssueNotice
from domain.supervision import commands as c
from tests import custody
from tests.builders import on
from tests.items import (
    Matter,
    a_meeting_decision,
    an_item,
    approved,
    handled,
    leader,
    with_leader,
    with_result,
)

SAMPLES: dict[str, tuple[Matter, Any]] = {
    "submit": (an_item(), c.Submit(("leader",))),
    "instruct": (an_item().submitted(), c.Instruct("同意，抓紧落实")),
    "countersign": (approved(), c.Countersign("同意")),
    "amend": (an_item(), c.Amend(requirements="按批示意见修改", due_on=on("2026-05-29"))),
    "issue": (approved(), c.Issue()),
    "withdraw": (handled(), c.Withdraw("任务取消")),
    "allocate": (approved().issued(), c.Allocate("unit-a", ("unit-b",), "供暖改造督查小组")),
    "designate": (handled(), c.Designate("handler")),
    "object": (handled(), c.Object("非本单位职责")),
    "settle-objection": (handled().objected(), c.SettleObjection(True, "属实", "unit-b")),
    "report": (handled(), c.Report("进展情况", (AttachmentEntry("进度表"),))),
    "sign-report": (handled().reported(), c.SignReport()),
    "submit-result": (
        handled().reported().report_signed(),
        c.SubmitResult("已办结，见附件验收单。", (AttachmentEntry("验收单"),)),
    ),
    "request-extension": (handled(), c.RequestExtension("施工受天气影响", "完成八成", on("2026-04-29"))),
    "vet-extension": (handled().asked(), c.VetExtension("情况属实")),
    "grant-extension": (handled().asked().passed_up(), c.GrantExtension(on("2026-04-29"))),
    "refuse-extension": (handled().asked().passed_up(), c.RefuseExtension("理由不充分")),
    "urge": (handled(), c.Urge("phone", "请抓紧办理")),
    "issue-notice": (handled(), IssueNotice("supervision-notice")),
    "vet": (with_result(), c.Vet("符合要求")),
    "submit-to-leader": (with_result().vetted(), c.SubmitToLeader("请审定")),
    "send-back": (with_result(), c.SendBack("结论不完整", on("2026-03-20"))),
    "sign-off": (with_leader(), c.SignOff("合格")),
    "submit-to-superior": (with_leader(), c.SubmitToSuperior("清江市督查室", "上级交办")),
    "score": (with_result(), c.Score("unit-a", -2, "逾期上报")),
    "send-for-reading": (an_item(), c.SendForReading(("b-officer",), "请了解情况")),
    "report-to-body": (
        a_meeting_decision().submitted().instructed().issued().allocated().result().vetted().signed_off(),
        c.ReportToBody("议定事项已落实"),
    ),
    "archive": (with_leader().signed_off(by=leader), c.Archive("材料齐全")),
    **custody.samples(with_leader().signed_off(by=leader)),
}
"""The act's slug → (story, command)."""
