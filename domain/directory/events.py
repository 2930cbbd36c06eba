"""机构人员的事件."""

from datetime import date
from typing import ClassVar

from domain.facts import Fact


class UnitFounded(Fact, frozen=True, kw_only=True):
    """设立单位 — a unit of the office, an organ below it, or the petition office itself; `parent` is the unit above."""

    TOPIC: ClassVar[str] = "directory.unit_founded.1"
    unit_id: str
    name: str
    kind: str
    code: str = ""
    parent: str = ""


class UnitRenamed(Fact, frozen=True, kw_only=True):
    """更名 — a unit is called otherwise from this record on; what was recorded before keeps the former name."""

    TOPIC: ClassVar[str] = "directory.unit_renamed.1"
    unit_id: str
    name: str


class UnitMoved(Fact, frozen=True, kw_only=True):
    """调整隶属 — a unit, with all units below it, comes under another; none above it if `parent` is empty."""

    TOPIC: ClassVar[str] = "directory.unit_moved.1"
    unit_id: str
    parent: str = ""


class OfficerAppointed(Fact, frozen=True, kw_only=True):
    """任职 — an officer holds a post in a unit from this date on."""

    TOPIC: ClassVar[str] = "directory.officer_appointed.1"
    officer: str
    name: str
    unit_id: str
    post: str


class PostGiven(Fact, frozen=True, kw_only=True):
    """兼任 — an officer holds a further post, in the same unit or in another."""

    TOPIC: ClassVar[str] = "directory.post_given.1"
    officer: str
    unit_id: str
    post: str


class PostTaken(Fact, frozen=True, kw_only=True):
    """免兼 — an officer no longer holds a further post."""

    TOPIC: ClassVar[str] = "directory.post_taken.1"
    officer: str
    unit_id: str
    post: str


class OfficerDismissed(Fact, frozen=True, kw_only=True):
    """离任 — an officer holds no post any more and stands in for nobody; the name stays with what was done."""

    TOPIC: ClassVar[str] = "directory.officer_dismissed.1"
    officer: str
    reason: str = ""


class StandInsNamed(Fact, frozen=True, kw_only=True):
    """指定顶岗人员 — who acts for an officer who is away, in this order; an empty list names nobody."""

    TOPIC: ClassVar[str] = "directory.stand_ins_named.1"
    officer: str
    stand_ins: tuple[str, ...] = ()


class AbsenceRecorded(Fact, frozen=True, kw_only=True):
    """离岗 — an officer is away from one day to another, both included; until the return if the end is open."""

    TOPIC: ClassVar[str] = "directory.absence_recorded.1"
    officer: str
    from_on: date
    to_on: date | None = None
    reason: str


class AbsenceEnded(Fact, frozen=True, kw_only=True):
    """返岗 — an officer is back from this day on, which cuts an absence short or cancels it."""

    TOPIC: ClassVar[str] = "directory.absence_ended.1"
    officer: str
    back_on: date


DIRECTORY_FACTS: tuple[type[Fact], ...] = (
    UnitFounded,
    UnitRenamed,
    UnitMoved,
    OfficerAppointed,
    PostGiven,
    PostTaken,
    OfficerDismissed,
    StandInsNamed,
    AbsenceRecorded,
    AbsenceEnded,
)
"""Every fact of the directory's one stream."""
