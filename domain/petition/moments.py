"""信访时点: a petition's events in the words that rule books use. Pure; the bridge from facts to `rules.deadlines`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.acts import legal_date
from domain.facts import Fact
from domain.petition import events
from domain.petition.fold import Petition, fold
from domain.review import events as review_events
from domain.rules.deadlines import TRACK_BOOK, Case, Moment, Reclassified

_FIRST_NOTICES = frozenset({"receipt", "acceptance", "refusal"})
_SERVED = {
    "opinion": "opinion_served",
    "review-opinion": "review_served",
    "reexamination-opinion": "reexamination_served",
}
_PLAIN: dict[type[Fact], tuple[str, ...]] = {
    events.HandOverConfirmed: ("hand_over_confirmed",),
    events.HandOverDeclined: ("hand_over_declined",),
    events.HearingOpened: ("hearing_opened",),
    events.HearingClosed: ("hearing_closed",),
    events.SupervisionAnswered: ("supervision_answered",),
    events.InstructionPassedOn: ("instruction_passed_on",),
    events.RefusalFiled: ("filed",),
    events.Withdrawn: ("withdrawn",),
    events.SignedOff: ("signed_off", "concluded"),
    review_events.ReviewRequested: ("review_requested",),
    review_events.ReviewConcluded: ("review_concluded",),
    review_events.ReexaminationRequested: ("reexamination_requested",),
    review_events.ReexaminationConcluded: ("reexamination_concluded",),
}


def case_of(petition: Petition, earlier: Sequence[Reclassified] = ()) -> Case:
    """计时对象: the attributes of the petition that rules ask about, now and before it was classified anew."""
    return Case("petition", petition.rulebook, _attributes(petition), tuple(earlier))


def _attributes(petition: Petition) -> dict[str, str]:
    named = petition.rulebook == TRACK_BOOK
    return {
        "category": petition.category,
        "way": petition.way,
        "track": petition.track or ("simplified" if named else ""),
        "simplified": "yes" if named or petition.simplified else "no",
        "simplified_from": "registration" if named else "acceptance",
        "channel": petition.channel,
        "limit_class": petition.limit_class or "",
        "anonymous": "yes" if petition.anonymous else "no",
    }


def tell(facts: Iterable[Fact]) -> tuple[list[Moment], list[Reclassified]]:
    """转述: every moment of the history in the order of the events, and what the case was before each new class."""
    found: list[Moment] = []
    earlier: list[Reclassified] = []
    before: Petition | None = None
    for fact in facts:
        after = fold(before, fact)
        if after is not None:
            found.extend(_translate(before, fact, after))
        if before is not None and isinstance(fact, events.Classified):
            earlier.append(Reclassified(fact.originator_version, fact.on, _attributes(before)))
        before = after
    return found, earlier


@dataclass(frozen=True, slots=True)
class _Telling:
    """转述: makes the moments of one fact; `holder` is the unit that held the case before it."""

    fact: Fact
    holder: str

    def __call__(self, name: str, unit: str | None = None, on: date | None = None, **data: object) -> Moment:
        return Moment(
            name=name,
            on=on or self.fact.on,
            version=self.fact.originator_version,
            unit=unit or self.holder,
            known_on=legal_date(self.fact.recorded_at),
            data=data,
        )

    def of_part(self, name: str, unit: str, **data: object) -> Moment:
        """协办单位的时点: of an assisting unit, whose clocks are its own."""
        return self(name, unit, None, part=unit, **data)


def _translate(before: Petition | None, fact: Fact, after: Petition) -> Iterator[Moment]:
    moment = _Telling(fact, before.holder if before is not None else after.holder)
    match fact:
        case events.Registered():
            yield moment("registered")
            yield moment("registered_at_office" if fact.at_office else "received")
            if fact.channel == "assigned":
                yield moment("assigned_by_superior")
        case events.Accepted():
            if before is not None and before.received_by_unit_on is None:
                yield moment("kept_by_office", on=before.received_on)
            yield from _taken_on(moment, after)
        case events.Declined():
            if before is not None and before.received_by_unit_on is None:
                yield moment("kept_by_office", on=before.received_on)
            for name in ("declined", "negative_decision", "concluded"):
                yield moment(name)
        case events.Forwarded() | events.Assigned() | events.Transferred():
            yield from _released(moment, before, after)
            yield from _passed_on(fact, moment, after)
        case events.Objected() | events.KeptWithUnit() | events.HandedBack():
            yield from _about_duty(fact, moment, before, after)
        case events.Reported():
            yield _reported(fact, moment, after)
        case events.Replied():
            for name in ("replied", "concluded"):
                yield moment(name)
            if fact.result == "not_support":
                yield moment("negative_decision")
            if fact.without_assistants is not None:
                for unit in after.assistants_not_heard:
                    yield moment.of_part("handed_back", unit)
        case events.TrackSwitched():
            yield moment("switched_to_ordinary")
            # The days already used stay used: the ordinary limit runs from the acceptance.
            yield moment("accepted_ordinary", on=after.handling_since)
        case events.ExtensionGranted():
            # Of the leader's unit: the case's own limit moves, a date that the assigner set for the unit doesn't.
            yield moment("extended", unit=fact.unit, days=fact.days)
        case events.Served():
            if fact.notice in _FIRST_NOTICES:
                yield moment("notice_served")
            elif fact.notice in _SERVED:
                yield moment(_SERVED[fact.notice])
        case events.Instructed():
            # The office passes the note on, wherever the case is.
            yield moment("instructed", answered_by=after.office)
        case events.Supervised():
            yield moment("supervised", due_on=fact.answer_by)
        case events.Rescheduled():
            yield moment("rescheduled", clock="assigned-report", due_on=fact.due_on)
            for unit in after.assistants_not_heard:
                yield moment.of_part("rescheduled", unit, clock="assigned-report", due_on=fact.due_on)
        case events.HandedOver():
            if before is not None and before.named is not None:
                yield moment("hand_over_replaced")
            yield moment("handed_over", part=fact.officer)
        case events.Reopened():
            yield moment("reopened")
            yield from _again(moment, after)
        case review_events.ReviewRequested() if fact.posted_on is not None:
            yield moment("review_posted", on=fact.posted_on)
            yield moment("review_requested")
        case review_events.ReexaminationRequested() if fact.posted_on is not None:
            yield moment("reexamination_posted", on=fact.posted_on)
            yield moment("reexamination_requested")
        case _:
            for name in _PLAIN.get(type(fact), ()):
                yield moment(name)
            if (
                isinstance(fact, review_events.ReviewConcluded | review_events.ReexaminationConcluded)
                and after.replied_on is None
            ):
                yield from _taken_on(moment, after)


def _taken_on(moment: _Telling, after: Petition) -> Iterator[Moment]:
    yield moment("accepted")
    yield moment("simplified" if after.track == "simplified" else "accepted_ordinary")
    for unit in after.assistants_not_heard:
        yield moment.of_part("assisting", unit)


def _released(moment: _Telling, before: Petition | None, after: Petition) -> Iterator[Moment]:
    """免除协办: units that assisted until this fact and don't any more."""
    for unit in before.assisting_units if before is not None else ():
        if unit not in after.assisting_units:
            yield moment.of_part("handed_back", unit)


def _about_duty(
    fact: events.Objected | events.KeptWithUnit | events.HandedBack,
    moment: _Telling,
    before: Petition | None,
    after: Petition,
) -> Iterator[Moment]:
    """职权异议: of the unit that holds the case, or of one that assists."""
    name = {events.Objected: "objected", events.KeptWithUnit: "kept"}.get(type(fact), "handed_back")
    unit = fact.unit if isinstance(fact, events.Objected) else fact.from_unit
    if before is not None and unit in before.assisting_units:
        yield moment.of_part(name, str(unit))
        return
    yield moment(name)
    yield from _released(moment, before, after)


def _reported(fact: events.Reported, moment: _Telling, after: Petition) -> Moment:
    """反馈: an assisting unit's report ends its own clocks alone; the office's, to the superior, none of a unit's."""
    if fact.unit in after.assisting_units:
        return moment.of_part("reported", fact.unit)
    return moment("reported", unit=after.office if fact.unit == after.office else None)


def _passed_on(
    fact: events.Forwarded | events.Assigned | events.Transferred, moment: _Telling, after: Petition
) -> Iterator[Moment]:
    yield moment("passed_on")
    tracked = not isinstance(fact, events.Forwarded) or fact.tracked
    if not tracked:
        yield moment("concluded")
    if isinstance(fact, events.Transferred):
        yield moment("transferred")
    if tracked:
        yield moment("received", unit=after.holder)
        yield moment("passed_to", unit=after.holder)
    if not isinstance(fact, events.Assigned):
        return
    if fact.due_on is not None:
        yield moment("assigned_with_date", unit=after.holder, due_on=fact.due_on)
    for unit in after.assisting_units:
        yield moment.of_part("passed_to", unit)
        if fact.due_on is not None:
            yield moment.of_part("assigned_with_date", unit, due_on=fact.due_on)
        if after.accepted_on is not None:
            yield moment.of_part("assisting", unit)


def _again(moment: _Telling, after: Petition) -> Iterator[Moment]:
    if after.accepted_on is not None:
        if not _FIRST_NOTICES & set(after.notices_served):
            yield moment("received" if after.received_by_unit_on is not None else "kept_by_office")
        yield from _taken_on(moment, after)
    elif after.received_by_unit_on is not None:
        yield moment("received")
        if after.passed_on_by_office:
            yield moment("passed_to")
    else:
        yield moment("registered_at_office")
