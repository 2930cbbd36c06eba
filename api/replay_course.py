"""重放经过: the moments of a case – its events, the days on which a limit ran out, the rules that changed in between – and
what was known at each.

Every moment is judged on its own day, twice: as then – the facts, the rules and the directory recorded by that instant –
and as now understood, with what was entered later about that day and by today's rules.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from api.bootstrap import Services
from api.case_reading import Seen
from domain.acts import SHANGHAI, legal_date
from domain.alerts.events import QUIET
from domain.casework import Recorded
from domain.directory import fold as directory_fold
from domain.directory.fold import DIRECTORY_ID, Directory
from domain.facts import Fact
from domain.kinds import ITEM, PETITION, RECEPTION
from domain.petition import fold as petition_fold
from domain.reception import fold as reception_fold
from domain.rulebase import fold as rulebase_fold
from domain.rulebase.fold import RULEBASE_ID, Known
from domain.rules.deadlines import Clock
from domain.rules.rows import RulebookError
from domain.rules.signals import Signal, signal
from domain.supervision import fold as item_fold

DAY = timedelta(days=1)
FOLDS: Mapping[str, Callable[[Any, Fact], Any]] = {
    PETITION.name: petition_fold.fold,
    ITEM.name: item_fold.fold,
    RECEPTION.name: reception_fold.fold,
}
"""The fold of each kind of case that can be replayed, a fact at a time."""
T = TypeVar("T")
ClockKey = tuple[str, int, str]
What = Literal["event", "due", "rules", "asked"]


@dataclass(frozen=True)
class Moment:
    """时刻 — the case at an instant: after `count` of its facts, as then and as now understood.

    `what` brought it: an event; a limit that ran out (`passed`); a rule book or decree (`rule`); or that it was asked for.
    """

    what: What
    at: datetime
    count: int
    then: Seen
    now: Seen
    clocks: Sequence[Clock]
    clocks_now: Sequence[Clock]
    passed: tuple[Clock, ...] = ()
    rule: Fact | None = None

    @property
    def event(self) -> Recorded | None:
        """事件: that brought this moment, if one did."""
        return self.then.history[-1] if self.what == "event" else None

    @cached_property
    def signals(self) -> dict[ClockKey, tuple[Clock, Signal]]:
        """当时的期限: with their lights on that day."""
        return _lit(self.clocks, self.then)

    @cached_property
    def signals_now(self) -> dict[ClockKey, tuple[Clock, Signal]]:
        """现在看来的期限: with the lights that day would have had."""
        return _lit(self.clocks_now, self.now)


@dataclass(frozen=True, slots=True)
class Change:
    """变化 — what became of a clock since the moment before; dates where its due date moved."""

    clock: Clock
    change: str
    was: str | None = None
    moved_from: object = None
    moved_to: object = None


class _Growing(Generic[T]):
    """逐步折叠 — what a stream folds to after some of its facts; asked for in order it is folded once."""

    def __init__(self, facts: Sequence[Recorded], fold: Callable[[T, Fact], T], first: Callable[[], T]):
        self.facts = facts
        self._fold, self._first = fold, first
        self._made, self._count = first(), 0
        self._positions = [one.position for one in facts]
        self._instants = [one.fact.recorded_at for one in facts]

    def count(self, at: datetime, position: int | None) -> int:
        """几条: the facts that lie before the position; without one, those recorded by the instant."""
        if position is not None:
            return bisect_right(self._positions, position)
        return bisect_right(self._instants, at)

    def after(self, count: int) -> T:
        """折叠结果."""
        if count < self._count:
            self._made, self._count = self._first(), 0
        for one in self.facts[self._count : count]:
            self._made = self._fold(self._made, one.fact)
        self._count = count
        return self._made


@dataclass
class Course:
    """经过 — of a case as asked about: up to now, or up to the instants given."""

    services: Services
    seen: Seen
    _counted: dict[str, tuple[int, Known, Sequence[Clock]]] = field(default_factory=dict)

    _last: Seen | None = None

    def __post_init__(self) -> None:
        casework = self.services.casework
        self._live = casework.rulebase()
        fold = FOLDS[self.seen.kind.name]
        self._states = _Growing[Any](self.seen.history, fold, lambda: None)
        self._earlier_states = _Growing[Any](self.seen.history, fold, lambda: None)
        self._rules = _Growing(casework.history(RULEBASE_ID), rulebase_fold.fold, rulebase_fold.shipped)
        self._directories: _Growing[Directory] = _Growing(
            casework.history(DIRECTORY_ID), directory_fold.fold, Directory
        )
        loud, self._loud = 0, [0]
        for one in self.seen.history:
            loud += not isinstance(one.fact, QUIET)
            self._loud.append(loud)

    @property
    def length(self) -> int:
        """事件数."""
        return len(self.seen.history)

    @property
    def end(self) -> datetime:
        """所问时刻: the last instant of the course."""
        return self.seen.named_at

    def event(self, count: int) -> Moment:
        """事件时刻: after so many facts, at the record of the last of them."""
        one = self.seen.history[count - 1]
        return self._moment("event", one.fact.recorded_at, count, one.position)

    def plain(self, moment: Moment) -> Seen:
        """按法定日期: the case after the facts of the moment, judged on the latest legal date by today's rules; what was
        counted for the moment isn't counted again."""
        shown = self.seen.after(moment.count, moment.then.state)
        paused = any(one.state == "suspended" for one in moment.clocks_now)
        if len(moment.now.history) == moment.count and (not paused or shown.today == moment.now.today):
            vars(shown)["clocks"] = list(moment.clocks_now)  # the cached property's own place
        return shown

    def asked(self) -> Moment:
        """所问时刻: at the end, after all facts."""
        return self._moment("asked", self.end, self.length)

    def at(self, instant: datetime) -> Moment:
        """某一时刻: between events too – after the facts that were recorded by then, of which there is one at least."""
        recorded = [one.fact.recorded_at for one in self.seen.history]
        return self._moment("asked", instant, max(1, bisect_right(recorded, instant)))

    def then(self, count: int) -> Seen:
        """当时: the case after so many facts with the directory of then; without its clocks."""
        if self._last is None or len(self._last.history) != count:
            history = self.seen.history[:count]
            last = history[-1]
            self._last = replace(
                self.seen,
                history=history,
                state=self._earlier_states.after(count),
                directory=self._directory(last.fact.recorded_at, last.position),
                past=True,
                named_at=last.fact.recorded_at,
            )
        return self._last

    def _directory(self, at: datetime, position: int | None) -> Directory:
        return self._directories.after(self._directories.count(at, position))

    def between(self, event: Moment) -> Iterator[Moment]:
        """其间: what happened to the clocks after an event without another event, up to the next one or the end."""
        count, now = event.count, event
        following = self.seen.history[count] if count < self.length else None
        until = following.fact.recorded_at if following is not None else self.end
        for rule in self._rules_between(event, following, until):
            at = rule.fact.recorded_at
            yield from self._passed(now, at)
            changed = self._moment("rules", at, count, rule.position, rule=rule.fact)
            if _dates(changed.clocks) != _dates(now.clocks):
                now = changed
                yield changed
        yield from self._passed(now, until)

    def _rules_between(
        self, event: Moment, following: Recorded | None, until: datetime
    ) -> Sequence[Recorded]:
        first = self._rules.count(event.at, event.then.last.position)
        last = self._rules.count(until, None if following is None else following.position)
        return self._rules.facts[first:last]

    def _passed(self, moment: Moment, until: datetime) -> Iterator[Moment]:
        """Each day on which a running limit was over that had not been over at the moment."""
        over: dict[datetime, list[Clock]] = {}
        for clock in moment.clocks:
            if clock.state == "running":
                at = datetime.combine(clock.due_on + DAY, time(), SHANGHAI)
                if moment.at < at <= until:
                    over.setdefault(at, []).append(clock)
        for at in sorted(over):
            yield self._moment("due", at, moment.count, passed=tuple(over[at]))

    def _moment(
        self,
        what: What,
        at: datetime,
        count: int,
        position: int | None = None,
        passed: tuple[Clock, ...] = (),
        rule: Fact | None = None,
    ) -> Moment:
        day, history = legal_date(at), self.seen.history[:count]
        rules = self._rules.count(at, position)
        base = self._live if rules == self._live.version else self._rules.after(rules)
        then = replace(
            self.seen,
            history=history,
            state=self._states.after(count),
            known=base.known(at),
            today=day,
            directory=self._directory(at, position),
            past=True,
            named_at=at,
        )
        later = [
            one
            for one in self.seen.history[count:]
            if one.fact.on < day or (one.fact.on == day and legal_date(one.fact.recorded_at) > day)
        ]
        now = replace(self.seen, today=day, past=True, history=[*history, *later], state=then.state)
        if later:
            now = replace(now, state=self.seen.kind.project(one.fact for one in now.history))
        clocks = self._clocks("then", then, count)
        same = not later and now.known is then.known
        clocks_now = clocks if same else self._clocks("now", now, count if not later else None)
        return Moment(what, at, count, then, now, clocks, clocks_now, passed, rule)

    def _clocks(self, whose: str, seen: Seen, count: int | None) -> Sequence[Clock]:
        """An alert moves no clock: those of the facts before it are kept, unless one is suspended and counts the days."""
        if count is None:
            return _counted(seen)
        loud, known, kept = self._counted.get(whose, (-1, seen.known, ()))
        if (
            loud == self._loud[count]
            and known is seen.known
            and all(one.state != "suspended" for one in kept)
        ):
            return kept
        made = _counted(seen)
        self._counted[whose] = (self._loud[count], seen.known, made)
        return made


def changes(before: Moment | None, after: Moment) -> list[Change]:
    """期限的变化: what became of each clock since the moment before, as then."""
    found: list[Change] = []
    earlier = before.signals if before is not None else {}
    for key, (clock, lit) in after.signals.items():
        if key not in earlier:
            found.append(Change(clock, "started"))
            if lit.status not in {"running", "suspended"}:
                found.append(Change(clock, lit.status, "running"))
            continue
        old, was = earlier[key]
        if old.due_on != clock.due_on:
            found.append(Change(clock, "moved", None, old.due_on, clock.due_on))
        elif old.provisional and not clock.provisional:
            found.append(Change(clock, "settled"))
        if was.status != lit.status:
            resumed = was.status == "suspended" and lit.status in {"running", "overdue"}
            found.append(Change(clock, "resumed" if resumed else lit.status, was.status))
        elif old.unit != clock.unit:
            found.append(Change(clock, "reassigned"))
    gone = [old for key, (old, _) in earlier.items() if key not in after.signals]
    return found + [Change(old, "gone") for old in gone]


def key_of(clock: Clock) -> ClockKey:
    """期限标识: its name, the event that started it and its part."""
    return clock.clock, clock.start_version, clock.part


def _counted(seen: Seen) -> list[Clock]:
    try:
        return seen.kind.clocks([one.fact for one in seen.history], seen.state, seen.known, seen.today)
    except RulebookError:
        return []


def _lit(clocks: Sequence[Clock], seen: Seen) -> dict[ClockKey, tuple[Clock, Signal]]:
    return {
        key_of(one): (
            one,
            signal(one.state, one.due_on, one.stopped_on, seen.today, seen.known.calendar, one.window),
        )
        for one in clocks
    }


def _dates(clocks: Sequence[Clock]) -> list[tuple[object, ...]]:
    return [(key_of(one), one.due_on, one.state, one.provisional, one.rulebook_version) for one in clocks]
