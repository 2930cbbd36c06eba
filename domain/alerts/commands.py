"""预警的命令."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AcknowledgeAlert:
    """签收预警 — a named supervisor has seen the alert."""

    alert_id: UUID
    remark: str
