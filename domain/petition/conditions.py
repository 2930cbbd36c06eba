"""开放条件的审查: the conditions that the table of openings names, and why an act is closed to an officer now."""

from collections.abc import Callable

from domain.erasure import conditions as erasure
from domain.erasure import files
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.papers import issuing
from domain.petition.fold import ANSWERED_AGAIN, Petition
from domain.petition.situation import Situation
from domain.petition.stages import LABELS, OPENINGS, Stage
from domain.rules import authority

JOINT = "《政协机关信访工作制度》第四条第五项"
RECORD = "《政协机关信访工作制度》第三条第三项"
REPORT = "《政协机关信访工作制度》第三条第四项"
FILING = "《否定报备制》第二条"
OBJECTION = "《信访工作条例》第二十三条第三款"


def _need(holds: bool, code: str, message: str, basis: str | None = None) -> Refused | None:
    return None if holds else NotNow(f"petition.{code}", message, basis)


def _terminated(petition: Petition) -> bool:
    """复核终结: the last instance has spoken and didn't order the matter to be handled anew."""
    review = petition.review
    return review.reexamination_concluded_on is not None and review.reexamination_result not in ANSWERED_AGAIN


def _concluded_by_reexamination(s: Situation) -> Refused | None:
    concluded = s.earlier is not None and _terminated(s.earlier)
    number = s.petition.repeat_of_number
    return _need(
        not concluded,
        "concluded_by_reexamination",
        f"原信访事项{number}已经复核终结，信访人以同一事实和理由再次提出的，不再受理。",
        "《信访工作条例》第三十六条第三款",
    )


def _sent_back_unserved(petition: Petition) -> bool:
    """发回未送达: the opinion that ordered the matter to be handled anew hasn't reached the petitioner."""
    review = petition.review
    if review.reexamination_result in ANSWERED_AGAIN:
        return review.reexamination_served_on is None
    return review.result in ANSWERED_AGAIN and review.served_on is None


def _no_review_yet(s: Situation) -> Refused | None:
    review = s.petition.review
    redone = review.result in ANSWERED_AGAIN or review.reexamination_result in ANSWERED_AGAIN
    if _sent_back_unserved(s.petition):
        return NotNow(
            "petition.last_opinion_not_served",
            "上一次复查、复核意见书尚未送达信访人，请先登记送达，再受理新的复查申请。",
            "《信访工作条例》第三十五条、第三十六条",
        )
    return _need(
        review.requested_on is None or redone,
        "review_already_requested",
        "该答复意见已申请复查。",
        "《信访工作条例》第三十五条",
    )


def _review_opinion_served(s: Situation) -> Refused | None:
    review = s.petition.review
    if review.reexamination_requested_on is not None:
        return NotNow(
            "petition.reexamination_already_requested", "该复查意见已申请复核。", "《信访工作条例》第三十六条"
        )
    if review.result in ANSWERED_AGAIN:
        return NotNow(
            "petition.handled_anew",
            "复查已要求重新办理，对重新作出的处理意见不服的，应当先申请复查。",
            "《信访工作条例》第三十五条",
        )
    return _need(
        review.served_on is not None,
        "review_opinion_not_served",
        "复查意见尚未送达，不能申请复核。",
        "《信访工作条例》第三十六条",
    )


def _last_opinion_served(s: Situation) -> Refused | None:
    served = (
        s.petition.review.served_on if s.petition.stage is Stage.REVIEWED else s.petition.opinion_served_on
    )
    return _need(
        served is not None and not _sent_back_unserved(s.petition),
        "opinion_not_served",
        "书面意见尚未送达信访人，不能办结核销。",
        "《信访工作条例》第三十二条",
    )


def _with_office_or_accused(s: Situation) -> Refused | None:
    """The office passes on what it holds; from a unit it takes what that unit registered itself, or what
    accuses that unit."""
    blind = not authority.may_receive(s.standing, s.petition.holder)
    own_registration = s.petition.stage is Stage.WITH_UNIT and not s.petition.passed_on_by_office
    return _need(
        s.petition.stage is Stage.REGISTERED or blind or own_registration,
        "held_by_unit",
        f"该事项在{s.directory.unit_name(s.petition.holder)}办理，须经退办后方可另行转送、交办。",
        "《信访工作条例》第二十三条第三款",
    )


def _wrong_stage(stage: Stage) -> Refused:
    return NotNow("petition.wrong_stage", f"当前环节为“{LABELS[stage]}”，不能办理该操作。", stage=stage.value)


def _may_object(s: Situation) -> Refused | None:
    """The lead objects before it accepts; an assisting unit as long as the matter is handled."""
    unit, petition = s.assisting_unit, s.petition
    if unit is None and petition.stage is not Stage.WITH_UNIT:
        return _wrong_stage(petition.stage)
    own = [one for one in petition.assistants_objections if one.by_unit == unit]
    is_open = petition.objected_on is not None if unit is None else any(not one.kept for one in own)
    if is_open:
        return NotNow("petition.objection_open", "本单位已提出异议，待转交机关处理。", OBJECTION)
    return _need(
        not (petition.objection_answered if unit is None else own),
        "objection_answered",
        "转交机关已审核该单位的异议并维持交办，不能再次提出。",
        OBJECTION,
    )


def _may_report(s: Situation) -> Refused | None:
    """Units report to the office; the office reports to the superior, once a leader has agreed."""
    petition = s.petition
    if s.act.role not in authority.OFFICE_POSTS:
        return None
    if petition.channel == "assigned":
        message = "上报处理结果应当先经领导审查同意。"
        return _need(petition.report_approved_on is not None, "report_not_approved", message, REPORT)
    if s.standing.held_by_office:
        return None
    return NotYours("petition.not_yours", "该操作由承办单位、协办单位或者指定的承办人办理。")


def _record_leader(s: Situation) -> Refused | None:
    """The leader in charge signs; where none is, any leader to whom the case passed, but not who made the record."""
    petition = s.petition
    if petition.record is not None and s.is_of(petition.record.by):
        return NotYours("petition.own_record", "调查核实记录应当由制作人以外的领导签字确认。", RECORD)
    if petition.leader_in_charge is not None:
        in_charge = s.act.principal == petition.leader_in_charge
        return (
            None
            if in_charge
            else NotYours("petition.not_leader_in_charge", "应当由包案领导签字确认。", RECORD)
        )
    if s.act.principal in petition.people:
        return None
    return NotYours("petition.not_leader_in_charge", "应当由经手该事项的领导签字确认。", RECORD)


def _record_signed(s: Situation) -> Refused | None:
    """What a leader noted on or took charge of is answered on a signed record, if there is a record."""
    petition = s.petition
    led = bool(petition.instructed_by) or petition.leader_in_charge is not None
    unsigned = petition.record is not None and petition.record.signed_on is None
    message = "领导批示、包案的事项，调查核实记录应当经领导签字确认后再答复。"
    return _need(not (led and unsigned), "record_not_signed", message, RECORD)


def _consentable(s: Situation) -> Refused | None:
    refusal = s.petition.refusal
    if refusal is None:
        return NotNow("petition.no_refusal", "该事项没有需要报备的否定决定。", FILING)
    if refusal.consented_on is not None:
        return NotNow("petition.refusal_already_consented", "该否定决定已经领导同意。", FILING)
    if s.is_of(refusal.by):
        return NotYours("petition.own_refusal", "不得同意本人作出的否定决定，应当由其他领导审核。", FILING)
    return None


def _fileable(s: Situation) -> Refused | None:
    refusal = s.petition.refusal
    if refusal is None:
        return NotNow("petition.no_refusal", "该事项没有需要报备的否定决定。", FILING)
    if refusal.filed_on is not None:
        return NotNow("petition.refusal_already_filed", "该否定决定已经报备。", FILING)
    message = "否定决定应当先经领导同意，再行报备。"
    return _need(refusal.consented_on is not None, "refusal_not_consented", message, FILING)


def _in_two_places(s: Situation, doers: tuple[str, ...]) -> bool:
    """一人两职: who acted in the earlier instance acts in this one too, and in one of the two in another's place."""
    return s.is_of(doers) and (s.act.for_whom is not None or len(doers) > 1)


def _not_own_reply(s: Situation) -> Refused | None:
    """Standing in makes nobody the organ that judges what that very person decided."""
    if not _in_two_places(s, s.petition.replied_by):
        return None
    message = "本人作出答复的事项，不得以顶岗名义复查、复核。"
    return NotYours("petition.own_reply", message, "《信访工作条例》第三十五条、第三十六条")


def _not_own_review(s: Situation) -> Refused | None:
    if not _in_two_places(s, s.petition.review.concluded_by):
        return None
    message = "本人作出复查意见的事项，不得以顶岗名义复核。"
    return NotYours("petition.own_review", message, "《信访工作条例》第三十六条")


CONDITIONS: dict[str, Callable[[Situation], Refused | None]] = {
    "with_office_or_accused": _with_office_or_accused,
    "no_open_objection": lambda s: _need(
        s.petition.objected_on is None,
        "objection_open",
        "承办单位已提出异议，待转交机关处理。",
        "《信访工作条例》第二十三条第三款",
    ),
    "open_objection": lambda s: _need(
        s.petition.objected_on is not None or any(not o.kept for o in s.petition.assistants_objections),
        "no_objection",
        "承办单位没有提出异议，不能退办。",
        OBJECTION,
    ),
    "may_object": _may_object,
    "passed_on_by_office": lambda s: _need(
        s.petition.passed_on_by_office,
        "not_passed_on",
        "该事项不是转送、交办而来，无从提出异议。",
        "《信访工作条例》第二十三条第三款",
    ),
    "not_concluded_by_reexamination": _concluded_by_reexamination,
    "on_simplified_track": lambda s: _need(
        s.petition.track == "simplified", "not_simplified", "该事项未适用简易办理。"
    ),
    "not_yet_extended": lambda s: _need(
        s.petition.extension_days == 0,
        "already_extended",
        "该事项已延期一次，不得再次延期。",
        "《信访工作条例》第三十四条",
    ),
    "no_open_extension_request": lambda s: _need(
        s.petition.extension_requested_on is None, "extension_request_open", "已有延期申请待批。"
    ),
    "open_extension_request": lambda s: _need(
        s.petition.extension_requested_on is not None, "no_extension_request", "没有待批的延期申请。"
    ),
    "has_extendable_clock": lambda s: _need(
        s.extendable is not None, "nothing_to_extend", "该事项没有可以延期的办理期限。"
    ),
    "not_yet_asked_for_more": lambda s: _need(
        s.petition.asked_for_more_on is None,
        "already_asked_for_more",
        "补正材料应当一次性告知，本件已经告知。",
        "一次性告知制度",
    ),
    "asked_for_more": lambda s: _need(
        s.petition.asked_for_more_on is not None and s.petition.supplemented_on is None,
        "nothing_asked_for",
        "没有待补正的告知。",
    ),
    "no_open_hearing": lambda s: _need(
        s.petition.hearing_opened_on is None, "hearing_open", "听证尚未结束。"
    ),
    "open_hearing": lambda s: _need(
        s.petition.hearing_opened_on is not None, "no_hearing", "没有正在进行的听证。"
    ),
    "opinion_served": lambda s: _need(
        s.petition.opinion_served_on is not None,
        "opinion_not_served",
        "处理意见书尚未送达信访人，不能申请复查。",
        "《信访工作条例》第三十五条",
    ),
    "no_review_yet": _no_review_yet,
    "review_opinion_served": _review_opinion_served,
    "last_opinion_served": _last_opinion_served,
    "termination_served": lambda s: _need(
        s.petition.stage is not Stage.TERMINATED or s.petition.review.reexamination_served_on is not None,
        "opinion_not_served",
        "复核意见书尚未送达信访人，不能归档。",
        "《信访工作条例》第三十六条",
    ),
    "no_open_supervision": lambda s: _need(
        s.petition.supervised_on is None, "supervision_open", "已有督办待反馈。"
    ),
    "open_supervision": lambda s: _need(
        s.petition.supervised_on is not None, "no_supervision", "没有待反馈的督办。"
    ),
    "open_urgent_report": lambda s: _need(
        s.petition.urgent_reported_on is not None and s.petition.urgent_acknowledged_on is None,
        "no_urgent_report",
        "没有待签收的紧急情况上报。",
        "《信访工作条例》第二十五条",
    ),
    "report_date_open": lambda s: _need(
        s.running("assigned-report", s.petition.holder) is not None,
        "no_report_date",
        "该事项没有待报结的交办期限。",
        "《信访工作条例》第二十二条第一款第三项",
    ),
    "not_linked_yet": lambda s: _need(s.petition.repeat_of is None, "already_linked", "已认定为重复信访。"),
    "may_report": _may_report,
    "open_instruction": lambda s: _need(
        s.petition.instruction_open_on is not None,
        "no_instruction",
        "没有待转交的领导批示。",
        "《政协机关信访工作制度》第三条第二项",
    ),
    "unsigned_record": lambda s: _need(
        s.petition.record is not None and s.petition.record.signed_on is None,
        "no_record",
        "没有待签字确认的调查核实记录。",
        RECORD,
    ),
    "record_leader": _record_leader,
    "record_signed": _record_signed,
    "assigned_by_superior": lambda s: _need(
        s.petition.channel == "assigned",
        "not_assigned_by_superior",
        "该事项不是上级交办，无须审签上报。",
        REPORT,
    ),
    "report_not_approved_yet": lambda s: _need(
        s.petition.report_approved_on is None, "report_already_approved", "上报已经领导审查同意。", REPORT
    ),
    "refusal_to_consent": _consentable,
    "refusal_to_file": _fileable,
    "notice_to_issue": lambda s: issuing.to_issue("petition", s.issuer),
    "not_own_reply": _not_own_reply,
    "not_own_review": _not_own_review,
    "not_own_request": lambda s: (
        NotYours("petition.own_request", "不得批准本人提出的延期申请。", "《信访工作条例》第三十四条")
        if s.is_of(s.petition.extension_requested_by)
        else None
    ),
    "not_terminated": lambda s: _need(
        not _terminated(s.petition),
        "terminated",
        "该事项已经复核终结，不再重新办理。",
        "《信访工作条例》第三十六条第三款",
    ),
    **erasure.conditions(lambda s: files.of_petition(s.petition)),
}


def refusal(situation: Situation, slug: str) -> Refused | None:
    """是否开放: why the act is closed to this officer now, or None. Order: hidden, not yours, not now.

    Raises nothing; the caller raises what it gets.
    """
    opening = OPENINGS[slug]
    standing, act, stage = situation.standing, situation.act, situation.petition.stage
    if not authority.may_read(standing, act):
        return Unknown("petition.unknown", "查无此件。")
    if not any(authority.POWERS[power](standing, act) for power in opening.powers):
        allowed = "、".join(authority.LABELS[power] for power in opening.powers)
        return NotYours("petition.not_yours", f"该操作由{allowed}办理。")
    if stage not in opening.stages:
        return _wrong_stage(stage)
    gone = erasure.closed_by_erasure(situation.petition, slug, files.of_petition)
    if gone is not None:
        return gone
    return next(
        (found for name in opening.conditions if (found := CONDITIONS[name](situation)) is not None), None
    )
