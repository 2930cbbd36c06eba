"""预警的事件: raised by the system, acknowledged by a named officer. They lie in the stream of the case they are about."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.facts import Fact
from domain.secrets import Text


class Alerted(Fact, frozen=True, kw_only=True):
    """预警 — raised by the system once for a clock, step and due date; `covers` earlier steps never reached in time."""

    TOPIC: ClassVar[str] = "petition.alerted.1"
    alert_id: UUID
    clock: str
    start_version: int
    step: str
    due_on: date
    label: str
    responsible: str
    recipients: tuple[str, ...]
    covers: tuple[str, ...] = ()
    part: str = ""


class AlertAcknowledged(Fact, frozen=True, kw_only=True):
    """签收预警 — a named supervisor has seen the alert."""

    TOPIC: ClassVar[str] = "petition.alert_acknowledged.1"
    alert_id: UUID
    remark: Text


class AlertWithdrawn(Fact, frozen=True, kw_only=True):
    """撤回预警 — the date it warned of moved away before anybody had acknowledged it; None if its clock is gone."""

    TOPIC: ClassVar[str] = "petition.alert_withdrawn.1"
    alert_id: UUID
    clock: str
    start_version: int
    step: str
    due_on: date
    label: str
    responsible: str
    recipients: tuple[str, ...]
    now_due_on: date | None = None
    part: str = ""


QUIET: tuple[type[Fact], ...] = (Alerted, AlertAcknowledged, AlertWithdrawn)
"""Facts that never make somebody's form stale."""
