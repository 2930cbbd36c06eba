"""处境: everything a decision may ask about, gathered before it is taken; and the guards from the table of openings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from domain.acts import Act
from domain.cases import legal_date_of
from domain.directory.accused import accused_people, accused_units
from domain.directory.fold import Directory
from domain.errors import NotNow, NotYours, Refused, Unknown
from domain.facts import Fact
from domain.petition.fold import ANSWERED_AGAIN, Petition
from domain.petition.moments import case_of, tell
from domain.petition.stages import LABELS, OPENINGS, Stage
from domain.rulebase.fold import Known
from domain.rules import authority
from domain.rules.authority import Standing
from domain.rules.deadlines import Clock, clocks


@dataclass(frozen=True)
class Situation:
    """处境 — the petition, its history, the act, the directory, and the rules as known now."""

    petition: Petition
    history: Sequence[Fact]
    act: Act
    directory: Directory
    known: Known
    earlier: Petition | None = None

    @cached_property
    def clocks(self) -> list[Clock]:
        """期限: every clock of the petition, computed from its history."""
        return clocks_of(self.history, self.petition, self.known, self.act.today)

    @cached_property
    def standing(self) -> Standing:
        """案件处境: what authority depends on."""
        return standing_of(self.petition, self.directory)

    def running(self, clock: str, unit: str | None = None) -> Clock | None:
        """未停期限: the latest clock of that name that has neither stopped nor been cancelled."""
        open_ones = [
            c
            for c in self.clocks
            if c.clock == clock and c.state in {"running", "suspended"} and unit in {None, c.unit}
        ]
        return open_ones[-1] if open_ones else None

    @cached_property
    def extendable(self) -> Clock | None:
        """可延期限: the running clock whose rule allows an extension."""
        found = [c for c in self.clocks if c.extension_cap and c.state in {"running", "suspended"}]
        return found[-1] if found else None

    def date(self, on: date | None, not_before: date | None = None, after: str = "收件日") -> date:
        """法定日期: the date given or today; refused in the future, before receipt, or before what it follows.

        Raises Invalid("date.in_future") and Invalid("date.before_antecedent").
        """
        earliest = max(not_before or self.petition.received_on, self.petition.received_on)
        return legal_date_of(on, self.act, earliest, after)


def clocks_of(
    history: Sequence[Fact], petition: Petition, known: Known, as_of: date | None = None
) -> list[Clock]:
    """期限: every clock of a petition from its history, by the rules as known."""
    moments, earlier = tell(history)
    return clocks(case_of(petition, earlier), moments, known.books, known.calendar, as_of)


def standing_of(petition: Petition, directory: Directory) -> Standing:
    """案件处境: what authority depends on, from the petition's state."""
    return Standing(
        office=petition.office,
        holder=petition.holder,
        held_by_office=directory.is_office(petition.holder),
        units=petition.units,
        assisting=petition.assisting_units,
        handler=petition.handler,
        people=frozenset(petition.people),
        confidential=petition.category == "accusation",
        accused_units=accused_units(petition.against, directory),
        accused_people=accused_people(petition.against, directory),
        reviewing=petition.stage in {Stage.UNDER_REVIEW, Stage.UNDER_REEXAMINATION},
    )


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


CONDITIONS: dict[str, Callable[[Situation], Refused | None]] = {
    "with_office_or_accused": _with_office_or_accused,
    "no_open_objection": lambda s: _need(
        s.petition.objected_on is None,
        "objection_open",
        "承办单位已提出异议，待转交机关处理。",
        "《信访工作条例》第二十三条第三款",
    ),
    "open_objection": lambda s: _need(
        s.petition.objected_on is not None,
        "no_objection",
        "承办单位没有提出异议，不能退办。",
        "《信访工作条例》第二十三条第三款",
    ),
    "no_objection_answered": lambda s: _need(
        not s.petition.objection_answered,
        "objection_answered",
        "转交机关已审核该单位的异议并维持交办，不能再次提出。",
        "《信访工作条例》第二十三条第三款",
    ),
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
    "not_terminated": lambda s: _need(
        not _terminated(s.petition),
        "terminated",
        "该事项已经复核终结，不再重新办理。",
        "《信访工作条例》第三十六条第三款",
    ),
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
        return NotNow(
            "petition.wrong_stage", f"当前环节为“{LABELS[stage]}”，不能办理该操作。", stage=stage.value
        )
    return next(
        (found for name in opening.conditions if (found := CONDITIONS[name](situation)) is not None), None
    )
