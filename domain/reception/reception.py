"""接访值班记录的决定: command × situation → new facts. Guards come from the table; what depends on the body is here."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from domain.cases import Draft, set_date
from domain.directory.fold import Officer
from domain.erasure import deciding, files
from domain.erasure.events import CUSTODY_FACTS
from domain.errors import Invalid, NotNow
from domain.facts import Fact
from domain.reception import commands, events
from domain.reception.commands import COMMANDS
from domain.reception.opening import RECEIVERS
from domain.reception.situation import FIRST_CONTACT, SECRECY, VISITS, Situation, may_be_shown_to, refusal

DUTY = "《机关值班工作制度》第三条第一项"
BASES: Mapping[type[Fact], str] = {
    events.Received: "《接访下访制度》；《政协机关信访工作制度》第四条第一项（首问责任制）",
    events.Settled: VISITS,
    events.Promised: VISITS,
    events.Explained: VISITS,
    events.PetitionLinked: "《信访工作条例》第二十二条",
    events.HandedOver: f"{DUTY}；{FIRST_CONTACT}",
    events.HandOverConfirmed: f"{DUTY}；{FIRST_CONTACT}",
    events.HandOverDeclined: FIRST_CONTACT,
}

SLUGS: dict[type, str] = {kind: slug for slug, kind in COMMANDS.items()}


def _settle(command: commands.Settle, situation: Situation) -> Draft:
    return events.Settled, situation.date(command.on), {"text": command.text}


def _explain(command: commands.Explain, situation: Situation) -> Draft:
    return events.Explained, situation.date(command.on), {"text": command.text}


def _promise(command: commands.Promise, situation: Situation) -> Draft:
    on, before = situation.date(command.on), situation.reception.promised_on
    set_date(command.due_on, on, "答复日期", VISITS)
    if before is not None and command.reason is None:
        raise Invalid("reception.no_reason", f"已承诺{before}答复，改期应当写明理由。", VISITS)
    if before == command.due_on:
        raise Invalid("reception.same_date", "新的答复日期与原承诺相同。", VISITS)
    return events.Promised, on, {"due_on": command.due_on, "text": command.text, "reason": command.reason}


def _register_petition(command: commands.RegisterPetition, situation: Situation) -> Draft:
    petition = situation.earlier
    if petition is None:
        raise Invalid("reception.petition_unknown", "没有找到这件信访事项，请核对编号。")
    fields = {"petition": petition.id, "petition_number": petition.number}
    return events.PetitionLinked, situation.date(command.on), fields


def named_officer(officer: str, situation: Situation) -> Officer:
    """指定的人员: serving, one who receives people, and nobody whom the record accuses. Raises Invalid and NotNow."""
    found = situation.directory.officers.get(officer)
    if found is None or not found.serving or not any(post.post in RECEIVERS for post in found.posts):
        raise Invalid("reception.officer_unknown", "没有这名工作人员，请从在册人员中选择。")
    if not may_be_shown_to(found, situation.standing):
        raise NotNow("reception.accused_officer", "检举控告不得交由被检举控告的人员办理或者查阅。", SECRECY)
    return found


def _hand_over(command: commands.HandOver, situation: Situation) -> Draft:
    found, reception = named_officer(command.officer, situation), situation.reception
    if found.id == reception.responsible:
        raise Invalid("reception.own_hand_over", "该人员就是首接责任人，无须交接。", FIRST_CONTACT)
    if reception.pending is not None and reception.pending.officer == found.id:
        raise Invalid("reception.already_offered", "已交接给该人员，正在等待其确认。", FIRST_CONTACT)
    fields = {"officer": found.id, "to_unit": found.unit, "text": command.text}
    return events.HandedOver, situation.date(command.on), fields


def _confirm(command: commands.ConfirmHandOver, situation: Situation) -> Draft:
    pending, act = situation.reception.pending, situation.act
    to_unit = pending.unit if pending is not None else act.unit
    fields = {"officer": act.principal, "to_unit": to_unit, "text": command.text}
    return events.HandOverConfirmed, situation.date(command.on), fields


def _decline(command: commands.DeclineHandOver, situation: Situation) -> Draft:
    fields = {"officer": situation.act.principal, "reason": command.reason}
    return events.HandOverDeclined, situation.date(command.on), fields


def _send_for_reading(command: commands.SendForReading, situation: Situation) -> Draft:
    if not command.officers:
        raise Invalid("reception.officer_unknown", "请选择送阅人员。")
    shown = tuple(dict.fromkeys(named_officer(one, situation).id for one in command.officers))
    return events.SentForReading, situation.date(command.on), {"officers": shown, "reason": command.reason}


def _archive(command: commands.Archive, situation: Situation) -> Draft:
    kept = deciding.retained(command.retention, files.of_reception(situation.reception))
    return events.Archived, situation.date(command.on), {"retention": kept}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Settle: _settle,
    commands.Promise: _promise,
    commands.Explain: _explain,
    commands.RegisterPetition: _register_petition,
    commands.HandOver: _hand_over,
    commands.ConfirmHandOver: _confirm,
    commands.DeclineHandOver: _decline,
    commands.SendForReading: _send_for_reading,
    commands.Archive: _archive,
    **deciding.decisions(lambda s: files.of_reception(s.reception), lambda _: ()),
}


def decide(command: Any, situation: Situation) -> Draft:
    """决定: the fact that the command makes, or a refusal. Raises Refused of every kind but Stale."""
    closed = refusal(situation, SLUGS[type(command)])
    if closed is not None:
        raise closed
    return DECISIONS[type(command)](command, situation)


def basis_of(kind: type[Fact], on: date, fields: Mapping[str, Any], situation: Any) -> str | None:
    """依据: on which rule the fact rests."""
    return deciding.basis_of(kind, fields) if kind in CUSTODY_FACTS else BASES.get(kind)
