"""筛选栏: the controls by which a ledger is filtered, made from what its list understands."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from api import case_stages
from api.console import forms, offers
from api.console.forms import Choices
from api.ledger_shapes import STATUSES
from api.ledgers import Asking, Ledger
from api.sheets import LIGHTS
from domain.rules import grounds

LABELS: Mapping[str, str] = {
    "q": "检索", "state": "办理状态", "stage": "环节", "unit": "责任单位", "light": "状态灯", "channel": "信访形式",
    "category": "类别", "received_from": "收到日期自", "received_to": "收到日期至", "due_from": "到期日自",
    "due_to": "到期日至", "overdue": "是否逾期", "repeat": "重复信访", "urgent": "紧急", "source": "来源",
    "form": "事项形式", "public": "公开", "opened_from": "立项日期自", "opened_to": "立项日期至", "mine": "经本人或本单位",
    "status": "期限状态", "clock": "期限名称", "rulebook": "规则", "provisional": "暂定", "month": "月份", "to": "发给",
    "active": "正在计算",
}  # fmt: skip
"""筛选条件名称."""
NOT_OFFERED = frozenset({"q", "source", "rulebook"})
"""What is asked elsewhere on the page, or by other systems alone."""
RARE = frozenset(
    {"due_from", "due_to", "urgent", "public", "form", "provisional", "opened_from", "opened_to"}
)
"""What waits behind "more"."""
KINDS = {"petitions": "petition", "supervision-items": "item"}
YES_NO: Choices = (("true", "是"), ("false", "否"))


@dataclass(frozen=True, slots=True)
class Control:
    """筛选控件 — `kind` is choice, date, month or line."""

    name: str
    label: str
    kind: str
    value: str
    choices: Choices = ()
    rare: bool = False


def label(name: str) -> str:
    """筛选条件名称: the name itself for one that has none."""
    return LABELS.get(name, name)


def controls(asking: Asking, ledger: Ledger, given: Mapping[str, str]) -> list[Control]:
    """各控件: with what is chosen in them."""
    hints = get_type_hints(ledger.filters, include_extras=True)
    offered = [one.name for one in fields(ledger.filters) if one.name not in NOT_OFFERED]
    rare = RARE - {"due_from", "due_to"} if ledger.slug == "deadlines" else RARE
    return [
        _control(asking, ledger, name, _plain(hints[name]), given.get(name, ""), name in rare)
        for name in offered
    ]


def _plain(hint: Any) -> Any:
    """The type without its notes and without "or none"."""
    while get_origin(hint) in {Annotated, Union, UnionType}:
        hint = next(one for one in get_args(hint) if one is not NoneType)
    return hint


def _control(asking: Asking, ledger: Ledger, name: str, hint: Any, value: str, rare: bool) -> Control:
    if hint is date:
        return Control(name, label(name), "date", value, rare=rare)
    if name == "month":
        return Control(name, label(name), "month", value, rare=rare)
    return Control(name, label(name), "choice", value, _choices(asking, ledger, name, hint), rare)


def _choices(asking: Asking, ledger: Ledger, name: str, hint: Any) -> Choices:
    kind = KINDS.get(ledger.slug, "")
    if name == "stage":
        return tuple(case_stages.LABELS[kind].items())
    if name == "unit":
        return offers.units(asking.directory)
    if name == "clock":
        books = asking.services.casework.known(asking.act.at).books.all()
        return tuple({clock.clock: clock.label for book in books for clock in book.clocks}.items())
    if name == "category" and kind == "item":
        return tuple((one.code, one.label) for one in grounds.source_categories())
    if hint is bool:
        return YES_NO
    named = {"state": {"open": "办理中", "closed": "已办结"}, "light": LIGHTS, "status": STATUSES}.get(
        name, {}
    )
    values = get_args(hint) if get_origin(hint) is Literal else ()
    return tuple((value, named.get(value) or forms.choice(name, value)) for value in values)
