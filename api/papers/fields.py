"""文书字段: what a template may name, made from what was recorded. The same names serve the .docx and the PDF."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from api.papers.drawing import paragraphs, wording
from api.papers.glyphs import TAB
from api.papers.printing import Fields as Fields
from api.papers.printing import Printing, in_words
from api.papers.substance import ANEW, KINDS, OWN, SECRECY, kind_of
from domain.rules.papers import Paper

UNNUMBERED = "（草稿，未编号）"
MOST_NAMED = 5
PROVISIONAL = "上列期限所涉年度的放假安排尚未公布，期限为暂定日期；公布后有变动的，另行告知。"


@cache
def labels() -> Mapping[str, str]:
    """字段名称: for whoever edits a template."""
    return tomllib.loads(Path(__file__).with_name("field_labels.toml").read_text("utf-8"))


def of(printing: Printing) -> Fields:
    """字段: of a paper. A date that it doesn't print is empty."""
    paper, case = printing.paper, printing.case
    fields: Fields = {
        "title": _title(printing),
        "organ": printing.unit(printing.organ),
        "number": printing.number or UNNUMBERED,
        "addressee": _addressee(printing),
        "issued_on": in_words(printing.on),
        "case_number": case.state.number,
        "subject": case.state.subject.replace("\t", TAB),
        "handler": _handler(printing),
        "copies": "、".join(printing.unit(one) for one in printing.copies),
        "provisional": PROVISIONAL if any(one.provisional for one in printing.dates) else "",
    }
    fields |= dict.fromkeys(paper.dates, "")
    fields |= {one.name: in_words(one.on) for one in printing.dates}
    own, known_here = OWN[paper.code](printing), known(paper)
    return fields | {name: value for name, value in own.items() if name in known_here}


def _title(p: Printing) -> str:
    told = wording()[p.paper.code]
    if "titles" not in told:
        return str(told["title"])
    return str(told["titles"].get(KINDS[kind_of(p)], told["title"]))


def used(code: str) -> set[str]:
    """出厂模板所用字段: the names in the shipped wording of a paper."""
    title = {"title"} if "titles" in wording()[code] else set()
    return set(_names(code)) | title | {"organ", "number", "addressee", "issued_on", "handler"}


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
    "route": "该事项属于申诉求决类事项，将按照《信访工作条例》第三十一条第六项的规定，听取陈述、调查核实后出具信访处理意见书。",
    "under": "根据《信访工作条例》第二十三条的规定，",
    "extendable": "是",
    "by_opinion": "是",
    "by_suggestion": "是",
    "by_accusation": "是",
    "by_procedure": "是",
    "way": "仲裁",
    "remedy_basis": "《信访工作条例》第三十五条",
    "remedy_at": "本机关的上一级机关、单位",
    "notify_what": "书面告知信访人接收情况以及处理途径和程序",
    "notify_basis": "《信访工作条例》第二十三条第三款",
    "object_basis": "《信访工作条例》第二十三条第三款",
    "unreachable_basis": "《信访工作条例》第二十三条第二款",
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
    "secrecy": SECRECY.format("《信访工作条例》第三十条第三款"),
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
