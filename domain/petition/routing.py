"""流转的决定: who a petition is passed on to, objections, hand-backs, and the officer who handles it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.cases import Draft, set_date
from domain.errors import Invalid, NotNow
from domain.petition import commands, events
from domain.petition.follow_up import must_be_shown_to
from domain.petition.situation import Situation
from domain.rules import authority


def _receiver(unit: str, situation: Situation) -> str:
    """接收单位: a unit of the directory that may receive the case."""
    found = situation.directory.resolve(unit)
    if found not in situation.directory.units:
        raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。")
    if situation.directory.is_office(found):
        raise Invalid("petition.unit_is_office", "信访工作机构不是承办单位，不能作为转交对象。")
    return _not_accused(found, situation)


def _not_accused(unit: str, situation: Situation) -> str:
    """回避被检举控告单位: the unit or organ, unless an accusation names it or whoever heads it."""
    headed_by = situation.directory.holders(unit, ("unit_head", "office_head"))
    accused = situation.standing.accused_people if situation.standing.confidential else frozenset()
    if not authority.may_receive(situation.standing, unit) or accused & set(headed_by):
        raise NotNow(
            "petition.accused_unit",
            "检举控告事项不得转送、交办给被检举控告的单位。",
            "《信访工作条例》第三十条第三款",
        )
    return unit


def _forward(command: commands.Forward, situation: Situation) -> Draft:
    organ = situation.directory.resolve(command.to_organ)
    tracked = organ in situation.directory.units
    organ = _receiver(organ, situation) if tracked else _not_accused(organ, situation)
    return (
        events.Forwarded,
        situation.date(command.on, situation.petition.held_since, "收件或者退回日"),
        {"to_organ": organ, "tracked": tracked},
    )


def _assign(command: commands.Assign, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.held_since, "收件或者退回日")
    if command.due_on is not None:
        set_date(command.due_on, on, "报结日期", "《信访工作条例》第二十二条第一款第三项")
    lead = _receiver(command.to_unit, situation)
    assisting = tuple(dict.fromkeys(_receiver(unit, situation) for unit in command.assisting_units))
    if lead in assisting:
        raise Invalid("petition.lead_assists_itself", "主办单位不能同时列为协办单位。")
    return events.Assigned, on, {"to_unit": lead, "due_on": command.due_on, "assisting_units": assisting}


def _reschedule(command: commands.Reschedule, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.held_since, "交办日")
    basis = "《信访工作条例》第二十二条第一款第三项"
    clock = situation.running("assigned-report", situation.petition.holder)
    if clock is not None and on > clock.due_on:
        message = f"报结日期应当在届满前调整，原定{clock.due_on}已经届满。"
        raise NotNow("petition.extension_too_late", message, basis)
    set_date(command.due_on, on, "报结日期", basis)
    if clock is not None and command.due_on <= clock.due_on:
        raise Invalid("petition.not_later", f"新的报结日期应当晚于原定的{clock.due_on}。", basis)
    return events.Rescheduled, on, {"due_on": command.due_on, "reason": command.reason}


def _transfer(command: commands.Transfer, situation: Situation) -> Draft:
    return (
        events.Transferred,
        situation.date(command.on, situation.petition.held_since, "收件或者退回日"),
        {"to_unit": _receiver(command.to_unit, situation)},
    )


def _object(command: commands.Object, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.received_by_unit_on, "承办单位收件日")
    unit = situation.assisting_unit or situation.petition.holder
    periods = [c for c in situation.clocks if c.clock == "object" and c.unit == unit]
    late = bool(periods) and on > periods[-1].due_on
    return events.Objected, on, {"reason": command.reason, "late": late}


def _objector(named: str | None, situation: Situation) -> tuple[str, date | None]:
    """异议单位: the unit whose open objection is meant, and since when it is open.

    Raises Invalid("petition.which_unit") and NotNow("petition.no_objection").
    """
    petition = situation.petition
    still_open = {one.by_unit: one.on for one in petition.assistants_objections if not one.kept}
    if petition.objected_on is not None:
        still_open[petition.holder] = petition.objected_on
    if named is None and len(still_open) > 1:
        names = "、".join(situation.directory.unit_name(unit) for unit in still_open)
        raise Invalid("petition.which_unit", f"有多个单位提出异议（{names}），请写明是哪个单位。")
    unit = next(iter(still_open)) if named is None else situation.directory.resolve(named)
    if unit not in still_open:
        basis = "《信访工作条例》第二十三条第三款"
        raise NotNow("petition.no_objection", "该单位没有待处理的异议。", basis)
    return unit, still_open[unit]


def _hand_back(command: commands.HandBack, situation: Situation) -> Draft:
    unit, since = _objector(command.from_unit, situation)
    on = situation.date(command.on, since, "提出异议日")
    return events.HandedBack, on, {"reason": command.reason, "from_unit": unit}


def _keep_with_unit(command: commands.KeepWithUnit, situation: Situation) -> Draft:
    unit, since = _objector(command.from_unit, situation)
    on = situation.date(command.on, since, "提出异议日")
    return events.KeptWithUnit, on, {"reason": command.reason, "from_unit": unit}


def _designate(command: commands.Designate, situation: Situation) -> Draft:
    officer = situation.directory.officers.get(command.officer)
    if officer is None or situation.petition.holder not in {post.unit for post in officer.posts}:
        raise Invalid("petition.officer_not_in_unit", "承办人应为本单位在册人员。")
    must_be_shown_to(officer, situation)
    return events.Designated, situation.date(command.on), {"officer": officer.id}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Forward: _forward,
    commands.Assign: _assign,
    commands.Reschedule: _reschedule,
    commands.Transfer: _transfer,
    commands.Object: _object,
    commands.HandBack: _hand_back,
    commands.KeepWithUnit: _keep_with_unit,
    commands.Designate: _designate,
}
