"""信访事项的折叠: events → state. Imports events and stages only; assignments only, no decision, no clock."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from msgspec.structs import replace

from domain.alerts.events import QUIET, AlertAcknowledged, Alerted, AlertWithdrawn
from domain.erasure import fold as keeping
from domain.erasure.events import ERASED, Erased
from domain.facts import Fact
from domain.petition import events
from domain.petition.stages import CLOSED, Stage
from domain.petition.state import AssistantsObjection, Petition, Record, Refusal
from domain.review import events as review_events
from domain.review.fold import Review, evolve, served

__all__ = ["ANSWERED_AGAIN", "RECORD_ONLY", "STEPS", "Petition", "fold", "project"]

ANSWERED_AGAIN = frozenset({"revoke", "redo"})
"""Results of 复查 and 复核 after which the matter is handled anew."""


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
        registered_by=fact.for_whom or fact.by,
        people=(fact.first_contact,) if fact.first_contact is not None else (),
        urgent=fact.urgent,
        at_office=fact.at_office,
        source=fact.source,
        received_by_unit_on=None if fact.at_office else fact.on,
        held_since=fact.on,
    )


Changes = dict[str, Any]
"""变更: the fields of the state that a fact sets."""


def _with(officers: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return officers if {*more} <= {*officers} else tuple(dict.fromkeys((*officers, *more)))


def _seen_by(petition: Petition, *officers: str) -> Changes:
    """经手人员: the case passes through these officers; who has seen it may go on reading it."""
    return {"people": _with(petition.people, *officers)}


def _doers(fact: Fact) -> tuple[str, ...]:
    """经办人: who did it, and whom that officer stood in for."""
    return (fact.by,) if fact.for_whom is None else (fact.by, fact.for_whom)


_NOTE_SETTLED: Changes = {"instruction_open_on": None}
"""批示已转交: nothing is left to pass on."""


def _closing(stage: Stage) -> Callable[[Petition, Fact], Changes]:
    return lambda _, fact: {"stage": stage, "closed_on": fact.on, **_NOTE_SETTLED}


def _passed_to(petition: Petition, unit: str, fact: Fact, assisting: tuple[str, ...] = ()) -> Changes:
    units = petition.units + tuple(u for u in (unit, *assisting) if u not in petition.units)
    return {
        "stage": Stage.WITH_UNIT,
        "holder": unit,
        "units": units,
        "assisting_units": assisting,
        "assisted": (),
        "assistants_objections": (),
        "record": None,
        "received_by_unit_on": fact.on,
        "held_since": fact.on,
        "passed_on_by_office": True,
        "objection_answered": False,
        "handler": None,
        **_NOTE_SETTLED,
    }


def _new_round(stage: Stage, review: Review, fact: Fact) -> Changes:
    """重新办理: what a new round of handling begins with."""
    return {
        "stage": stage,
        "handling_since": fact.on,
        "closed_on": None,
        "assisted": (),
        "record": None,
        "replied_on": None,
        "reply_result": None,
        "opinion_served_on": None,
        "extension_requested_on": None,
        "extension_requested_days": 0,
        "extension_days": 0,
        "hearing_opened_on": None,
        "named": None,
        "named_on": None,
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
        **(_NOTE_SETTLED if petition.received_by_unit_on is None else {}),
    }


def _refused(petition: Petition, fact: Fact) -> Changes:
    """否定: a negative decision, to be filed."""
    return {"refusal": Refusal(on=fact.on, decided_in=petition.holder, by=_doers(fact))}


def _declined(petition: Petition, fact: events.Declined) -> Changes:
    closed = {"stage": Stage.DECLINED, "declined_ground": fact.ground, "closed_on": fact.on}
    return {**closed, **_NOTE_SETTLED, **_refused(petition, fact)}


def _replied(petition: Petition, fact: events.Replied) -> Changes:
    answered = {
        "stage": Stage.REPLIED,
        "replied_on": fact.on,
        "reply_result": fact.result,
        "replied_by": _doers(fact),
    }
    refused = _refused(petition, fact) if fact.result == "not_support" else {}
    return {**answered, **_NOTE_SETTLED, **refused}


def _of_refusal(petition: Petition, **told: Any) -> Changes:
    return {} if petition.refusal is None else {"refusal": replace(petition.refusal, **told)}


def _signed(petition: Petition, fact: events.RecordSigned) -> Changes:
    return {} if petition.record is None else {"record": replace(petition.record, signed_on=fact.on)}


def _instructed(petition: Petition, fact: events.Instructed) -> Changes:
    leader = fact.for_whom or fact.by
    return {
        "instructed_by": _with(petition.instructed_by, leader),
        "instruction_open_on": fact.on,
        **_seen_by(petition, leader),
    }


def _forwarded(petition: Petition, fact: events.Forwarded) -> Changes:
    if fact.tracked:
        return _passed_to(petition, fact.to_organ, fact)
    gone = {"stage": Stage.FORWARDED, "forwarded_to": fact.to_organ, "closed_on": fact.on}
    return {**gone, **_NOTE_SETTLED}


def _objected(petition: Petition, fact: events.Objected) -> Changes:
    if fact.unit not in petition.assisting_units:
        return {"objected_on": fact.on}
    objection = AssistantsObjection(fact.unit, fact.on)
    return {"assistants_objections": (*petition.assistants_objections, objection)}


def _kept(petition: Petition, fact: events.KeptWithUnit) -> Changes:
    if fact.from_unit in {None, petition.holder}:
        return {"objected_on": None, "objection_answered": True}
    answered = (
        replace(one, kept=True) if one.by_unit == fact.from_unit else one
        for one in petition.assistants_objections
    )
    return {"assistants_objections": tuple(answered)}


def _handed_back(petition: Petition, fact: events.HandedBack) -> Changes:
    if fact.from_unit in petition.assisting_units:
        left, objections = petition.assisting_units, petition.assistants_objections
        return {
            "assisting_units": tuple(unit for unit in left if unit != fact.from_unit),
            "assistants_objections": tuple(one for one in objections if one.by_unit != fact.from_unit),
        }
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
        "assisted": (),
        "assistants_objections": (),
    }


def _reported(petition: Petition, fact: events.Reported) -> Changes:
    if fact.unit in petition.assisting_units:
        return {"assisted": _with(petition.assisted, fact.unit)}
    return {"report_approved_on": None} if fact.unit == petition.office else {}


def _served(petition: Petition, fact: events.Served) -> Changes:
    return {
        "notices_served": (*petition.notices_served, fact.notice),
        "opinion_served_on": fact.on if fact.notice == "opinion" else petition.opinion_served_on,
        "review": served(petition.review, fact.notice, fact.on),
    }


def _reopened(petition: Petition, fact: events.Reopened) -> Changes:
    if petition.accepted_on is not None:
        return {**_new_round(Stage.HANDLING, Review(), fact), "refusal": None}
    back = Stage.REGISTERED if petition.received_by_unit_on is None else Stage.WITH_UNIT
    return {
        **_new_round(back, Review(), fact),
        "declined_ground": None,
        "forwarded_to": None,
        "refusal": None,
    }


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


def _blanked(petition: Petition, fact: Erased) -> Changes:
    """清除: who petitioned, and what was written; keys, dates, units and results stay."""
    gone = petition.custody.gone_people | set(fact.people)
    people = tuple(one for one in petition.personal.people if one.key not in gone)
    reply_to = None if gone else petition.personal.reply_to
    told = ("subject", "content", "topic", "purpose")
    texts = {name: ERASED for name in told if getattr(petition, name)} if fact.texts else {}
    return {"personal": events.Personal(people, reply_to), **texts}


STEPS: dict[type[Fact], Callable[[Petition, Any], Changes]] = {
    events.HandedOver: lambda p, f: {
        "named": f.officer,
        "named_on": f.on,
        **_seen_by(p, p.contact, f.officer),
    },
    events.HandOverConfirmed: lambda p, f: {"first_contact": f.officer, "named": None, "named_on": None},
    events.HandOverDeclined: lambda p, f: {"named": None, "named_on": None},
    events.Classified: lambda p, f: {
        "category": f.category,
        "topic": f.topic,
        "way": f.way,
        "limit_class": f.limit_class or p.limit_class,
    },
    events.Accepted: _accepted,
    events.TrackSwitched: lambda _, f: {"track": "ordinary"},
    events.Declined: _declined,
    events.Forwarded: _forwarded,
    events.Assigned: lambda p, f: {
        **_passed_to(p, f.to_unit, f, f.assisting_units),
        "assigned": True,
    },
    events.Transferred: lambda p, f: _passed_to(p, f.to_unit, f),
    events.Objected: _objected,
    events.HandedBack: _handed_back,
    events.KeptWithUnit: _kept,
    events.Designated: lambda p, f: {"handler": f.officer, **_seen_by(p, f.officer)},
    events.Proposed: lambda p, f: _seen_by(p, *f.to),
    events.Instructed: _instructed,
    events.InstructionPassedOn: lambda _, f: dict(_NOTE_SETTLED),
    events.Investigated: lambda _, f: {"record": Record(f.on, _doers(f))},
    events.RecordSigned: _signed,
    events.ReportApproved: lambda _, f: {"report_approved_on": f.on},
    events.SentForReading: lambda p, f: _seen_by(p, *f.officers),
    events.ExtensionRequested: lambda _, f: {
        "extension_requested_on": f.on,
        "extension_requested_days": f.days,
        "extension_requested_by": _doers(f),
    },
    events.ExtensionGranted: lambda _, f: {"extension_requested_on": None, "extension_days": f.days},
    events.ExtensionRefused: lambda _, f: {"extension_requested_on": None},
    events.AskedForMore: lambda _, f: {"asked_for_more_on": f.on, "supplemented_on": None},
    events.Supplemented: lambda _, f: {"supplemented_on": f.on},
    events.HearingOpened: lambda _, f: {"hearing_opened_on": f.on},
    events.HearingClosed: lambda _, f: {"hearing_opened_on": None},
    events.Reported: _reported,
    events.Replied: _replied,
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
    events.PutUnderSupervision: lambda _, f: {
        "supervision_item": f.item,
        "supervision_item_number": f.item_number,
    },
    events.RefusalConsented: lambda p, f: _of_refusal(p, consented_on=f.on),
    events.RefusalFiled: lambda p, f: _of_refusal(p, filed_on=f.on),
    events.Withdrawn: _closing(Stage.WITHDRAWN),
    events.SignedOff: _closing(Stage.SIGNED_OFF),
    events.Archived: lambda p, f: {
        "stage": Stage.ARCHIVED,
        "custody": keeping.archived(p.custody, f, f.retention),
    },
    events.Reopened: _reopened,
    events.Rated: lambda p, f: {"rated": (*p.rated, (f.about, f.score))},
    Alerted: lambda p, f: {"alerts": p.alerts | {f.alert_id}},
    AlertAcknowledged: lambda p, f: {"acknowledged": p.acknowledged | {f.alert_id}},
    AlertWithdrawn: lambda p, f: {
        "alerts": p.alerts - {f.alert_id},
        "recalled": p.recalled | {f.alert_id},
    },
    review_events.ReviewRequested: _review_asked(Stage.UNDER_REVIEW),
    review_events.ReviewConcluded: _review_concluded,
    review_events.ReexaminationRequested: _review_asked(Stage.UNDER_REEXAMINATION),
    review_events.ReexaminationConcluded: _reexamined,
    **keeping.steps(_blanked),
}
"""折叠表: what each fact changes."""

RECORD_ONLY: frozenset[type[Fact]] = frozenset(
    {
        events.Urged,
        events.DelayNoticed,
        events.NoticeIssued,
        events.Rescheduled,
    }
)
"""仅作记录: facts that stay in the history and change no field of the state."""


def fold(petition: Petition | None, fact: Fact) -> Petition | None:
    """折叠: the petition after the fact. A stream's first fact is its registration."""
    return project(petition, (fact,))


def project(petition: Petition | None, facts: Iterable[Fact]) -> Petition | None:
    """投影函数: folds facts into the petition; the shape that the library's repository calls.

    The last version and date, which no step asks about, are set once.
    """
    last: Fact | None = None
    last_on: date | None = None
    for fact in facts:
        if petition is None:
            petition = _registered(fact) if isinstance(fact, events.Registered) else None
            continue
        last, kind = fact, type(fact)
        if kind not in QUIET and fact.on > (last_on or petition.last_on):
            last_on = fact.on
        step = STEPS.get(kind)
        if step is not None and (changes := step(petition, fact)):
            if petition.stage in CLOSED and changes.get("stage", petition.stage) not in CLOSED:
                changes["custody"] = keeping.reopened(petition.custody)
            petition = replace(petition, **changes)
    if petition is None or last is None:
        return petition
    return replace(petition, version=last.originator_version, last_on=last_on or petition.last_on)
