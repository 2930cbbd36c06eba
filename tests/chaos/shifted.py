"""拨动的时钟: the real time and what a file says is to be added, so that every process of a scene is told the same."""

from datetime import datetime, timedelta
from pathlib import Path

from api.clock import now


class Shifted:
    """拨动的时钟 — a scene sets it forward and back while the service runs."""

    def __init__(self, file: Path, more: timedelta = timedelta(0)) -> None:
        self.file = file
        self.more = more

    def __call__(self) -> datetime:
        return now() + self.offset() + self.more

    def offset(self) -> timedelta:
        """偏移: none as long as nobody set the clock."""
        try:
            return timedelta(seconds=float(self.file.read_text()))
        except FileNotFoundError:
            return timedelta(0)

    def set(self, offset: timedelta) -> None:
        """拨钟: at once for everybody who reads it; nobody sees half a number."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(offset.total_seconds()))
        fresh.replace(self.file)
