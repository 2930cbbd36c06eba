"""预警计划: which alerts a case's clocks call for, each once per clock, step and due date.

The plan is a pure function of the clocks, the calendar and what has already been raised; it knows no today. A step
towards the due date whose day had passed before that date could be known (a backdated entry, a moved date) is
covered by the next alert raised, which names it; every other step is raised on its own, however late the scheduler.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID, uuid5

from domain.acts import SHANGHAI, Act, envelope
from domain.alerts.events import Alerted
from domain.cases import Kind, Situation, State
from domain.directory.fold import Directory
from domain.errors import NotNow, NotYours, Unknown
from domain.facts import Fact
from domain.rulebase.fold import Known
from domain.rules.calendar import Calendar
from domain.rules.deadlines import Clock
from domain.rules.judging import Group
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
    part = f"/{clock.part}" if clock.part else ""
    return uuid5(case, f"{clock.clock}/{clock.start_version}{part}/{step}/{clock.due_on}")


def next_alert_id(case: State, clock: Clock, step: str) -> UUID:
    """预警编号: of the alert that stands or is to come; one that was withdrawn never comes again under its own."""
    found = alert_id(case.id, clock, step)
    while found in case.recalled:
        found = uuid5(found, "again")
    return found


def planned(case: State, clocks: Iterable[Clock], books: Books, calendar: Calendar) -> list[PlannedAlert]:
    """预警计划: every alert not yet raised, of every running clock an organ answers for.

    A window only bounds what a unit may do: it is told before and when it ends, and nobody is late with it.
    """
    plan: list[PlannedAlert] = []
    for clock in clocks:
        if clock.state == "running" and clock.answerable != "petitioner":
            plan.extend(_of_clock(case, clock, books, calendar))
    return [
        item
        for item in plan
        if item.alert_id not in case.alerts and not (item.clock.window and item.step.offset > 0)
    ]


def _of_clock(case: State, clock: Clock, books: Books, calendar: Calendar) -> list[PlannedAlert]:
    return [
        PlannedAlert(next_alert_id(case, clock, step.id), clock, step, on, covers)
        for step, on, covers in course(_group(clock), clock.due_on, books, calendar)
    ]


def _group(clock: Clock) -> Group:
    counted = clock.inputs.text()
    return Group(
        clock.rulebook, clock.rulebook_version, clock.clock, clock.started_on, clock.days_extended, counted
    )


def course(
    group: Group, due_on: date, books: Books, calendar: Calendar
) -> list[tuple[AlertStep, date, tuple[str, ...]]]:
    """预警日程: the steps towards and after a due date, each with its day and the earlier steps that it covers.

    The steps are those of the version that judges the clock. Where a notice or a new version moved the date so late that
    several of them had passed, the last one stands for all: nobody was slow. Where the case itself was entered late, those
    after the date stand on their own.
    """
    book = books.exactly(group.rulebook, group.rulebook_version)
    own = book.alerts if book is not None else ()
    known_steps = {step.id: step for step in steps(own)}
    dated = steps_for(due_on, calendar, own, group.started_on)
    moved_on = group.moved_on(due_on, books, calendar)
    early = [(step, on) for step, on in dated if on < (moved_on or group.known_on)]
    late = [pair for pair in early if known_steps[pair[0]].offset > 0 and moved_on is None]
    kept = late or early[-1:]
    covers = tuple(step for step, _ in early if step not in {step for step, _ in kept})
    wanted = kept + [pair for pair in dated if pair not in early]
    return [(known_steps[step], on, covers if (step, on) in kept[:1] else ()) for step, on in wanted]


def recipients(
    kind: Kind, case: State, clock: Clock, step: AlertStep, directory: Directory, today: date
) -> tuple[str, ...]:
    """预警接收人: the officers the step names, of the unit that answers; never somebody the case must be kept from.

    In the place of a group none of whom may learn of the case its wardens are told; for an officer who is away the
    stand-in whose turn it is is told too.
    """
    found: list[str] = []
    for group in step.recipients:
        named = kind.group(group, clock, case, directory)
        told = [officer for officer in named if kind.may_be_told(officer, case, directory)]
        found.extend(told if told or not named else kind.wardens(case, directory))
    found = found or list(kind.wardens(case, directory))
    return tuple(dict.fromkeys(_with_stand_ins(kind, case, found, directory, today)))


def _with_stand_ins(
    kind: Kind, case: State, officers: Sequence[str], directory: Directory, today: date
) -> Iterable[str]:
    for officer in officers:
        yield officer
        stand_in = directory.standing_in(officer, today)
        if stand_in is not None and (
            kind.may_be_told(stand_in, case, directory)
            or _reads_in_place(kind, case, stand_in, officer, directory, today)
        ):
            yield stand_in


def _reads_in_place(
    kind: Kind, case: State, stand_in: str, absent: str, directory: Directory, today: date
) -> bool:
    """代为查阅: who may not read the case as such may in the place of the officer who is away."""
    person = directory.officers[stand_in]
    noon = datetime.combine(today, time(12), SHANGHAI)
    acts = (
        Act(stand_in, post.unit, post.post, noon, name=person.name, for_whom=absent, own_unit=person.unit)
        for post in directory.posts(absent)
    )
    return any(kind.may_read(case, directory, act) for act in acts)


def find(history: Iterable[Fact], alert_id: UUID) -> Alerted | None:
    """查预警: the alert of that id in the history."""
    return next((f for f in history if isinstance(f, Alerted) and f.alert_id == alert_id), None)


def must_be_acknowledgeable(alert: Alerted | None, case: State, situation: Situation) -> None:
    """可以签收: the alert exists, the officer is one of its recipients or stands in for one, and it isn't acknowledged.

    Raises Unknown("alert.unknown"), NotYours("alert.not_yours"), NotNow("alert.withdrawn") and NotNow("alert.already_acknowledged").
    """
    if alert is None:
        raise Unknown("alert.unknown", "没有这条预警。")
    if not {situation.act.by, situation.act.principal} & set(alert.recipients):
        raise NotYours("alert.not_yours", "该预警由其接收人签收。")
    if alert.alert_id in case.recalled:
        raise NotNow("alert.withdrawn", "该预警所依据的期限已经调整，预警已撤回，无需签收。")
    if alert.alert_id in case.acknowledged:
        raise NotNow("alert.already_acknowledged", "该预警已经签收。")


def due(
    kind: Kind,
    case: State,
    history: Sequence[Fact],
    clocks: Iterable[Clock],
    known: Known,
    directory: Directory,
    act: Act,
) -> list[Alerted]:
    """到日预警: the facts of every planned alert of a case whose day has come, in the order of their days."""
    plan = planned(case, clocks, known.books, known.calendar)
    reached = sorted((item for item in plan if item.fire_on <= act.today), key=lambda item: item.fire_on)
    return [
        _alerted(kind, case, item, len(history) + offset, act, directory)
        for offset, item in enumerate(reached, start=1)
    ]


def _alerted(
    kind: Kind, case: State, item: PlannedAlert, version: int, act: Act, directory: Directory
) -> Alerted:
    clock = item.clock
    return Alerted(
        **envelope(case.id, version, act, clock.basis),
        alert_id=item.alert_id,
        clock=clock.clock,
        start_version=clock.start_version,
        step=item.step.id,
        due_on=clock.due_on,
        label=f"{clock.label}：{item.step.label}",
        responsible=clock.unit,
        recipients=recipients(kind, case, clock, item.step, directory, act.today),
        covers=item.covers,
        part=clock.part,
    )


def outgoing(kind: Kind, case: State, fact: Alerted, channel: str, directory: Directory) -> OutboxRow:
    """发件: what one channel is told of one alert; no personal data. Its id is the receiver's idempotency key.

    A channel may reach people whom a confidential case didn't pass through: of such a case neither the number nor the
    unit leaves the house.
    """
    payload = {
        "alert_id": str(fact.alert_id),
        "case": str(case.id),
        "case_kind": kind.name,
        "case_number": None if case.confidential else case.number,
        "clock": fact.clock,
        "label": fact.label,
        "step": fact.step,
        "due_on": fact.due_on.isoformat(),
        "unit": None if case.confidential else fact.responsible,
        "unit_name": None if case.confidential else directory.unit_name(fact.responsible),
        "recipients": list(fact.recipients),
        "raised_at": fact.recorded_at.isoformat(),
    }
    return OutboxRow(uuid5(fact.alert_id, channel), fact.alert_id, case.id, channel, payload)
