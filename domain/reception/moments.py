"""接访值班记录的时点: its events in the words that rule books use. Pure."""

from collections.abc import Iterable, Iterator

from domain.acts import legal_date
from domain.facts import Fact
from domain.reception import events
from domain.reception.fold import Reception, fold
from domain.reception.stages import Stage
from domain.rules.deadlines import Case, Moment

CASE = Case("reception", None, {})
"""计时对象: a record has no attributes that rules ask about."""


def tell(facts: Iterable[Fact]) -> list[Moment]:
    """转述: every moment of the history in the order of the events."""
    found: list[Moment] = []
    before: Reception | None = None
    for fact in facts:
        after = fold(before, fact)
        if after is not None:
            found.extend(_translate(before, fact, after))
        before = after
    return found


def _translate(before: Reception | None, fact: Fact, after: Reception) -> Iterator[Moment]:
    def moment(name: str, unit: str = "", **data: object) -> Moment:
        at = unit or (before or after).unit
        return Moment(name, fact.on, fact.originator_version, at, legal_date(fact.recorded_at), data)

    match fact:
        case events.Received():
            if after.stage is Stage.UNSETTLED:
                yield moment("matter_received")
                if fact.shift_ends_on is not None:
                    yield moment("taken_on_shift", due_on=fact.shift_ends_on)
            elif after.stage is Stage.PROMISED:
                yield moment("promised", due_on=fact.promised_on)
        case events.Promised():
            if before is not None and before.promised_on is not None:
                yield moment("rescheduled", clock="promise", due_on=fact.due_on)
            else:
                yield moment("promised", due_on=fact.due_on)
        case events.Settled() | events.Explained() | events.PetitionLinked():
            yield moment("concluded")
        case events.HandedOver():
            if before is not None and before.pending is not None:
                yield moment("hand_over_replaced")
            yield moment("handed_over", part=fact.officer)
        case events.HandOverConfirmed():
            yield moment("hand_over_confirmed")
            yield moment("received", unit=after.unit)
        case events.HandOverDeclined():
            yield moment("hand_over_declined")
        case _:
            return
