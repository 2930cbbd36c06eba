"""查阅依据: on what ground somebody is shown personal data, and whether that somebody has to say why.

One table. Who handles the case needs no reason; who oversees it, or had it in hand once, states one.
"""

from collections.abc import Mapping
from typing import NamedTuple

from domain.acts import PETITIONER, Act
from domain.rules import authority, item_powers
from domain.rules.authority import Standing
from domain.rules.item_powers import ItemStanding


class Ground(NamedTuple):
    """依据 — how it is called, and whether a reason must be stated."""

    label: str
    needs_reason: bool = False


GROUNDS: Mapping[str, Ground] = {
    "petitioner": Ground("信访人本人（凭查询码）"),
    "office": Ground("登记机构办理"),
    "holder": Ground("承办单位办理"),
    "handler": Ground("承办人办理"),
    "assistant": Ground("协办单位办理"),
    "first_contact": Ground("首接责任"),
    "leader": Ground("领导批示、包案", needs_reason=True),
    "inspector": Ground("督查督办", needs_reason=True),
    "auditor": Ground("审计监督", needs_reason=True),
    "item_leader": Ground("领导批示督查事项"),
    "item_inspector": Ground("督查事项办理"),
    "passed": Ground("传阅、曾经经办", needs_reason=True),
    "system": Ground("系统"),
    "": Ground("未载明（早期记录）"),
}
"""依据: by their codes, which lie in facts and never change; the first that holds counts."""

_OVERSEEING = ("leader", "inspector", "auditor")
_OF_ITEMS = {"leader": "item_leader", "inspector": "item_inspector", "auditor": "auditor"}
"""Inspectors and leaders handle supervision items themselves."""


def of_standing(standing: Standing, act: Act) -> str:
    """信访事项、接访记录的查阅依据: of whoever may be shown the data."""
    if act.role in {PETITIONER, "system"}:
        return act.role
    for power in ("office", "holder", "handler", "assistant", "first_contact"):
        if authority.POWERS[power](standing, act):
            return power
    return act.role if act.role in _OVERSEEING else "passed"


def of_item(standing: ItemStanding, act: Act) -> str:
    """督查事项的查阅依据: of whoever may open its papers."""
    if act.role == "system":
        return act.role
    if item_powers.POWERS["reporter"](standing, act):
        return "handler"
    if item_powers.POWERS["unit_posts"](standing, act):
        return "holder"
    if act.role in authority.OFFICE_POSTS and act.unit == standing.petition_office:
        return "office"
    return _OF_ITEMS.get(act.role, "passed")
