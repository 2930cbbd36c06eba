"""首接责任的交接: the first officer who takes a person's matter stays responsible until a named officer confirms."""

from collections.abc import Callable
from typing import Any

from domain.cases import Draft
from domain.errors import Invalid
from domain.petition import commands, events
from domain.petition.follow_up import NOT_READERS, must_be_shown_to
from domain.petition.situation import Situation

BASIS = "《政协机关信访工作制度》第四条第一项（首问责任制）"


def _hand_over(command: commands.HandOver, situation: Situation) -> Draft:
    petition, found = situation.petition, situation.directory.officers.get(command.officer)
    if found is None or not found.serving or any(post.post in NOT_READERS for post in found.posts):
        raise Invalid("petition.officer_unknown", "没有这名工作人员，请从在册人员中选择。")
    if found.id == petition.contact:
        raise Invalid("petition.own_hand_over", "该人员就是首接责任人，无须交接。", BASIS)
    if found.id == petition.named:
        raise Invalid("petition.already_offered", "已交接给该人员，正在等待其确认。", BASIS)
    must_be_shown_to(found, situation)
    return events.HandedOver, situation.date(command.on), {"officer": found.id, "text": command.text}


def _confirm(command: commands.ConfirmHandOver, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.named_on, "交接日")
    return events.HandOverConfirmed, on, {"officer": situation.act.principal, "text": command.text}


def _decline(command: commands.DeclineHandOver, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.named_on, "交接日")
    return events.HandOverDeclined, on, {"officer": situation.act.principal, "reason": command.reason}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.HandOver: _hand_over,
    commands.ConfirmHandOver: _confirm,
    commands.DeclineHandOver: _decline,
}
