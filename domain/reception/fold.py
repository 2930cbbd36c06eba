"""接访值班记录的折叠: events → state. Assignments only, no decision, no clock."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from domain.alerts.events import AlertAcknowledged, Alerted, AlertWithdrawn
from domain.erasure import fold as keeping
from domain.erasure.events import ERASED, Erased
from domain.erasure.fold import Custody
from domain.facts import Fact
from domain.petition.events import Against, Personal
from domain.reception import events
from domain.reception.stages import Stage

SUBJECT = 60
"""Characters of the content that stand for its subject."""


class HandOver(msgspec.Struct, frozen=True):
    """交接 — the officer a matter was offered to, where that officer is, when, and what was said."""

    officer: str
    unit: str
    on: date
    text: str


class Reception(msgspec.Struct, frozen=True):
    """接访值班记录 — the state of one record: the fold of its stored events.

    `responsible` is the first contact, and after a confirmed hand-over whoever confirmed last; `people` are all
    officers it passed through, `units` their units.
    """

    id: UUID
    version: int
    number: str
    office: str
    stage: Stage
    form: str
    content: str
    received_on: date
    recorded_at: datetime
    last_on: date
    received_by: str
    responsible: str
    unit: str
    units: tuple[str, ...]
    people: tuple[str, ...]
    headcount: int
    result: str
    visitors: tuple[str, ...] = ()
    personal: Personal = Personal()
    place: str | None = None
    text: str | None = None
    promised_on: date | None = None
    promises: int = 0
    petition: UUID | None = None
    petition_number: str | None = None
    shift: str | None = None
    against: tuple[Against, ...] = ()
    pending: HandOver | None = None
    confirmed: int = 0
    closed_on: date | None = None
    custody: Custody = Custody()
    alerts: frozenset[UUID] = frozenset()
    acknowledged: frozenset[UUID] = frozenset()
    recalled: frozenset[UUID] = frozenset()

    @property
    def subject(self) -> str:
        """摘要: how the content begins."""
        return self.content[:SUBJECT]

    @property
    def confidential(self) -> bool:
        """保密: an accusation; read only by those it passed through."""
        return bool(self.against)


Changes = dict[str, Any]


def _doers(fact: Fact) -> tuple[str, ...]:
    return (fact.by,) if fact.for_whom is None else (fact.by, fact.for_whom)


def _with(those: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*those, *more)))


def _received(fact: events.Received) -> Reception:
    stage = Stage(fact.result)
    return Reception(
        id=fact.originator_id,
        version=fact.originator_version,
        number=fact.number,
        office=fact.office,
        stage=stage,
        form=fact.form,
        content=fact.content,
        received_on=fact.on,
        recorded_at=fact.recorded_at,
        last_on=fact.on,
        received_by=fact.received_by,
        responsible=fact.received_by,
        unit=fact.in_unit,
        units=_with((fact.in_unit,), fact.unit),
        people=_with((fact.received_by,), *_doers(fact)),
        headcount=fact.headcount,
        result=fact.result,
        visitors=fact.visitors,
        personal=fact.personal,
        place=fact.place,
        text=fact.text,
        promised_on=fact.promised_on,
        promises=1 if stage is Stage.PROMISED else 0,
        petition=fact.petition,
        petition_number=fact.petition_number,
        shift=fact.shift,
        against=fact.against,
        closed_on=None if stage in {Stage.UNSETTLED, Stage.PROMISED} else fact.on,
    )


def _ended(stage: Stage, fact: Fact, **more: Any) -> Changes:
    return {"stage": stage, "result": stage.value, "pending": None, "closed_on": fact.on, **more}


def _promised(reception: Reception, fact: events.Promised) -> Changes:
    return {
        "stage": Stage.PROMISED,
        "result": Stage.PROMISED.value,
        "promised_on": fact.due_on,
        "promises": reception.promises + 1,
        "text": fact.text or reception.text,
    }


def _linked(reception: Reception, fact: events.PetitionLinked) -> Changes:
    return _ended(Stage.REGISTERED, fact, petition=fact.petition, petition_number=fact.petition_number)


def _handed_over(reception: Reception, fact: events.HandedOver) -> Changes:
    return {
        "pending": HandOver(fact.officer, fact.to_unit, fact.on, fact.text),
        "people": _with(reception.people, *_doers(fact), fact.officer),
        "units": _with(reception.units, fact.to_unit),
    }


def _confirmed(reception: Reception, fact: events.HandOverConfirmed) -> Changes:
    return {
        "responsible": fact.officer,
        "unit": fact.to_unit,
        "units": _with(reception.units, fact.to_unit),
        "people": _with(reception.people, *_doers(fact)),
        "pending": None,
        "confirmed": reception.confirmed + 1,
    }


def _blanked(reception: Reception, fact: Erased) -> Changes:
    """清除: who came, and what was written; keys, dates and results stay."""
    gone = reception.custody.gone_people | set(fact.people)
    people = tuple(one for one in reception.personal.people if one.key not in gone)
    told = ("content", "text", "place")
    texts = {name: ERASED for name in told if getattr(reception, name)} if fact.texts else {}
    return {"personal": Personal(people), **texts}


STEPS: dict[type[Fact], Callable[[Reception, Any], Changes]] = {
    events.Settled: lambda _, f: _ended(Stage.SETTLED, f, text=f.text),
    events.Promised: _promised,
    events.Explained: lambda _, f: _ended(Stage.EXPLAINED, f, text=f.text),
    events.PetitionLinked: _linked,
    events.HandedOver: _handed_over,
    events.HandOverConfirmed: _confirmed,
    events.HandOverDeclined: lambda _, f: {"pending": None},
    events.SentForReading: lambda r, f: {"people": _with(r.people, *f.officers)},
    events.Archived: lambda r, f: {
        "stage": Stage.ARCHIVED,
        "custody": keeping.archived(r.custody, f, f.retention),
    },
    Alerted: lambda r, f: {"alerts": r.alerts | {f.alert_id}},
    AlertAcknowledged: lambda r, f: {"acknowledged": r.acknowledged | {f.alert_id}},
    AlertWithdrawn: lambda r, f: {
        "alerts": r.alerts - {f.alert_id},
        "recalled": r.recalled | {f.alert_id},
    },
    **keeping.steps(_blanked),
}
"""折叠表: what each fact changes."""


def fold(reception: Reception | None, fact: Fact) -> Reception | None:
    """折叠: the record after the fact. A stream's first fact opens it."""
    if reception is None:
        return _received(fact) if isinstance(fact, events.Received) else None
    step = STEPS.get(type(fact))
    changes = step(reception, fact) if step is not None else {}
    last_on = (
        reception.last_on if isinstance(fact, Alerted | AlertWithdrawn) else max(reception.last_on, fact.on)
    )
    return replace(reception, version=fact.originator_version, last_on=last_on, **changes)


def project(reception: Reception | None, facts: Iterable[Fact]) -> Reception | None:
    """投影函数: folds facts into the record."""
    for fact in facts:
        reception = fold(reception, fact)
    return reception
