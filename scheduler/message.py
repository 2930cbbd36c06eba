"""预警内容: what of an alert leaves the house: number, clock, dates and unit, nothing personal."""

from collections.abc import Mapping
from typing import Any

OUTSIDE = (
    "alert", "case", "case_number", "clock", "label", "step", "step_label", "due_on", "unit", "recipients",
    "raised_at", "test",
)  # fmt: skip
"""The only fields of an outbox row's payload that are ever sent; a name not listed here stays inside."""


FOOTER = "（系统自动发送，请勿回复）\n"


def outside(payload: Mapping[str, Any]) -> dict[str, Any]:
    """对外内容: the payload cut down to what may leave."""
    return {name: payload[name] for name in OUTSIDE if payload.get(name) is not None}


def subject(payload: Mapping[str, Any]) -> str:
    """邮件标题."""
    if payload.get("test"):
        return "【测试】预警渠道测试"
    number, label = payload.get("case_number", ""), payload.get("label", "")
    return f"【期限预警】{number} {label}：{step_of(payload)}"


def body(payload: Mapping[str, Any]) -> str:
    """邮件正文."""
    if payload.get("test"):
        return f"有关同志：\n\n    这是一封测试邮件。收到本邮件，表明该预警渠道可以正常送达。\n\n{FOOTER}"
    number, label = payload.get("case_number", ""), payload.get("label", "")
    return (
        "有关同志：\n\n"
        f"    {number} 号事项的“{label}”期限{step_of(payload)}，"
        "请及时核查办理情况，并在系统中确认本预警。\n\n"
        f"    事项编号：{number}\n"
        f"    期限事项：{label}\n"
        f"    截止日期：{payload.get('due_on') or '未定'}\n"
        f"    责任单位：{payload.get('unit') or '未定'}\n\n"
        f"{FOOTER}"
    )


def step_of(payload: Mapping[str, Any]) -> str:
    """预警阶段: its label, e.g. "已逾期"."""
    return str(payload.get("step_label") or payload.get("step") or "提醒")
