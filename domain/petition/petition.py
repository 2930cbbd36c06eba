"""信访事项的决定: command × situation → new facts. Guards come from the table; what depends on the body is here.

One function per command; each asks the rules and records, or refuses with a name. Nothing here changes state.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.acts import PETITIONER, Act
from domain.cases import Draft, set_date
from domain.directory.fold import Directory, Officer
from domain.erasure import commands as keeping_commands
from domain.erasure import deciding as keeping
from domain.erasure import files
from domain.errors import Invalid, NotNow, NotYours
from domain.facts import Fact
from domain.papers import issuing
from domain.papers.commands import IssueNotice
from domain.petition import commands, events, first_contact, follow_up, rating, routing
from domain.petition.conditions import JOINT, refusal
from domain.petition.situation import Situation
from domain.petition.stages import Stage
from domain.review import commands as review_commands
from domain.review import review
from domain.rules import authority, grounds, papers
from domain.rules.deadlines import TRACK_BOOK

Decision = Callable[[Any, Situation], Draft]


def _plain(kind: type[Fact], *fields: str) -> Decision:
    """照录: an act whose event repeats the command's fields."""

    def decide(command: Any, situation: Situation) -> Draft:
        return kind, situation.date(command.on), {name: getattr(command, name) for name in fields}

    return decide


def _not_to_hide_a_missed_limit(on: date, situation: Situation) -> None:
    """逾期不得倒签: a unit that has missed a limit can't end it by an act dated back; the office may record it."""
    act, today = situation.act, situation.act.today
    missed = [c for c in situation.clocks if c.state == "running" and not c.window and c.due_on < today]
    if on < today and missed and act.role not in authority.OFFICE_POSTS:
        raise NotYours(
            "petition.backdating_not_yours",
            f"{missed[0].label}已于{missed[0].due_on}届满，倒签日期的记录应当由信访工作机构办理。",
            missed[0].basis,
        )


def _withdraw(command: commands.Withdraw, situation: Situation) -> Draft:
    on = situation.date(command.on)
    _not_to_hide_a_missed_limit(on, situation)
    return events.Withdrawn, on, {"reason": command.reason}


def _classify(command: commands.Classify, situation: Situation) -> Draft:
    _not_to_hide_a_missed_limit(situation.date(command.on), situation)
    lifts = situation.petition.category == "accusation" != command.category
    if lifts and situation.act.role not in authority.OFFICE_POSTS:
        raise NotYours(
            "petition.secrecy_not_yours",
            "检举控告事项改为其他类别即解除保密，应当由信访工作机构办理。",
            "《信访工作条例》第三十条第三款",
        )
    fields = {
        "category": command.category,
        "topic": command.topic,
        "way": command.way,
        "limit_class": command.limit_class,
    }
    return events.Classified, situation.date(command.on), fields


def _accept(command: commands.Accept, situation: Situation) -> Draft:
    petition = situation.petition
    on = situation.date(command.on, petition.received_by_unit_on, "承办单位收件日")
    track = command.track or ("simplified" if petition.rulebook == TRACK_BOOK else "ordinary")
    if track == "simplified":
        basis = "《信访事项简易办理办法（试行）》"
        books = situation.known.books
        own = (
            books.version(petition.rulebook, on)
            if petition.rulebook and petition.rulebook != TRACK_BOOK
            else None
        )
        if own is not None and books.clock(own, "finish", on) is None:
            raise NotNow("petition.simplified_not_applicable", f"《{own.title}》没有简易办理。", basis)
        if petition.repeat_of is not None:
            raise NotNow(
                "petition.simplified_not_applicable", "简易办理只适用于初次信访事项，本件为重复信访。", basis
            )
        if petition.assigned or petition.channel == "assigned":
            raise NotNow("petition.simplified_not_applicable", "上级交办的信访事项不适用简易办理。", basis)
        collective = grounds.representation().collective_from
        if petition.headcount >= collective:
            message = f"{collective}人以上集体联名提出的信访事项不适用简易办理。"
            raise NotNow("petition.simplified_not_applicable", message, basis)
    return events.Accepted, on, {"track": track}


def _switch_track(command: commands.SwitchTrack, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.accepted_on, "受理日")
    return events.TrackSwitched, on, {"reason": command.reason}


def _decline(command: commands.Decline, situation: Situation) -> Draft:
    ground = grounds.decline_ground(command.ground)
    on = situation.date(command.on, situation.petition.received_by_unit_on, "承办单位收件日")
    return events.Declined, on, {"ground": ground.code, "explanation": command.explanation}


def _within_cap(days: int, situation: Situation) -> None:
    clock = situation.extendable
    cap = clock.extension_cap if clock is not None else None
    if clock is not None and cap is not None and days > cap:
        raise Invalid(
            "petition.extension_over_cap",
            f"延长期限累计不得超过{cap}日，申请的{days}日超出上限。",
            clock.basis,
            cap=cap,
        )


def _before_limit(on: date, situation: Situation, what: str) -> None:
    clock = situation.extendable
    if clock is not None and clock.state == "running" and on > clock.due_on:
        raise NotNow(
            "petition.extension_too_late",
            f"{what}应当在期限届满前提出并批准，{clock.label}已于{clock.due_on}届满。",
            clock.basis,
            due_on=clock.due_on.isoformat(),
        )


def _request_extension(command: commands.RequestExtension, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.accepted_on, "受理日")
    _within_cap(command.days, situation)
    _before_limit(on, situation, "延期")
    return events.ExtensionRequested, on, {"days": command.days, "reason": command.reason}


def _grant_extension(command: commands.GrantExtension, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.extension_requested_on, "申请延期日")
    _within_cap(command.days, situation)
    _before_limit(on, situation, "延期")
    return events.ExtensionGranted, on, {"days": command.days}


def _refuse_extension(command: commands.RefuseExtension, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.extension_requested_on, "申请延期日")
    return events.ExtensionRefused, on, {"reason": command.reason}


def _supplement(command: commands.Supplement, situation: Situation) -> Draft:
    on = situation.date(
        commands.one_date(command.received_on, command.on), situation.petition.asked_for_more_on, "告知补正日"
    )
    return events.Supplemented, on, {}


_HEARING_ABOUT = {Stage.UNDER_REVIEW: "review", Stage.UNDER_REEXAMINATION: "reexamination"}


def _open_hearing(command: commands.OpenHearing, situation: Situation) -> Draft:
    petition = situation.petition
    begun = {
        Stage.UNDER_REVIEW: petition.review.requested_on,
        Stage.UNDER_REEXAMINATION: petition.review.reexamination_requested_on,
    }.get(petition.stage, petition.accepted_on)
    about = _HEARING_ABOUT.get(petition.stage, "handling")
    return events.HearingOpened, situation.date(command.on, begun, "受理日"), {"about": about}


def _close_hearing(command: commands.CloseHearing, situation: Situation) -> Draft:
    opened = situation.petition.hearing_opened_on
    return events.HearingClosed, situation.date(command.on, opened, "听证开始日"), {"opened_on": opened}


def _report(command: commands.Report, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.received_by_unit_on, "承办单位收件日")
    return events.Reported, on, {"text": command.text, "attachments": command.attachments}


def _reply(command: commands.Reply, situation: Situation) -> Draft:
    petition = situation.petition
    if petition.track == "simplified" and command.result == "not_support":
        raise NotNow(
            "petition.simplified_not_applicable",
            "拟不予支持的信访事项不适用简易办理，请先转为普通程序。",
            "《信访事项简易办理办法（试行）》",
        )
    on = situation.date(command.on, petition.accepted_on, "受理日")
    missing = petition.assistants_not_heard
    if missing and command.without_assistants is None:
        names = "、".join(situation.directory.unit_name(unit) for unit in missing)
        raise NotNow(
            "petition.assistants_not_heard",
            f"协办单位{names}尚未反馈，请待其反馈后再答复，或者说明不待反馈的理由。",
            JOINT,
            units=list(missing),
        )
    if command.without_assistants is not None and not missing:
        raise Invalid("petition.assistants_heard", "没有尚未反馈的协办单位，不必说明不待反馈的理由。", JOINT)
    fields = {
        "result": command.result,
        "text": command.text,
        "without_assistants": command.without_assistants,
    }
    return events.Replied, on, fields


def _issue_notice(command: IssueNotice, situation: Situation) -> Draft:
    paper = papers.paper(command.notice, "petition")
    issuer = situation.issuer
    closed = issuing.refusal(paper, issuer)
    fact = issuing.decision(paper, issuer)
    if closed is not None or fact is None:
        raise closed or NotNow(
            "notice.without_decision", f"不能出具{paper.label}。", issuing.basis(paper, fact, issuer)
        )
    on = situation.date(command.on, fact.on, "作出决定日")
    return events.NoticeIssued, on, issuing.drafted(paper, fact, issuer)


def _serve(command: commands.Serve, situation: Situation) -> Draft:
    petition = situation.petition
    notice = grounds.notice_kind(command.notice)
    issued = {
        "receipt": petition.received_on,
        "acceptance": petition.accepted_on,
        "refusal": petition.closed_on if petition.stage is Stage.DECLINED else None,
        "opinion": petition.replied_on,
        "review-opinion": petition.review.concluded_on,
        "reexamination-opinion": petition.review.reexamination_concluded_on,
        "extension": situation.last_on(events.ExtensionGranted) if petition.extension_days else None,
        "delay": situation.last_on(events.DelayNoticed),
        "supplement": petition.asked_for_more_on,
    }[notice.code]
    if issued is None:
        raise NotNow("petition.notice_not_issued", f"{notice.label}尚未出具，不能送达。", notice.basis)
    served = {
        "opinion": petition.opinion_served_on,
        "review-opinion": petition.review.served_on,
        "reexamination-opinion": petition.review.reexamination_served_on,
    }.get(notice.code)
    if served is not None:
        raise NotNow(
            "petition.notice_already_served",
            f"{notice.label}已于{served}送达，申请复查、复核的期限自该日起算。",
            notice.basis,
        )
    on = situation.date(commands.one_date(command.served_on, command.on), issued, f"{notice.label}出具日")
    personal = events.Signature(command.signed_by) if command.signed_by else None
    return events.Served, on, {"notice": notice.code, "method": command.method, "personal": personal}


def _urge(command: commands.Urge, situation: Situation) -> Draft:
    to_unit = situation.must_be_involved(command.to_unit)
    fields = {"method": command.method, "text": command.text, "to_unit": to_unit}
    return events.Urged, situation.date(command.on), fields


def _supervise(command: commands.Supervise, situation: Situation) -> Draft:
    ground = grounds.supervision_ground(command.ground)
    on = situation.date(command.on)
    if command.answer_by is not None:
        set_date(command.answer_by, on, "反馈日期")
    fields = {"ground": ground.code, "advice": command.advice, "answer_by": command.answer_by}
    return events.Supervised, on, fields


def _answer_supervision(command: commands.AnswerSupervision, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.supervised_on, "督办日")
    return events.SupervisionAnswered, on, {"adopted": command.adopted, "text": command.text}


def _link_repeat(command: commands.LinkRepeat, situation: Situation) -> Draft:
    earlier = situation.earlier
    if command.earlier_petition == situation.petition.id:
        raise Invalid("petition.repeat_of_itself", "不能认定为自身的重复信访。")
    if earlier is None:
        raise Invalid("petition.earlier_unknown", "没有找到原信访事项。")
    if earlier.received_on > situation.petition.received_on:
        raise Invalid("petition.earlier_is_later", "原信访事项的收件日晚于本件，不能认定为本件的前件。")
    fields = {"earlier": earlier.id, "earlier_number": earlier.number}
    return events.LinkedAsRepeat, situation.date(command.on), fields


def _approver(given: str | None, act: Act, directory: Directory) -> Officer | None:
    """批准人: by id or name; a head approves himself, and a clerk's notice is the head's of the clerk's unit."""
    if given is not None:
        return directory.officers.get(given) or next(
            (o for o in directory.officers.values() if o.name == given), None
        )
    if act.role in {"office_head", "unit_head", "leader"}:
        return directory.officers.get(act.by)
    heads = directory.holders(act.unit, ("office_head", "unit_head"))
    return directory.officers[heads[0]] if heads else None


def _delay_notice(command: commands.DelayNotice, situation: Situation) -> Draft:
    act, directory = situation.act, situation.directory
    on = situation.date(command.on)
    set_date(command.new_date, on, "承诺的新日期")
    heads = {"office_head", "unit_head", "leader"}
    known = _approver(command.approver, act, directory)
    if known is None or known.post not in heads:
        raise Invalid(
            "petition.approver_missing", "滞办告知应经负责人批准，没有找到这名负责人。", "滞办反馈告知制度"
        )
    if known.post != "leader" and known.unit != act.unit:
        raise NotYours("petition.approver_not_of_unit", "批准人应为本单位负责人或领导。")
    fields = {
        "reason": command.reason,
        "contact": command.contact,
        "new_date": command.new_date,
        "approver": known.id,
    }
    return events.DelayNoticed, on, fields


def _sign_off(command: commands.SignOff, situation: Situation) -> Draft:
    petition = situation.petition
    served = petition.review.served_on if petition.stage is Stage.REVIEWED else petition.opinion_served_on
    return events.SignedOff, situation.date(command.on, served, "送达日"), {"reason": command.reason}


def _reopen(command: commands.Reopen, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.closed_on, "办结日")
    return events.Reopened, on, {"reason": command.reason}


def _rate(command: commands.Rate, situation: Situation) -> Draft:
    basis = grounds.rating().basis
    if command.about in rating.given(situation.history):
        raise NotNow("petition.already_rated", "该评价对象已经评价。", basis)
    by_petitioner = situation.act.role == PETITIONER
    if by_petitioner and not rating.is_open(situation.petition, situation.act.today):
        raise NotNow("petition.rating_closed", "现在不在评价期间。", basis)
    fields = {"about": command.about, "score": command.score, "comment": command.comment}
    return events.Rated, situation.date(command.on), fields


DECISIONS: dict[type, Decision] = {
    commands.Classify: _classify,
    commands.Instruct: _plain(events.Instructed, "text"),
    commands.Accept: _accept,
    commands.SwitchTrack: _switch_track,
    commands.Decline: _decline,
    commands.RequestExtension: _request_extension,
    commands.GrantExtension: _grant_extension,
    commands.RefuseExtension: _refuse_extension,
    commands.AskForMore: _plain(events.AskedForMore, "missing"),
    commands.Supplement: _supplement,
    commands.OpenHearing: _open_hearing,
    commands.CloseHearing: _close_hearing,
    commands.Report: _report,
    commands.Reply: _reply,
    IssueNotice: _issue_notice,
    commands.Serve: _serve,
    commands.Urge: _urge,
    commands.Supervise: _supervise,
    commands.AnswerSupervision: _answer_supervision,
    commands.ReportUrgent: _plain(events.UrgentReported, "to_organ", "text"),
    commands.AcknowledgeUrgent: _plain(events.UrgentAcknowledged, "text"),
    commands.LinkRepeat: _link_repeat,
    commands.DelayNotice: _delay_notice,
    commands.Withdraw: _withdraw,
    commands.SignOff: _sign_off,
    commands.Reopen: _reopen,
    commands.Rate: _rate,
    **first_contact.DECISIONS,
    **follow_up.DECISIONS,
    **routing.DECISIONS,
    **review.DECISIONS,
    **keeping.decisions(lambda s: files.of_petition(s.petition), lambda s: s.linked),
}

COMMANDS: dict[str, type] = {
    **commands.COMMANDS,
    **review_commands.COMMANDS,
    **keeping_commands.COMMANDS,
}
"""命令表: the slug in the URL → the command, for petition and review acts, and those on its file."""

SLUGS: dict[type, str] = {kind: slug for slug, kind in COMMANDS.items()}


def decide(command: Any, situation: Situation) -> Draft:
    """决定: the fact that the command makes, or a refusal. Raises Refused of every kind but Stale."""
    closed = refusal(situation, SLUGS[type(command)])
    if closed is not None:
        raise closed
    return DECISIONS[type(command)](command, situation)
