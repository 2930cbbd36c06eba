"""接访值班记录的环节, and the one table of which act is open in which stage, to whom, under which conditions."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.erasure.acts import CONDITIONS_OF


class Stage(StrEnum):
    """环节 — where a record stands: its result so far, or filed."""

    UNSETTLED = "unsettled"
    PROMISED = "promised"
    SETTLED = "settled"
    EXPLAINED = "explained"
    REGISTERED = "registered"
    ARCHIVED = "archived"


LABELS: dict[Stage, str] = {
    Stage.UNSETTLED: "未办结",
    Stage.PROMISED: "限期答复",
    Stage.SETTLED: "已办结",
    Stage.EXPLAINED: "说明解释",
    Stage.REGISTERED: "转信访登记",
    Stage.ARCHIVED: "已归档",
}

CLOSED = frozenset({Stage.SETTLED, Stage.EXPLAINED, Stage.REGISTERED, Stage.ARCHIVED})
"""办结环节: nobody waits for anything."""
LIVE = frozenset(Stage) - CLOSED


@dataclass(frozen=True, slots=True)
class Opening:
    """开放条件 — one row of the table."""

    stages: frozenset[Stage]
    powers: tuple[str, ...]
    conditions: tuple[str, ...] = ()


def _row(stages: frozenset[Stage], powers: str, conditions: str = "") -> Opening:
    return Opening(stages, tuple(powers.split()), tuple(conditions.split()))


OPENINGS: Mapping[str, Opening] = {
    "settle": _row(LIVE, "responsible superior"),
    "promise": _row(LIVE, "responsible superior", "promise_left promise_not_passed"),
    "explain": _row(LIVE, "responsible superior"),
    "register-petition": _row(LIVE | {Stage.EXPLAINED}, "responsible superior"),
    "hand-over": _row(LIVE, "responsible superior"),
    "confirm-hand-over": _row(LIVE, "named"),
    "decline-hand-over": _row(LIVE, "named"),
    "send-for-reading": _row(frozenset(Stage), "responsible superior"),
    "archive": _row(CLOSED - {Stage.ARCHIVED}, "responsible superior"),
    "lend-file": _row(CLOSED, "office", CONDITIONS_OF["lend-file"]),
    "return-file": _row(frozenset(Stage), "office", CONDITIONS_OF["return-file"]),
    "request-erasure": _row(CLOSED, "office", CONDITIONS_OF["request-erasure"]),
    "approve-erasure": _row(CLOSED, "leader", CONDITIONS_OF["approve-erasure"]),
    "refuse-erasure": _row(CLOSED, "leader", CONDITIONS_OF["refuse-erasure"]),
    "witness-erasure": _row(CLOSED, "witness", CONDITIONS_OF["witness-erasure"]),
    "acknowledge-alert": _row(frozenset(Stage), "alert_recipient"),
}
