"""案件与请求: one case as the log has it, and what goes with a command."""

from dataclasses import dataclass
from typing import Any

from domain.cases import Kind
from domain.facts import Fact
from domain.kinds import kind_of


@dataclass(frozen=True, slots=True)
class Key:
    """幂等键 — the client's key and the digest of what it sent with it."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """已录事件 — a fact with its place in the log."""

    position: int
    fact: Fact


@dataclass(frozen=True, slots=True)
class Case:
    """案件 — one case of any kind: its facts with their places in the log, and the state they fold to."""

    kind: Kind
    state: Any
    history: list[Recorded]

    @property
    def facts(self) -> list[Fact]:
        """事实: without their places."""
        return [one.fact for one in self.history]


def case_from(history: list[Recorded]) -> Case | None:
    """案件: of a stream's facts; None if they are no case's."""
    kind = kind_of(history[0].fact) if history else None
    if kind is None:
        return None
    return Case(kind, kind.project(one.fact for one in history), history)
