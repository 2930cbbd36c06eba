"""计时: two ways of doing the same work, in turn, round by round; ratios with their spread.

Other things run on the machine as well. So both sides are timed in every round, one right after the other, and
the ratio is taken within the round; the side that goes first changes from round to round.
"""

import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter
from typing import Any, Literal

Trial = Callable[[], float]
"""Does some work and answers the seconds that one piece of it took; in the unit MB, the megabytes themselves."""

Unit = Literal["events/s", "loads/s", "letters/s", "commands/s", "requests/s", "ms", "MB"]


@dataclass(frozen=True, slots=True)
class Figure:
    """图 — one drawing, `docs/speed/<name>.svg`: the two sides of some comparisons against their size."""

    name: str
    title: str
    sizes: str
    """What the axis of sizes counts: open cases, clients, petitions."""
    ours: str = "ours"
    theirs: str = "comparator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """比较 — what is measured, against what, in which unit; `goal` is the ratio we promise, if any.

    The ratio says how many times faster ours is. Where what is promised is a cost ("at most 4× of a plain UPDATE", "at
    most 1.5× of the same with 1,000 petitions"), `at_most` turns it round: how many times dearer ours is, at most
    `goal`. `ceiling` is an absolute promise besides: what ours may take at most, in the unit.

    Comparisons with the same `figure` are its points, each at its `size`. Where trials are short, `turns` of them are
    taken in every round: neighbours in time see the same machine. Where they are long, `rounds` is how many are enough.
    `note` is asked after the last trial for what else was seen (p95, processor time).
    """

    name: str
    what: str
    against: str
    unit: Unit
    ours: Trial
    theirs: Trial
    goal: float | None = None
    at_most: bool = False
    ceiling: float | None = None
    figure: Figure | None = None
    size: float | None = None
    turns: int = 1
    rounds: int | None = None
    note: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """分布 — the median of some rounds and the extremes."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """汇总: of the values of all rounds."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Result:
    """结果 — a comparison's figures; the ratio is read as the comparison says."""

    comparison: Comparison
    ours: Spread
    theirs: Spread
    ratio: Spread
    load: float
    """Processes that wanted the machine while it was measured, as the system counts them."""
    note: str = ""

    @property
    def met(self) -> bool | None:
        """达标: whether the medians keep what was promised; None where nothing was."""
        comparison, ratio = self.comparison, self.ratio.median
        kept = []
        if comparison.goal is not None:
            kept.append(ratio <= comparison.goal if comparison.at_most else ratio >= comparison.goal)
        if comparison.ceiling is not None:
            kept.append(self.ours.median <= comparison.ceiling)
        return all(kept) if kept else None

    def as_dict(self) -> dict[str, Any]:
        """机读: for machines, figures rounded to four significant digits."""
        comparison = self.comparison
        return {
            "name": comparison.name,
            "what": comparison.what,
            "against": comparison.against,
            "unit": comparison.unit,
            "ours": _figures(self.ours),
            "theirs": _figures(self.theirs),
            "ratio": _figures(self.ratio),
            "goal": comparison.goal,
            "at_most": comparison.at_most,
            "ceiling": comparison.ceiling,
            "met": self.met,
            "size": comparison.size,
            "figure": None if comparison.figure is None else asdict(comparison.figure),
            "load": round(self.load, 1),
            "note": self.note,
        }


def measure(comparison: Comparison, rounds: int, advance: Callable[[], None]) -> Result:
    """测量: both sides in every round; `advance` is called after each trial."""
    sides = {"ours": comparison.ours, "theirs": comparison.theirs}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    loads = []
    for number in range(trials(comparison, rounds)):
        for side in sorted(sides, reverse=bool(number % 2)):
            gc.collect()
            seconds[side].append(sides[side]())
            advance()
        loads.append(os.getloadavg()[0])
    pairs = zip(seconds["ours"], seconds["theirs"], strict=True)
    ratios = [ours / theirs if comparison.at_most else theirs / ours for ours, theirs in pairs]
    ours, theirs = ([_in_unit(one, comparison.unit) for one in seconds[side]] for side in sides)
    note = "" if comparison.note is None else comparison.note()
    return Result(comparison, Spread.of(ours), Spread.of(theirs), Spread.of(ratios), median(loads), note)


def trials(comparison: Comparison, rounds: int) -> int:
    """次数: how often either side is timed."""
    return min(rounds, comparison.rounds or rounds) * comparison.turns


def per_piece(pieces: int, work: Callable[[], object]) -> float:
    """每件用时: the seconds that each of so many pieces of the work took."""
    begun = perf_counter()
    work()
    return (perf_counter() - begun) / pieces


def each(times: int, work: Callable[[], object]) -> float:
    """逐次用时: the same, for work done so many times over."""

    def repeat() -> None:
        for _ in range(times):
            work()

    return per_piece(times, repeat)


def _in_unit(seconds: float, unit: Unit) -> float:
    if unit == "MB":
        return seconds
    return seconds * 1000 if unit == "ms" else 1 / seconds


def _figures(spread: Spread) -> dict[str, float]:
    named = {"median": spread.median, "min": spread.least, "max": spread.most}
    return {name: float(f"{value:.4g}") for name, value in named.items()}
