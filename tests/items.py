"""督查案卷: supervision items as tests tell them. The small directory of `builders.py` with a second leader, a second
inspector and an officer of unit B; verbs produce the events themselves, with nobody asked whether they were allowed.
"""

from datetime import date
from typing import Any
from uuid import UUID

from domain.attachments import Attachment
from domain.directory.fold import Directory, Officer
from domain.petition.events import Against
from domain.supervision import events
from domain.supervision.fold import Item
from domain.supervision.kind import KIND
from domain.supervision.stages import Stage
from tests import builders
from tests.builders import Told, a_clerk, a_head, b_clerk, b_head, handler, inspector, leader

deputy = Officer("deputy", "吴远", "leadership", "leader")
inspector2 = Officer("inspector2", "冯察", "supervision", "inspector")
b_officer = Officer("b-officer", "王七", "unit-b", "unit_officer")
OFFICERS = (*builders.OFFICERS, deputy, inspector2, b_officer)
DIRECTORY = Directory(
    len(builders.UNITS) + len(OFFICERS), {u.id: u for u in builders.UNITS}, {o.id: o for o in OFFICERS}
)
ITEM = UUID("00000000-0000-4000-8000-0000000000d1")
PETITION = UUID("00000000-0000-4000-8000-000000000001")

HEADS = {"unit-a": a_head, "unit-b": b_head, "petition-office": builders.head}
CLERKS = {"unit-a": a_clerk, "unit-b": b_clerk, "petition-office": builders.clerk}
STAFF = {"unit-a": handler, "unit-b": b_officer}

INSPECTORS = {"inspector", "inspector2"}
LEADERS = {"leader", "deputy"}


def an_item(on: str = "2026-03-02", due_on: str | None = "2026-04-30", **fields: Any) -> "Matter":
    """An item opened by the inspector; due at the end of April unless said otherwise."""
    usual: dict[str, Any] = {
        "number": "DC-2026-000001",
        "source": "区政府常务会议纪要第3期",
        "category": "decision",
        "subject": "老旧小区供暖改造",
        "requirements": "完成改造并报告结果",
        "opened_by_unit": "supervision",
        "due_on": _day(due_on),
    }
    return Matter(ITEM).add(events.Opened, inspector, on, **usual | fields)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None


class Matter(Told):
    """A supervision item's history so far."""

    kind = KIND
    officers = OFFICERS
    directory = DIRECTORY

    @property
    def item(self) -> Item:
        """The item as folded from the story."""
        return self.state

    # Up to the issue

    def submitted(self, *leaders: Officer, on: str | None = None) -> "Matter":
        return self.add(events.Submitted, inspector, on, leaders=tuple(o.id for o in leaders))

    def instructed(self, on: str | None = None, by: Officer = leader, approve: bool = True) -> "Matter":
        return self.add(events.LeaderInstructed, by, on, text="同意，抓紧落实", approve=approve)

    def countersigned(self, on: str | None = None, by: Officer = deputy, approve: bool = True) -> "Matter":
        return self.add(events.Countersigned, by, on, text="同意", approve=approve)

    def amended(self, on: str | None = None, **own: Any) -> "Matter":
        return self.add(events.Amended, inspector, on, **own)

    def issued(self, on: str | None = None) -> "Matter":
        return self.add(events.Issued, inspector, on)

    def withdrawn(self, on: str | None = None, by: Officer = leader) -> "Matter":
        return self.add(events.Withdrawn, by, on, reason="任务取消")

    # With the units

    def allocated(
        self, lead: str = "unit-a", *assisting: str, on: str | None = None, unit_due_on: str | None = None
    ) -> "Matter":
        units = {"lead_unit": lead, "assisting_units": assisting}
        return self.add(events.Allocated, inspector, on, **units, unit_due_on=_day(unit_due_on))

    def designated(
        self, unit: str = "unit-a", on: str | None = None, officer: Officer | None = None
    ) -> "Matter":
        named = officer or STAFF[unit]
        return self.add(events.Designated, CLERKS[unit], on, officer=named.id, of_unit=unit)

    def unit_instructed(self, unit: str = "unit-a", on: str | None = None) -> "Matter":
        return self.add(events.UnitInstructed, HEADS[unit], on, of_unit=unit, text="请孙三承办")

    def objected(self, unit: str = "unit-a", on: str | None = None, late: bool = False) -> "Matter":
        return self.add(events.Objected, CLERKS[unit], on, of_unit=unit, reason="非本单位职责", late=late)

    def settled(
        self, agree: bool, unit: str = "unit-a", to_unit: str | None = None, on: str | None = None, **own: Any
    ) -> "Matter":
        fields = {"of_unit": unit, "agree": agree, "reason": "经协调", "to_unit": to_unit}
        return self.add(events.ObjectionSettled, inspector, on, **fields, **own)

    def reported(
        self,
        unit: str = "unit-a",
        on: str | None = None,
        period: str | None = None,
        by: Officer | None = None,
    ) -> "Matter":
        doer = by or STAFF[unit]
        fields = {"of_unit": unit, "text": "进展情况", "period": period, "signed": doer.post == "unit_head"}
        return self.add(events.Reported, doer, on, **fields)

    def report_signed(self, unit: str = "unit-a", on: str | None = None) -> "Matter":
        return self.add(events.ReportSigned, HEADS[unit], on, of_unit=unit)

    def result(
        self,
        unit: str = "unit-a",
        on: str | None = None,
        without: str | None = None,
        by: Officer | None = None,
        attachments: tuple[Attachment, ...] = (),
    ) -> "Matter":
        fields = {"of_unit": unit, "conclusion": "已办结", "without_assistants": without}
        return self.add(events.ResultSubmitted, by or HEADS[unit], on, **fields, attachments=attachments)

    def urged(self, on: str | None = None, units: tuple[str, ...] = ("unit-a",)) -> "Matter":
        return self.add(events.Urged, inspector, on, method="phone", text="请抓紧办理", units=units)

    # More time

    def asked(
        self,
        unit: str = "unit-a",
        on: str | None = None,
        expected_on: str = "2026-04-29",
        limit: str = "unit-limit",
        by: Officer | None = None,
    ) -> "Matter":
        """The unit asked for more time: its designated officer, unless its head did."""
        doer = by or STAFF[unit]
        return self.add(
            events.ExtensionRequested,
            doer,
            on,
            of_unit=unit,
            reason="施工受天气影响",
            progress="完成八成",
            expected_on=_day(expected_on),
            limit=limit,
            level="unit" if doer.post == "unit_head" else "officer",
        )

    def passed_up(self, level: str = "unit", unit: str = "unit-a", on: str | None = None) -> "Matter":
        """The unit passed the request up to the inspector, or ("inspector") the inspector to the leader."""
        doer = inspector if level == "inspector" else HEADS[unit]
        return self.add(events.ExtensionVetted, doer, on, of_unit=unit, level=level, opinion="情况属实")

    def granted(
        self,
        due_on: str = "2026-04-29",
        unit: str = "unit-a",
        on: str | None = None,
        limit: str = "unit-limit",
        item_due_on: str | None = None,
        by: Officer = inspector,
    ) -> "Matter":
        dates = {"due_on": _day(due_on), "item_due_on": _day(item_due_on)}
        return self.add(events.ExtensionGranted, by, on, of_unit=unit, limit=limit, **dates)

    def refused_more_time(
        self, unit: str = "unit-a", on: str | None = None, by: Officer = inspector
    ) -> "Matter":
        return self.add(events.ExtensionRefused, by, on, of_unit=unit, reason="理由不充分")

    # Review

    def vetted(self, on: str | None = None) -> "Matter":
        return self.add(events.Vetted, inspector, on, opinion="符合要求")

    def to_leader(self, on: str | None = None) -> "Matter":
        return self.add(events.SubmittedToLeader, inspector, on)

    def to_superior(self, on: str | None = None, by: Officer = inspector) -> "Matter":
        return self.add(events.SubmittedToSuperior, by, on, to_organ="清江市督查室")

    def sent_back(
        self,
        redo_by: str = "2026-04-20",
        unit: str = "unit-a",
        on: str | None = None,
        by: Officer = inspector,
    ) -> "Matter":
        fields = {"of_unit": unit, "reason": "结论不完整", "redo_by": _day(redo_by)}
        return self.add(events.SentBack, by, on, **fields)

    def signed_off(self, on: str | None = None, by: Officer = inspector) -> "Matter":
        return self.add(events.SignedOff, by, on, reason="合格")

    # After it

    def scored(self, points: int = -2, unit: str = "unit-a", on: str | None = None) -> "Matter":
        return self.add(events.Scored, inspector, on, of_unit=unit, points=points, reason="逾期")

    def sent_for_reading(self, *officers: Officer, on: str | None = None) -> "Matter":
        ids = tuple(o.id for o in officers)
        return self.add(events.SentForReading, inspector, on, officers=ids, reason="请阅")

    def told_the_body(self, on: str | None = None) -> "Matter":
        return self.add(events.ReportedToBody, inspector, on, text="已向常务会议报告")

    def archived(self, on: str | None = None) -> "Matter":
        return self.add(events.Archived, inspector, on, reason="材料齐全")


def approved(on: str = "2026-03-02", due_on: str | None = "2026-04-30", **fields: Any) -> Matter:
    """An item that a leader has approved."""
    return an_item(on, due_on, **fields).submitted().instructed()


def handled(
    on: str = "2026-03-02", due_on: str | None = "2026-04-30", *assisting: str, **fields: Any
) -> Matter:
    """An item that unit A handles with an officer of it, perhaps with assisting units."""
    return approved(on, due_on, **fields).issued().allocated("unit-a", *assisting).designated()


def with_result(on: str = "2026-03-02", due_on: str | None = "2026-04-30", **fields: Any) -> Matter:
    """An item whose lead unit has submitted its result."""
    return handled(on, due_on, **fields).reported().report_signed().result()


def with_leader(on: str = "2026-03-02", **fields: Any) -> Matter:
    """An item whose result the leader reviews."""
    return with_result(on, **fields).vetted().to_leader()


def a_document(
    limit_class: str | None = "ordinary", on: str = "2026-03-02", due_on: str | None = None, **fields: Any
) -> Matter:
    """An incoming document, opened as a supervision item on the day it came."""
    fields = {"received_on": _day(on), "form": "document", "limit_class": limit_class} | fields
    return an_item(on, due_on, **fields)


def a_meeting_decision(on: str = "2026-03-02", **fields: Any) -> Matter:
    """An item that a meeting decided on."""
    return an_item(on, **{"form": "meeting", "category": "meeting", "body": "区政府常务会议"} | fields)


def against_unit_b(on: str = "2026-03-02", **fields: Any) -> Matter:
    """An item made from an accusation of unit B."""
    petition = {
        "petition": PETITION,
        "petition_number": "XF-2026-000001",
        "petition_office": "petition-office",
    }
    accused = {"confidential": True, "against": (Against(unit="清江区民政局"),)}
    return an_item(on, **petition, **accused, **fields)


def an_item_in(stage: Stage | None, **fields: Any) -> Matter:
    """An item in the stage; all its events are of 2 March 2026."""
    match stage:
        case Stage.SUBMITTED:
            return an_item(**fields).submitted()
        case Stage.APPROVED:
            return approved(**fields)
        case Stage.ISSUED:
            return approved(**fields).issued()
        case Stage.HANDLING:
            return handled(**fields)
        case Stage.RESULT:
            return with_result(**fields)
        case Stage.VETTED:
            return with_result(**fields).vetted()
        case Stage.WITH_LEADER:
            return with_leader(**fields)
        case Stage.WITH_SUPERIOR:
            return with_leader(**fields).to_superior(by=leader)
        case Stage.SIGNED_OFF:
            return with_leader(**fields).signed_off(by=leader)
        case Stage.WITHDRAWN:
            return handled(**fields).withdrawn()
        case Stage.ARCHIVED:
            return with_leader(**fields).signed_off(by=leader).archived()
        case _:
            return an_item(**fields)
