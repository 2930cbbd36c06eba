"""报表目录: what each report is called, the names of its columns, and in words what it counts and by which date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from projections import reports
from projections.reports import Report

By = Literal["unit", "channel", "category", "month", "officer"]
Basis = Literal["received", "concluded"]
ColumnKind = Literal["text", "number", "rate"]

BY_LABELS: Mapping[str, str] = {
    "unit": "单位",
    "channel": "信访形式",
    "category": "类别",
    "month": "月份",
    "officer": "承办人",
}
CHANNELS = {
    "letter": "来信",
    "visit": "来访",
    "call": "来电",
    "online": "网上信访",
    "mailbox": "领导信箱",
    "assigned": "上级交办",
}
CATEGORIES = {"suggestion": "建议意见", "accusation": "检举控告", "appeal": "申诉求决"}
CLOCKS = {"finish": "办理期限", "decide": "受理期限", "notify": "告知期限", "route": "转送交办期限"}
"""期限种类: as reports and pages call them."""
BASES = {"received": "收到日期", "concluded": "办结日期"}

RECEIVED = "期间按收到日期计：统计期间内收到的信访事项，不论何时办理。"
BY_UNIT = "按单位分列的，列入现承办单位。"


@dataclass(frozen=True, slots=True)
class Words:
    """报表用语 — a report with its label, the columns in their order, its definition, and the keys it is best read by."""

    report: Report
    label: str
    columns: Mapping[str, str]
    definition: tuple[str, ...]
    by: By = "unit"
    main: str = ""
    """The measure by whose size rows are ordered, the greatest first."""
    plotted: tuple[str, ...] = ()
    stacked: bool = True
    clocked: bool = False
    concluded: Report | None = None
    keys: tuple[str, ...] = field(default=("unit", "channel", "category", "month"))


REPORTS: Mapping[str, Words] = {
    "receipts": Words(
        reports.RECEIPTS,
        "收到情况",
        {
            "received": "收到件数",
            "people": "人次",
            "first": "初次",
            "repeated": "重复",
            "collective": "集体",
            "urgent": "重要紧急",
            "letter": "来信",
            "visit": "来访",
            "call": "来电",
            "online": "网上",
            "mailbox": "领导信箱",
            "assigned": "上级交办",
            "accepted": "已受理",
        },
        (
            RECEIVED,
            "人次为登记的信访人数之和；集体指人数达到规定人数的；重复指已认定为重复信访的。",
            BY_UNIT,
        ),
        main="received",
        plotted=("first", "repeated"),
    ),
    "timeliness": Words(
        reports.TIMELINESS,
        "办理时效",
        {
            "total": "应办件次",
            "met": "按期办结",
            "met_late": "逾期办结",
            "open_in_time": "在办未逾期",
            "open_late": "在办已逾期",
            "let_off": "终止计时",
            "in_time_rate": "按期率",
        },
        (
            "按期限计数：一件事项重新办理的，每轮计一次；因撤回等终止计时的不计入应办件次。",
            "办结（停止计时）日期不晚于应办结日期的为按期，次日起为逾期；中止计时的列入在办未逾期。",
            "按期率＝按期办结÷（按期办结＋逾期办结＋在办已逾期）；尚未到期的不计。",
            "按单位分列的，列入该期限的责任单位。",
        ),
        main="total",
        plotted=("met", "met_late", "open_in_time", "open_late"),
        clocked=True,
        concluded=reports.CONCLUDED_IN_TIME,
    ),
    "extensions": Words(
        reports.EXTENSIONS,
        "延期情况",
        {
            "accepted": "已受理",
            "asked": "申请延期",
            "granted": "批准",
            "refused": "不批准",
            "undecided": "未作决定",
            "days": "批准天数合计",
            "extended": "延期件数",
            "extension_rate": "延期率",
        },
        (
            RECEIVED,
            "延期率＝经批准延期的件数÷已受理件数。申请、批准按次计，包括重新办理中的。",
            BY_UNIT,
        ),
        main="granted",
        plotted=("granted", "refused", "undecided"),
    ),
    "returns": Words(
        reports.RETURNS,
        "退办情况",
        {
            "passed_on": "转交次数",
            "objected": "提出异议",
            "objected_late": "其中逾期提出",
            "handed_back": "同意退办",
            "kept": "不同意退办",
            "undecided": "异议未答复",
            "return_rate": "退办率",
            "sent_back": "督查事项退回重办",
        },
        (
            "期间按收到日期计：统计期间内收到的信访事项、立项的督查事项，其转交、异议和退办不论何时发生。",
            "退办率＝同意退办次数÷转送、交办、转办至承办单位的次数。",
            "按单位分列的，列入被转交、提出异议或者被退回重办的单位。",
        ),
        main="passed_on",
        plotted=("handed_back", "kept", "undecided", "sent_back"),
    ),
    "repeats": Words(
        reports.REPEATS,
        "重复信访和结案",
        {
            "received": "收到件数",
            "first": "初次",
            "repeated": "重复",
            "repeat_rate": "重复信访率",
            "concluded": "已结案",
            "unconcluded": "未结案",
            "closing_rate": "结案率",
        },
        (
            RECEIVED,
            "重复信访率＝已认定为重复信访的件数÷收到件数。",
            "结案指已书面答复、不予受理、转送其他机关、撤回或者核销；重新办理的，再次答复后计入。结案率＝已结案件数÷收到件数。",
            BY_UNIT,
        ),
        main="received",
        plotted=("repeat_rate", "closing_rate"),
        stacked=False,
    ),
    "satisfaction": Words(
        reports.SATISFACTION,
        "群众满意度",
        {
            "office_satisfied": "工作机构：满意",
            "office_basically": "工作机构：基本满意",
            "office_dissatisfied": "工作机构：不满意",
            "office_rate": "工作机构：满意率",
            "unit_satisfied": "责任单位：满意",
            "unit_basically": "责任单位：基本满意",
            "unit_dissatisfied": "责任单位：不满意",
            "unit_rate": "责任单位：满意率",
        },
        (
            RECEIVED,
            "满意率＝（满意＋基本满意）÷已作评价的次数；未评价的不计。",
            "按单位分列的，列入被评价的信访工作机构或者责任单位。",
        ),
        main="unit_satisfied",
        plotted=("office_rate", "unit_rate"),
        stacked=False,
    ),
    "workload": Words(
        reports.WORKLOAD,
        "在办工作量",
        {
            "open": "在办件数",
            "red": "超期",
            "yellow": "临期",
            "green": "正常",
            "grey": "无期限",
            "petitions": "信访事项",
            "items": "督查事项",
        },
        (
            "统计时点尚须办理的事项：信访事项为未答复的和正在复查、复核的，列入现承办单位；督查事项按承办份额，列入主办、协办单位。",
            "信号灯按该事项最紧急的期限确定。选定期间的，只计期间内收到（立项）的。",
        ),
        main="open",
        plotted=("red", "yellow", "green", "grey"),
        keys=("unit", "channel", "category", "month", "officer"),
    ),
    "scores": Words(
        reports.SCORES,
        "督查事项完成和考核",
        {
            "allocated": "承办份额",
            "done_in_time": "按期完成",
            "done_late": "逾期完成",
            "open_in_time": "在办未逾期",
            "open_late": "在办已逾期",
            "let_off": "免除",
            "done_rate": "按期完成率",
            "sent_back": "退回重办",
            "extended": "批准延期",
            "raised": "加分",
            "lowered": "扣分",
            "points": "得分",
        },
        (
            "期间按分办日期计；每个单位在一个事项中的份额计一次，保密事项不计。",
            "曾有期限逾期的计为逾期。按期完成率＝按期完成÷（按期完成＋逾期完成＋在办已逾期）。",
            "考核分只计经督查员确认的。",
            "依据《机关单位督查督办工作制度》第二十四条第二项，各单位完成情况向所有用户公开。",
        ),
        main="allocated",
        plotted=("done_in_time", "done_late", "open_in_time", "open_late"),
        keys=("unit", "category", "month"),
    ),
    "risks": Words(
        reports.RISKS,
        "逾期风险",
        {
            "open": "期限合计",
            "overdue": "已逾期",
            "days_3": "3日内到期",
            "days_7": "4至7日",
            "days_15": "8至15日",
            "later": "15日以上",
            "suspended": "中止计时",
            "suspended_long": "其中满30日",
            "provisional": "日期暂定",
        },
        (
            "统计时点正在计时和中止计时的期限，信访事项和督查事项合计；一件事项可有几项期限同时计时。剩余天数按自然日计，当日到期为0日；到期日未定的列入15日以上。",
            "选定期间的，只计期间内到期的；按月份分列的，列入到期月份。按单位分列的，列入责任单位。",
            "日期暂定的，是放假安排尚未公布的年份，到期日按法定节假日和周末暂定，公布后可能变动。",
        ),
        main="overdue",
        plotted=("overdue", "days_3", "days_7", "days_15"),
    ),
}


def kind_of(column: str) -> ColumnKind:
    """列的种类."""
    return "rate" if column.endswith("_rate") else "number"
