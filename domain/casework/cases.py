"""案件与请求: one case as the log has it, and what goes with a command."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from domain.acts import Act, Receipt
from domain.cases import Kind
from domain.directory.fold import Directory
from domain.facts import Fact
from domain.kinds import kind_of
from domain.numbering import NumbersTaken
from domain.store import Submission


@dataclass(frozen=True, slots=True)
class Key:
    """幂等键 — the client's key and the digest of what it sent with it."""

    key: str
    digest: str


class Asked(NamedTuple):
    """所请 — a command on a case, by whom and on which conditions.

    `expects` is the version the officer saw; a case that moved on since (alerts aside) is refused as Stale.
    """

    case: UUID
    command: Any
    act: Act
    kind: Kind | None = None
    expects: int | None = None
    key: Key | None = None


class Coming(NamedTuple):
    """来办 — what is asked, told once the directory is read on which it is decided: by it, who asks. That raises Refused."""

    case: UUID
    key: Key | None
    asks: Callable[[Directory], Asked]


class Prepared(NamedTuple):
    """待存 — what was decided, ready to be stored, and what its receipt will say."""

    submission: Submission
    id: UUID
    version: int
    events: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()
    numbers: tuple[NumbersTaken, ...] = ()

    def receipt(self, positions: Sequence[int]) -> Receipt:
        """回执: once it is stored; its place in the log is that of the last fact."""
        return Receipt(self.id, self.version, positions[-1], self.events, self.extra)


class Recorded(msgspec.Struct, frozen=True, gc=False):
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


class Standing(NamedTuple):
    """现状 — how one case of any kind stands, without its history."""

    kind: Kind
    state: Any


def standing_from(facts: Sequence[Fact]) -> Standing | None:
    """现状: of a stream's facts; None if they are no case's."""
    kind = kind_of(facts[0]) if facts else None
    return None if kind is None else Standing(kind, kind.project(facts))


def case_from(history: list[Recorded]) -> Case | None:
    """案件: of a stream's facts; None if they are no case's."""
    kind = kind_of(history[0].fact) if history else None
    if kind is None:
        return None
    return Case(kind, kind.project(one.fact for one in history), history)
