"""月清单的命令; field names are the API's."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Send:
    """月清单报备 — send the month's list to the discipline office, once the month is over."""

    to_organ: str
    text: str | None = None
    on: date | None = None


COMMANDS: dict[str, type] = {"send": Send}
