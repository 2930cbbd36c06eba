"""办理后果预览: which limits would start, move or end if the act were recorded as it is filled in. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from typing import Any, get_type_hints

from starlette.datastructures import FormData

from api import case_stages
from api.bodies import command_of
from api.console import case_offers, forms
from api.console.case_words import said
from api.console.forms import Choices, Unfilled
from domain.acts import envelope
from domain.cases import Kind
from domain.errors import Refused
from domain.rules.counting import CannotCount
from domain.rules.deadlines import Clock
from domain.rules.signals import signal

RUNNING = frozenset({"running", "suspended"})


@dataclass(frozen=True, slots=True)
class Change:
    """变动 — what happens to a clock, in words."""

    label: str
    what: str


@dataclass(frozen=True, slots=True)
class Preview:
    """预览 — the changes, the stage the case would come to, or why it would be refused."""

    changes: tuple[Change, ...] = ()
    stage: str | None = None
    refused: str | None = None
    basis: str | None = None


def of(
    kind: Kind, situation: Any, command: type, given: FormData, wide: Mapping[str, Choices]
) -> Preview | None:
    """预览: with anything in the texts not filled in yet; None if more than texts is missing."""
    content = _filled_up(command, given, wide)
    try:
        made = command_of(forms.filled(command, content))
    except (Unfilled, Refused):
        return None
    if hasattr(made, "attachments"):
        made = replace(made, attachments=())
    try:
        return _changes(kind, situation, made)
    except Refused as refused:
        return Preview(refused=refused.message, basis=refused.basis)
    except CannotCount:
        return None


def _filled_up(command: type, given: FormData, wide: Mapping[str, Choices]) -> FormData:
    hints = get_type_hints(command)
    missing = [
        (one.name, case_offers.ANYTHING)
        for one in fields(command)
        if one.default is MISSING
        and hints[one.name] in {str, tuple[str, ...]}
        and one.name not in wide
        and not any(str(text).strip() for text in given.getlist(one.name))
    ]
    empty = {name for name, _ in missing}
    return FormData([*((name, text) for name, text in given.multi_items() if name not in empty), *missing])


def _changes(kind: Kind, situation: Any, command: Any) -> Preview:
    act, known, history = situation.act, situation.known, list(situation.history)
    made, on, own = kind.decide(command, situation)
    basis = kind.basis_of(made, on, own, situation)
    fact = made(**envelope(history[0].originator_id, len(history) + 1, act, basis, on), **own)
    before, state = situation.clocks, kind.project([*history, fact])
    after = kind.clocks([*history, fact], state, known, act.today)
    stage, then = kind.project(history).stage.value, state.stage.value
    return Preview(
        changes=tuple(_compared(before, after, act.today, situation)),
        stage=None if stage == then else case_stages.label(kind.name, then),
    )


def _compared(before: list[Clock], after: list[Clock], today: date, situation: Any) -> list[Change]:
    old = {(c.clock, c.start_version, c.part): c for c in before}
    found: list[Change] = []
    for clock in after:
        was = old.get((clock.clock, clock.start_version, clock.part))
        what = _begun(clock) if was is None else _moved(was, clock, today, situation)
        if what:
            unit = situation.directory.unit_name(clock.unit) if clock.unit else ""
            found.append(Change(f"{clock.label}（{unit}）" if unit else clock.label, what))
    return found


def _begun(clock: Clock) -> str | None:
    loose = "（暂定）" if clock.provisional else ""
    return f"开始计时，{clock.due_on}{loose}届满" if clock.state in RUNNING else None


def _moved(was: Clock, now: Clock, today: date, situation: Any) -> str | None:
    if was.state in RUNNING and now.state not in RUNNING:
        told = signal(now.state, now.due_on, now.stopped_on, today, situation.known.calendar, now.window)
        return f"停止计时：{said('clock_state', told.status)}"
    if was.due_on != now.due_on:
        return f"届满日由{was.due_on}改为{now.due_on}"
    if was.state != now.state:
        return "中止计时" if now.state == "suspended" else f"恢复计时，{now.due_on}届满"
    return None
