"""试算页: which open cases would move, by clock and unit, and a page of them; counted anew for every page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

PER_PAGE = 100
LONGEST_CURSOR = 500


@dataclass(frozen=True, slots=True)
class Preview:
    """试算结果的一页 — of `total` clocks that move, in `cases` cases of `compared`; `recorded` is what the page of
    the change will count, `shown` the token of what is shown."""

    items: list[dict[str, Any]]
    total: int
    cases: int
    compared: int
    recorded: dict[str, int] | None
    firm: int
    withdrawn: int
    rearmed: int
    by_clock: list[dict[str, Any]]
    by_unit: list[dict[str, Any]]
    shown: str
    cursor: str | None
    first: bool


def of(given: FormData, count: Callable[[str | None, int], dict[str, Any]]) -> Preview:
    """试算: from where the page before ended, or from the start."""
    asked = given.get("cursor")
    cursor = asked if isinstance(asked, str) and 0 < len(asked) <= LONGEST_CURSOR else None
    found = count(cursor, PER_PAGE)
    return Preview(
        found["items"],
        found["total"],
        found["cases"],
        found["compared"],
        found["recorded"],
        found["firm"],
        found["alerts"]["withdrawn"],
        found["alerts"]["rearmed"],
        found["by_clock"],
        found["by_unit"],
        found["preview"],
        found["next_cursor"],
        cursor is None,
    )
