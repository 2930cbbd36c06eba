"""文书的命令; field names are the API's."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class IssueNotice:
    """出具文书 — issue the paper on a decision that was taken: it gets its number, and its dates are recorded."""

    notice: str
    on: date | None = None
