"""今日待办: the cases in which something is for this officer to do now, with the limit that runs and the acts that end it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from api import case_stages, lists
from api.console.case_places import FOLDERS
from api.console.visitors import Visitor
from domain.casework import Case
from domain.directory.capacity import in_the_place_of
from domain.facts import term_of
from domain.kinds import MONTH
from domain.rules.deadlines import Clock
from domain.rules.signals import Signal, signal
from projections import awaited, awaited_list

PAGE = 30
"""Cases on a page."""
TRIES = 3
"""How often more candidates are taken, if some turn out not to wait for this officer."""

_INSTRUCTIONS = (
    "instruct", "countersign", "pass-on-instruction", "sign-record", "approve-report", "sign-report",
    "acknowledge-urgent", "consent-to-refusal",
)  # fmt: skip
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "routing": ("转办受理", ("transfer", "assign", "forward", "accept", "decline", "object")),
    "objections": ("职权异议", ("hand-back", "keep-with-unit", "settle-objection")),
    "extensions": ("延期审批", ("grant-extension", "refuse-extension", "vet-extension")),
    "designation": ("指定承办", ("designate",)),
    "answers": ("答复反馈", ("reply", "report", "submit-result", "answer-supervision", "supplement")),
    "hearings": ("听证复查", ("close-hearing", "conclude-review", "conclude-reexamination")),
    "serving": ("送达", ("serve",)),
    "instructions": ("批示审签", _INSTRUCTIONS),
    "items": ("督查流转", ("submit", "issue", "allocate", "vet", "submit-to-leader", "report-to-body")),
    "hand_overs": ("接访交接", ("confirm-hand-over", "settle", "hand-over")),
    "closing": ("办结核销", ("sign-off", "file-refusal", "send")),
}
"""待办分类: how the acts are put together on the desk."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """可办操作 — what it is called and where its form is."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Task:
    """待办 — one case, its next limit and what is for me to do."""

    href: str
    number: str
    subject: str
    kind_label: str
    stage_label: str
    unit_name: str
    urgent: bool
    clock_label: str | None
    due_on: date | None
    provisional: bool
    light: str
    days_left: int | None
    acts: tuple[ToDo, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """待办一览 — a page of tasks, how many wait in each group, and where the next page begins, if there is one."""

    tasks: tuple[Task, ...]
    groups: tuple[tuple[str, str, int], ...]
    next: int | None


def work(visitor: Visitor, group: str | None, start: int) -> Work:
    """今日待办: the most urgent first, from the candidate at `start` on; those of one group if one is chosen."""
    act, services = visitor.act, visitor.services
    who = awaited.keys(act, visitor.directory)
    acts = GROUPS[group][1] if group is not None and group in GROUPS else None
    visibility = lists.eyes(services, act)
    tasks: list[Task] = []
    at, more = start, True
    with services.database.transaction() as connection:
        counted = awaited_list.counts(connection, visibility, who)
        for _ in range(TRIES):
            ids = awaited_list.soonest(connection, visibility, who, acts, limit=PAGE + 1, offset=at)
            cases = services.casework.cases(ids[:PAGE])
            for id in ids[:PAGE]:
                if len(tasks) == PAGE:
                    break
                at += 1
                task = _task(visitor, cases[id], acts) if id in cases else None
                tasks += [] if task is None else [task]
            more = len(ids) > PAGE or len(tasks) == PAGE
            if not more or len(tasks) == PAGE:
                break
    groups = tuple(
        (name, label, max((counted.get(slug, 0) for slug in slugs), default=0))
        for name, (label, slugs) in GROUPS.items()
        if any(slug in counted for slug in slugs)
    )
    return Work(tuple(tasks), groups, at if more else None)


def _task(visitor: Visitor, case: Case, wanted: tuple[str, ...] | None) -> Task | None:
    """The case as a task; None if it may not be read, or nothing in it is for this officer today."""
    act, directory = visitor.act, visitor.directory
    kind, state = case.kind, case.state
    if not kind.may_read(state, directory, act):
        return None
    known = visitor.services.casework.known(act.at)
    acting = in_the_place_of(kind.held_by(state), act, directory)
    situation: Any = kind.situation(state, case.facts, acting, directory, known)
    slugs = awaited.called_for(kind, situation, situation.clocks)
    if not slugs or (wanted is not None and not set(wanted) & set(slugs)):
        return None
    href = f"/console/{FOLDERS[kind.name]}/{state.id}"
    clock = _next(situation.clocks, acting.unit)
    seen = Signal("cancelled", "grey", None, None)
    if clock is not None:
        seen = signal("running", clock.due_on, None, act.today, known.calendar, False)
    unit = next(iter(kind.held_by(state)), None)
    return Task(
        href=href,
        number=state.number,
        subject=f"{state.month} {kind.label}" if kind is MONTH else state.subject,
        kind_label=kind.label,
        stage_label=case_stages.label(kind.name, state.stage.value),
        unit_name=directory.unit_name(unit) if unit else "",
        urgent=getattr(state, "urgent", False),
        clock_label=clock.label if clock is not None else None,
        due_on=clock.due_on if clock is not None else None,
        provisional=clock is not None and clock.provisional,
        light=seen.light,
        days_left=seen.days_left,
        acts=tuple(ToDo(term_of(kind.commands[slug]), f"{href}?act={slug}#act-{slug}") for slug in slugs),
    )


def _next(clocks: list[Clock], unit: str) -> Clock | None:
    """The limit that falls due first: my unit's own before anybody else's."""
    running = [one for one in clocks if one.state == "running" and not one.window and one.due_on is not None]
    own = [one for one in running if one.unit == unit]
    return min(own or running, key=lambda one: one.due_on, default=None)
