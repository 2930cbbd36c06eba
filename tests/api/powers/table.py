"""The tables of powers as they are written down by hand, and what they say of one cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
NEVER = "-"
ELSEWHERE = " else not theirs"

Words = Mapping[str, frozenset[str]]
"""Who is meant by a word of the table, as one case stands: officers' ids."""


@dataclass(frozen=True)
class Line:
    """Who may do an act in which stages; `elsewhere_theirs` is what those named are told where only others may."""

    act: str
    who: tuple[str, ...]
    stages: frozenset[str]
    elsewhere_theirs: bool
    when: str
    law: str

    def names(self, officer: str, words: Words) -> bool:
        return any(officer in words[word] for word in self.who)


@dataclass(frozen=True)
class Table:
    """A table of powers over one kind of case."""

    name: str
    lines: tuple[Line, ...]
    reading: tuple[Line, ...]

    @property
    def acts(self) -> list[str]:
        return list(dict.fromkeys(line.act for line in self.lines))

    @property
    def words(self) -> set[str]:
        return {word for line in (*self.lines, *self.reading) for word in line.who}

    def stories(self, stage: str) -> list[tuple[str, str]]:
        """Every act with each "when" to be tried in a stage; without one it is tried in every stage."""
        plain = [(act, "") for act in self.acts]
        return plain + [(one.act, one.when) for one in self.lines if one.when and stage in one.stages]

    def reads(self, how: str, officer: str, words: Words) -> bool:
        """Whether an officer whom the case doesn't accuse may read it."""
        return any(line.names(officer, words) for line in self.reading if line.act == how)

    def status(self, act: str, when: str, stage: str, officer: str, words: Words) -> int:
        """What an officer who may read the case is answered."""
        these = [line for line in self.lines if (line.act, line.when) == (act, when)]
        mine = [line for line in these if line.names(officer, words)]
        if any(stage in line.stages for line in mine):
            return 200
        others = any(stage in line.stages for line in these)
        if not mine or (others and not any(line.elsewhere_theirs for line in mine)):
            return 403
        return 409


def read(name: str) -> Table:
    """The table of that name."""
    groups: dict[str, frozenset[str]] = {NEVER: frozenset()}
    lines: list[Line] = []
    for row in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if row.startswith("#") or not row.strip():
            continue
        if "|" not in row:
            group, _, members = row.partition("=")
            groups[group.strip()] = _stages(members, groups)
            continue
        act, who, stages, when, law = (cell.strip() for cell in row.split("|"))
        elsewhere_theirs = not stages.endswith(ELSEWHERE)
        named = _stages(stages.removesuffix(ELSEWHERE), groups)
        lines.append(Line(act, tuple(who.split()), named, elsewhere_theirs, when, law))
    reading = tuple(line for line in lines if line.act.startswith("read"))
    return Table(name, tuple(line for line in lines if line not in reading), reading)


def _stages(names: str, groups: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*(groups.get(name, {name}) for name in names.split()))
