"""督查时点: an item's events in the words that rule books use. Pure; the bridge from facts to `rules.deadlines`.

What concerns the whole item has no unit, so that it reaches the clocks of all units.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from domain.acts import legal_date
from domain.facts import Fact
from domain.rules.deadlines import Case, Moment
from domain.supervision import events
from domain.supervision.fold import Item, Share, fold
from domain.supervision.periods import owed
from domain.supervision.stages import Stage

DOCUMENT_LIMITS = ("read", "incoming", "ordinary", "street")
"""Clocks of the rule book on documents, by class of limit; counted in working days from the receipt."""

_PLAIN: dict[type[Fact], str] = {
    events.SignedOff: "signed_off",
    events.SubmittedToSuperior: "submitted_to_superior",
    events.Withdrawn: "withdrawn",
}


def case_of(item: Item) -> Case:
    """计时对象: the attributes of the item that rules ask about."""
    attributes = {
        "form": item.form,
        "limit_class": item.limit_class or "",
        "cadence": item.cadence or "",
    }
    return Case("document" if item.form == "document" else "supervision", None, attributes)


def tell(facts: Iterable[Fact]) -> list[Moment]:
    """转述: every moment of the history in the order of the events."""
    found: list[Moment] = []
    before: Item | None = None
    for fact in facts:
        after = fold(before, fact)
        if after is not None:
            if (
                after.stage is Stage.OPENED
            ):  # given back: what was approved and revoked asks nothing of the office
                found = [moment for moment in found if moment.name != "instructed"]
            found.extend(_translate(before or after, fact, after))
        before = after
    return found


@dataclass(frozen=True, slots=True)
class _Telling:
    """转述: makes the moments of one fact."""

    fact: Fact

    def __call__(self, name: str, unit: str = "", on: date | None = None, **data: object) -> Moment:
        return Moment(
            name=name,
            on=on or self.fact.on,
            version=self.fact.originator_version,
            unit=unit,
            known_on=legal_date(self.fact.recorded_at),
            data={key: value for key, value in data.items() if value is not None},
        )


def _translate(before: Item, fact: Fact, after: Item) -> Iterator[Moment]:
    moment, office = _Telling(fact), after.opened_by_unit
    match fact:
        case events.Opened():
            if fact.form == "document":
                yield moment("registered_at_office", office, fact.received_on)
        case events.LeaderInstructed() | events.Countersigned():
            if before.stage is not Stage.APPROVED and after.stage is Stage.APPROVED:
                yield moment("instructed", office)
        case events.Issued():
            yield from _issued(moment, after)
        case events.Allocated():
            if before.issued_on is None:
                yield from _issued(moment, after)
            yield moment("passed_on", office, lead_unit=after.lead_unit)
            yield from _changed_hands(moment, before, after)
        case events.Objected():
            yield moment("objected", fact.of_unit)
        case events.ObjectionSettled():
            if not fact.agree:
                yield moment("kept", fact.of_unit)
            yield from _changed_hands(moment, before, after)
        case events.Reported():
            yield moment("reported", fact.of_unit, period=fact.period)
        case events.ResultSubmitted():
            yield from _result(fact, moment, before, after)
        case events.SentBack():
            yield from _sent_back(fact, moment, after)
        case events.ExtensionRequested():
            yield moment("extension_requested", fact.of_unit, part=fact.of_unit, answered_by=office)
        case events.ExtensionRefused():
            yield moment("extension_answered", fact.of_unit)
        case events.ExtensionGranted():
            yield from _granted(fact, moment, before, after)
        case _:
            name = _PLAIN.get(type(fact))
            if name is not None:
                yield moment(name)


def _issued(moment: _Telling, after: Item) -> Iterator[Moment]:
    if after.due_on is not None:
        yield moment("issued", after.lead_unit or after.opened_by_unit, due_on=after.due_on)


def _changed_hands(moment: _Telling, before: Item, after: Item) -> Iterator[Moment]:
    """Who was let off, then who got the item."""
    left = {share.unit for share in before.holding} - {share.unit for share in after.holding}
    for unit in sorted(left):
        yield moment("handed_back", unit, lead_unit=after.lead_unit or after.opened_by_unit)
    for share in after.holding:
        known = before.share(share.unit)
        if known is None or known.since != share.since or (known.result_on and not share.result_on):
            yield from _received(moment, share, after)


def _received(moment: _Telling, share: Share, after: Item) -> Iterator[Moment]:
    unit = share.unit
    yield moment(
        "allocated",
        unit,
        part=unit,
        count_from=after.due_on,
        due_on=share.due_on,
        lead_unit=after.lead_unit,
    )
    if after.form == "document":
        yield moment("received", unit, part=unit)
    yield from _cadence(moment, share, after)


def _cadence(moment: _Telling, share: Share, item: Item, after: date | None = None) -> Iterator[Moment]:
    """The reports that the unit owes from here on."""
    for period in owed(item, share, after):
        yield moment(
            "cadence_due",
            share.unit,
            max(period.first, share.since),
            part=f"{share.unit}/{period.name}",
            period=period.name,
            count_from=period.last,
            due_on=None if item.cadence == "quarterly" else period.last,
        )


def _result(fact: events.ResultSubmitted, moment: _Telling, before: Item, after: Item) -> Iterator[Moment]:
    unit = fact.of_unit
    for name in ("result_submitted", "concluded"):
        yield moment(name, unit)
    if unit == after.lead_unit:
        for share in before.holding:
            now = after.share(share.unit)
            if now is not None and now.waived and not share.waived:
                yield moment("handed_back", share.unit)
        yield moment("result_for_review", unit, answered_by=after.opened_by_unit)


def _sent_back(fact: events.SentBack, moment: _Telling, after: Item) -> Iterator[Moment]:
    """The unit's part is to be done again; so is the lead's, without a date of its own, when it waits for another's."""
    for share in after.holding:
        if share.unit == fact.of_unit:
            yield moment("sent_back", share.unit, part=share.unit, due_on=fact.redo_by)
        elif share.lead:
            yield moment("sent_back", share.unit, part=share.unit)
        if share.lead or share.unit == fact.of_unit:
            yield from _cadence(moment, share, after)


def _granted(fact: events.ExtensionGranted, moment: _Telling, before: Item, after: Item) -> Iterator[Moment]:
    yield moment("extension_answered", fact.of_unit)
    for limit in (fact.limit, *fact.other_limits):
        yield moment("rescheduled", fact.of_unit, clock=limit, due_on=fact.due_on)
    if fact.item_due_on is not None:
        yield moment("rescheduled", clock="item", due_on=fact.item_due_on)
        for share in after.holding:
            if share.result_on is None:
                yield from _cadence(moment, share, after, before.due_on)
