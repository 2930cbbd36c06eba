"""反馈周期: the reporting periods of an item with a cadence: quarters, half-years and months. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from domain.supervision.fold import Item, Share

SHORT_NOTICE = timedelta(days=9)
"""From the day on which a quarter's self-check is due to the quarter's end it is never longer."""

MONTHS = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
_WRITTEN = {"monthly": "{year}-{n:02d}", "quarterly": "{year}Q{n}", "half_yearly": "{year}H{n}"}


@dataclass(frozen=True, slots=True)
class Period:
    """反馈周期 — its name ("2026Q4", "2026H2", "2026-11") and its first and last day."""

    name: str
    first: date
    last: date


def owed(item: Item, share: Share, after: date | None = None) -> list[Period]:
    """应报周期: what the unit has yet to report on – the periods that end while it has the item, and later than `after`.

    A quarter that ends before the unit could send in its self-check in time is left out.
    """
    if item.cadence is None or item.due_on is None:
        return []
    until, short = item.due_on, SHORT_NOTICE if item.cadence == "quarterly" else timedelta(0)
    return [
        period
        for period in _from(item.cadence, share.since)
        if period.last <= until
        and period.last - share.since >= short
        and period.name not in share.periods
        and (after is None or period.last > after)
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
