"""复查复核的折叠: review facts → state. Imports events only; assignments only."""

from datetime import date

import msgspec
from msgspec.structs import replace

from domain.facts import Fact
from domain.review import events


class Review(msgspec.Struct, frozen=True):
    """复查复核 — what is known of the two review instances of one petition."""

    requested_on: date | None = None
    concluded_on: date | None = None
    result: str | None = None
    concluded_by: tuple[str, ...] = ()
    served_on: date | None = None
    reexamination_requested_on: date | None = None
    reexamination_concluded_on: date | None = None
    reexamination_result: str | None = None
    reexamination_served_on: date | None = None


def evolve(review: Review, fact: Fact) -> Review:
    """折叠: the review after the fact; facts of others leave it as it is."""
    match fact:
        case events.ReviewRequested():
            return Review(requested_on=fact.on)
        case events.ReviewConcluded():
            doers = (fact.by,) if fact.for_whom is None else (fact.by, fact.for_whom)
            return replace(review, concluded_on=fact.on, result=fact.result, concluded_by=doers)
        case events.ReexaminationRequested():
            return replace(review, reexamination_requested_on=fact.on)
        case events.ReexaminationConcluded():
            return replace(review, reexamination_concluded_on=fact.on, reexamination_result=fact.result)
        case _:
            return review


def served(review: Review, notice: str, on: date) -> Review:
    """送达: the review after one of its opinions was served."""
    if notice == "review-opinion":
        return replace(review, served_on=on)
    if notice == "reexamination-opinion":
        return replace(review, reexamination_served_on=on)
    return review
