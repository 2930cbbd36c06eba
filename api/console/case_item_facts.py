"""督查事项情况: what the page of a supervision item says of it, with the part of every unit."""

from api.case_reading import Seen
from api.console import case_words
from api.console.case_sections import (
    Facts,
    Table,
    Text,
    code,
    dated,
    linked,
    named,
    section,
    stage_of,
)
from api.console.case_words import Piece, Words, line
from api.console.rendering import day
from domain.supervision.fold import Item, Share


def facts(seen: Seen, words: Words) -> Facts:
    """督查事项情况."""
    item: Item = seen.state
    at = seen.named_at
    to_sign = [one for one in item.leaders if one not in item.signed_by]
    sections = (
        section(
            "基本情况",
            line("编号", item.number),
            code("事项形式", "form", item.form),
            line("来源类别", case_words.category("item.", item.category)),
            line("来源", item.source),
            line("会议或来文机关", item.body),
            dated("收文日期", item.received_on),
            line("立项部门", seen.unit_name(item.opened_by_unit)),
            dated("立项日期", item.opened_on),
            dated("办结期限", item.due_on),
            code("办理时限类别", "limit_class", item.limit_class),
            code("反馈周期", "cadence", item.cadence),
            line("查阅范围", "保密" if item.confidential else "公开" if item.public else "流经人员"),
            line("领导复审", "须经领导复审" if item.leader_review else None),
            linked(seen, "来源信访事项", item.petition_number, item.petition, "petitions"),
        ),
        section(
            "批示和下发",
            named("报请批示", words.officers(item.leaders, at)),
            named("已批示", words.officers(item.signed_by, at)),
            named("尚待批示", words.officers(to_sign, at)),
            dated("下发日期", item.issued_on),
            line("主办单位", seen.unit_name(item.lead_unit)),
            line("协办单位", *(seen.unit_name(unit) for unit in item.assisting_units)),
            line("专项工作组", item.task_group),
            dated("向会议报告", item.body_told_on),
            dated("核销或撤项", item.closed_on),
            named("被反映对象", words.against(item.against, at)),
        ),
    )
    tables = [_shares(item, words, seen), _scores(item, words, seen)]
    return Facts(
        subject=item.subject,
        stage=stage_of(seen),
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
