"""案卷: petitions as tests tell them. A fixed small directory, and stories that grow event by event.

A story's verbs produce the events themselves, with nobody asked whether they were allowed; dates are given as
literals, and an event without a date happens on the day of the one before it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar
from uuid import UUID, uuid5

from domain.acts import SHANGHAI, Act
from domain.alerts import events as alert_events
from domain.alerts.plan import alert_id
from domain.cases import Kind
from domain.directory.fold import Directory, Officer, Unit
from domain.facts import Fact
from domain.petition import events
from domain.petition.fold import Petition
from domain.petition.kind import KIND
from domain.petition.stages import Stage
from domain.review import events as review
from domain.rulebase import fold as rulebase
from domain.rulebase.fold import Known
from domain.rules.deadlines import Clock

UNITS = (
    Unit("petition-office", "清江区信访局", "petition_office", "XF"),
    Unit("unit-a", "清江区住建局", "unit", "A"),
    Unit("unit-b", "清江区民政局", "unit", "B"),
    Unit("supervision", "清江区督查室", "supervision", "DC"),
    Unit("leadership", "区领导", "leadership", "L"),
    Unit("system", "系统", "service", ""),
)
clerk = Officer("clerk", "林小雨", "petition-office", "office_clerk")
head = Officer("head", "陈国平", "petition-office", "office_head")
auditor = Officer("auditor", "何审", "petition-office", "auditor")
admin = Officer("admin", "管理员", "system", "admin")
inspector = Officer("inspector", "郑督", "supervision", "inspector")
leader = Officer("leader", "周明远", "leadership", "leader")
a_head = Officer("a-head", "赵一", "unit-a", "unit_head")
a_clerk = Officer("a-clerk", "钱二", "unit-a", "unit_clerk")
handler = Officer("handler", "孙三", "unit-a", "unit_officer")
a_officer = Officer("a-officer", "武四", "unit-a", "unit_officer")
b_head = Officer("b-head", "李五", "unit-b", "unit_head")
b_clerk = Officer("b-clerk", "周六", "unit-b", "unit_clerk")
OFFICERS = (
    clerk, head, auditor, admin, inspector, leader, a_head, a_clerk, handler, a_officer, b_head, b_clerk,
)  # fmt: skip
DIRECTORY = Directory(len(UNITS) + len(OFFICERS), {u.id: u for u in UNITS}, {o.id: o for o in OFFICERS})

OFFICE = {"clerk", "head"}
UNIT_A = {"a-head", "a-clerk"}

RULEBASE = rulebase.shipped()
CASE = UUID("00000000-0000-4000-8000-000000000001")
EARLIER = UUID("00000000-0000-4000-8000-000000000002")


def on(day: str) -> date:
    """A legal date."""
    return date.fromisoformat(day)


def at(day: str | date) -> datetime:
    """Ten in the morning of that day in Shanghai; an RFC 3339 string is taken as it stands."""
    if isinstance(day, str) and "T" in day:
        return datetime.fromisoformat(day)
    return datetime.combine(date.fromisoformat(str(day)), time(10), SHANGHAI).astimezone(UTC)


def act(officer: Officer, day: str | date) -> Act:
    """The act of an officer on a day."""
    return Act(by=officer.id, unit=officer.unit, role=officer.post, at=at(day), name=officer.name)


def known(day: str | date = "2026-11-22") -> Known:
    """The shipped rules as known on a day."""
    return RULEBASE.known(at(day))


def a_petition(on: str = "2026-03-02", *, id: UUID = CASE, by: Officer = clerk, **fields: Any) -> "Story":
    """A petition registered at the petition office, or at a unit if an officer of a unit registers it."""
    usual: dict[str, Any] = {
        "number": "XF-2026-000001",
        "query_code": "H7K2M9PQRS",
        "office": "petition-office",
        "channel": "letter",
        "category": "appeal",
        "subject": "反映小区供暖不足",
        "content": "来信全文。",
        "petitioners": (events.Petitioner("p1"),),
        "headcount": 1,
        "at_office": by.unit == "petition-office",
        "personal": events.Personal((events.Person("p1", "王某"),)),
    }
    return Story(id).add(events.Registered, by, on, **usual | fields)


@dataclass(frozen=True)
class Told:
    """A case's history so far, of any kind."""

    id: UUID
    facts: tuple[Fact, ...] = ()

    kind: ClassVar[Kind]
    officers: ClassVar[tuple[Officer, ...]] = OFFICERS
    directory: ClassVar[Directory] = DIRECTORY

    def add(
        self, kind: type[Fact], by: Officer, on: str | None = None, *, recorded: str | None = None, **own: Any
    ) -> Any:
        """One more event; recorded in the morning of its legal date unless said otherwise."""
        day = date.fromisoformat(on) if on is not None else self.facts[-1].on
        fact = kind(
            originator_id=self.id,
            originator_version=len(self.facts) + 1,
            on=day,
            recorded_at=at(recorded or day),
            by=by.id,
            unit=by.unit,
            role=by.post,
            **own,
        )
        return replace(self, facts=(*self.facts, fact))

    @property
    def state(self) -> Any:
        """The case as folded from the story."""
        found = self.kind.project(self.facts)
        assert found is not None
        return found

    @property
    def stage(self) -> Any:
        return self.state.stage

    def clocks(self, as_known: str = "2026-11-22", today: str | None = None) -> list[Clock]:
        """Every clock of the case by the rules known on a day."""
        as_of = date.fromisoformat(today) if today else None
        return self.kind.clocks(self.facts, self.state, known(as_known), as_of)

    def clock(
        self, name: str, as_known: str = "2026-11-22", today: str | None = None, part: str | None = None
    ) -> Clock:
        """The latest clock of that name that still runs, or the latest of all."""
        named = [c for c in self.clocks(as_known, today) if c.clock == name and part in {None, c.part}]
        return ([c for c in named if c.state in {"running", "suspended"}] or named)[-1]

    def due(self, name: str, part: str | None = None) -> str:
        """The due date of the latest clock of that name."""
        return self.clock(name, part=part).due_on.isoformat()

    def alerted(
        self, clock: str, step: str, on: str | None = None, to: tuple[str, ...] = ("a-clerk",)
    ) -> Any:
        """The system alerted these officers of a step of the latest clock of that name."""
        found = self.clock(clock)
        return self.add(
            alert_events.Alerted,
            Officer("system", "系统", "system", "system"),
            on,
            alert_id=alert_id(self.id, found, step),
            clock=clock,
            start_version=found.start_version,
            step=step,
            due_on=found.due_on,
            label=found.label,
            responsible=found.unit,
            recipients=to,
        )

    def acknowledged(self, by: Officer = a_clerk, on: str | None = None) -> Any:
        """The officer acknowledged the last alert."""
        last = [f for f in self.facts if isinstance(f, alert_events.Alerted)][-1]
        return self.add(alert_events.AlertAcknowledged, by, on, alert_id=last.alert_id, remark="已知悉")


class Story(Told):
    """A petition's history so far."""

    kind = KIND

    @property
    def petition(self) -> Petition:
        """The petition as folded from the story."""
        return self.state

    @property
    def holder(self) -> Officer:
        """An officer who acts for the unit that holds the petition."""
        return {"unit-a": a_clerk, "unit-b": b_clerk}.get(self.petition.holder, clerk)

    # Routing

    def classified(self, category: str = "appeal", on: str | None = None, **own: Any) -> "Story":
        return self.add(events.Classified, clerk, on, category=category, **own)

    def proposed(self, on: str | None = None, to: tuple[str, ...] = ("leader",)) -> "Story":
        return self.add(events.Proposed, clerk, on, opinion="拟转住建局办理", to=to)

    def instructed(self, on: str | None = None) -> "Story":
        return self.add(events.Instructed, leader, on, text="请住建局妥善处理")

    def transferred(self, to: str = "unit-a", on: str | None = None) -> "Story":
        return self.add(events.Transferred, clerk, on, to_unit=to)

    def instruction_passed_on(self, on: str | None = None) -> "Story":
        return self.add(events.InstructionPassedOn, clerk, on, to_unit=self.petition.holder)

    def assigned(
        self,
        to: str = "unit-a",
        on: str | None = None,
        due_on: str | None = None,
        assisting: tuple[str, ...] = (),
    ) -> "Story":
        due = date.fromisoformat(due_on) if due_on else None
        return self.add(events.Assigned, clerk, on, to_unit=to, due_on=due, assisting_units=assisting)

    def forwarded(self, to: str = "清江市财政局", on: str | None = None) -> "Story":
        tracked = to in DIRECTORY.units
        return self.add(events.Forwarded, clerk, on, to_organ=to, tracked=tracked)

    def objected(self, on: str | None = None, late: bool = False, by: Officer | None = None) -> "Story":
        return self.add(events.Objected, by or self.holder, on, reason="不属于本单位职权范围", late=late)

    def handed_back(self, on: str | None = None, from_unit: str | None = None) -> "Story":
        unit = from_unit or self.petition.holder
        return self.add(events.HandedBack, head, on, reason="情况属实", from_unit=unit)

    def kept(self, on: str | None = None, from_unit: str | None = None) -> "Story":
        return self.add(events.KeptWithUnit, head, on, reason="属于该单位职权范围", from_unit=from_unit)

    # Handling

    def accepted(self, on: str | None = None, track: str = "ordinary") -> "Story":
        return self.add(events.Accepted, self.holder, on, track=track)

    def switched(self, on: str | None = None) -> "Story":
        return self.add(events.TrackSwitched, self.holder, on, reason="案情复杂")

    def declined(self, on: str | None = None, ground: str = "N4") -> "Story":
        return self.add(events.Declined, self.holder, on, ground=ground, explanation="请依法申请行政复议")

    def designated(self, officer: Officer = handler, on: str | None = None) -> "Story":
        return self.add(events.Designated, self.holder, on, officer=officer.id)

    def extension_requested(self, days: int = 30, on: str | None = None) -> "Story":
        return self.add(events.ExtensionRequested, self.holder, on, days=days, reason="案情复杂")

    def extended(self, days: int = 30, on: str | None = None, recorded: str | None = None) -> "Story":
        asked = self if self.petition.extension_requested_on else self.extension_requested(days, on)
        return asked.add(events.ExtensionGranted, leader, on, recorded=recorded, days=days)

    def extension_refused(self, on: str | None = None) -> "Story":
        return self.add(events.ExtensionRefused, leader, on, reason="理由不充分")

    def asked_for_more(self, on: str | None = None) -> "Story":
        return self.add(events.AskedForMore, self.holder, on, missing=("房产证复印件", "供暖合同"))

    def supplemented(self, on: str | None = None) -> "Story":
        return self.add(events.Supplemented, self.holder, on)

    def hearing_opened(self, on: str | None = None, about: str = "handling") -> "Story":
        return self.add(events.HearingOpened, self.holder, on, about=about)

    def hearing_closed(self, on: str | None = None) -> "Story":
        opened = self.petition.hearing_opened_on or self.facts[-1].on
        return self.add(events.HearingClosed, self.holder, on, opened_on=opened)

    def investigated(self, on: str | None = None, by: Officer = handler) -> "Story":
        return self.add(events.Investigated, by, on, text="经实地测温，情况属实")

    def record_signed(self, on: str | None = None) -> "Story":
        return self.add(events.RecordSigned, leader, on)

    def report_approved(self, on: str | None = None) -> "Story":
        return self.add(events.ReportApproved, leader, on)

    def reported(self, on: str | None = None, by: Officer | None = None) -> "Story":
        return self.add(events.Reported, by or self.holder, on, text="办理情况报告")

    def replied(self, on: str | None = None, result: str = "support") -> "Story":
        return self.add(events.Replied, self.holder, on, result=result, text="处理意见")

    def served(self, notice: str = "opinion", on: str | None = None, recorded: str | None = None) -> "Story":
        return self.add(events.Served, self.holder, on, recorded=recorded, notice=notice, method="post")

    # Review

    def review_requested(self, on: str | None = None, posted_on: str | None = None) -> "Story":
        posted = date.fromisoformat(posted_on) if posted_on else None
        return self.add(review.ReviewRequested, clerk, on, reasons="不服处理意见", posted_on=posted)

    def review_concluded(self, on: str | None = None, result: str = "uphold") -> "Story":
        return self.add(review.ReviewConcluded, head, on, result=result, text="复查意见")

    def reexamination_requested(self, on: str | None = None, posted_on: str | None = None) -> "Story":
        posted = date.fromisoformat(posted_on) if posted_on else None
        return self.add(review.ReexaminationRequested, clerk, on, reasons="不服复查意见", posted_on=posted)

    def reexamination_concluded(self, on: str | None = None, result: str = "uphold") -> "Story":
        return self.add(review.ReexaminationConcluded, leader, on, result=result, text="复核意见")

    # Supervision and the rest

    def sent_for_reading(self, *officers: str, on: str | None = None) -> "Story":
        return self.add(events.SentForReading, clerk, on, officers=officers, reason="请阅")

    def refusal_consented(self, on: str | None = None) -> "Story":
        return self.add(events.RefusalConsented, leader, on, text="同意")

    def refusal_filed(self, on: str | None = None) -> "Story":
        return self.add(events.RefusalFiled, self.holder, on, text="否定报备书")

    def urged(self, on: str | None = None) -> "Story":
        return self.add(events.Urged, clerk, on, method="phone", text="请抓紧办理")

    def supervised(self, on: str | None = None, answer_by: str | None = None) -> "Story":
        by = date.fromisoformat(answer_by) if answer_by else None
        return self.add(events.Supervised, inspector, on, ground="S6", advice="限期办结", answer_by=by)

    def supervision_answered(self, on: str | None = None) -> "Story":
        return self.add(events.SupervisionAnswered, self.holder, on, adopted=True, text="已采纳")

    def taken_charge(self, on: str | None = None) -> "Story":
        return self.add(events.TakenCharge, leader, on, leader="leader")

    def urgent_reported(self, on: str | None = None) -> "Story":
        return self.add(events.UrgentReported, clerk, on, to_organ="清江市信访局", text="可能引发聚集")

    def urgent_acknowledged(self, on: str | None = None) -> "Story":
        return self.add(events.UrgentAcknowledged, leader, on, text="已阅")

    def linked_as_repeat(self, on: str | None = None, earlier: UUID = EARLIER) -> "Story":
        return self.add(events.LinkedAsRepeat, clerk, on, earlier=earlier, earlier_number="XF-2026-000002")

    def delay_noticed(self, on: str | None = None, new_date: str = "2026-06-30") -> "Story":
        return self.add(
            events.DelayNoticed,
            self.holder,
            on,
            reason="等待鉴定",
            contact="010-12345678",
            new_date=date.fromisoformat(new_date),
            approver="a-head",
        )

    def withdrawn(self, on: str | None = None) -> "Story":
        return self.add(events.Withdrawn, clerk, on, reason="信访人撤回")

    def signed_off(self, on: str | None = None) -> "Story":
        return self.add(events.SignedOff, head, on, reason="已办结")

    def reopened(self, on: str | None = None) -> "Story":
        return self.add(events.Reopened, head, on, reason="出现新的事实")

    def archived(self, on: str | None = None) -> "Story":
        return self.add(events.Archived, clerk, on, reason="归档")

    def rated(self, on: str | None = None, about: str = "unit") -> "Story":
        return self.add(events.Rated, clerk, on, about=about, score="satisfied")


def with_unit(on: str = "2026-03-02", **fields: Any) -> Story:
    """A petition with unit A, not accepted yet."""
    return a_petition(on, **fields).transferred()


def in_handling(on: str = "2026-03-02", track: str = "ordinary", **fields: Any) -> Story:
    """A petition that unit A has accepted and an officer of it handles."""
    return with_unit(on, **fields).accepted(track=track).designated()


def jointly(on: str = "2026-03-02", due_on: str | None = None, **fields: Any) -> Story:
    """A petition that unit A leads and unit B assists with; unit A has accepted it."""
    story = a_petition(on, **fields).assigned(due_on=due_on, assisting=("unit-b",))
    return story.accepted().designated()


def answered(on: str = "2026-03-02", **fields: Any) -> Story:
    """A petition whose opinion was served on the same day."""
    return in_handling(on, **fields).replied().served()


def reviewed(on: str = "2026-03-02", result: str = "uphold") -> Story:
    """A petition whose review opinion was served on the same day."""
    return answered(on).review_requested().review_concluded(result=result).served("review-opinion")


def under_reexamination(on: str = "2026-03-02") -> Story:
    """A petition in the last instance."""
    return reviewed(on).reexamination_requested()


def a_petition_in(stage: Stage) -> Story:
    """A petition in the stage; all its events are of 2 March 2026."""
    match stage:
        case Stage.REGISTERED:
            return a_petition()
        case Stage.WITH_UNIT:
            return with_unit().designated()
        case Stage.HANDLING:
            return in_handling()
        case Stage.REPLIED:
            return in_handling().replied()
        case Stage.DECLINED:
            return with_unit().designated().declined()
        case Stage.FORWARDED:
            return a_petition().forwarded()
        case Stage.UNDER_REVIEW:
            return answered().review_requested()
        case Stage.REVIEWED:
            return answered().review_requested().review_concluded()
        case Stage.UNDER_REEXAMINATION:
            return under_reexamination()
        case Stage.TERMINATED:
            return under_reexamination().reexamination_concluded()
        case Stage.SIGNED_OFF:
            return answered().signed_off()
        case Stage.WITHDRAWN:
            return in_handling().withdrawn()
        case Stage.ARCHIVED:
            return answered().signed_off().archived()


def case_named(name: str) -> UUID:
    """The id of one more case."""
    return uuid5(CASE, name)
