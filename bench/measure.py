"""计时: two ways of doing the same work, in turn, round by round; ratios with their spread.

Other things run on the machine as well. So both sides are timed in every round, one right after the other, and
the ratio is taken within the round; the side that goes first changes from round to round.
"""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, Literal

Trial = Callable[[], float]
"""Does some work and answers the seconds that one piece of it took."""

Unit = Literal["events/s", "loads/s", "letters/s", "ms"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """比较 — what is measured, against what, in which unit; `goal` is the ratio we promise, if any.

    Where trials are short, `turns` of them are taken in every round: neighbours in time see the same machine.
    """

    name: str
    what: str
    against: str
    unit: Unit
    ours: Trial
    theirs: Trial
    goal: float | None = None
    turns: int = 1


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

    def show(self, digits: int = 0, sign: str = "") -> str:
        """显示: as printed in the table, median [least–most]."""
        middle, least, most = (f"{value:,.{digits}f}" for value in (self.median, self.least, self.most))
        return f"{middle}{sign} [{least}–{most}]"


@dataclass(frozen=True, slots=True)
class Result:
    """结果 — a comparison's figures; a ratio above 1 means that ours is the faster."""

    comparison: Comparison
    ours: Spread
    theirs: Spread
    ratio: Spread

    @property
    def met(self) -> bool | None:
        """达标: whether the median ratio reaches the goal; None without a goal."""
        goal = self.comparison.goal
        return None if goal is None else self.ratio.median >= goal

    def as_dict(self) -> dict[str, Any]:
        """机读: for machines, figures rounded to four significant digits."""
        return {
            "name": self.comparison.name,
            "what": self.comparison.what,
            "against": self.comparison.against,
            "unit": self.comparison.unit,
            "ours": _figures(self.ours),
            "theirs": _figures(self.theirs),
            "ratio": _figures(self.ratio),
            "goal": self.comparison.goal,
            "met": self.met,
        }


def measure(comparison: Comparison, rounds: int, advance: Callable[[], None]) -> Result:
    """测量: both sides in every round; `advance` is called after each trial."""
    sides = {"ours": comparison.ours, "theirs": comparison.theirs}
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds * comparison.turns):
        for side in sorted(sides, reverse=bool(number % 2)):
            gc.collect()
            seconds[side].append(sides[side]())
            advance()
    ratios = [theirs / ours for ours, theirs in zip(seconds["ours"], seconds["theirs"], strict=True)]
    ours, theirs = ([_in_unit(one, comparison.unit) for one in seconds[side]] for side in sides)
    return Result(comparison, Spread.of(ours), Spread.of(theirs), Spread.of(ratios))


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
    return seconds * 1000 if unit == "ms" else 1 / seconds


def _figures(spread: Spread) -> dict[str, float]:
    named = {"median": spread.median, "min": spread.least, "max": spread.most}
    return {name: float(f"{value:.4g}") for name, value in named.items()}
