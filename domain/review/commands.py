"""复查复核的命令; field names are the API's."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.petition.commands import one_date

Result = Literal["uphold", "revoke", "change", "redo"]


@dataclass(frozen=True, slots=True)
class RequestReview:
    """申请复查 — the petitioner asks the higher organ; the date of posting counts for the petitioner."""

    reasons: str
    received_on: date | None = None
    posted_on: date | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        one_date(self.received_on, self.on)


@dataclass(frozen=True, slots=True)
class ConcludeReview:
    """复查意见 — the review organ's opinion."""

    result: Result
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RequestReexamination:
    """申请复核 — the petitioner asks the next higher organ."""

    reasons: str
    received_on: date | None = None
    posted_on: date | None = None
    on: date | None = None

    def __post_init__(self) -> None:
        one_date(self.received_on, self.on)


@dataclass(frozen=True, slots=True)
class ConcludeReexamination:
    """复核意见 — the last opinion."""

    result: Result
    text: str
    on: date | None = None


COMMANDS: dict[str, type] = {
    "request-review": RequestReview,
    "conclude-review": ConcludeReview,
    "request-reexamination": RequestReexamination,
    "conclude-reexamination": ConcludeReexamination,
}
