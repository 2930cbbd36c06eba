"""月清单的环节, and the one table of which act is open in which stage, to whom, under which conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """环节 — where a month's list stands; `again` once something was noted after it was sent."""

    COLLECTING = "collecting"
    SENT = "sent"
    AGAIN = "again"


LABELS: dict[Stage, str] = {
    Stage.COLLECTING: "待报备",
    Stage.SENT: "已报备",
    Stage.AGAIN: "待补报",
}

CLOSED = frozenset({Stage.SENT})
"""办结环节: nothing is left to send."""


@dataclass(frozen=True, slots=True)
class Opening:
    """开放条件 — one row of the table."""

    stages: frozenset[Stage]
    powers: tuple[str, ...]
    conditions: tuple[str, ...] = ()


OPENINGS: Mapping[str, Opening] = {
    "send": Opening(frozenset({Stage.COLLECTING, Stage.AGAIN}), ("office",), ("month_over",)),
    "acknowledge-alert": Opening(frozenset(Stage), ("alert_recipient",)),
}
