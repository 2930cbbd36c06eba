"""案件情况: the facts of a case in an office's words, section by section; each kind of case has its own sections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from api import case_shapes, case_stages
from api.case_reading import Seen
from api.console import case_words
from api.console.case_words import Line, Piece, Words, line
from api.console.rendering import day, instant
from domain.filing.fold import MonthList
from domain.kinds import ITEM, MONTH, PETITION
from domain.petition.fold import Petition
from domain.rules import grounds
from domain.supervision.fold import Item, Share


@dataclass(frozen=True, slots=True)
class Section:
    """一栏 — a heading and its lines."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """正文 — what the case is about, in the words of whoever wrote it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """表 — rows under headings: the units' parts of an item, the entries of a list."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """案件情况 — what a page shows of a case besides its clocks and its course."""

    subject: str
    stage: str
    texts: tuple[Text, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[Table, ...] = ()
    badges: tuple[str, ...] = ()


def of(seen: Seen, words: Words) -> Facts:
    """案件情况: as its kind has it."""
    return _KINDS.get(seen.kind.name, _plain)(seen, words)


def _stage(seen: Seen) -> str:
    return case_stages.label(seen.kind.name, seen.state.stage.value)


def _section(title: str, *lines: Line | None) -> Section:
    return Section(title, tuple(one for one in lines if one is not None))


def _named(label: str, pieces: Sequence[Piece]) -> Line | None:
    return Line(label, tuple(pieces)) if pieces else None


def _linked(seen: Seen, label: str, number: str | None, id: UUID | None, place: str) -> Line | None:
    """关联案件: none of one that the officer may not know of."""
    if number is None or id is None or id in seen.hidden:
        return None
    return Line(label, (Piece(number, f"/console/{place}/{id}"),))


def _code(label: str, name: str, value: str | None) -> Line | None:
    return line(label, case_words.said(name, value) if value else None)


def _on(label: str, when: Any, *more: str | None) -> Line | None:
    return line(label, " · ".join([day(when), *(one for one in more if one)])) if when is not None else None


def _petition(seen: Seen, words: Words) -> Facts:
    petition: Petition = seen.state
    sections = (
        _section("基本情况", *_registration(petition, words, seen)),
        _section("办理情况", *_handling(petition, words, seen)),
        _section("答复和复查复核", *_answers(petition)),
        _section("督办、批示和关联", *_oversight(petition, words, seen)),
    )
    badges = [
        ("检举控告，注意保密" if petition.confidential else ""),
        ("重要紧急" if petition.urgent else ""),
        ("重复信访" if petition.repeat_of is not None else ""),
        ("集体" if petition.headcount >= grounds.representation().collective_from else ""),
        ("领导包案" if petition.leader_in_charge else ""),
    ]
    return Facts(
        subject=petition.subject,
        stage=_stage(seen),
        texts=(Text("信访内容", petition.content),),
        sections=tuple(one for one in sections if one.lines),
        badges=tuple(one for one in badges if one),
    )


def _registration(petition: Petition, words: Words, seen: Seen) -> list[Line | None]:
    limit_class = petition.limit_class and words.limit_class(petition.rulebook, petition.limit_class)
    first = words.officers([petition.first_contact], seen.named_at) if petition.first_contact else ()
    return [
        line("编号", petition.number),
        _code("信访形式", "channel", petition.channel),
        _code("类别", "category", petition.category),
        line("信访目的", petition.purpose),
        line("内容分类", petition.topic),
        _code("办理途径", "way", petition.way),
        _on("收到日期", petition.received_on),
        line("登记", f"{seen.unit_name(petition.office)} · {instant(petition.registered_at)}"),
        _named("首接责任人", first),
        line("适用规定", words.rulebook(petition.rulebook)),
        line("时限类别", limit_class),
        line("导入来源", petition.source.key if petition.source else None),
    ]


def _handling(petition: Petition, words: Words, seen: Seen) -> list[Line | None]:
    at = seen.named_at
    told = petition.assisted
    assisting = [
        f"{seen.unit_name(unit)}（{'已反馈' if unit in told else '未反馈'}）"
        for unit in petition.assisting_units
    ]
    assumed = "视同受理" if petition.acceptance_assumed else None
    track = case_words.said("track", petition.track) if petition.track else None
    handed = None
    if petition.declined_ground:
        handed = line("不予受理情形", case_words.ground(petition.declined_ground))
    elif petition.forwarded_to:
        handed = line("转送", seen.unit_name(petition.forwarded_to))
    asked = petition.extension_requested_days and petition.extension_requested_on is not None
    return [
        line("承办单位", seen.unit_name(petition.holder)),
        line("协办单位", *assisting),
        _named("承办人", words.officers([petition.handler], at) if petition.handler else ()),
        _on("单位收件", petition.received_by_unit_on),
        _on("受理日期", petition.accepted_on, track, assumed),
        handed,
        _on("提出异议", petition.objected_on),
        _on("要求补正", petition.asked_for_more_on),
        _on("补正日期", petition.supplemented_on),
        _on("申请延期", petition.extension_requested_on, f"{petition.extension_requested_days}日")
        if asked
        else None,
        line("已延期", f"{petition.extension_days}日" if petition.extension_days else None),
        _on("听证开始", petition.hearing_opened_on),
        _on("调查核实", petition.record.on, "已签字" if petition.record.signed_on else "待领导签字")
        if petition.record
        else None,
        _refusal(petition),
        _on("办结日期", petition.closed_on),
    ]


def _refusal(petition: Petition) -> Line | None:
    refusal = petition.refusal
    if refusal is None:
        return None
    done = "已报备" if refusal.filed_on else "已同意，待报备" if refusal.consented_on else "待领导同意"
    return _on("否定事项", refusal.on, done)


def _answers(petition: Petition) -> list[Line | None]:
    review = petition.review
    notices = [case_words.notice(one) for one in petition.notices_served]
    result = case_words.said("result", petition.reply_result) if petition.reply_result else None
    first = case_words.said("result", review.result) if review.result else None
    last = case_words.said("result", review.reexamination_result) if review.reexamination_result else None
    rated = [
        f"{case_words.said('about', about, 'Rated')}：{case_words.said('score', score)}"
        for about, score in petition.rated
    ]
    return [
        _on("答复", petition.replied_on, result),
        _on("意见书送达", petition.opinion_served_on),
        _on("申请复查", review.requested_on),
        _on("复查意见", review.concluded_on, first),
        _on("复查意见送达", review.served_on),
        _on("申请复核", review.reexamination_requested_on),
        _on("复核意见", review.reexamination_concluded_on, last),
        _on("复核意见送达", review.reexamination_served_on),
        line("已送达文书", *dict.fromkeys(notices)),
        line("评价", *rated),
    ]


def _oversight(petition: Petition, words: Words, seen: Seen) -> list[Line | None]:
    at = seen.named_at
    leader = petition.leader_in_charge
    urgent = "已签收" if petition.urgent_acknowledged_on else "待签收"
    item = petition.supervision_item
    return [
        _named("包案领导", words.officers([leader], at) if leader else ()),
        _named("批示领导", words.officers(dict.fromkeys(petition.instructed_by), at)),
        _on("批示待转交", petition.instruction_open_on),
        _on("督办", petition.supervised_on, "待反馈"),
        _on("紧急上报", petition.urgent_reported_on, urgent),
        _on("报告审签", petition.report_approved_on),
        _linked(seen, "原信访事项", petition.repeat_of_number, petition.repeat_of, "petitions"),
        _linked(seen, "督查事项", petition.supervision_item_number, item, "supervision-items"),
        _named("被反映对象", words.against(petition.against, at)),
    ]


def _item(seen: Seen, words: Words) -> Facts:
    item: Item = seen.state
    at = seen.named_at
    to_sign = [one for one in item.leaders if one not in item.signed_by]
    sections = (
        _section(
            "基本情况",
            line("编号", item.number),
            _code("事项形式", "form", item.form),
            line("来源类别", case_words.category("item.", item.category)),
            line("来源", item.source),
            line("会议或来文机关", item.body),
            _on("收文日期", item.received_on),
            line("立项部门", seen.unit_name(item.opened_by_unit)),
            _on("立项日期", item.opened_on),
            _on("办结期限", item.due_on),
            _code("办理时限类别", "limit_class", item.limit_class),
            _code("反馈周期", "cadence", item.cadence),
            line("查阅范围", "保密" if item.confidential else "公开" if item.public else "流经人员"),
            line("领导复审", "须经领导复审" if item.leader_review else None),
            _linked(seen, "来源信访事项", item.petition_number, item.petition, "petitions"),
        ),
        _section(
            "批示和下发",
            _named("报请批示", words.officers(item.leaders, at)),
            _named("已批示", words.officers(item.signed_by, at)),
            _named("尚待批示", words.officers(to_sign, at)),
            _on("下发日期", item.issued_on),
            line("主办单位", seen.unit_name(item.lead_unit)),
            line("协办单位", *(seen.unit_name(unit) for unit in item.assisting_units)),
            line("专项工作组", item.task_group),
            _on("向会议报告", item.body_told_on),
            _on("核销或撤项", item.closed_on),
            _named("被反映对象", words.against(item.against, at)),
        ),
    )
    tables = [_shares(item, words, seen), _scores(item, words, seen)]
    return Facts(
        subject=item.subject,
        stage=_stage(seen),
        texts=(Text("工作要求", item.requirements),),
        sections=tuple(one for one in sections if one.lines),
        tables=tuple(one for one in tables if one.rows),
        badges=("保密事项",) if item.confidential else (),
    )


def _shares(item: Item, words: Words, seen: Seen) -> Table:
    others = [share for share in item.shares if share.released]
    rows = tuple(_share(one, words, seen) for one in (*item.holding, *others))
    return Table("承办单位", ("单位", "职责", "分办日期", "承办人", "反馈", "结果", "期限和延期"), rows)


def _share(share: Share, words: Words, seen: Seen) -> tuple[Piece, ...]:
    duty = "已退出" if share.released else "主办" if share.lead else "协办"
    if share.objected_on is not None:
        duty += "，异议已处理" if share.objection_settled else "，异议待协调"
    handler = words.officers([share.handler], seen.named_at)[0].text if share.handler else "未指定"
    signed = "" if not share.reports else "，已签字" if share.signed else "，待签字"
    reported = f"{share.reports}次，最近{day(share.reported_on)}{signed}" if share.reports else "无"
    result = "不等待" if share.waived else day(share.result_on) or "未上报"
    limits = [f"期限{share.due_on}"] if share.due_on else []
    limits += [f"重新办结{share.redo_by}"] if share.redo_by else []
    if share.extension is not None:
        limits.append(f"申请延期至{share.extension.expected_on}")
    texts = (seen.unit_name(share.unit) or "", duty, day(share.allocated_on), handler, reported, result)
    return tuple(Piece(text) for text in (*texts, "；".join(limits)))


def _scores(item: Item, words: Words, seen: Seen) -> Table:
    rows = tuple(
        tuple(
            Piece(text)
            for text in (
                seen.unit_name(one.unit) or "",
                f"{one.points:+d}",
                "已确认" if one.confirmed else "待确认",
                one.reason,
                f"{day(one.on)} {words.officers([one.by], seen.named_at)[0].text}",
            )
        )
        for one in item.scores
    )
    return Table("考核计分", ("单位", "分数", "状态", "理由", "登记"), rows)


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
        stage=_stage(seen),
        sections=(
            _section(
                "基本情况",
                line("编号", month.number),
                line("月份", month.month),
                line("信访工作机构", seen.unit_name(month.office)),
                _on("建立日期", month.opened_on),
                _on("报备日期", month.sent_on),
                line("报备机关", month.to_organ),
            ),
        ),
        tables=(Table("清单", ("信访事项编号", "决定日期", "决定单位", "报备日期"), rows),),
    )


def _plain(seen: Seen, words: Words) -> Facts:
    """其他案件: the first fact's own words, for a kind of case without sections of its own."""
    first = seen.history[0].fact
    lines = words.lines(first, case_shapes.data(first, seen.hidden))
    return Facts(
        subject=str(getattr(seen.state, "subject", seen.kind.label)),
        stage=_stage(seen),
        sections=(Section("基本情况", tuple(lines)),),
    )


_KINDS: Mapping[str, Callable[[Seen, Words], Facts]] = {
    PETITION.name: _petition,
    ITEM.name: _item,
    MONTH.name: _month,
}
"""情况栏目: of each kind of case."""
