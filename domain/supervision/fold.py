"""督查事项的折叠: events → state. Imports events, stages and state only; assignments only, no decision, no clock."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from msgspec.structs import replace

from domain.alerts.events import QUIET, AlertAcknowledged, Alerted, AlertWithdrawn
from domain.erasure import fold as keeping
from domain.erasure.events import ERASED, Erased
from domain.facts import Fact
from domain.supervision import events
from domain.supervision.stages import Stage
from domain.supervision.state import Extension, Item, Points, Share

__all__ = ["RECORD_ONLY", "STEPS", "Extension", "Item", "Points", "Share", "fold", "project"]


Changes = dict[str, Any]
"""变更: the fields of the state that a fact sets."""


def actors(fact: Fact) -> tuple[str, ...]:
    """行为人: the officer who acted and the one stood in for."""
    return (fact.by,) if fact.for_whom is None else (fact.by, fact.for_whom)


def _principal(fact: Fact) -> str:
    return fact.for_whom or fact.by


def _opened(fact: events.Opened) -> Item:
    return Item(
        id=fact.originator_id,
        version=fact.originator_version,
        number=fact.number,
        stage=Stage.OPENED,
        stage_on=fact.on,
        opened_on=fact.on,
        opened_at=fact.recorded_at,
        last_on=fact.on,
        source=fact.source,
        category=fact.category,
        subject=fact.subject,
        requirements=fact.requirements,
        opened_by_unit=fact.opened_by_unit,
        people=actors(fact),
        drafted_by=actors(fact),
        due_on=fact.due_on,
        public=fact.public,
        form=fact.form,
        limit_class=fact.limit_class,
        cadence=fact.cadence,
        leader_review=fact.leader_review,
        petition=fact.petition,
        petition_number=fact.petition_number,
        petition_office=fact.petition_office,
        received_on=fact.received_on,
        body=fact.body,
        confidential=fact.confidential,
        against=fact.against,
    )


def _added(old: tuple[str, ...], new: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _to(stage: Stage, fact: Fact, **more: Any) -> Changes:
    return {"stage": stage, "stage_on": fact.on, **more}


def _moving(stage: Stage) -> Callable[[Item, Fact], Changes]:
    return lambda _, fact: _to(stage, fact)


def _reviewing(stage: Stage) -> Callable[[Item, Fact], Changes]:
    return lambda item, fact: _to(stage, fact, reviewed_by=_added(item.reviewed_by, actors(fact)))


def _closing(stage: Stage) -> Callable[[Item, Fact], Changes]:
    return lambda _, fact: _to(stage, fact, closed_on=fact.on)


def _submitted(item: Item, fact: events.Submitted) -> Changes:
    people = _added(item.people, fact.leaders)
    drafted = _added(item.drafted_by, actors(fact))
    again: Changes = {"signed_by": (), "noted_by": (), "drafted_by": drafted}
    return _to(Stage.SUBMITTED, fact, leaders=fact.leaders, people=people, **again)


def _signed(item: Item, fact: events.LeaderInstructed | events.Countersigned) -> Changes:
    people = _added(item.people, actors(fact))
    if not fact.approve:
        return _to(Stage.OPENED, fact, signed_by=(), noted_by=(), people=people)
    signed = _added(item.signed_by, (_principal(fact),))
    noted = _added(item.noted_by, actors(fact))
    changes: Changes = {"signed_by": signed, "noted_by": noted, "people": people}
    if item.stage is Stage.SUBMITTED and set(item.leaders) <= set(signed):
        changes |= _to(Stage.APPROVED, fact)
    return changes


def _amended(item: Item, fact: events.Amended) -> Changes:
    names = ("subject", "requirements", "category", "due_on", "public", "cadence", "leader_review")
    changes = {name: value for name in names if (value := getattr(fact, name)) is not None}
    return changes | {"drafted_by": _added(item.drafted_by, actors(fact))}


def _shared(item: Item, unit: str, lead: bool, fact: Fact, due_on: date | None) -> tuple[Share, ...]:
    """The shares once the unit holds one: what it had begun goes on, unless as the new lead it must submit again."""
    found = item.share(unit)
    if found is None or (lead and not found.lead and found.result_on is not None):
        handler = found.handler if found is not None else None
        share = Share(unit, lead, fact.on, fact.on, due_on=due_on, handler=handler)
        return (*(s for s in item.shares if s is not found), share)
    kept = replace(found, lead=lead, due_on=due_on or found.due_on)
    return tuple(kept if s is found else s for s in item.shares)


def _without(item: Item, unit: str, fact: Fact) -> tuple[Share, ...]:
    return tuple(
        replace(s, released_on=fact.on, extension=None) if s.unit == unit and not s.released else s
        for s in item.shares
    )


def _allocated(item: Item, fact: events.Allocated) -> Changes:
    named = (fact.lead_unit, *fact.assisting_units)
    for share in item.holding:
        if share.unit not in named:
            item = replace(item, shares=_without(item, share.unit, fact))
    for unit in named:
        lead = unit == fact.lead_unit
        item = replace(item, shares=_shared(item, unit, lead, fact, fact.unit_due_on))
    return _to(
        Stage.HANDLING,
        fact,
        lead_unit=fact.lead_unit,
        task_group=fact.task_group or item.task_group,
        shares=item.shares,
        units=_added(item.units, named),
        issued_on=item.issued_on or fact.on,
    )


def _objection_settled(item: Item, fact: events.ObjectionSettled) -> Changes:
    share = item.share(fact.of_unit)
    if share is None or not fact.agree:
        return _of_share(item, fact.of_unit, objection_settled=True)
    released = replace(item, shares=_without(item, fact.of_unit, fact))
    if fact.to_unit is not None:
        shares = _shared(released, fact.to_unit, share.lead, fact, fact.unit_due_on)
        lead_unit = fact.to_unit if share.lead else item.lead_unit
        return {"shares": shares, "units": _added(item.units, (fact.to_unit,)), "lead_unit": lead_unit}
    if share.lead:
        return _to(Stage.ISSUED, fact, shares=released.shares, lead_unit=None)
    return {"shares": released.shares}


def _of_share(item: Item, unit: str, **changes: Any) -> Changes:
    found = item.share(unit)
    return {"shares": tuple(replace(s, **changes) if s is found else s for s in item.shares)}


def _designated(item: Item, fact: events.Designated) -> Changes:
    changes = _of_share(item, fact.of_unit, handler=fact.officer)
    return changes | {"people": _added(item.people, (fact.officer,))}


def _reported(item: Item, fact: events.Reported) -> Changes:
    share = item.share(fact.of_unit)
    before = share.reports if share is not None else 0
    periods = share.periods if share is not None else ()
    if fact.period is not None:
        periods = _added(periods, (fact.period,))
    told: Changes = {"reported_on": fact.on, "reported_by": actors(fact), "signed": fact.signed}
    told["special"] = fact.period is None
    if fact.period is None:
        told["special_signed"] = fact.signed
    return _of_share(item, fact.of_unit, reports=before + 1, periods=periods, **told)


def _report_signed(item: Item, fact: events.ReportSigned) -> Changes:
    share = item.share(fact.of_unit)
    special = share is not None and (share.special or share.special_signed)
    return _of_share(item, fact.of_unit, signed=True, special_signed=special)


def _result_submitted(item: Item, fact: events.ResultSubmitted) -> Changes:
    own = {"result_on": fact.on, "submitted_by": actors(fact), "extension": None, "redo_by": None}
    changes = _of_share(item, fact.of_unit, **own)
    if fact.of_unit != item.lead_unit:
        return changes
    shares = tuple(
        replace(s, waived=True, extension=None) if not s.released and s.result_on is None else s
        for s in changes["shares"]
    )
    return _to(Stage.RESULT, fact, shares=shares, reviewed_by=())


def _sent_back(item: Item, fact: events.SentBack) -> Changes:
    again: Changes = {
        "since": fact.on,
        "result_on": None,
        "submitted_by": (),
        "signed": False,
        "special": False,
        "special_signed": False,
        "waived": False,
    }
    changes = _of_share(item, fact.of_unit, **again, redo_by=fact.redo_by)
    item = replace(item, shares=changes["shares"])
    if item.lead_unit is not None and fact.of_unit != item.lead_unit:
        changes = _of_share(item, item.lead_unit, **again)
    return _to(Stage.HANDLING, fact, **changes)


def _extension_requested(item: Item, fact: events.ExtensionRequested) -> Changes:
    request = Extension(
        fact.on, actors(fact), fact.reason, fact.progress, fact.expected_on, fact.limit, fact.level
    )
    return _of_share(item, fact.of_unit, extension=request)


def _extension_vetted(item: Item, fact: events.ExtensionVetted) -> Changes:
    share = item.share(fact.of_unit)
    if share is None or share.extension is None:
        return {}
    vetted = _added(share.extension.vetted_by, actors(fact))
    request = replace(share.extension, level=fact.level, vetted_by=vetted)
    return _of_share(item, fact.of_unit, extension=request)


def _extension_granted(item: Item, fact: events.ExtensionGranted) -> Changes:
    field = "redo_by" if fact.limit == "redo" else "due_on"
    changes = _of_share(item, fact.of_unit, extension=None, **{field: fact.due_on})
    return changes | {"due_on": fact.item_due_on or item.due_on}


def _scored(item: Item, fact: events.Scored) -> Changes:
    """The inspector's points take the place of those the unit reported; a unit's own report that of its last one."""
    found = item.reported_points(fact.of_unit)
    reported, by = (found.reported, found.reported_by) if found is not None else (None, ())
    if not fact.confirmed:
        reported, by = fact.points, actors(fact)
    points = Points(fact.of_unit, fact.points, fact.reason, fact.on, fact.by, fact.confirmed, reported, by)
    return {"scores": (*(one for one in item.scores if one is not found), points)}


def _blanked(item: Item, fact: Erased) -> Changes:
    """清除: what was written; dates, units and points stay."""
    if not fact.texts:
        return {}
    scores = tuple(replace(one, reason=ERASED) for one in item.scores)
    told = ("source", "subject", "requirements", "task_group")
    return {"scores": scores, **{name: ERASED for name in told if getattr(item, name)}}


STEPS: dict[type[Fact], Callable[[Item, Any], Changes]] = {
    events.MadeConfidential: lambda _, f: {"confidential": True, "public": False, "against": f.against},
    events.Submitted: _submitted,
    events.LeaderInstructed: _signed,
    events.Countersigned: _signed,
    events.Amended: _amended,
    events.Issued: lambda _, f: _to(Stage.ISSUED, f, issued_on=f.on),
    events.Withdrawn: _closing(Stage.WITHDRAWN),
    events.Allocated: _allocated,
    events.Designated: _designated,
    events.Objected: lambda i, f: _of_share(i, f.of_unit, objected_on=f.on),
    events.ObjectionSettled: _objection_settled,
    events.Reported: _reported,
    events.ReportSigned: _report_signed,
    events.ResultSubmitted: _result_submitted,
    events.ExtensionRequested: _extension_requested,
    events.ExtensionVetted: _extension_vetted,
    events.ExtensionGranted: _extension_granted,
    events.ExtensionRefused: lambda i, f: _of_share(i, f.of_unit, extension=None),
    events.Vetted: _reviewing(Stage.VETTED),
    events.SubmittedToLeader: _reviewing(Stage.WITH_LEADER),
    events.SentBack: _sent_back,
    events.SignedOff: _closing(Stage.SIGNED_OFF),
    events.SubmittedToSuperior: _moving(Stage.WITH_SUPERIOR),
    events.Scored: _scored,
    events.SentForReading: lambda i, f: {"people": _added(i.people, f.officers)},
    events.ReportedToBody: lambda _, f: {"body_told_on": f.on},
    events.Archived: lambda i, f: _to(Stage.ARCHIVED, f, custody=keeping.archived(i.custody, f, f.retention)),
    Alerted: lambda i, f: {"alerts": i.alerts | {f.alert_id}},
    AlertAcknowledged: lambda i, f: {"acknowledged": i.acknowledged | {f.alert_id}},
    AlertWithdrawn: lambda i, f: {
        "alerts": i.alerts - {f.alert_id},
        "recalled": i.recalled | {f.alert_id},
    },
    **keeping.steps(_blanked),
}
"""折叠表: what each fact changes."""

RECORD_ONLY: frozenset[type[Fact]] = frozenset({events.NoticeIssued, events.UnitInstructed, events.Urged})
"""仅作记录: facts that stay in the history and change no field of the state."""


def fold(item: Item | None, fact: Fact) -> Item | None:
    """折叠: the item after the fact. A stream's first fact is its opening."""
    if item is None:
        return _opened(fact) if isinstance(fact, events.Opened) else None
    kind = type(fact)
    step = STEPS.get(kind)
    changes = step(item, fact) if step is not None else {}
    if fact.on > item.last_on and kind not in QUIET:
        changes["last_on"] = fact.on
    return replace(item, version=fact.originator_version, **changes)


def project(item: Item | None, facts: Iterable[Fact]) -> Item | None:
    """投影函数: folds facts into the item; the shape that the library's repository calls."""
    for fact in facts:
        item = fold(item, fact)
    return item
