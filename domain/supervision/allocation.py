"""分办的决定: which units handle an item, until when, who of a unit does, and what happens if it isn't their duty."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.errors import Invalid, NotNow
from domain.rules import item_powers
from domain.rules.counting import limit
from domain.supervision import commands, events
from domain.supervision.drafting import limit_ahead
from domain.supervision.situation import BOOK, Draft, Situation, in_question, set_date
from domain.supervision.stages import Stage

NOT_HANDLING = frozenset({"supervision", "leadership", "service"})
"""Kinds of unit that supervise, decide or serve, and never handle an item."""


def _handling_unit(given: str, situation: Situation) -> str:
    """承办单位: a unit of the directory that may get the item."""
    directory = situation.directory
    unit = directory.resolve(given)
    if unit not in directory.units:
        raise Invalid("unit.unknown", "没有这个单位，请从单位目录中选择。")
    if directory.units[unit].kind in NOT_HANDLING:
        raise Invalid(
            "item.not_a_handling_unit", "督查部门、领导和系统单位不承办督查事项。", f"{BOOK}第十六条"
        )
    let_off = {f.of_unit for f in situation.history if isinstance(f, events.ObjectionSettled) and f.agree}
    if unit in let_off:
        raise NotNow(
            "item.unit_let_off",
            f"{directory.unit_name(unit)}的职责异议已经同意，不再分办给该单位。",
            f"{BOOK}第十七条",
        )
    if not item_powers.may_be_given(situation.standing, unit):
        raise NotNow(
            "item.accused_unit",
            "由检举控告转来的督查事项不得交由被检举控告的单位承办。",
            "《信访工作条例》第三十条第三款",
        )
    return unit


def _usual_limit(situation: Situation, on: date) -> date | None:
    """通常时限: the date counted back from the item's limit, by the rule book in force; None without such a date."""
    item, known = situation.item, situation.known
    book = known.books.statutory("supervision", on)
    spec = known.books.clock(book, "unit-limit", on)
    if item.due_on is None or spec is None:
        return None
    return limit(spec, on, known.calendar, count_from=item.due_on).due_on


def _allocate(command: commands.Allocate, situation: Situation) -> Draft:
    item, on = situation.item, situation.next_date(command.on)
    lead = _handling_unit(command.lead_unit, situation)
    assisting = tuple(dict.fromkeys(_handling_unit(unit, situation) for unit in command.assisting_units))
    if lead in assisting:
        raise Invalid("item.lead_assists_itself", "主办单位不能同时列为协办单位。", f"{BOOK}第十六条")
    if item.stage is not Stage.ISSUED:
        limit_ahead(on, situation)
    usual = _usual_limit(situation, on)
    if command.unit_due_on is not None:
        set_date(command.unit_due_on, on, "承办单位完成时限", f"{BOOK}第十七条")
        if item.due_on is not None and command.unit_due_on > item.due_on:
            raise Invalid(
                "item.unit_due_after_item",
                f"承办单位完成时限{command.unit_due_on}晚于整个事项的完成期限{item.due_on}。",
                f"{BOOK}第十七条",
            )
    elif usual is not None and usual < on:
        raise Invalid(
            "item.unit_due_needed",
            f"自完成期限{item.due_on}倒推的承办时限为{usual}，已经过去，请另行指定承办单位完成时限。",
            f"{BOOK}第十七条",
        )
    fields = {
        "lead_unit": lead,
        "assisting_units": assisting,
        "task_group": command.task_group,
        "unit_due_on": command.unit_due_on,
    }
    return events.Allocated, on, fields


def _designate(command: commands.Designate, situation: Situation) -> Draft:
    unit, directory = situation.act.unit, situation.directory
    officer = directory.officers.get(command.officer)
    if officer is None or officer.id not in directory.holders(unit, item_powers.STAFF | item_powers.HEADS):
        raise Invalid(
            "item.officer_not_in_unit", "承办人应为本单位在册的一般干部或者负责人。", f"{BOOK}第十二条"
        )
    if not item_powers.may_be_given(situation.standing, officer.unit, officer.name, officer.id):
        raise NotNow(
            "item.accused_officer",
            "由检举控告转来的督查事项不得交由被检举控告的人员承办。",
            "《信访工作条例》第三十条第三款",
        )
    on = situation.legal_date(command.on, situation.share.since, "分办或者退办之日")
    return events.Designated, on, {"officer": officer.id, "of_unit": unit}


def _object(command: commands.Object, situation: Situation) -> Draft:
    unit, on = situation.act.unit, situation.unit_date(command.on)
    bounds = [c for c in situation.clocks if c.clock == "objection" and c.unit == unit]
    late = bool(bounds) and on > bounds[-1].due_on
    return events.Objected, on, {"of_unit": unit, "reason": command.reason, "late": late}


def _settle_objection(command: commands.SettleObjection, situation: Situation) -> Draft:
    item = situation.item
    open_ones = [s for s in item.holding if s.objected_on is not None and not s.objection_settled]
    share = in_question(situation, command.unit, open_ones, "待协调的职责异议")
    on = situation.legal_date(command.on, share.objected_on, "报告之日")
    fields: dict[str, Any] = {"of_unit": share.unit, "agree": command.agree, "reason": command.reason}
    if command.to_unit is None:
        return events.ObjectionSettled, on, fields
    if not command.agree:
        raise Invalid(
            "item.successor_without_release", "不同意异议的，不另行指定承办单位。", f"{BOOK}第十七条"
        )
    to_unit = _handling_unit(command.to_unit, situation)
    present = item.share(to_unit)
    if to_unit == share.unit or (present is not None and not share.lead):
        raise Invalid("item.already_handling", "该单位已经承办该事项，请另选单位。", f"{BOOK}第十七条")
    fields |= {"to_unit": to_unit, "unit_due_on": _limit_of_successor(share.due_on, situation, on)}
    return events.ObjectionSettled, on, fields


def _limit_of_successor(set_for_the_other: date | None, situation: Situation, on: date) -> date | None:
    """A date that was set passes to the unit that takes over; where the usual one is over, the item's own limit."""
    if set_for_the_other is not None and set_for_the_other >= on:
        return set_for_the_other
    usual, due_on = _usual_limit(situation, on), situation.item.due_on
    if usual is None or due_on is None or usual >= on:
        return None
    return max(due_on, on)


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.Allocate: _allocate,
    commands.Designate: _designate,
    commands.Object: _object,
    commands.SettleObjection: _settle_objection,
}
