"""信访事项的折叠: events → state. Imports events and stages only; assignments only, no decision, no clock."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.alerts.events import QUIET, AlertAcknowledged, Alerted
from domain.facts import Fact
from domain.petition import events
from domain.petition.stages import Stage
from domain.review import events as review_events
from domain.review.fold import Review, evolve, served

ANSWERED_AGAIN = frozenset({"revoke", "redo"})
"""Results of 复查 and 复核 after which the matter is handled anew."""


class Petition(msgspec.Struct, frozen=True):
    """信访事项 — the state of one petition: the fold of its stored events and nothing else."""

    id: UUID
    version: int
    number: str
    office: str
    stage: Stage
    received_on: date
    registered_at: datetime
    last_on: date
    channel: str
    category: str
    subject: str
    content: str
    query_code: str
    petitioners: tuple[events.Petitioner, ...]
    personal: events.Personal
    headcount: int
    holder: str
    units: tuple[str, ...]
    people: tuple[str, ...] = ()
    instructed_by: tuple[str, ...] = ()
    against: tuple[events.Against, ...] = ()
    purpose: str | None = None
    topic: str | None = None
    way: str = "opinion"
    rulebook: str | None = None
    limit_class: str | None = None
    first_contact: str | None = None
    urgent: bool = False
    at_office: bool = True
    source: events.Source | None = None
    track: str | None = None
    simplified: bool = False
    accepted_on: date | None = None
    handling_since: date | None = None
    acceptance_assumed: bool = False
    declined_ground: str | None = None
    forwarded_to: str | None = None
    received_by_unit_on: date | None = None
    held_since: date | None = None
    passed_on_by_office: bool = False
    assigned: bool = False
    assisting_units: tuple[str, ...] = ()
    objected_on: date | None = None
    objection_answered: bool = False
    handler: str | None = None
    extension_requested_on: date | None = None
    extension_requested_days: int = 0
    extension_days: int = 0
    asked_for_more_on: date | None = None
    supplemented_on: date | None = None
    hearing_opened_on: date | None = None
    replied_on: date | None = None
    reply_result: str | None = None
    opinion_served_on: date | None = None
    notices_served: tuple[str, ...] = ()
    review: Review = Review()
    supervised_on: date | None = None
    leader_in_charge: str | None = None
    urgent_reported_on: date | None = None
    urgent_acknowledged_on: date | None = None
    repeat_of: UUID | None = None
    repeat_of_number: str | None = None
    closed_on: date | None = None
    rated: tuple[tuple[str, str], ...] = ()
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()

    @property
    def anonymous(self) -> bool:
        """匿名: nobody is named, so nobody can be notified (条例 23.2)."""
        return not self.petitioners


def _registered(fact: events.Registered) -> Petition:
    return Petition(
        id=fact.originator_id,
        version=fact.originator_version,
        number=fact.number,
        office=fact.office,
        stage=Stage.REGISTERED if fact.at_office else Stage.WITH_UNIT,
        received_on=fact.on,
        registered_at=fact.recorded_at,
        last_on=fact.on,
        channel=fact.channel,
        category=fact.category,
        subject=fact.subject,
        content=fact.content,
        query_code=fact.query_code,
        petitioners=fact.petitioners,
        personal=fact.personal,
        headcount=fact.headcount,
        holder=fact.unit,
        units=(fact.unit,),
        against=fact.against,
        purpose=fact.purpose,
        rulebook=fact.rulebook,
        limit_class=fact.limit_class,
        first_contact=fact.first_contact,
        urgent=fact.urgent,
        at_office=fact.at_office,
        source=fact.source,
        received_by_unit_on=None if fact.at_office else fact.on,
        held_since=fact.on,
    )


Changes = dict[str, Any]
"""变更: the fields of the state that a fact sets."""


def _with(officers: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*officers, *more)))


def _seen_by(petition: Petition, *officers: str) -> Changes:
    """经手人员: the case passes through these officers; who has seen it may go on reading it."""
    return {"people": _with(petition.people, *officers)}


def _closing(stage: Stage) -> Callable[[Petition, Fact], Changes]:
    return lambda _, fact: {"stage": stage, "closed_on": fact.on}


def _passed_to(petition: Petition, unit: str, fact: Fact, assisting: tuple[str, ...] = ()) -> Changes:
    units = petition.units + tuple(u for u in (unit, *assisting) if u not in petition.units)
    return {
        "stage": Stage.WITH_UNIT,
        "holder": unit,
        "units": units,
        "assisting_units": assisting,
        "received_by_unit_on": fact.on,
        "held_since": fact.on,
        "passed_on_by_office": True,
        "objection_answered": False,
        "handler": None,
    }


def _new_round(stage: Stage, review: Review, fact: Fact) -> Changes:
    """重新办理: what a new round of handling begins with."""
    return {
        "stage": stage,
        "handling_since": fact.on,
        "closed_on": None,
        "replied_on": None,
        "reply_result": None,
        "opinion_served_on": None,
        "extension_requested_on": None,
        "extension_requested_days": 0,
        "extension_days": 0,
        "hearing_opened_on": None,
        "review": review,
    }


def _accepted(petition: Petition, fact: events.Accepted) -> Changes:
    return {
        "stage": Stage.HANDLING,
        "accepted_on": fact.on,
        "handling_since": fact.on,
        "track": fact.track,
        "simplified": petition.simplified or fact.track == "simplified",
        "acceptance_assumed": fact.assumed,
    }


def _forwarded(petition: Petition, fact: events.Forwarded) -> Changes:
    if fact.tracked:
        return _passed_to(petition, fact.to_organ, fact)
    return {"stage": Stage.FORWARDED, "forwarded_to": fact.to_organ, "closed_on": fact.on}


def _handed_back(petition: Petition, fact: events.HandedBack) -> Changes:
    return {
        "stage": Stage.REGISTERED,
        "holder": petition.units[0],
        "held_since": fact.on,
        "objected_on": None,
        "handler": None,
        "received_by_unit_on": None,
        "passed_on_by_office": False,
        "assigned": False,
        "assisting_units": (),
    }


def _served(petition: Petition, fact: events.Served) -> Changes:
    return {
        "notices_served": (*petition.notices_served, fact.notice),
        "opinion_served_on": fact.on if fact.notice == "opinion" else petition.opinion_served_on,
        "review": served(petition.review, fact.notice, fact.on),
    }


def _reopened(petition: Petition, fact: events.Reopened) -> Changes:
    if petition.accepted_on is not None:
        return _new_round(Stage.HANDLING, Review(), fact)
    back = Stage.REGISTERED if petition.received_by_unit_on is None else Stage.WITH_UNIT
    return {**_new_round(back, Review(), fact), "declined_ground": None, "forwarded_to": None}


def _review_asked(stage: Stage) -> Callable[[Petition, Fact], Changes]:
    return lambda p, fact: {"stage": stage, "closed_on": None, "review": evolve(p.review, fact)}


def _review_concluded(petition: Petition, fact: review_events.ReviewConcluded) -> Changes:
    review = evolve(petition.review, fact)
    if fact.result in ANSWERED_AGAIN:
        return _new_round(Stage.HANDLING, review, fact)
    return {"stage": Stage.REVIEWED, "review": review}


def _reexamined(petition: Petition, fact: review_events.ReexaminationConcluded) -> Changes:
    review = evolve(petition.review, fact)
    if fact.result in ANSWERED_AGAIN:
        return _new_round(Stage.HANDLING, review, fact)
    return {"stage": Stage.TERMINATED, "closed_on": fact.on, "review": review}


STEPS: dict[type[Fact], Callable[[Petition, Any], Changes]] = {
    events.Classified: lambda p, f: {
        "category": f.category,
        "topic": f.topic,
        "way": f.way,
        "limit_class": f.limit_class or p.limit_class,
    },
    events.Accepted: _accepted,
    events.TrackSwitched: lambda _, f: {"track": "ordinary"},
    events.Declined: lambda _, f: {
        "stage": Stage.DECLINED,
        "declined_ground": f.ground,
        "closed_on": f.on,
    },
    events.Forwarded: _forwarded,
    events.Assigned: lambda p, f: {
        **_passed_to(p, f.to_unit, f, f.assisting_units),
        "assigned": True,
    },
    events.Transferred: lambda p, f: _passed_to(p, f.to_unit, f),
    events.Objected: lambda _, f: {"objected_on": f.on},
    events.HandedBack: _handed_back,
    events.KeptWithUnit: lambda _, f: {"objected_on": None, "objection_answered": True},
    events.Designated: lambda p, f: {"handler": f.officer, **_seen_by(p, f.officer)},
    events.Instructed: lambda p, f: {
        "instructed_by": _with(p.instructed_by, f.for_whom or f.by),
        **_seen_by(p, f.for_whom or f.by),
    },
    events.ExtensionRequested: lambda _, f: {
        "extension_requested_on": f.on,
        "extension_requested_days": f.days,
    },
    events.ExtensionGranted: lambda _, f: {"extension_requested_on": None, "extension_days": f.days},
    events.ExtensionRefused: lambda _, f: {"extension_requested_on": None},
    events.AskedForMore: lambda _, f: {"asked_for_more_on": f.on, "supplemented_on": None},
    events.Supplemented: lambda _, f: {"supplemented_on": f.on},
    events.HearingOpened: lambda _, f: {"hearing_opened_on": f.on},
    events.HearingClosed: lambda _, f: {"hearing_opened_on": None},
    events.Replied: lambda _, f: {
        "stage": Stage.REPLIED,
        "replied_on": f.on,
        "reply_result": f.result,
    },
    events.Served: _served,
    events.Supervised: lambda _, f: {"supervised_on": f.on},
    events.SupervisionAnswered: lambda _, f: {"supervised_on": None},
    events.TakenCharge: lambda p, f: {"leader_in_charge": f.leader, **_seen_by(p, f.leader)},
    events.UrgentReported: lambda _, f: {
        "urgent": True,
        "urgent_reported_on": f.on,
        "urgent_acknowledged_on": None,
    },
    events.UrgentAcknowledged: lambda _, f: {"urgent_acknowledged_on": f.on},
    events.LinkedAsRepeat: lambda _, f: {"repeat_of": f.earlier, "repeat_of_number": f.earlier_number},
    events.Withdrawn: _closing(Stage.WITHDRAWN),
    events.SignedOff: _closing(Stage.SIGNED_OFF),
    events.Archived: lambda _, f: {"stage": Stage.ARCHIVED},
    events.Reopened: _reopened,
    events.Rated: lambda p, f: {"rated": (*p.rated, (f.about, f.score))},
    Alerted: lambda p, f: {"alerts": p.alerts | {f.alert_id}},
    AlertAcknowledged: lambda p, f: {"acknowledged": p.acknowledged | {f.alert_id}},
    review_events.ReviewRequested: _review_asked(Stage.UNDER_REVIEW),
    review_events.ReviewConcluded: _review_concluded,
    review_events.ReexaminationRequested: _review_asked(Stage.UNDER_REEXAMINATION),
    review_events.ReexaminationConcluded: _reexamined,
}
"""折叠表: what each fact changes."""

RECORD_ONLY: frozenset[type[Fact]] = frozenset(
    {
        events.Proposed,
        events.Reported,
        events.Urged,
        events.DelayNoticed,
        events.Rescheduled,
    }
)
"""仅作记录: facts that stay in the history and change no field of the state."""


def fold(petition: Petition | None, fact: Fact) -> Petition | None:
    """折叠: the petition after the fact. A stream's first fact is its registration."""
    if petition is None:
        return _registered(fact) if isinstance(fact, events.Registered) else None
    kind = type(fact)
    step = STEPS.get(kind)
    changes = step(petition, fact) if step is not None else {}
    if fact.on > petition.last_on and kind not in QUIET:
        changes["last_on"] = fact.on
    return replace(petition, version=fact.originator_version, **changes)


def project(petition: Petition | None, facts: Iterable[Fact]) -> Petition | None:
    """投影函数: folds facts into the petition; the shape that the library's repository calls."""
    for fact in facts:
        petition = fold(petition, fact)
    return petition
