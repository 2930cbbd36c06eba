"""机构: a directory as tests tell it: what happened to it, what is asked of it now, and what follows.

A decision is called with its own arguments; the directory and the act are put behind them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from domain.acts import Act, system_act
from domain.directory import decisions
from domain.directory.capacity import act_of
from domain.directory.fold import Directory, project
from domain.errors import Refused
from domain.facts import Fact
from tests.builders import at

Decision = Callable[..., Fact]

FIRST_DAY = "2026-03-02"

UNITS = (
    ("county", "清江区人民政府", "unit", "", ""),
    ("petition-office", "清江区信访局", "petition_office", "XF", ""),
    ("unit-a", "清江区住建局", "unit", "A", "county"),
    ("unit-a-1", "房屋安全科", "unit", "", "unit-a"),
    ("unit-b", "清江区民政局", "unit", "B", "county"),
    ("supervision", "清江区督查室", "supervision", "DC", ""),
    ("leadership", "区领导", "leadership", "L", ""),
    ("system", "系统", "service", "", ""),
)
OFFICERS = (
    ("clerk", "林小雨", "petition-office", "office_clerk"),
    ("head", "陈国平", "petition-office", "office_head"),
    ("auditor", "何审", "petition-office", "auditor"),
    ("admin", "管理员", "system", "admin"),
    ("inspector", "郑督", "supervision", "inspector"),
    ("leader", "周明远", "leadership", "leader"),
    ("a-head", "赵一", "unit-a", "unit_head"),
    ("a-clerk", "钱二", "unit-a", "unit_clerk"),
    ("handler", "孙三", "unit-a", "unit_officer"),
    ("b-head", "李五", "unit-b", "unit_head"),
    ("b-clerk", "周六", "unit-b", "unit_clerk"),
)


@dataclass(frozen=True)
class Told:
    """What the directory's facts say so far."""

    facts: tuple[Fact, ...] = ()

    @property
    def directory(self) -> Directory:
        return project(self.facts)

    def having(self, decide: Decision, *given: Any, by: str = "admin", day: str = FIRST_DAY) -> "Told":
        """The story goes on with what was decided."""
        return Told((*self.facts, self._decided(decide, given, by, day)))

    def when(self, decide: Decision, *given: Any, by: str = "admin", day: str = FIRST_DAY) -> "Asked":
        """What is asked for now."""
        return Asked(lambda: self._decided(decide, given, by, day))

    def acting(self, officer: str, day: str, **capacity: str) -> "Asked":
        """In which capacity an officer would act that day."""
        return Asked(lambda: act_of(self.directory, officer, at(day), **capacity))

    def _decided(self, decide: Decision, given: tuple[Any, ...], by: str, day: str) -> Fact:
        act = system_act(at(day)) if by == "system" else self._act(by, day)
        if decide is decisions.found_unit:
            unit_id, name, kind, code, parent = given
            return decisions.found_unit(unit_id, name, kind, code, self.directory, act, parent)
        return decide(*given, self.directory, act)

    def _act(self, by: str, day: str) -> Act:
        """`by` may be "b-clerk for b-head"."""
        officer, _, absent = by.partition(" for ")
        return act_of(self.directory, officer, at(day), for_whom=absent or None)


@dataclass(frozen=True)
class Asked:
    """What was asked, and how it is answered."""

    ask: Callable[[], Any]

    def then(self, kind: type, **fields: Any) -> None:
        answer = self.ask()
        assert isinstance(answer, kind)
        assert {name: getattr(answer, name) for name in fields} == fields

    def refused(self, code: str, kind: type[Refused]) -> None:
        with pytest.raises(Refused) as caught:
            self.ask()
        assert (caught.value.code, type(caught.value)) == (code, kind)


def town() -> Told:
    """A town of three levels: the county, its bureaus, a section; nobody away, nobody standing in."""
    told = Told()
    for unit in UNITS:
        told = told.having(decisions.found_unit, *unit, by="system")
    for officer in OFFICERS:
        told = told.having(decisions.appoint, *officer, by="system")
    return told


TOWN = town()
