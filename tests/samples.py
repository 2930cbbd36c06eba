"""样例: for each act a story in which it is open on 2 March 2026 and a command that is then decided."""

from typing import Any

from domain.papers.commands import IssueNotice
from domain.petition import commands as c
from domain.petition import events
from domain.review import commands as r
from tests import custody
from tests.builders import (
    EARLIER,
    Story,
    a_petition,
    answered,
    clerk,
    in_handling,
    on,
    reviewed,
    under_reexamination,
    with_unit,
)


def handed_over() -> Story:
    """A petition that its first contact has offered to an officer of unit B."""
    return a_petition().add(events.HandedOver, clerk, officer="b-clerk", text="请接续联系信访人")


SAMPLES: dict[str, tuple[Story, Any]] = {
    "classify": (a_petition(), c.Classify("suggestion", "城市管理")),
    "propose": (a_petition(), c.Propose("拟转住建局办理")),
    "instruct": (a_petition(), c.Instruct("请住建局妥善处理")),
    "pass-on-instruction": (in_handling().instructed(), c.PassOnInstruction()),
    "investigate": (in_handling(), c.Investigate("经实地测温，情况属实")),
    "sign-record": (in_handling().instructed().investigated(), c.SignRecord()),
    "approve-report": (in_handling(channel="assigned"), c.ApproveReport("同意上报")),
    "send-for-reading": (in_handling(), c.SendForReading(("leader", "b-head"), "请阅")),
    "accept": (with_unit(), c.Accept()),
    "switch-track": (in_handling(track="simplified"), c.SwitchTrack("案情复杂")),
    "decline": (with_unit(), c.Decline("N4", "请依法申请行政复议")),
    "forward": (a_petition(), c.Forward("清江市财政局")),
    "assign": (a_petition(), c.Assign("unit-a", due_on=on("2026-04-30"))),
    "transfer": (a_petition(), c.Transfer("unit-a")),
    "object": (with_unit(), c.Object("不属于本单位职权范围")),
    "hand-back": (with_unit().objected(), c.HandBack("情况属实")),
    "keep-with-unit": (with_unit().objected(), c.KeepWithUnit("属于该单位职权范围")),
    "designate": (with_unit(), c.Designate("handler")),
    "request-extension": (in_handling(), c.RequestExtension(30, "案情复杂")),
    "grant-extension": (in_handling().extension_requested(), c.GrantExtension(30)),
    "refuse-extension": (in_handling().extension_requested(), c.RefuseExtension("理由不充分")),
    "ask-for-more": (in_handling(), c.AskForMore(("房产证复印件",))),
    "supplement": (in_handling().asked_for_more(), c.Supplement()),
    "open-hearing": (in_handling(), c.OpenHearing()),
    "close-hearing": (in_handling().hearing_opened(), c.CloseHearing()),
    "report": (in_handling(), c.Report("办理情况报告")),
    "reply": (in_handling(), c.Reply("support", "处理意见")),
    "issue-notice": (in_handling(), IssueNotice("acceptance")),
    "serve": (in_handling().replied(), c.Serve("opinion", "post")),
    "request-review": (answered(), r.RequestReview("不服处理意见")),
    "conclude-review": (answered().review_requested(), r.ConcludeReview("uphold", "复查意见")),
    "request-reexamination": (reviewed(), r.RequestReexamination("不服复查意见")),
    "conclude-reexamination": (under_reexamination(), r.ConcludeReexamination("uphold", "复核意见")),
    "urge": (in_handling(), c.Urge("phone", "请抓紧办理")),
    "supervise": (in_handling(), c.Supervise("S6", "限期办结", on("2026-04-10"))),
    "answer-supervision": (in_handling().supervised(), c.AnswerSupervision(True, "已采纳")),
    "take-charge": (in_handling(), c.TakeCharge("leader")),
    "report-urgent": (in_handling(), c.ReportUrgent("清江市信访局", "可能引发聚集")),
    "acknowledge-urgent": (in_handling().urgent_reported(), c.AcknowledgeUrgent("已阅")),
    "link-repeat": (a_petition(), c.LinkRepeat(EARLIER)),
    "delay-notice": (in_handling(), c.DelayNotice("等待鉴定", "010-12345678", on("2026-06-30"), "a-head")),
    "reschedule": (
        a_petition().assigned(due_on="2026-04-30"),
        c.Reschedule(on("2026-05-20"), "需要现场检测"),
    ),
    "withdraw": (in_handling(), c.Withdraw("信访人撤回")),
    "sign-off": (answered(), c.SignOff("办理结果符合要求")),
    "reopen": (answered().signed_off(), c.Reopen("出现新的事实")),
    "archive": (answered().signed_off(), c.Archive("材料齐全")),
    "rate": (answered(), c.Rate("unit", "satisfied")),
    "hand-over": (a_petition(), c.HandOver("b-clerk", "请接续联系信访人")),
    "confirm-hand-over": (handed_over(), c.ConfirmHandOver()),
    "decline-hand-over": (handed_over(), c.DeclineHandOver("本人即将离岗")),
    "consent-to-refusal": (with_unit().declined(), c.ConsentToRefusal("同意")),
    "file-refusal": (with_unit().declined().refusal_consented(), c.FileRefusal("否定报备书")),
    **custody.samples(answered().signed_off()),
}
"""The act's slug → (story, command)."""
