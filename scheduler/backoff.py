"""重试间隔: how long a delivery waits after each failure, and when it is given up. Data only."""

from datetime import timedelta

DELAYS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""The wait after the first, second, … failure; the last one repeats."""

MAX_ATTEMPTS = 8
"""A delivery that failed this often is a dead letter: it waits for a person."""

LEASE = timedelta(minutes=2)
"""How long a dispatcher owns the row it is sending; longer than any one sending takes."""


def delay_after(attempts: int) -> timedelta:
    """下次重试: the wait after so many failed attempts."""
    return DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
