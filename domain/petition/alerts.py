"""预警计划: which alerts a petition's clocks call for, each once per clock, step and due date.

The plan is a pure function of the clocks, the calendar and what has already been raised; it knows no today. A step
towards the due date whose day had passed before that date could be known (a backdated entry, a moved date) is
covered by the next alert raised, which names it; every other step is raised on its own, however late the scheduler.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from domain.acts import Act, envelope
from domain.directory.fold import Directory
from domain.facts import Fact
from domain.petition.events import Alerted
from domain.petition.fold import Petition
from domain.petition.situation import clocks_of, standing_of
from domain.rulebase.fold import Known
from domain.rules import authority
from domain.rules.authority import Standing
from domain.rules.calendar import Calendar
from domain.rules.deadlines import Clock
from domain.rules.rulebook import Books
from domain.rules.signals import AlertStep, steps, steps_for
from domain.store import OutboxRow


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """预警计划项 — one alert to raise on `fire_on`; `covers` names earlier steps it stands for."""

    alert_id: UUID
    clock: Clock
    step: AlertStep
    fire_on: date
    covers: tuple[str, ...]


def alert_id(case: UUID, clock: Clock, step: str) -> UUID:
    """预警编号: the same for the same case, clock, step and due date, whoever computes it."""
    return uuid5(case, f"{clock.clock}/{clock.start_version}/{step}/{clock.due_on}")


def planned(
    petition: Petition, clocks: Iterable[Clock], books: Books, calendar: Calendar
) -> list[PlannedAlert]:
    """预警计划: every alert not yet raised, of every running clock an organ answers for.

    A window only bounds what a unit may do: it is told before and when it ends, and nobody is late with it.
    """
    plan: list[PlannedAlert] = []
    for clock in clocks:
        if clock.state == "running" and clock.answerable != "petitioner":
            plan.extend(_of_clock(petition, clock, books, calendar))
    return [
        item
        for item in plan
        if item.alert_id not in petition.alerts and not (item.clock.window and item.step.offset > 0)
    ]


def _of_clock(petition: Petition, clock: Clock, books: Books, calendar: Calendar) -> list[PlannedAlert]:
    book = books.version(clock.rulebook, clock.started_on)
    own = book.alerts if book is not None else ()
    known_steps = {step.id: step for step in steps(own)}
    dated = steps_for(clock.due_on, calendar, own, clock.started_on)
    early = [(step, on) for step, on in dated if on < clock.known_on]
    kept = [pair for pair in early if known_steps[pair[0]].offset > 0] or early[-1:]
    covers = tuple(step for step, _ in early if step not in {step for step, _ in kept})
    wanted = kept + [pair for pair in dated if pair not in early]
    return [
        PlannedAlert(
            alert_id=alert_id(petition.id, clock, step),
            clock=clock,
            step=known_steps[step],
            fire_on=on,
            covers=covers if (step, on) in kept[:1] else (),
        )
        for step, on in wanted
    ]


def recipients(petition: Petition, clock: Clock, step: AlertStep, directory: Directory) -> tuple[str, ...]:
    """预警接收人: the officers the step names, of the unit that answers; never somebody the case accuses."""
    standing = standing_of(petition, directory)
    found: list[str] = []
    for group in step.recipients:
        found.extend(_group(group, clock, standing, directory))
    told = [o for o in found if _may_see(o, standing, directory)]
    if not told:  # all of them stand accused: somebody must know all the same
        others = directory.with_post(("leader", "inspector", "office_head", "auditor"))
        told = [o for o in others if _may_see(o, standing, directory)]
    return tuple(dict.fromkeys(told))


def _group(group: str, clock: Clock, standing: Standing, directory: Directory) -> Sequence[str]:
    unit = standing.office if clock.answerable != "unit" else clock.unit
    office = directory.is_office(unit)
    match group:
        case "handler":
            return [standing.handler] if standing.handler else []
        case "unit":
            return directory.holders(unit, ("office_clerk",) if office else ("unit_clerk",))
        case "unit_head":
            return directory.holders(unit, ("office_head",) if office else ("unit_head",))
        case "office":
            return directory.holders(standing.office, ("office_clerk", "office_head"))
        case _:
            return directory.with_post((group,))


def _may_see(officer: str, standing: Standing, directory: Directory) -> bool:
    person = directory.officers.get(officer)
    return person is not None and authority.may_receive(standing, person.unit, person.name, officer)


def find(history: Iterable[Fact], alert_id: UUID) -> Alerted | None:
    """查预警: the alert of that id in the history."""
    return next((f for f in history if isinstance(f, Alerted) and f.alert_id == alert_id), None)


def due(
    petition: Petition, history: Sequence[Fact], known: Known, directory: Directory, act: Act
) -> list[Alerted]:
    """到日预警: the facts of every planned alert of a petition whose day has come, in the order of their days."""
    clocks = clocks_of(history, petition, known)
    plan = planned(petition, clocks, known.books, known.calendar)
    reached = sorted((item for item in plan if item.fire_on <= act.today), key=lambda item: item.fire_on)
    return [
        _alerted(petition, item, len(history) + offset, act, directory)
        for offset, item in enumerate(reached, start=1)
    ]


def _alerted(petition: Petition, item: PlannedAlert, version: int, act: Act, directory: Directory) -> Alerted:
    clock = item.clock
    return Alerted(
        **envelope(petition.id, version, act, clock.basis),
        alert_id=item.alert_id,
        clock=clock.clock,
        start_version=clock.start_version,
        step=item.step.id,
        due_on=clock.due_on,
        label=f"{clock.label}：{item.step.label}",
        responsible=clock.unit,
        recipients=recipients(petition, clock, item.step, directory),
        covers=item.covers,
    )


def outgoing(petition: Petition, fact: Alerted, channel: str, directory: Directory) -> OutboxRow:
    """发件: what one channel is told of one alert; no personal data. Its id is the receiver's idempotency key."""
    payload = {
        "alert_id": str(fact.alert_id),
        "case": str(petition.id),
        "case_number": petition.number,
        "clock": fact.clock,
        "label": fact.label,
        "step": fact.step,
        "due_on": fact.due_on.isoformat(),
        "unit": fact.responsible,
        "unit_name": directory.unit_name(fact.responsible),
        "recipients": list(fact.recipients),
        "raised_at": fact.recorded_at.isoformat(),
    }
    return OutboxRow(uuid5(fact.alert_id, channel), fact.alert_id, petition.id, channel, payload)
