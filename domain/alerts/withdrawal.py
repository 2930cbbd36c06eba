"""撤回预警: which alerts are no longer true, because the date they warned of has moved away before anybody acknowledged them.

What moved the date doesn't matter: an extension, a suspension, a decree, a new version of a rule book. A clock that was
stopped or cancelled keeps its alerts: what they said was true. An acknowledged alert stays as history, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.acts import Act, envelope
from domain.alerts.events import Alerted, AlertWithdrawn
from domain.cases import Kind, State
from domain.directory.fold import Directory
from domain.facts import Fact
from domain.rules.deadlines import Clock
from domain.store import OutboxRow

TOLD_AS = "withdrawn"


class Standing(NamedTuple):
    """未撤回的预警 — one that was raised and not withdrawn, and whether it is acknowledged."""

    alert: Alerted
    acknowledged: bool


class Untrue(NamedTuple):
    """应撤回的预警 — one that warns of a date which is no longer the clock's; None if there is no such clock."""

    alert: Alerted
    now_due_on: date | None


def standing(case: State, history: Iterable[Fact]) -> list[Standing]:
    """未撤回的预警: of a case, in the order in which they were raised."""
    return [
        Standing(fact, fact.alert_id in case.acknowledged)
        for fact in history
        if isinstance(fact, Alerted) and fact.alert_id in case.alerts
    ]


def untrue(case: State, history: Iterable[Fact], clocks: Iterable[Clock]) -> Iterator[Untrue]:
    """应撤回的预警: those unacknowledged whose clock falls due on another day now."""
    if not case.alerts - case.acknowledged:
        return
    due = {(one.clock, one.start_version, one.part): one.due_on for one in clocks}
    for alert, acknowledged in standing(case, history):
        now = due.get((alert.clock, alert.start_version, alert.part))
        if not acknowledged and now != alert.due_on:
            yield Untrue(alert, now)


def withdrawn(
    case: State, history: Sequence[Fact], clocks: Iterable[Clock], act: Act
) -> list[AlertWithdrawn]:
    """撤回预警: the facts, in the order in which the alerts were raised."""
    return [
        AlertWithdrawn(
            **envelope(case.id, len(history) + offset, act, None),
            alert_id=one.alert.alert_id,
            clock=one.alert.clock,
            start_version=one.alert.start_version,
            step=one.alert.step,
            due_on=one.alert.due_on,
            label=one.alert.label,
            responsible=one.alert.responsible,
            recipients=one.alert.recipients,
            now_due_on=one.now_due_on,
            part=one.alert.part,
        )
        for offset, one in enumerate(untrue(case, history, clocks), start=1)
    ]


def withdrawal_id(alert_id: UUID) -> UUID:
    """撤回编号: under which a withdrawal is told, once on every channel."""
    return uuid5(alert_id, TOLD_AS)


def outgoing(kind: Kind, case: State, fact: AlertWithdrawn, channel: str, directory: Directory) -> OutboxRow:
    """发件: what one channel is told of one withdrawal; like an alert, and as sparing of a confidential case."""
    told = withdrawal_id(fact.alert_id)
    payload = {
        "alert_id": str(told),
        TOLD_AS: str(fact.alert_id),
        "case": str(case.id),
        "case_kind": kind.name,
        "case_number": None if case.confidential else case.number,
        "clock": fact.clock,
        "label": fact.label,
        "step": fact.step,
        "due_on": fact.due_on.isoformat(),
        "now_due_on": fact.now_due_on.isoformat() if fact.now_due_on else None,
        "unit": None if case.confidential else fact.responsible,
        "unit_name": None if case.confidential else directory.unit_name(fact.responsible),
        "recipients": list(fact.recipients),
        "raised_at": fact.recorded_at.isoformat(),
    }
    return OutboxRow(uuid5(told, channel), told, case.id, channel, payload)
