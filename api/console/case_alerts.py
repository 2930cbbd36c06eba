"""案件的预警: the alerts of a case that nobody has acknowledged yet, and which of them this officer may."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from api.case_reading import Seen
from api.console.case_words import Piece, Words
from api.console.visitors import Visitor
from domain.alerts.events import Alerted


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """待签收预警 — what it says, to whom it was raised, and whether this officer is among them."""

    id: UUID
    label: str
    due_on: date
    raised_at: datetime
    recipients: tuple[Piece, ...]
    mine: bool


def of(visitor: Visitor, seen: Seen, words: Words) -> list[OpenAlert]:
    """待签收预警: the newest first."""
    me = {visitor.act.by, visitor.act.principal}
    raised = [one.fact for one in seen.history if isinstance(one.fact, Alerted)]
    return [
        OpenAlert(
            id=alert.alert_id,
            label=alert.label,
            due_on=alert.due_on,
            raised_at=alert.recorded_at,
            recipients=words.officers(alert.recipients, alert.recorded_at),
            mine=bool(me & set(alert.recipients)),
        )
        for alert in reversed(raised)
        if alert.alert_id not in seen.state.acknowledged | seen.state.recalled
    ]
