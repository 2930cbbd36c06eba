"""预警内容: what of an alert leaves the house: number, clock, dates and unit, nothing personal."""

from collections.abc import Mapping
from typing import Any

from domain.kinds import KINDS, PETITION

OUTSIDE = (
    "alert_id",
    "case",
    "case_kind",
    "case_number",
    "clock",
    "label",
    "step",
    "due_on",
    "withdrawn",
    "now_due_on",
    "unit",
    "unit_name",
    "recipients",
    "raised_at",
    "test",
)
"""The only fields of an outbox row's payload that are ever sent; a name not listed here stays inside."""

LABELS: Mapping[str, str] = {kind.name: kind.label for kind in KINDS}
FOOTER = "（系统自动发送，请勿回复）\n"


def outside(payload: Mapping[str, Any]) -> dict[str, Any]:
    """对外内容: the payload cut down to what may leave."""
    return {name: payload[name] for name in OUTSIDE if payload.get(name) is not None}


def subject(payload: Mapping[str, Any]) -> str:
    """邮件标题."""
    if payload.get("test"):
        return "【测试】预警渠道测试"
    if payload.get("withdrawn"):
        return f"【预警撤回】{payload.get('case_number') or '保密事项'} {payload['label']}"
    return f"【期限预警】{payload.get('case_number') or '保密事项'} {payload['label']}"


def body(payload: Mapping[str, Any]) -> str:
    """邮件正文."""
    if payload.get("test"):
        return f"有关同志：\n\n    这是一封测试邮件。收到本邮件，表明该预警渠道可以正常送达。\n\n{FOOTER}"
    if payload.get("withdrawn"):
        return _withdrawn(payload)
    return (
        "有关同志：\n\n"
        f"    {_named(payload)}有期限预警，请及时核查办理情况，并在系统中签收。\n\n"
        f"    预警事项：{payload['label']}\n"
        f"    截止日期：{payload['due_on']}\n"
        f"    责任单位：{_unit(payload)}\n\n"
        f"{FOOTER}"
    )


def _withdrawn(payload: Mapping[str, Any]) -> str:
    now = payload.get("now_due_on")
    return (
        "有关同志：\n\n"
        f"    {_named(payload)}的期限已经调整，此前发送的预警不再有效，现予撤回，无需签收。\n\n"
        f"    预警事项：{payload['label']}\n"
        f"    原截止日期：{payload['due_on']}\n"
        f"    现截止日期：{now or '该时限不再适用'}\n"
        f"    责任单位：{_unit(payload)}\n\n"
        f"{FOOTER}"
    )


def _named(payload: Mapping[str, Any]) -> str:
    """A case without a number is confidential: whoever may read it finds it in the system."""
    number = payload.get("case_number")
    return f"{number}号{_kind(payload)}" if number else f"一件保密的{_kind(payload)}"


def _unit(payload: Mapping[str, Any]) -> str:
    if not payload.get("case_number"):
        return "请登录系统查看"
    return str(payload.get("unit_name") or payload.get("unit") or "未定")


def _kind(payload: Mapping[str, Any]) -> str:
    """What the case is called; all cases were petitions once, and their alerts did not say so."""
    return LABELS[payload.get("case_kind") or PETITION.name]
