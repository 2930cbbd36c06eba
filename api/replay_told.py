"""已告知的内容: what each party had been told by a moment – papers issued and served with the dates they print, alerts with
their delivery and acknowledgement, acts addressed to it, and the steps of progress that a petitioner is shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from api import case_links
from api.bootstrap import Services
from api.case_reading import Seen
from api.progress_steps import TOLD, notice_label
from api.replay_parties import members, office_of, units_of
from domain.acts import PETITIONER
from domain.alerts.events import AlertAcknowledged, Alerted, AlertWithdrawn
from domain.casework import Recorded
from domain.facts import Fact, name_of, term_of
from domain.kinds import PETITION
from domain.papers import issuing
from domain.papers.shapes import PrintedDate
from domain.petition import events
from domain.rules import papers

TO_UNITS = ("to_unit", "to_organ", "lead_unit", "assisting_units", "units", "of_unit", "from_unit")
"""Fields of facts that hold the units to which an act goes."""
TO_OFFICERS = ("officer", "officers", "leader", "leaders", "to", "approver")
"""Fields of facts that hold the officers to whom an act goes."""


class Delivery(NamedTuple):
    """投递 — one channel of an alert: whether and when it had arrived."""

    channel: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """告知 — one thing that a party was told: `what` is paper, served, alert, act or step.

    `version` is the event that told it; `to` the officers of this party, where officers were told; `dates` what a paper
    prints. What became of an alert afterwards stands in `acknowledged` and `withdrawn`, by version.
    """

    party: str
    version: int
    at: datetime
    on: date
    what: str
    label: str
    text: str = ""
    number: str | None = None
    to: tuple[str, ...] = ()
    dates: tuple[PrintedDate, ...] = ()
    templates: tuple[str, ...] = ()
    alert: UUID | None = None
    due_on: date | None = None


class Answer(NamedTuple):
    """预警之后 — an acknowledgement or withdrawal: by which event, when, by whom."""

    version: int
    at: datetime
    by: str


@dataclass
class Told:
    """告知一览 — of a whole case, in the order of record."""

    messages: list[Message] = field(default_factory=list)
    acknowledged: dict[UUID, Answer] = field(default_factory=dict)
    withdrawn: dict[UUID, Answer] = field(default_factory=dict)
    deliveries: dict[UUID, list[Delivery]] = field(default_factory=dict)

    def of(self, party: str, count: int) -> list[Message]:
        """某方已知: everything it had been told after so many facts."""
        return [one for one in self.messages if one.party == party and one.version <= count]

    def delivered(self, alert: UUID, raised_at: datetime, at: datetime) -> list[Delivery]:
        """投递情况: by the instant; in the house an alert has arrived once it is raised."""
        sent = (
            one if one.at is not None and one.at <= at else Delivery(one.channel, "pending", None)
            for one in self.deliveries.get(alert, [])
        )
        return [Delivery("in_app", "available", raised_at), *sent]


@dataclass
class _Membership:
    """各方人员 — to which parties an officer belonged; the same officers are told over and over."""

    known: dict[tuple[str, int, tuple[str, ...]], list[str]] = field(default_factory=dict)

    def of(self, officer: str, then: Seen) -> list[str]:
        """所属各方."""
        key = (officer, then.directory.version, tuple(units_of(then.state)))
        if key not in self.known:
            self.known[key] = members(officer, then)
        return self.known[key]


Then = Callable[[int], Seen]
"""The case after so many of its facts, as then."""


def told(services: Services, seen: Seen, then: Then) -> Told:
    """告知一览: of every fact that the asker may be told of."""
    found = Told(deliveries=_deliveries(services, seen))
    printed: dict[str, Any] = {}
    membership = _Membership()
    for count, one in enumerate(seen.history, 1):
        fact = one.fact
        if case_links.tells_of_hidden(fact, seen.hidden):
            continue
        answer = Answer(count, fact.recorded_at, fact.by)
        if isinstance(fact, AlertAcknowledged):
            found.acknowledged[fact.alert_id] = answer
        elif isinstance(fact, AlertWithdrawn):
            found.withdrawn[fact.alert_id] = answer
        else:
            found.messages += _messages(count, one, seen, then, printed, membership)
        if name_of(fact) == "NoticeIssued":
            printed[getattr(fact, "notice", "")] = fact
    return found


def _messages(
    count: int,
    one: Recorded,
    seen: Seen,
    then: Then,
    printed: Mapping[str, Any],
    membership: _Membership,
) -> Iterable[Message]:
    fact = one.fact
    base: dict[str, Any] = {"version": count, "at": fact.recorded_at, "on": fact.on}
    if isinstance(fact, Alerted):
        parties: dict[str, list[str]] = {}
        for officer in fact.recipients:
            for party in membership.of(officer, then(count)):
                parties.setdefault(party, []).append(officer)
        for party, officers in parties.items():
            yield Message(
                party,
                **base,
                what="alert",
                label=fact.label,
                to=tuple(officers),
                alert=fact.alert_id,
                due_on=fact.due_on,
            )
        return
    if name_of(fact) == "NoticeIssued":
        yield from _issued(fact, base, then(count))
        return
    if isinstance(fact, events.Served):
        paper = printed.get(fact.notice)
        yield Message(
            PETITIONER,
            **base,
            what="served",
            label=notice_label(fact.notice),
            text="已送达",
            number=getattr(paper, "number", None),
            dates=getattr(paper, "dates", ()),
            templates=tuple(used.sha256 for used in getattr(paper, "templates", ())),
        )
        return
    yield from _addressed(fact, base, then, membership)
    if seen.kind is PETITION:
        tell = TOLD.get(type(fact))
        if tell is not None:
            label, _, text = tell(fact, then(count))
            yield Message(PETITIONER, **base, what="step", label=label, text=text)


def _issued(fact: Any, base: Mapping[str, Any], then: Seen) -> Iterable[Message]:
    """A paper tells the organs it goes to; a petitioner only once it is served."""
    known = {f"unit:{unit}" for unit in (*units_of(then.state), office_of(then) or "")}
    paper = papers.found(fact.notice)
    for unit in dict.fromkeys((*fact.addressees, *fact.copies)):
        if f"unit:{unit}" in known:
            yield Message(
                f"unit:{unit}",
                **base,
                what="paper",
                label=paper.label if paper is not None else fact.notice,
                text="主送" if unit in fact.addressees else "抄送",
                number=fact.number,
                dates=fact.dates,
                templates=tuple(used.sha256 for used in fact.templates),
            )


def _addressed(fact: Fact, base: Mapping[str, Any], at: Then, membership: _Membership) -> Iterable[Message]:
    """An act tells those to whom it goes; who did it needn't be told."""
    named, supervised = (_named(fact, TO_UNITS), _named(fact, TO_OFFICERS)), _goes_to_a_unit(fact)
    if not any(named) and not supervised:
        return
    then = at(base["version"])
    if supervised:
        named[0].extend(issuing.addressees(fact, _holder(then.state)))
    known = {*units_of(then.state), office_of(then)}
    units = [unit for unit in dict.fromkeys(named[0]) if unit in known and unit != fact.unit]
    found: dict[str, list[str]] = {f"unit:{unit}": [] for unit in units}
    for officer in named[1]:
        if officer in then.directory.officers and officer not in {fact.by, fact.for_whom}:
            for party in membership.of(officer, then):
                found.setdefault(party, []).append(officer)
    for party, officers in found.items():
        yield Message(party, **base, what="act", label=term_of(type(fact)), to=tuple(officers))


@cache
def _papers_to_units() -> frozenset[str]:
    return frozenset(
        name
        for case in ("petition", "item")
        for paper in papers.of_case(case)
        if paper.to == "unit"
        for name in paper.after
    )


def _goes_to_a_unit(fact: Fact) -> bool:
    """Whether a paper addressed to a unit rests on such a fact, whether or not it was issued."""
    return name_of(fact) in _papers_to_units()


def _holder(state: Any) -> str:
    return getattr(state, "holder", None) or getattr(state, "lead_unit", None) or ""


def _named(fact: Fact, fields: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in fields:
        value = getattr(fact, name, None)
        values = value if isinstance(value, tuple) else (value,)
        found += [one for one in values if isinstance(one, str) and one]
    return list(dict.fromkeys(found))


def _deliveries(services: Services, seen: Seen) -> dict[UUID, list[Delivery]]:
    """What the outbox knows of the case's alerts."""
    found: dict[UUID, list[Delivery]] = {}
    with services.database.connection() as connection:
        rows = connection.execute(
            "SELECT alert_id, channel, state, delivered_at FROM outbox WHERE case_id = %s ORDER BY channel",
            (seen.state.id,),
        ).fetchall()
    for row in rows:
        one = Delivery(row["channel"], row["state"], row["delivered_at"])
        found.setdefault(row["alert_id"], []).append(one)
    return found
