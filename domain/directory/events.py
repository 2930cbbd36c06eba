"""机构人员的事件."""

from typing import ClassVar

from domain.facts import Fact


class UnitFounded(Fact, frozen=True, kw_only=True):
    """设立单位 — a unit of the office, an organ below it, or the petition office itself."""

    TOPIC: ClassVar[str] = "directory.unit_founded.1"
    unit_id: str
    name: str
    kind: str
    code: str = ""


class OfficerAppointed(Fact, frozen=True, kw_only=True):
    """任职 — an officer holds a post in a unit from this date on."""

    TOPIC: ClassVar[str] = "directory.officer_appointed.1"
    officer: str
    name: str
    unit_id: str
    post: str
