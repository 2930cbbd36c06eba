"""审核的决定: the inspector's review of the result, the leader's, and what becomes of the item after it."""

from collections.abc import Callable
from typing import Any

from domain.cases import set_date
from domain.errors import Invalid, NotYours
from domain.supervision import commands, events
from domain.supervision.situation import BOOK, Draft, Situation


def _vet(command: commands.Vet, situation: Situation) -> Draft:
    return events.Vetted, situation.next_date(command.on), {"opinion": command.opinion}


def _submit_to_leader(command: commands.SubmitToLeader, situation: Situation) -> Draft:
    return events.SubmittedToLeader, situation.next_date(command.on), {"opinion": command.opinion}


def _send_back(command: commands.SendBack, situation: Situation) -> Draft:
    item, on = situation.item, situation.next_date(command.on)
    given = command.unit if command.unit is not None else item.lead_unit
    share = item.share(situation.directory.resolve(given)) if given is not None else None
    if share is None:
        raise Invalid("item.unit_not_in_question", "所填单位不承办该事项。", f"{BOOK}第二十二条")
    set_date(command.redo_by, on, "退办完成期限", f"{BOOK}第二十二条第三项")
    if item.due_on is not None and command.redo_by > item.due_on and situation.act.role == "inspector":
        raise NotYours(
            "item.beyond_item_limit",
            f"退办完成期限晚于整个事项的完成期限{item.due_on}的，应当转报领导退办。",
            f"{BOOK}第九条、第二十二条第三项",
        )
    fields = {"of_unit": share.unit, "reason": command.reason, "redo_by": command.redo_by}
    return events.SentBack, on, fields


def _sign_off(command: commands.SignOff, situation: Situation) -> Draft:
    return events.SignedOff, situation.next_date(command.on), {"reason": command.reason}


def _submit_to_superior(command: commands.SubmitToSuperior, situation: Situation) -> Draft:
    fields = {"to_organ": command.to_organ, "reason": command.reason}
    return events.SubmittedToSuperior, situation.next_date(command.on), fields


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Vet: _vet,
    commands.SubmitToLeader: _submit_to_leader,
    commands.SendBack: _send_back,
    commands.SignOff: _sign_off,
    commands.SubmitToSuperior: _submit_to_superior,
}
