"""办理进度: the way of a petition in plain words, made of the facts that concern the petitioner and of no others.

What isn't in the table isn't shown: notes, instructions, urging, supervision, alerts, who handles it in person.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.case_reading import Seen
from api.console.forms import choice
from domain.errors import Refused
from domain.facts import Fact
from domain.petition import events
from domain.review import events as review
from domain.rules import grounds


@dataclass(frozen=True, slots=True)
class Step:
    """一步 — what happened, when, at which organ, and what it means for the petitioner."""

    label: str
    on: date
    unit_name: str | None
    text: str


Telling = Callable[[Any, Seen], tuple[str, str | None, str]]
"""The word for the step, the organ concerned, and a sentence."""


def steps(seen: Seen) -> list[Step]:
    """进度: in the order of record."""
    found = []
    for one in seen.history:
        tell = TOLD.get(type(one.fact))
        if tell is not None:
            label, unit, text = tell(one.fact, seen)
            name = None if unit is None else seen.directory.unit_called(unit, one.fact.recorded_at)
            found.append(Step(label, one.fact.on, name, text))
    return found


def _notice(fact: events.Served, _: Seen) -> tuple[str, str | None, str]:
    return "已送达文书", None, f"{notice_label(fact.notice)}已{choice('method', fact.method)}送达。"


def notice_label(kind: str) -> str:
    """文书名称: the code itself for a kind that is no longer in the table."""
    try:
        return grounds.notice_kind(kind).label
    except Refused:
        return kind


def _ground(fact: events.Declined, _: Seen) -> tuple[str, str | None, str]:
    return "不予受理", fact.unit, "理由见不予受理告知书。"


def _accepted(fact: events.Accepted, _: Seen) -> tuple[str, str | None, str]:
    simple = fact.track == "simplified"
    return "已受理", fact.unit, "适用简易办理，正在办理。" if simple else "正在办理。"


def _concluded(fact: Any, _: Seen) -> tuple[str, str | None, str]:
    first = isinstance(fact, review.ReviewConcluded)
    return (
        "复查已答复" if first else "复核已答复",
        None,
        f"{'复查' if first else '复核'}意见已经作出，以送达的意见书为准。",
    )


TOLD: Mapping[type[Fact], Telling] = {
    events.Registered: lambda f, _: ("已登记", f.office, "您的信访事项已经登记。"),
    events.Transferred: lambda f, _: ("已转办", f.to_unit, "已转交有权处理的单位。"),
    events.Assigned: lambda f, _: ("已交办", f.to_unit, "已交由有权处理的单位办理。"),
    events.Forwarded: lambda f, _: ("已转送", f.to_organ, "已转送有权处理的机关。"),
    events.HandedBack: lambda f, s: ("重新确定单位", s.state.office, "正在重新确定办理单位。"),
    events.Accepted: _accepted,
    events.Declined: _ground,
    events.TrackSwitched: lambda f, _: ("转为普通程序", None, "改按普通程序办理，已经用去的时间照算。"),
    events.AskedForMore: lambda f, _: ("需要补充材料", f.unit, "请按告知的清单补充材料。"),
    events.Supplemented: lambda f, _: ("已补充材料", f.unit, "补充的材料已经收到。"),
    events.HearingOpened: lambda f, _: ("举行听证", None, "听证所需时间不计入办理期限。"),
    events.HearingClosed: lambda f, _: ("听证结束", None, "继续计算办理期限。"),
    events.ExtensionGranted: lambda f, _: (
        "已延期",
        None,
        f"经批准，办理期限延长{f.days}日，理由见延期告知书。",
    ),
    events.DelayNoticed: lambda f, _: ("滞办告知", f.unit, f"未能按时办结，预计{f.new_date}前办结。"),
    events.Replied: lambda f, _: ("已答复", f.unit, "处理意见已经作出，以送达的处理意见书为准。"),
    events.Served: _notice,
    events.Withdrawn: lambda f, _: ("已撤回", None, "信访事项已经撤回。"),
    events.SignedOff: lambda f, _: ("已办结", None, "信访事项已经办结。"),
    events.Reopened: lambda f, _: ("重新办理", None, "信访事项重新办理。"),
    events.Archived: lambda f, _: ("已归档", None, "案卷已经归档。"),
    review.ReviewRequested: lambda f, _: ("复查中", None, "复查申请已经收到。"),
    review.ReviewConcluded: _concluded,
    review.ReexaminationRequested: lambda f, _: ("复核中", None, "复核申请已经收到。"),
    review.ReexaminationConcluded: _concluded,
}
"""告知事项: the facts that a petitioner is told of."""
