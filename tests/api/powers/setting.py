"""A case as a table judges it: its facts, and who is meant by the table's words as the case stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

from msgspec.structs import replace

from domain.facts import Fact
from tests.api.powers.table import Table, Words

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A case told up to a stage; `how` names the rows on who reads it, `accused` finds nothing at all."""

    facts: tuple[Fact, ...]
    words: Words
    how: str
    accused: frozenset[str] = frozenset()

    def again(self) -> tuple[UUID, list[Fact]]:
        """The same case once more, under an id and a number of its own."""
        id = uuid4()
        facts = [replace(fact, originator_id=id) for fact in self.facts]
        return id, [replace(facts[0], number=f"X-{id}"), *facts[1:]]


@dataclass(frozen=True)
class Cell:
    """One call: an officer, an act, the case it is tried on, and what the table says."""

    officer: str
    act: str
    when: str
    case: UUID
    body: Body
    status: int


class Stories(Protocol):
    """How one kind of case is told in one variety: ordinary, an accusation, public …"""

    table: Table
    stages: Sequence[str]

    def told(self, stage: str, act: str, when: str) -> Told: ...
    def body(self, stage: str, act: str, when: str, by: str) -> Body: ...


def cells(
    stories: Stories, stage: str, officers: Sequence[str], seldom: frozenset[str]
) -> tuple[list[Fact], list[Cell]]:
    """Every cell of a stage, and the facts of all cases; refused calls share a case, allowed ones have each their own.

    Those named in `seldom` are tried on the first act alone.
    """
    facts: list[Fact] = []
    found: list[Cell] = []
    shared: dict[tuple[Fact, ...], UUID] = {}

    def case_of(told: Told, status: int) -> UUID:
        if status == 200 or told.facts not in shared:
            id, made = told.again()
            facts.extend(made)
            if status == 200:
                return id
            shared[told.facts] = id
        return shared[told.facts]

    for nth, (act, when) in enumerate(stories.table.stories(stage)):
        told = stories.told(stage, act, when)
        for officer in (one for one in officers if nth == 0 or one not in seldom):
            status = expected(stories.table, told, act, when, stage, officer)
            body = stories.body(stage, act, when, officer)
            found.append(Cell(officer, act, when, case_of(told, status), body, status))
    return facts, found


def expected(table: Table, told: Told, act: str, when: str, stage: str, officer: str) -> int:
    if officer in told.accused or not table.reads(told.how, officer, told.words):
        return 404
    return table.status(act, when, stage, officer, told.words)


def shared_of(found: Sequence[Cell]) -> Iterator[UUID]:
    """The cases on which nobody was allowed anything."""
    allowed = {cell.case for cell in found if cell.status == 200}
    yield from dict.fromkeys(cell.case for cell in found if cell.case not in allowed)
