"""案件情况: the facts of a case in an office's words, section by section; each kind of case has its own sections."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from api import case_shapes
from api.case_reading import Seen
from api.console import case_custody, case_item_facts, case_petition_facts, case_words
from api.console.case_sections import (
    Facts,
    Section,
    Table,
    Text,
    dated,
    linked,
    named,
    section,
    stage_of,
)
from api.console.case_words import Piece, Words, line
from api.console.rendering import day
from domain.filing.fold import MonthList
from domain.kinds import ITEM, MONTH, PETITION, RECEPTION
from domain.reception.fold import Reception


def of(seen: Seen, words: Words) -> Facts:
    """案件情况: as its kind has it."""
    found = _KINDS.get(seen.kind.name, _plain)(seen, words)
    kept = case_custody.of(seen, words)
    if kept is None:
        return found
    badges = ("已清除", *found.badges) if case_custody.erased(seen) else found.badges
    return replace(found, sections=(*found.sections, kept), badges=badges)


def _month(seen: Seen, words: Words) -> Facts:
    month: MonthList = seen.state
    rows = tuple(
        (
            Piece(one.case_number, f"/console/petitions/{one.case}"),
            Piece(day(one.decided_on)),
            Piece(seen.unit_name(one.decided_in) or ""),
            Piece(day(one.sent_on) or "未报"),
        )
        for one in month.entries
        if one.case not in seen.hidden
    )
    return Facts(
        subject=f"{month.month}否定事项月清单",
        stage=stage_of(seen),
        sections=(
            section(
                "基本情况",
                line("编号", month.number),
                line("月份", month.month),
                line("信访工作机构", seen.unit_name(month.office)),
                dated("建立日期", month.opened_on),
                dated("报备日期", month.sent_on),
                line("报备机关", month.to_organ),
            ),
        ),
        tables=(Table("清单", ("信访事项编号", "决定日期", "决定单位", "报备日期"), rows),),
    )


def _reception(seen: Seen, words: Words) -> Facts:
    record: Reception = seen.state
    at, pending = seen.named_at, record.pending
    offered = words.officers([pending.officer], at) if pending is not None else ()
    return Facts(
        subject=line_of(record.content),
        stage=stage_of(seen),
        texts=(Text("来访事项", record.content), *([Text("处理情况", record.text)] if record.text else [])),
        sections=(
            section(
                "基本情况",
                line("编号", record.number),
                line("接待方式", case_words.said("form", record.form, "Received")),
                dated("接待日期", record.received_on),
                named("接待人", words.officers([record.received_by], at)),
                line("接待地点", record.place),
                line("人数", f"{record.headcount}人"),
                named("首接责任人", words.officers([record.responsible], at)),
                line("责任单位", seen.unit_name(record.unit)),
                named("待确认接收", offered),
                dated("承诺答复日期", record.promised_on),
                linked(seen, "转信访事项", record.petition_number, record.petition, "petitions"),
                named("被反映对象", words.against(record.against, at)),
                dated("办结日期", record.closed_on),
            ),
        ),
        badges=("检举控告，注意保密",) if record.confidential else (),
    )


SUBJECT = 40
"""Characters of a text that stand for it as a heading."""


def line_of(text: str) -> str:
    """一行: the beginning of a text as a heading."""
    first = " ".join(text.split())
    return f"{first[:SUBJECT]}…" if len(first) > SUBJECT else first


def _plain(seen: Seen, words: Words) -> Facts:
    """其他案件: the first fact's own words, for a kind of case without sections of its own."""
    first = seen.history[0].fact
    lines = words.lines(first, case_shapes.data(first, seen.hidden))
    return Facts(
        subject=str(getattr(seen.state, "subject", seen.kind.label)),
        stage=stage_of(seen),
        sections=(Section("基本情况", tuple(lines)),),
    )


_KINDS: Mapping[str, Callable[[Seen, Words], Facts]] = {
    PETITION.name: case_petition_facts.facts,
    ITEM.name: case_item_facts.facts,
    MONTH.name: _month,
    RECEPTION.name: _reception,
}
"""情况栏目: of each kind of case."""
