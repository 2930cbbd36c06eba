"""复查复核的决定: requests and opinions of the two instances after the written reply (条例 35、36)."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.cases import Draft
from domain.errors import Invalid
from domain.petition.commands import one_date
from domain.petition.situation import Situation
from domain.review import commands, events


def _late(on: date, clock: str, situation: Situation) -> bool:
    """逾期申请: whether the petitioner's window had ended; a late request is recorded as late, not lost."""
    windows = [c for c in situation.clocks if c.clock == clock]
    return bool(windows) and on > windows[-1].due_on


def _requested(
    command: commands.RequestReview | commands.RequestReexamination,
    situation: Situation,
    served_on: date | None,
    clock: str,
) -> tuple[date, dict[str, Any]]:
    received = situation.date(one_date(command.received_on, command.on), served_on, "书面意见送达日")
    posted = situation.date(command.posted_on, served_on, "书面意见送达日") if command.posted_on else None
    if posted is not None and posted > received:
        raise Invalid("review.posted_after_receipt", f"交邮日期{posted}晚于收到日期{received}，请核对。")
    late = _late(posted or received, clock, situation)
    return received, {"reasons": command.reasons, "posted_on": posted, "late": late}


def _request_review(command: commands.RequestReview, situation: Situation) -> Draft:
    on, fields = _requested(command, situation, situation.petition.opinion_served_on, "review-request")
    return events.ReviewRequested, on, fields


def _request_reexamination(command: commands.RequestReexamination, situation: Situation) -> Draft:
    served = situation.petition.review.served_on
    on, fields = _requested(command, situation, served, "reexamination-request")
    return events.ReexaminationRequested, on, fields


def _conclude_review(command: commands.ConcludeReview, situation: Situation) -> Draft:
    on = situation.date(command.on, situation.petition.review.requested_on, "收到复查申请日")
    return events.ReviewConcluded, on, {"result": command.result, "text": command.text}


def _conclude_reexamination(command: commands.ConcludeReexamination, situation: Situation) -> Draft:
    begun = situation.petition.review.reexamination_requested_on
    on = situation.date(command.on, begun, "收到复核申请日")
    return events.ReexaminationConcluded, on, {"result": command.result, "text": command.text}


DECISIONS: dict[type, Callable[[Any, Situation], Draft]] = {
    commands.RequestReview: _request_review,
    commands.ConcludeReview: _conclude_review,
    commands.RequestReexamination: _request_reexamination,
    commands.ConcludeReexamination: _conclude_reexamination,
}
