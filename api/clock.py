"""时钟: the only reader of the time. Everything else is given the instant, or a function that tells it."""

from datetime import UTC, datetime


def now() -> datetime:
    """此刻: the present instant, aware, in UTC."""
    return datetime.now(UTC)
