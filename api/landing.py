"""入库: what was read of a file, and its landing in batches; what is there already is left alone. No kind of file is
known here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.csvlines import Refusal
from domain.acts import Act
from domain.arrivals import Arrival
from domain.casework import Casework
from domain.directory.fold import Directory
from domain.errors import Refused

BATCH = 100
NOBODYS = UUID(int=0)
"""The id under which a past is tried out before it gets one of its own."""
CHANGED = "该编号已导入但内容不同，未作更改"


@dataclass(frozen=True, slots=True)
class Line:
    """一行 — one good line, ready to land."""

    line: int
    intake: Arrival


@dataclass(frozen=True, slots=True)
class Lines:
    """读取结果 — the good lines of a file, those refused, and how many said again what an earlier one said."""

    lines: tuple[Line, ...]
    refused: tuple[Refusal, ...]
    repeated: int

    @property
    def total(self) -> int:
        """记录总数."""
        return len(self.lines) + len(self.refused) + self.repeated


@dataclass(frozen=True, slots=True)
class Landing:
    """一批导入结果 — how many lines were looked at, landed, there before; and those refused."""

    done: int
    landed: int
    present: int
    refused: tuple[Refusal, ...]


def refusal(line: int, refused: Refused) -> Refusal:
    """不予导入: what the rules or the directory refused, with the column it is about, where they name one."""
    column = refused.details.get("column")
    return Refusal(line, refused.message, column if isinstance(column, str) else None)


def sort_out(read: Iterator[Line | Refusal]) -> Lines:
    """归类: each record once; a number that comes twice with another text is refused the second time."""
    lines: list[Line] = []
    refused: list[Refusal] = []
    seen: dict[str, str] = {}
    repeated = 0
    for one in read:
        if isinstance(one, Refusal):
            refused.append(one)
            continue
        source = one.intake.source
        known = seen.get(source.key)
        if known is None:
            seen[source.key] = source.digest
            lines.append(one)
        elif known == source.digest:
            repeated += 1
        else:
            refused.append(Refusal(one.line, "编号在文件中重复，但内容不同", "编号"))
    return Lines(tuple(lines), tuple(refused), repeated)


def land(
    casework: Casework, kind: str, lines: Sequence[Line], act: Callable[[], Act], batch: int = BATCH
) -> Iterator[Landing]:
    """分批导入: batch by batch, each in one transaction. A line that the directory or the rules refuse is named.

    Raises Refused if there is no office to register them, or Busy.
    """
    for first in range(0, len(lines), batch):
        chunk = lines[first : first + batch]
        present = casework.sources(kind, [line.intake.source.key for line in chunk])
        directory, now = casework.directory(), act()
        fresh: list[Arrival] = []
        refused: list[Refusal] = []
        for line in chunk:
            known = present.get(line.intake.source.key)
            fault = _fault(line.intake, directory, now) if known is None else None
            if fault is not None:
                refused.append(refusal(line.line, fault))
            elif known is None:
                fresh.append(line.intake)
            elif known.digest != line.intake.source.digest:
                refused.append(Refusal(line.line, CHANGED))
        landed = len(casework.take_in(fresh, now)) if fresh else 0
        yield Landing(len(chunk), landed, len(chunk) - landed - len(refused), tuple(refused))


def _fault(arrival: Arrival, directory: Directory, act: Act) -> Refused | None:
    """Why this past can't have been so; an office that is missing altogether ends the import instead."""
    register = arrival.register(act, directory)
    try:
        for _ in arrival.facts(NOBODYS, register.id, "", directory, act):
            pass
    except Refused as refused:
        return refused
    return None
