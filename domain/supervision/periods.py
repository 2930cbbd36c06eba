"""反馈周期: the reporting periods of an item with a cadence. Pure arithmetic of quarters, half-years and months."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
_WRITTEN = {"monthly": "{year}-{n:02d}", "quarterly": "{year}Q{n}", "half_yearly": "{year}H{n}"}


@dataclass(frozen=True, slots=True)
class Period:
    """反馈周期 — its name ("2026Q4", "2026H2", "2026-11") and its first and last day."""

    name: str
    first: date
    last: date


def periods(cadence: str | None, begun: date, until: date | None, after: date | None = None) -> list[Period]:
    """应报周期: every period that ends from `begun` to `until`, both inclusive, and later than `after` if given."""
    if cadence is None or until is None:
        return []
    return [
        period
        for period in _from(cadence, begun)
        if period.last <= until and (after is None or period.last > after)
    ]


def _from(cadence: str, begun: date) -> Iterator[Period]:
    """From the period that holds the day on; as many as can matter to an item."""
    months = MONTHS[cadence]
    year, n = begun.year, (begun.month - 1) // months + 1
    for _ in range(12 * 12 // months):
        name = _WRITTEN[cadence].format(year=year, n=n)
        last = n * months
        yield Period(name, date(year, last - months + 1, 1), date(year, last, monthrange(year, last)[1]))
        year, n = (year, n + 1) if last < 12 else (year + 1, 1)
