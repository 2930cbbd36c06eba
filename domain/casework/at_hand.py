"""案头: what a batch of commands is decided on – the directory, the rules and its cases as of one moment of the log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.casework.cases import Case
from domain.casework.remembering import Found
from domain.directory.fold import Directory
from domain.rulebase.fold import Rulebase


@dataclass(frozen=True, slots=True)
class AtHand:
    """案头 — read in one trip; a case is read out only when it is asked for, so that one that can't be spoils no other."""

    directory: Directory
    rulebase: Rulebase
    found: Mapping[UUID, Found]
    read: Callable[[UUID, Found], Case | None]

    def case(self, id: UUID) -> Case | None:
        """案件: one of those that are at hand; None if there is none of this id."""
        return self.read(id, self.found[id])
