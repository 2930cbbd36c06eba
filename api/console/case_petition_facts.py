"""信访事项情况: what the page of a petition says of it."""

from api.case_reading import Seen
from api.console import case_words
from api.console.case_sections import (
    Facts,
    Text,
    code,
    dated,
    linked,
    named,
    section,
    stage_of,
)
from api.console.case_words import Line, Words, line
from api.console.rendering import instant
from domain.petition.fold import Petition
from domain.rules import grounds


def facts(seen: Seen, words: Words) -> Facts:
    """信访事项情况."""
    petition: Petition = seen.state
    sections = (
        section("基本情况", *_registration(petition, words, seen)),
        section("办理情况", *_handling(petition, words, seen)),
        section("答复和复查复核", *_answers(petition)),
        section("督办、批示和关联", *_oversight(petition, words, seen)),
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
        stage=stage_of(seen),
        texts=(Text("信访内容", petition.content),),
        sections=tuple(one for one in sections if one.lines),
        badges=tuple(one for one in badges if one),
    )


def _registration(petition: Petition, words: Words, seen: Seen) -> list[Line | None]:
    limit_class = petition.limit_class and words.limit_class(petition.rulebook, petition.limit_class)
    first = words.officers([petition.first_contact], seen.named_at) if petition.first_contact else ()
    return [
        line("编号", petition.number),
        code("信访形式", "channel", petition.channel),
        code("类别", "category", petition.category),
        line("信访目的", petition.purpose),
        line("内容分类", petition.topic),
        code("办理途径", "way", petition.way),
        dated("收到日期", petition.received_on),
        line("登记", f"{seen.unit_name(petition.office)} · {instant(petition.registered_at)}"),
        named("首接责任人", first),
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
        named("承办人", words.officers([petition.handler], at) if petition.handler else ()),
        dated("单位收件", petition.received_by_unit_on),
        dated("受理日期", petition.accepted_on, track, assumed),
        handed,
        dated("提出异议", petition.objected_on),
        dated("要求补正", petition.asked_for_more_on),
        dated("补正日期", petition.supplemented_on),
        dated("申请延期", petition.extension_requested_on, f"{petition.extension_requested_days}日")
        if asked
        else None,
        line("已延期", f"{petition.extension_days}日" if petition.extension_days else None),
        dated("听证开始", petition.hearing_opened_on),
        dated("调查核实", petition.record.on, "已签字" if petition.record.signed_on else "待领导签字")
        if petition.record
        else None,
        _refusal(petition),
        dated("办结日期", petition.closed_on),
    ]


def _refusal(petition: Petition) -> Line | None:
    refusal = petition.refusal
    if refusal is None:
        return None
    done = "已报备" if refusal.filed_on else "已同意，待报备" if refusal.consented_on else "待领导同意"
    return dated("否定事项", refusal.on, done)


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
        dated("答复", petition.replied_on, result),
        dated("意见书送达", petition.opinion_served_on),
        dated("申请复查", review.requested_on),
        dated("复查意见", review.concluded_on, first),
        dated("复查意见送达", review.served_on),
        dated("申请复核", review.reexamination_requested_on),
        dated("复核意见", review.reexamination_concluded_on, last),
        dated("复核意见送达", review.reexamination_served_on),
        line("已送达文书", *dict.fromkeys(notices)),
        line("评价", *rated),
    ]


def _oversight(petition: Petition, words: Words, seen: Seen) -> list[Line | None]:
    at = seen.named_at
    leader = petition.leader_in_charge
    urgent = "已签收" if petition.urgent_acknowledged_on else "待签收"
    item = petition.supervision_item
    return [
        named("包案领导", words.officers([leader], at) if leader else ()),
        named("批示领导", words.officers(dict.fromkeys(petition.instructed_by), at)),
        dated("批示待转交", petition.instruction_open_on),
        dated("督办", petition.supervised_on, "待反馈"),
        dated("紧急上报", petition.urgent_reported_on, urgent),
        dated("报告审签", petition.report_approved_on),
        linked(seen, "原信访事项", petition.repeat_of_number, petition.repeat_of, "petitions"),
        linked(seen, "督查事项", petition.supervision_item_number, item, "supervision-items"),
        named("被反映对象", words.against(petition.against, at)),
    ]
