"""工作目标: the rates an office has set itself, read from `tables/targets.toml`. What meets one is no decision of a case."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from domain.rules.calendar import TABLES


@dataclass(frozen=True, slots=True)
class Target:
    """工作目标 — a measure that shall be at most or at least so much, and the rule that says so."""

    measure: str
    label: str
    sense: Literal["most", "least"]
    value: float
    basis: str
    note: str

    def is_met(self, rate: float | None) -> bool | None:
        """达标: whether the rate meets it; None where there is no rate."""
        if rate is None:
            return None
        return rate <= self.value if self.sense == "most" else rate >= self.value


@cache
def targets() -> tuple[Target, ...]:
    """工作目标: all there are."""
    rows = tomllib.loads((TABLES / "targets.toml").read_text("utf-8"))["target"]
    return tuple(
        Target(row["measure"], row["label"], row["sense"], row["value"], row["basis"], row["note"])
        for row in rows
    )
