"""报批与下发的决定: from the draft through the leaders' notes to the issue, and the withdrawal of an item."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.errors import Invalid, NotNow, NotYours
from domain.rules import grounds, item_powers
from domain.supervision import commands, events
from domain.supervision.opening import must_not_be_public
from domain.supervision.situation import BOOK, Draft, Situation, set_date
from domain.supervision.stages import Stage

CHANGEABLE = ("subject", "requirements", "category", "due_on", "public", "cadence", "leader_review")


def _submit(command: commands.Submit, situation: Situation) -> Draft:
    leaders = tuple(dict.fromkeys(_leader(given, situation) for given in command.leaders))
    if situation.item.confidential and not leaders:
        raise Invalid(
            "item.leader_not_named", "保密事项应当写明报请哪位领导批示。", "《信访工作条例》第三十条第三款"
        )
    return events.Submitted, situation.next_date(command.on), {"leaders": leaders}


def _leader(given: str, situation: Situation) -> str:
    directory = situation.directory
    officer = directory.officers.get(given)
    if officer is None or given not in directory.with_post(("leader",)):
        raise Invalid("item.not_a_leader", "报请批示的应为在册领导。", f"{BOOK}第十五条")
    if not item_powers.may_be_given(situation.standing, officer.unit, officer.name, officer.id):
        raise NotNow(
            "item.accused_officer", "不得报请被检举控告的人员批示。", "《信访工作条例》第三十条第三款"
        )
    return officer.id


def _instruct(command: commands.Instruct, situation: Situation) -> Draft:
    if situation.item.stage is Stage.HANDLING:
        on = situation.legal_date(command.on, situation.share.since, "分办或者退办之日")
        return events.UnitInstructed, on, {"text": command.text, "of_unit": situation.act.unit}
    on = situation.next_date(command.on)
    return events.LeaderInstructed, on, {"text": command.text, "approve": command.approve}


def _countersign(command: commands.Countersign, situation: Situation) -> Draft:
    on = situation.next_date(command.on)
    return events.Countersigned, on, {"text": command.text, "approve": command.approve}


def _amend(command: commands.Amend, situation: Situation) -> Draft:
    item, on = situation.item, situation.next_date(command.on)
    changes = {name: value for name in CHANGEABLE if (value := getattr(command, name)) is not None}
    if not changes:
        raise Invalid("item.nothing_to_amend", "应当写明修改的内容。")
    if item.stage is Stage.APPROVED and set(changes) != {"requirements"}:
        raise NotNow(
            "item.approved_content",
            "领导批示后只能按批示意见修改工作要求；其他内容需要修改的，请报领导退回。",
            f"{BOOK}第十五条",
        )
    if command.category is not None:
        changes["category"] = grounds.source_category(command.category)
    if command.due_on is not None:
        set_date(command.due_on, on, "完成期限", f"{BOOK}第十五条")
    if command.cadence is not None and item.form == "document":
        raise Invalid("item.cadence_not_for_documents", "公文不设反馈周期。", f"{BOOK}第十五条")
    must_not_be_public(item.confidential and bool(command.public))
    return events.Amended, on, changes


def _issue(command: commands.Issue, situation: Situation) -> Draft:
    on = situation.next_date(command.on)
    limit_ahead(on, situation)
    return events.Issued, on, {}


def limit_ahead(on: date, situation: Situation) -> None:
    """期限未过: what goes out to the units has its limit still before it. Raises NotNow("item.due_passed")."""
    due_on = situation.item.due_on
    if due_on is not None and due_on < on:
        raise NotNow(
            "item.due_passed",
            f"完成期限{due_on}已过，请报领导退回，修改期限后再下发。",
            f"{BOOK}第十五条",
        )


def _withdraw(command: commands.Withdraw, situation: Situation) -> Draft:
    on = situation.next_date(command.on)
    _not_to_hide_a_missed_limit(on, situation)
    return events.Withdrawn, on, {"reason": command.reason}


def _not_to_hide_a_missed_limit(on: date, situation: Situation) -> None:
    """逾期不得倒签: an inspector who has missed a limit can't end it by a withdrawal dated back; a leader may record it."""
    act, today = situation.act, situation.act.today
    missed = [c for c in situation.clocks if c.state == "running" and not c.window and c.due_on < today]
    if on < today and missed and act.role == "inspector":
        raise NotYours(
            "item.backdating_not_yours",
            f"{missed[0].label}已于{missed[0].due_on}届满，倒签日期的撤项应当由领导办理。",
            missed[0].basis,
        )


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Submit: _submit,
    commands.Instruct: _instruct,
    commands.Countersign: _countersign,
    commands.Amend: _amend,
    commands.Issue: _issue,
    commands.Withdraw: _withdraw,
}
