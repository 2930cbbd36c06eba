"""延期的决定: asked for by the unit before its limit, passed up from the unit to the inspector to the leader."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.cases import set_date
from domain.errors import Invalid, NotNow, NotYours
from domain.rules.deadlines import Clock
from domain.rules.item_powers import HEADS
from domain.supervision import commands, events
from domain.supervision.fold import Share
from domain.supervision.situation import BOOK, Draft, Situation, in_question, request_of

BASIS = f"{BOOK}第十九条"


def _request(command: commands.RequestExtension, situation: Situation) -> Draft:
    unit, on = situation.act.unit, situation.unit_date(command.on)
    clock = _running(unit, situation)
    if on > clock.due_on:
        raise NotNow(
            "item.extension_too_late",
            f"延期应当在到期前申请，{clock.label}已于{clock.due_on}届满。",
            BASIS,
            due_on=clock.due_on.isoformat(),
        )
    _later(command.expected_on, on, clock, "预计完成时间")
    fields = {
        "of_unit": unit,
        "reason": command.reason,
        "progress": command.progress,
        "expected_on": command.expected_on,
        "limit": clock.clock,
        "level": "unit" if situation.act.role in HEADS else "officer",
    }
    return events.ExtensionRequested, on, fields


def _running(unit: str, situation: Situation) -> Clock:
    clock = situation.limit(unit)
    if clock is None:
        raise NotNow("item.nothing_to_extend", "该单位没有可以延期的办理时限。", BASIS)
    return clock


def _later(given: date, on: date, clock: Clock, what: str) -> None:
    set_date(given, on, what, BASIS)
    if given <= clock.due_on:
        raise Invalid("item.not_later", f"{what}{given}应当晚于现在的时限{clock.due_on}。", BASIS)


def _vet(command: commands.VetExtension, situation: Situation) -> Draft:
    share = _vetted_by_others(command.unit, situation)
    level = "inspector" if situation.act.role == "inspector" else "unit"
    fields = {"of_unit": share.unit, "level": level, "opinion": command.opinion}
    return events.ExtensionVetted, _answered_on(command.on, share, situation), fields


def _grant(command: commands.GrantExtension, situation: Situation) -> Draft:
    item, share = situation.item, _vetted_by_others(command.unit, situation)
    on = _answered_on(command.on, share, situation)
    clock = _running(share.unit, situation)
    _later(command.due_on, on, clock, "批准的完成时间")
    beyond = item.due_on is not None and command.due_on > item.due_on
    if beyond and situation.act.role == "inspector":
        raise NotYours(
            "item.beyond_item_limit",
            f"延长至整个事项的完成期限{item.due_on}之后的，应当转报领导审批。",
            f"{BOOK}第九条、第十九条",
        )
    fields = {
        "of_unit": share.unit,
        "due_on": command.due_on,
        "limit": clock.clock,
        "other_limits": tuple(
            c.clock for c in situation.limits(share.unit) if c is not clock and c.due_on < command.due_on
        ),
        "item_due_on": command.due_on if beyond else None,
        "remark": command.remark,
    }
    return events.ExtensionGranted, on, fields


def _refuse(command: commands.RefuseExtension, situation: Situation) -> Draft:
    share = _somebody_elses(command.unit, situation)
    on = _answered_on(command.on, share, situation)
    return events.ExtensionRefused, on, {"of_unit": share.unit, "reason": command.reason}


def _answered_on(on: date | None, share: Share, situation: Situation) -> date:
    return situation.legal_date(on, request_of(share).asked_on, "申请延期之日")


def _somebody_elses(unit: str | None, situation: Situation) -> Share:
    """所涉申请: nobody decides on a request made in person or in whose place it was made."""
    share = in_question(situation, unit, situation.asked(), "待批的延期申请")
    if situation.is_of(request_of(share).asked_by):
        raise NotYours("item.own_request", "本人提出的延期申请应当由他人审核、批复。", BASIS)
    return share


def _vetted_by_others(unit: str | None, situation: Situation) -> Share:
    """他人审核的申请: who passed a request up doesn't pass or grant it again in somebody else's place."""
    share = _somebody_elses(unit, situation)
    if situation.is_of(request_of(share).vetted_by):
        raise NotYours("item.own_vetting", "本人审核的延期申请应当由他人继续审核、批准。", BASIS)
    return share


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.RequestExtension: _request,
    commands.VetExtension: _vet,
    commands.GrantExtension: _grant,
    commands.RefuseExtension: _refuse,
}
