"""封存段: one row of the seal tables' leaves, judged by itself before anything is compared with it."""

from dataclasses import dataclass, replace

from eventstore.log_rows import ENTRY, entries_of
from eventstore.merkle import WIDTH


@dataclass(frozen=True)
class Run:
    """封存段 — the hashes of the facts that one head added, and which facts they are."""

    first: int
    count: int
    last_position: int
    hashes: bytes
    entries: bytes

    @property
    def end(self) -> int:
        """止于: how many leaves there are with these, by the hashes themselves."""
        return self.first + len(self.hashes) // WIDTH

    @property
    def sound(self) -> bool:
        """是否完好: as far as lengths and order tell."""
        if len(self.hashes) != WIDTH * self.count or len(self.entries) != ENTRY.size * self.count:
            return False
        positions = [one.position for one in entries_of(self.entries)]
        return positions == sorted(set(positions)) and positions[-1:] == [self.last_position]

    def settled(self, signed: int | None) -> "Run":
        """据实核定: count and last position as hashes and entries have them, the position as a valid head of this end says
        where there is one."""
        named = entries_of(self.entries[-ENTRY.size :])
        last = signed if signed is not None else named[-1].position if named else self.last_position
        return replace(self, count=self.end - self.first, last_position=last)
