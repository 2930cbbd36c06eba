"""案卷的牵连: what lies around a case, looked up in the whole log; for stores in memory."""

from collections.abc import Sequence
from uuid import UUID

from domain.attachments import lying_with
from domain.casework import Casework
from domain.facts import Fact
from domain.reception.events import PetitionLinked, Received


class WholeLog:
    """Looks through every fact there is; remembers what it was told to forget."""

    def __init__(self, casework: Casework) -> None:
        self.casework = casework
        self.forgotten: list[tuple[tuple[UUID, ...], tuple[str, ...]]] = []

    def _facts(self) -> list[Fact]:
        return [self.casework.fact(row) for row in self.casework.store.select_log(0, 100_000)]

    def receptions_of(self, petition: UUID) -> Sequence[UUID]:
        linking = (one for one in self._facts() if isinstance(one, Received | PetitionLinked))
        return list(dict.fromkeys(one.originator_id for one in linking if one.petition == petition))

    def only_in(self, cases: Sequence[UUID], hashes: Sequence[str]) -> Sequence[str]:
        elsewhere = lying_with(one for one in self._facts() if one.originator_id not in cases)
        return [one for one in hashes if one not in elsewhere]

    def forget(self, cases: Sequence[UUID], names: Sequence[str]) -> None:
        self.forgotten.append((tuple(cases), tuple(names)))
