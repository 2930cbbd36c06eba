"""复查复核的事件: facts of the two review instances, kept in the petition's stream."""

from datetime import date
from typing import ClassVar

from domain.facts import Fact
from domain.secrets import Text


class ReviewRequested(Fact, frozen=True, kw_only=True):
    """申请复查 — within 30 days of the written reply; the date of posting counts for the petitioner (条例 35)."""

    TOPIC: ClassVar[str] = "review.requested.1"
    reasons: Text
    posted_on: date | None = None
    late: bool = False


class ReviewConcluded(Fact, frozen=True, kw_only=True):
    """复查意见 — uphold, revoke, change or redo."""

    TOPIC: ClassVar[str] = "review.concluded.1"
    result: str
    text: Text


class ReexaminationRequested(Fact, frozen=True, kw_only=True):
    """申请复核 — within 30 days of the review opinion (条例 36)."""

    TOPIC: ClassVar[str] = "review.reexamination_requested.1"
    reasons: Text
    posted_on: date | None = None
    late: bool = False


class ReexaminationConcluded(Fact, frozen=True, kw_only=True):
    """复核意见 — the last opinion; afterwards the same facts are not taken up again (条例 36.3)."""

    TOPIC: ClassVar[str] = "review.reexamination_concluded.1"
    result: str
    text: Text
