"""文书字段: what a template may name, made from what was recorded. The same names serve the .docx and the PDF."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from api.console.forms import choice
from api.papers.drawing import paragraphs, wording
from domain.casework import Case
from domain.directory.fold import Directory
from domain.errors import Invalid
from domain.facts import Fact, name_of
from domain.papers.shapes import PrintedDate
from domain.rulebase.fold import Known
from domain.rules import grounds
from domain.rules.deadlines import Clock
from domain.rules.papers import Paper

Fields = dict[str, Any]
"""字段: a text, or for what is printed paragraph by paragraph a list of texts."""

UNNUMBERED = "（草稿，未编号）"
MOST_NAMED = 5
ROUTES = {
    "suggestion": "该事项属于建议意见类事项，将按照《信访工作条例》第二十九条的规定研究论证，并予以回复。",
    "accusation": "该事项属于检举控告类事项，将按照《信访工作条例》第三十条的规定依规依法接受、受理、办理和反馈。",
    "opinion": "该事项属于申诉求决类事项，将按照《信访工作条例》第三十一条第六项的规定，听取陈述、调查核实后出具信访处理意见书。",
}
LED_AWAY = "该事项属于申诉求决类事项，将按照《信访工作条例》第三十一条的规定，导入相应程序处理（{}）。"
SECRECY = (
    "本件为检举控告事项，不得将检举、揭发材料以及有关情况透露或者转给被检举、揭发的人员或者单位"
    "（《信访工作条例》第三十条第三款）。"
)
PROVISIONAL = "上列期限所涉年度的放假安排尚未公布，期限为暂定日期；公布后有变动的，另行告知。"
ANEW = {
    "revoke": "原意见已经撤销，由原办理机关重新办理。对重新作出的处理意见不服的，可以自收到之日起30日内请求复查。",
    "redo": "已经责令原办理机关重新办理。对重新作出的处理意见不服的，可以自收到之日起30日内请求复查。",
}


@dataclass(frozen=True)
class Printing:
    """待印文书 — the paper, the decision it rests on, the case as it was when issued, and what was recorded then.

    `number` is empty for a draft; names are those of the instant `at`; `by` issues it.
    """

    paper: Paper
    decision: Fact
    case: Case
    known: Known
    directory: Directory
    number: str
    organ: str
    addressees: Sequence[str]
    copies: Sequence[str]
    dates: Sequence[PrintedDate]
    on: date
    at: datetime
    by: str

    @property
    def draft(self) -> bool:
        """草稿: not issued."""
        return not self.number

    def unit(self, unit: str) -> str:
        """单位名称: of that time."""
        return self.directory.unit_called(unit, self.at)

    def last(self, name: str) -> Any:
        """最后的事件: of that name before the decision or the decision itself; None if there is none."""
        version = self.decision.originator_version
        found = [f for f in self.case.facts if name_of(f) == name and f.originator_version <= version]
        return found[-1] if found else None

    def limit(self) -> Clock | None:
        """所载期限: the clock of the date called `due_on`, by the rules as they were known then."""
        due = next((one for one in self.dates if one.name == "due_on"), None)
        if due is None or due.clock is None:
            return None
        clocks = self.case.kind.clocks(self.case.facts, self.case.state, self.known, self.on)
        named = (due.clock, due.since, due.part)
        return next((c for c in clocks if (c.clock, c.start_version, c.part) == named), None)


def in_words(day: date) -> str:
    """成文日期: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def labels() -> Mapping[str, str]:
    """字段名称: for whoever edits a template."""
    return tomllib.loads(Path(__file__).with_name("field_labels.toml").read_text("utf-8"))


def lines(text: str | None) -> list[str]:
    """分段: the lines of a text that say something."""
    return [one.strip() for one in (text or "").splitlines() if one.strip()]


def of(printing: Printing) -> Fields:
    """字段: of a paper. A date that it doesn't print is empty."""
    paper, case = printing.paper, printing.case
    fields: Fields = {
        "title": str(wording()[paper.code]["title"]),
        "organ": printing.unit(printing.organ),
        "number": printing.number or UNNUMBERED,
        "addressee": _addressee(printing),
        "issued_on": in_words(printing.on),
        "case_number": case.state.number,
        "subject": case.state.subject,
        "handler": _handler(printing),
        "copies": "、".join(printing.unit(one) for one in printing.copies),
        "provisional": PROVISIONAL if any(one.provisional for one in printing.dates) else "",
    }
    fields |= dict.fromkeys(paper.dates, "")
    fields |= {one.name: in_words(one.on) for one in printing.dates}
    return fields | _OWN[paper.code](printing)


def used(code: str) -> set[str]:
    """出厂模板所用字段: the names in the shipped wording of a paper."""
    return set(_names(code)) | {"organ", "number", "addressee", "issued_on", "handler"}


def required(code: str) -> set[str]:
    """必备字段: without which it is no such paper: whose it is, its number, to whom, when, and what was decided."""
    substance = {one.each for one in paragraphs(code) if one.each}
    return {"organ", "number", "addressee", "issued_on", "case_number"} | substance


def _names(code: str) -> list[str]:
    found: list[str] = []
    for one in paragraphs(code):
        found += [name for name in re.findall(r"\{\{ (\w+) \}\}", one.text) if name != "item"]
        found += [name for name in (one.when, one.unless, one.each) if name]
    return found


def _addressee(printing: Printing) -> str:
    if not printing.paper.personal:
        return "、".join(printing.unit(one) for one in printing.addressees)
    state = printing.case.state
    people = {one.key: one.name for one in state.personal.people}
    order = sorted(state.petitioners, key=lambda one: not one.representative)
    names = [people.get(one.key, "") for one in order]
    more = max(len(names), state.headcount)
    shown = "、".join(one for one in names[:MOST_NAMED] if one)
    return f"{shown}等{more}人" if more > min(len(names), MOST_NAMED) else shown


def _handler(printing: Printing) -> str:
    """Who handles it for the organ that signs, or else whoever issues the paper."""
    state = printing.case.state
    named = getattr(state, "handler", None) if getattr(state, "holder", None) == printing.organ else None
    return printing.directory.officer_called(named or printing.by, printing.at)


def _officer(printing: Printing, officer: str) -> str:
    return printing.directory.officer_called(officer, printing.at)


def _receipt(p: Printing) -> Fields:
    state = p.case.state
    route = ROUTES.get(state.category) or ROUTES.get(state.way) or LED_AWAY.format(choice("way", state.way))
    office = p.organ == state.office
    limited = any(one.name == "due_on" for one in p.dates)
    return {
        "route": route,
        "by_office": "是" if office and limited else "",
        "by_unit": "是" if limited and not office else "",
        "without_limit": "" if limited else "是",
    }


def _limit(p: Printing) -> Fields:
    clock = p.limit()
    return {"due_basis": clock.basis if clock is not None else p.paper.basis}


def _refusal(p: Printing) -> Fields:
    fact: Any = p.decision
    try:
        ground = grounds.decline_ground(fact.ground)
        label, basis = ground.label, ground.basis
    except Invalid:
        label, basis = fact.ground, p.paper.basis
    return {"ground": label, "ground_basis": basis, "explanation": lines(fact.explanation)}


def _extension(p: Printing) -> Fields:
    fact: Any = p.decision
    asked = p.last("ExtensionRequested")
    return _limit(p) | {"days": str(fact.days), "reason": lines(asked.reason if asked is not None else "")}


def _opinion(p: Printing) -> Fields:
    fact: Any = p.decision
    return {
        "content": lines(p.case.state.content),
        "result": choice("result", fact.result),
        "text": lines(fact.text),
    }


def _instance(asked: str) -> Callable[[Printing], Fields]:
    def fields(p: Printing) -> Fields:
        fact: Any = p.decision
        request = p.last(asked)
        return {
            "reasons": lines(request.reasons if request is not None else ""),
            "result": choice("result", fact.result),
            "text": lines(fact.text),
            "final": "" if fact.result in ANEW else "是",
            "anew": ANEW.get(fact.result, ""),
        }

    return fields


def _delay(p: Printing) -> Fields:
    fact: Any = p.decision
    return {
        "reason": lines(fact.reason),
        "approver": _officer(p, fact.approver),
        "contact": fact.contact,
    }


def _supplement(p: Printing) -> Fields:
    fact: Any = p.decision
    return {"missing": [f"{place}. {one}" for place, one in enumerate(fact.missing, 1)]}


def _passed_on(p: Printing) -> Fields:
    state = p.case.state
    return {
        "channel": choice("channel", state.channel),
        "category": choice("category", state.category),
        "secrecy": SECRECY if state.confidential else "",
    }


def _supervision(p: Printing) -> Fields:
    fact: Any = p.decision
    try:
        label = grounds.supervision_ground(fact.ground).label
    except Invalid:
        label = fact.ground
    return {"ground": label, "advice": lines(fact.advice)}


def _urging(p: Printing) -> Fields:
    fact: Any = p.decision
    due = next((one.on for one in p.dates if one.name == "due_on"), None)
    clock = p.limit()
    return {
        "text": lines(fact.text),
        "due_label": clock.label if clock is not None else "办理期限",
        "due_ahead": "是" if due is not None and due >= p.on else "",
        "overdue": "是" if due is not None and due < p.on else "",
    }


def _reason(p: Printing) -> Fields:
    fact: Any = p.decision
    return {"reason": lines(fact.reason)}


def _requirements(p: Printing) -> Fields:
    return {"requirements": lines(p.case.state.requirements)}


_OWN: dict[str, Callable[[Printing], Fields]] = {
    "receipt": _receipt,
    "acceptance": _limit,
    "refusal": _refusal,
    "extension": _extension,
    "opinion": _opinion,
    "review-opinion": _instance("ReviewRequested"),
    "reexamination-opinion": _instance("ReexaminationRequested"),
    "delay": _delay,
    "supplement": _supplement,
    "forwarding": _passed_on,
    "assignment": _passed_on,
    "supervision-letter": _supervision,
    "urging": _urging,
    "hand-back": _reason,
    "supervision-notice": _requirements,
    "supervision-urging": _urging,
    "sending-back": _reason,
}
"""各种文书自己的字段."""

COMMON = frozenset(
    {
        "title",
        "organ",
        "number",
        "addressee",
        "issued_on",
        "case_number",
        "subject",
        "handler",
        "copies",
        "provisional",
    }
)
"""各种文书共有的字段."""


def known(paper: Paper) -> set[str]:
    """可用字段: every name that a template of the paper may use."""
    return {*COMMON, *paper.dates, *_names(paper.code)}


_SAMPLE: Fields = {
    "organ": "示例县信访局",
    "number": "示例信〔2026〕1号",
    "addressee": "张三",
    "issued_on": "2026年3月2日",
    "case_number": "XF-2026-000001",
    "subject": "反映小区供暖温度<不达标>的问题",
    "handler": "李四",
    "copies": "示例县民政局",
    "provisional": PROVISIONAL,
    "route": ROUTES["opinion"],
    "by_office": "是",
    "by_unit": "是",
    "without_limit": "是",
    "due_basis": "《信访工作条例》第三十四条",
    "ground": "不属于本机关、单位职权范围",
    "ground_basis": "《信访工作条例》第二十三条",
    "explanation": ["该事项属于县民政局职权范围，请向县民政局提出。"],
    "days": "30",
    "reason": ["需要委托第三方检测。", "检测结果须待采暖期结束后得出。"],
    "content": ["小区自入冬以来室内温度低于18摄氏度，要求供热单位整改。"],
    "result": "请求事实清楚，予以支持",
    "text": ["经调查核实，情况属实。", "供热单位应当于本月内完成管网改造。"],
    "reasons": ["处理意见没有回应退费请求。"],
    "final": "是",
    "anew": ANEW["redo"],
    "approver": "王五",
    "contact": "赵六，0571-00000000",
    "missing": ["1. 房屋产权证明复印件", "2. 供暖合同"],
    "channel": "来信",
    "category": "申诉求决",
    "secrecy": SECRECY,
    "advice": ["请限期办结，并向信访人书面答复。"],
    "due_label": "办结",
    "due_ahead": "是",
    "overdue": "是",
    "requirements": ["完成老旧小区供暖改造。"],
}


def sample(paper: Paper) -> Fields:
    """示例内容: every field of the paper filled, for the trial of a template and its preview."""
    dates = dict.fromkeys(paper.dates, "2026年4月1日")
    return {
        name: dates.get(name) or _SAMPLE.get(name) or str(wording()[paper.code]["title"])
        for name in sorted(known(paper))
    }
