"""状态机: a case of any kind through any sequence of acts that its table knows, by any officer, on any day.

A rule is made for each command; it runs while somebody may do the act, and draws the fields that the command has.
What must hold after every step of every kind of case stands in the invariants; each kind's machine adds its own.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.acts import Act, envelope
from domain.alerts import events as alert_events
from domain.attachments import AttachmentEntry
from domain.cases import Kind
from domain.casework import Casework, Key
from domain.directory import events as directory
from domain.directory.fold import DIRECTORY_ID, Officer
from domain.errors import Refused
from domain.facts import Fact
from domain.petition.told import UNTOLD
from domain.rules.deadlines import Clock
from tests.builders import EARLIER, OFFICERS, UNITS, Told, act, at, known
from tests.memory import a_casework


def _of_type(kind: Any, today: date) -> st.SearchStrategy[Any]:
    """Values for a command's field of that type, around today."""
    near = st.integers(-4, 1).map(lambda n: today + timedelta(days=n))
    later = st.integers(-1, 45).map(lambda n: today + timedelta(days=n))
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) in {Union, types.UnionType}:
        inner = next(k for k in get_args(kind) if k is not type(None))
        return st.none() | st.none() | _of_type(inner, today)
    if kind is date:
        return st.just(today) | near | later
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: st.just("内容"),
        bool: st.booleans(),
        int: st.sampled_from([1, 15, 30, 31]),
        UUID: st.just(EARLIER),
        tuple[AttachmentEntry, ...]: st.sampled_from([(), (AttachmentEntry("现场照片.jpg"),)]),
        tuple[str, ...]: st.sampled_from([(), ("unit-b",), ("材料一", "材料二")]),
    }
    return simple[kind]


LEGAL_DATES = {"on", "served_on", "received_on", "posted_on"}


class Life(RuleBasedStateMachine):
    """One case at an office; every act goes through the one door over a store in memory."""

    kind: ClassVar[Kind]
    officers: ClassVar[tuple[Officer, ...]] = OFFICERS
    named: ClassVar[Mapping[str, st.SearchStrategy[Any]]] = {}
    """What a field of that name is drawn from, whatever its type."""
    onward: ClassVar[set[str]]
    """The acts that carry a case forward; without them most lives would end where they began."""
    closed: ClassVar[frozenset[Any]]
    after_close: ClassVar[Mapping[Any, set[str]]]
    """After a case is closed only these acts are open to anybody."""
    run_after_close: ClassVar[set[str]] = set()
    """What may still be owed, or asked for, when the matter itself is closed."""
    each_round: ClassVar[set[str]] = set()
    """Of these each starting act has its own, even while an earlier one runs."""

    casework: Casework
    case: UUID

    def __init__(self) -> None:
        super().__init__()
        self.casework = a_casework()
        self.day = date(2026, 1, 5)
        self.live: Any = None
        self.keys = 0
        self.found_office()

    def found_office(self) -> None:
        """The directory, as commands made it."""
        founding = act(OFFICERS[0], "2025-01-02")

        def facts(version: int) -> list[Fact]:
            units = [
                (directory.UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code})
                for u in UNITS
            ]
            people = [
                (
                    directory.OfficerAppointed,
                    {"officer": o.id, "name": o.name, "unit_id": o.unit, "post": o.post},
                )
                for o in self.officers
            ]
            return [
                kind(**envelope(DIRECTORY_ID, version + n, founding), **own)
                for n, (kind, own) in enumerate([*units, *people], 1)
            ]

        self.casework.publish(DIRECTORY_ID, facts, founding)

    def begin(self, story: Told) -> None:
        """The case starts with this history."""
        self.casework.save(*story.facts)
        self.case = story.id
        self.live = story.state
        self._seen()

    def _seen(self) -> None:
        """Read once what the rules, their conditions and the invariants look at."""
        self.facts = [r.fact for r in self.casework.history(self.case)]
        assert self.live is not None
        situation = self.situation(self.officers[0])
        self.clocks: list[Clock] = situation.clocks
        self.open: dict[str, list[Officer]] = {}
        for officer in self.officers:
            own = self.situation(officer)
            own.__dict__["clocks"] = self.clocks  # the same history on the same day
            for slug in self.kind.commands:
                if self.kind.refusal(own, slug) is None:
                    self.open.setdefault(slug, []).append(officer)

    def situation(self, officer: Officer) -> Any:
        """What an act of this officer is decided on today."""
        doer = act(officer, self.day)
        casework = self.casework
        return self.kind.situation(self.live, self.facts, doer, casework.directory(), casework.known(doer.at))

    def a_command(self, slug: str, undated: bool = False) -> st.SearchStrategy[Any]:
        """Any such command; what can't even be written down is left out."""
        kind = self.kind.commands[slug]
        hints = get_type_hints(kind)
        fields = {
            f.name: self.named.get(f.name, _of_type(hints[f.name], self.day))
            if f.name not in LEGAL_DATES
            else st.none()
            if undated
            else st.none() | _of_type(hints[f.name], self.day)
            for f in dataclasses.fields(kind)
        }

        def make(values: dict[str, Any]) -> Any:
            try:
                return kind(**values)
            except Refused:
                return None

        return st.fixed_dictionaries(fields).map(make).filter(lambda command: command is not None)

    def perform(self, command: Any, officer: Officer) -> None:
        """The officer acts; done once it is stored once, refused it leaves nothing."""
        before = len(self.casework.store.select_log(0, 10_000))
        receipts = len(self.casework.recorder.receipts)
        self.keys += 1
        key = Key(f"k{self.keys}", "digest")
        doer: Act = act(officer, self.day)
        try:
            receipt = self.casework.handle(self.case, command, doer, key=key)
        except Refused:
            assert len(self.casework.store.select_log(0, 10_000)) == before
            assert len(self.casework.recorder.receipts) == receipts
            return
        assert receipt.version == len(self.facts) + len(receipt.events)
        assert self.casework.handle(self.case, command, doer, key=key) == receipt
        besides = len(self.casework.store.select_log(0, 10_000)) - before - 1
        self._grown()
        self.recorded_besides(besides)

    def recorded_besides(self, facts: int) -> None:
        """How many facts of other streams the last act made."""
        assert facts == 0

    def _grown(self) -> None:
        self.live = self.kind.project([r.fact for r in self.casework.history(self.case)])
        self._seen()

    @rule(days=st.sampled_from([1, 3, 7, 20]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self._seen()

    @rule(data=st.data())
    def somebody_tries(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(sorted(self.kind.commands)), "act")
        officer = data.draw(st.sampled_from(self.officers), "officer")
        command = data.draw(self.a_command(slug), "command")
        self.perform(command, officer)

    @rule(data=st.data())
    def the_case_moves_on(self, data: st.DataObject) -> None:
        self._move_on(data)

    @rule(data=st.data())
    def the_case_moves_on_again(self, data: st.DataObject) -> None:
        self._move_on(data)

    def _move_on(self, data: st.DataObject) -> None:
        """One of the acts that carry a case forward, done today by somebody who may."""
        ways = sorted(self.onward & set(self.open))
        if ways:
            slug = data.draw(st.sampled_from(ways), "act")
            officer = data.draw(st.sampled_from(self.open[slug]), "officer")
            command = data.draw(self.a_command(slug, undated=True), "command")
            self.perform(command, officer)

    @rule()
    def the_scheduler_sweeps(self) -> None:
        raised = self.casework.raise_alerts([self.case], at(self.day))
        assert self.casework.raise_alerts([self.case], at(self.day)) == 0
        if raised:
            self._grown()

    # What always holds

    @invariant()
    def replay_is_the_live_state(self) -> None:
        case = self.casework.case(self.case)
        assert case is not None
        assert case.kind is self.kind
        assert case.state == self.live
        assert case.facts == self.facts, "a case that is remembered reads as one that isn't"

    @invariant()
    def a_state_read_without_the_texts_it_does_not_tell_is_the_same(self) -> None:
        """C1: whatever the acts were, and whatever was erased."""
        assert self.casework.standings([self.case])[self.case] == (self.kind, self.live)

    @invariant()
    def versions_are_contiguous(self) -> None:
        assert [f.originator_version for f in self.facts] == list(range(1, len(self.facts) + 1))

    @invariant()
    def nothing_is_dated_in_the_future(self) -> None:
        assert all(f.on <= self.day for f in self.facts)

    @invariant()
    def one_open_clock_per_kind_and_unit(self) -> None:
        running = [
            (c.clock, c.unit, c.part, c.start_version if c.clock in self.each_round else 0)
            for c in self.clocks
            if c.state in {"running", "suspended"}
        ]
        assert len(running) == len(set(running)), running

    @invariant()
    def a_clock_is_known_by_its_name_its_start_and_its_part(self) -> None:
        known_by = [(c.clock, c.start_version, c.part) for c in self.clocks]
        assert len(known_by) == len(set(known_by)), known_by

    @invariant()
    def a_clock_is_due_on_or_after_its_start(self) -> None:
        for clock in self.clocks:
            assert clock.started_on <= clock.nominal_due_on <= clock.due_on, clock
            assert (clock.stopped_on is None) == (clock.state in {"running", "suspended"})

    @invariant()
    def clocks_depend_on_the_history_alone(self) -> None:
        assert self.live is not None
        rules = known(self.day)
        again = self.kind.clocks(self.facts, self.live, rules, self.day)
        assert again == self.clocks
        if all(c.state != "suspended" for c in again):
            assert self.kind.clocks(self.facts, self.live, rules, None) == again
        bare = self.casework.facts(self.casework.store.select_stream(self.case), UNTOLD)
        assert self.kind.clocks(bare, self.live, rules, self.day) == again, "views count without the texts"

    @invariant()
    def after_close_only_the_allowed_acts_are_open(self) -> None:
        assert self.live is not None
        if self.live.stage in self.closed:
            assert set(self.open) <= self.after_close[self.live.stage]
            owed = {c.clock for c in self.clocks if c.state in {"running", "suspended"}}
            assert owed <= self.run_after_close, owed
            assert self.live.closed_on is not None

    @invariant()
    def each_step_is_alerted_once(self) -> None:
        raised = [f.alert_id for f in self.facts if isinstance(f, alert_events.Alerted)]
        assert len(raised) == len(set(raised))


BOUNDED = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
)
"""The same thirty lives on every run."""


def act_rule(slug: str) -> Callable[[Life, st.DataObject], None]:
    """The rule for one command: while it is open to somebody, one of these does it."""

    def act_on_the_case(self: Life, data: st.DataObject) -> None:
        officer = data.draw(st.sampled_from(self.open[slug]), "officer")
        self.perform(data.draw(self.a_command(slug), "command"), officer)

    act_on_the_case.__name__ = f"act_{slug.replace('-', '_')}"
    return precondition(lambda self: slug in getattr(self, "open", {}))(rule(data=st.data())(act_on_the_case))


def machine_of(base: type[Life], name: str, slugs: set[str]) -> type[Life]:
    """A machine with a rule for each of these commands."""
    assert slugs <= set(base.kind.commands)
    rules = {f"act_{slug.replace('-', '_')}": act_rule(slug) for slug in sorted(slugs)}
    return type(name, (base,), rules)
