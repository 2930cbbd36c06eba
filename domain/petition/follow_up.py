"""领导批示和否定报备的决定: who is shown a case, the leader's note and what follows from it, a refusal's consent and filing."""

from collections.abc import Callable
from typing import Any

from domain.cases import Draft
from domain.directory.fold import Officer
from domain.erasure import deciding as keeping
from domain.erasure import files
from domain.errors import Invalid, NotNow
from domain.petition import commands, events
from domain.petition.situation import Situation
from domain.rules import authority

NOT_READERS = frozenset({"auditor"}) | authority.CASELESS_POSTS
"""Who reads on another footing, or not at all."""


def may_be_shown_to(officer: Officer, situation: Situation) -> bool:
    """可以送交: an accusation is shown to nobody it accuses, whichever post of theirs is meant."""
    return all(
        authority.may_receive(situation.standing, post.unit, name, officer.id)
        for post in officer.posts
        for name in officer.names
    )


def must_be_shown_to(officer: Officer, situation: Situation) -> None:
    """回避被检举控告人员: Raises NotNow("petition.accused_officer")."""
    if not may_be_shown_to(officer, situation):
        raise NotNow(
            "petition.accused_officer",
            "检举控告事项不得交由被检举控告的人员办理或者查阅。",
            "《信访工作条例》第二十八条第三款、第三十条第三款",
        )


def a_leader(officer: str, situation: Situation) -> Officer:
    """在册领导: Raises Invalid("petition.not_a_leader") and NotNow("petition.accused_officer")."""
    if officer not in situation.directory.with_post(("leader",)):
        raise Invalid("petition.not_a_leader", "没有这名领导，请从在册领导中选择。")
    found = situation.directory.officers[officer]
    must_be_shown_to(found, situation)
    return found


def _propose(command: commands.Propose, situation: Situation) -> Draft:
    directory = situation.directory
    if command.to_leaders:
        to = tuple(dict.fromkeys(a_leader(one, situation).id for one in command.to_leaders))
    else:
        leaders = directory.with_post(("leader",))
        to = tuple(one for one in leaders if may_be_shown_to(directory.officers[one], situation))
    return events.Proposed, situation.date(command.on), {"opinion": command.opinion, "to": to}


def _pass_on_instruction(command: commands.PassOnInstruction, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.instruction_open_on, "领导批示日")
    to_unit = situation.must_be_involved(command.to_unit)
    return events.InstructionPassedOn, on, {"to_unit": to_unit, "text": command.text}


def _investigate(command: commands.Investigate, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.handling_since, "受理日")
    return events.Investigated, on, {"text": command.text, "attachments": command.attachments}


def _sign_record(command: commands.SignRecord, situation: Situation) -> Draft:
    record = situation.petition.record
    on = situation.date(command.on, record.on if record is not None else None, "调查核实记录日")
    return events.RecordSigned, on, {"text": command.text}


def _approve_report(command: commands.ApproveReport, situation: Situation) -> Draft:
    return events.ReportApproved, situation.date(command.on), {"text": command.text}


def _send_for_reading(command: commands.SendForReading, situation: Situation) -> Draft:
    for officer in command.officers:
        found = situation.directory.officers.get(officer)
        if found is None or not found.serving:
            raise Invalid("petition.officer_unknown", "没有这名工作人员，请从在册人员中选择。")
        if any(post.post in NOT_READERS for post in found.posts):
            raise Invalid("petition.not_a_reader", "审计人员和系统管理员不作为送阅对象。")
        must_be_shown_to(found, situation)
    fields = {"officers": tuple(dict.fromkeys(command.officers)), "reason": command.reason}
    return events.SentForReading, situation.date(command.on), fields


def _consent_to_refusal(command: commands.ConsentToRefusal, situation: Situation) -> Draft:
    refusal = situation.petition.refusal
    on = situation.date(command.on, refusal.on if refusal is not None else None, "作出否定决定日")
    return events.RefusalConsented, on, {"text": command.text}


def _file_refusal(command: commands.FileRefusal, situation: Situation) -> Draft:
    refusal = situation.petition.refusal
    on = situation.date(command.on, refusal.consented_on if refusal is not None else None, "领导同意日")
    return events.RefusalFiled, on, {"text": command.text}


def _take_charge(command: commands.TakeCharge, situation: Situation) -> Draft:
    leader = a_leader(command.leader, situation)
    return events.TakenCharge, situation.date(command.on), {"leader": leader.id}


def _archive(command: commands.Archive, situation: Situation) -> Draft:
    kept = keeping.retained(command.retention, files.of_petition(situation.petition))
    return events.Archived, situation.date(command.on), {"reason": command.reason, "retention": kept}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Propose: _propose,
    commands.PassOnInstruction: _pass_on_instruction,
    commands.Investigate: _investigate,
    commands.SignRecord: _sign_record,
    commands.ApproveReport: _approve_report,
    commands.SendForReading: _send_for_reading,
    commands.ConsentToRefusal: _consent_to_refusal,
    commands.FileRefusal: _file_refusal,
    commands.TakeCharge: _take_charge,
    commands.Archive: _archive,
}
