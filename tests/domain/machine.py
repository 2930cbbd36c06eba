"""状态机: a petition through any sequence of acts that the table of commands knows, by any officer, on any day.

A rule is made for each command; it runs while somebody may do the act, and draws the fields that the command has.
What must hold after every step stands in the invariants; what is particular to a part is added by its machine.
"""

import dataclasses
import types
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.acts import Act
from domain.alerts import events as alert_events
from domain.attachments import AttachmentEntry
from domain.casework import Casework, Key, envelope
from domain.directory import events as directory
from domain.directory.fold import DIRECTORY_ID, Officer
from domain.errors import Refused
from domain.facts import Fact
from domain.petition import events
from domain.petition.conditions import refusal
from domain.petition.fold import Petition, fold
from domain.petition.petition import COMMANDS
from domain.petition.situation import Situation, clocks_of
from domain.petition.stages import CLOSED, OPENINGS, Stage
from domain.rules.deadlines import Clock
from tests.builders import EARLIER, OFFICERS, UNITS, Story, act, answered, at, known
from tests.memory import a_casework

SERVICE = {
    "serve", "supervise", "answer-supervision", "rate", "instruct", "pass-on-instruction", "send-for-reading",
    "archive", "consent-to-refusal", "file-refusal",
}  # fmt: skip
AFTER_CLOSE = {
    Stage.DECLINED: SERVICE - {"rate"} | {"reopen"},
    Stage.FORWARDED: SERVICE - {"rate"} | {"reopen"},
    Stage.TERMINATED: SERVICE,
    Stage.SIGNED_OFF: SERVICE
    | {"reopen", "report", "approve-report", "request-review", "request-reexamination"},
    Stage.WITHDRAWN: {"archive", "reopen", "send-for-reading"},
    Stage.ARCHIVED: {
        "reopen",
        "request-review",
        "request-reexamination",
        "consent-to-refusal",
        "file-refusal",
    },
}
"""After a case is closed only these acts are open to anybody."""

RUN_AFTER_CLOSE = {
    "notify", "decide", "advice-reply", "assigned-report", "superior-assigned", "reexamination", "review-request",
    "reexamination-request", "pass-on", "leader-assigned", "file",
}  # fmt: skip
"""What may still be owed, or asked for, when the matter itself is closed; a leader may note on a closed case."""

EACH_ROUND = {"pass-on", "file"}
"""Of these each starting act has its own, even while an earlier one runs."""

ONWARD = {
    "accept", "assign", "transfer", "object", "hand-back", "keep-with-unit", "designate", "request-extension",
    "grant-extension", "reply", "serve", "request-review", "conclude-review", "request-reexamination",
    "conclude-reexamination", "close-hearing", "sign-off", "propose", "instruct", "investigate", "sign-record",
    "report", "consent-to-refusal", "file-refusal",
}  # fmt: skip
"""The acts that carry a case forward; without them most lives would end where they began."""

NAMED = {
    "approver": st.sampled_from([None, "a-head", "b-head", "leader", "a-clerk"]),
    "ground": st.sampled_from(["N1", "N4", "S1", "S6", "S99"]),
    "leader": st.sampled_from(["leader", "a-head"]),
    "from_unit": st.sampled_from([None, "unit-a", "unit-b"]),
    "officers": st.sampled_from([("leader",), ("b-head", "a-officer"), ("auditor",), ("nobody",), ()]),
    "to_leaders": st.sampled_from([(), ("leader",), ("a-head",)]),
    "assisting_units": st.sampled_from([(), (), ("unit-b",), ("unit-a",), ("unit-a", "unit-b")]),
    "limit_class": st.sampled_from([None, "routine", "special"]),
    "notice": st.sampled_from(
        [
            "receipt",
            "acceptance",
            "refusal",
            "extension",
            "opinion",
            "review-opinion",
            "reexamination-opinion",
            "x",
        ]
    ),
    "officer": st.sampled_from(["handler", "a-officer", "b-clerk", "nobody"]),
    "to_organ": st.sampled_from(["清江市财政局", "unit-a", "清江区民政局"]),
    "to_unit": st.sampled_from(["unit-a", "unit-b", "unit-z"]),
    "track": st.sampled_from(["ordinary", "simplified"]),
    "earlier_petition": st.just(EARLIER),
}


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


def a_command(slug: str, today: date, undated: bool = False) -> st.SearchStrategy[Any]:
    """Any such command; what can't even be written down is left out."""
    kind = COMMANDS[slug]
    hints = get_type_hints(kind)
    dates = {"on", "served_on", "received_on", "posted_on"}
    fields = {
        f.name: NAMED.get(f.name, _of_type(hints[f.name], today))
        if f.name not in dates
        else st.none()
        if undated
        else st.none() | _of_type(hints[f.name], today)
        for f in dataclasses.fields(kind)
    }

    def make(values: dict[str, Any]) -> Any:
        try:
            return kind(**values)
        except Refused:
            return None

    return st.fixed_dictionaries(fields).map(make).filter(lambda command: command is not None)


def says_no(fact: Fact) -> bool:
    """A negative decision on a petition."""
    return isinstance(fact, events.Declined) or getattr(fact, "result", None) == "not_support"


class CaseMachine(RuleBasedStateMachine):
    """One case at an office; every act goes through the one door over a store in memory."""

    casework: Casework
    case: UUID

    def __init__(self) -> None:
        super().__init__()
        self.casework = a_casework()
        self.day = date(2026, 1, 5)
        self.live: Petition | None = None
        self.keys = 0
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
                for o in OFFICERS
            ]
            return [
                kind(**envelope(DIRECTORY_ID, version + n, founding), **own)
                for n, (kind, own) in enumerate([*units, *people], 1)
            ]

        self.casework.publish(DIRECTORY_ID, facts, founding)
        ended = (
            answered("2025-03-03", id=EARLIER).review_requested().review_concluded().served("review-opinion")
        )
        self.casework.save(*ended.reexamination_requested().reexamination_concluded().facts)

    def begin(self, story: Story) -> None:
        """The case starts with this history."""
        self.casework.save(*story.facts)
        self.case = story.id
        self.live = story.petition
        self._seen()

    def _seen(self) -> None:
        """Read once what the rules, their conditions and the invariants look at."""
        self.facts = [r.fact for r in self.casework.history(self.case)]
        assert self.live is not None
        situation = self._situation(OFFICERS[0])
        self.clocks: list[Clock] = situation.clocks
        self.open: dict[str, list[Officer]] = {}
        for officer in OFFICERS:
            own = self._situation(officer)
            own.__dict__["clocks"] = self.clocks  # the same history on the same day
            for slug in COMMANDS:
                if refusal(own, slug) is None:
                    self.open.setdefault(slug, []).append(officer)

    def _situation(self, officer: Officer) -> Situation:
        assert self.live is not None
        doer = act(officer, self.day)
        earlier = self.casework.petition(EARLIER) if self.live.repeat_of else None
        return Situation(
            self.live, self.facts, doer, self.casework.directory(), self.casework.known(doer.at), earlier
        )

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
        assert receipt.version == len(self.facts) + 1
        assert self.casework.handle(self.case, command, doer, key=key) == receipt
        noted = len(self.casework.store.select_log(0, 10_000)) - before - 1
        self._grown()
        assert noted in ({1, 2} if says_no(self.facts[-1]) else {0}), (
            "each no, and nothing else, is on its month's list"
        )

    def _grown(self) -> None:
        for recorded in self.casework.history(self.case)[len(self.facts) :]:
            self.live = fold(self.live, recorded.fact)
        self._seen()

    @rule(days=st.sampled_from([1, 3, 7, 20]))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self._seen()

    @rule(data=st.data())
    def somebody_tries(self, data: st.DataObject) -> None:
        slug = data.draw(st.sampled_from(sorted(COMMANDS)), "act")
        officer = data.draw(st.sampled_from(OFFICERS), "officer")
        command = data.draw(a_command(slug, self.day), "command")
        self.perform(command, officer)

    @rule(data=st.data())
    def the_case_moves_on(self, data: st.DataObject) -> None:
        self._move_on(data)

    @rule(data=st.data())
    def the_case_moves_on_again(self, data: st.DataObject) -> None:
        self._move_on(data)

    def _move_on(self, data: st.DataObject) -> None:
        """One of the acts that carry a case forward, done today by somebody who may."""
        ways = sorted(ONWARD & set(self.open))
        if ways:
            slug = data.draw(st.sampled_from(ways), "act")
            officer = data.draw(st.sampled_from(self.open[slug]), "officer")
            command = data.draw(a_command(slug, self.day, undated=True), "command")
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
        assert self.casework.petition(self.case) == self.live

    @invariant()
    def versions_are_contiguous(self) -> None:
        assert [f.originator_version for f in self.facts] == list(range(1, len(self.facts) + 1))

    @invariant()
    def nothing_is_dated_in_the_future(self) -> None:
        assert all(f.on <= self.day for f in self.facts)

    @invariant()
    def one_open_clock_per_kind_and_unit(self) -> None:
        running = [
            (c.clock, c.unit, c.part, c.start_version if c.clock in EACH_ROUND else 0)
            for c in self.clocks
            if c.state in {"running", "suspended"}
        ]
        assert len(running) == len(set(running)), running

    @invariant()
    def a_clock_is_known_by_its_name_its_start_and_its_part(self) -> None:
        known_by = [(c.clock, c.start_version, c.part) for c in self.clocks]
        assert len(known_by) == len(set(known_by)), known_by

    @invariant()
    def an_accusation_is_open_only_to_leaders_it_passed_through(self) -> None:
        assert self.live is not None
        if self.live.category == "accusation":
            leaders = {o.id for officers in self.open.values() for o in officers if o.post == "leader"}
            assert leaders <= set(self.live.people)

    @invariant()
    def a_clock_is_due_on_or_after_its_start(self) -> None:
        for clock in self.clocks:
            assert clock.started_on <= clock.nominal_due_on <= clock.due_on
            assert (clock.stopped_on is None) == (clock.state in {"running", "suspended"})

    @invariant()
    def clocks_depend_on_the_history_alone(self) -> None:
        assert self.live is not None
        rules = known(self.day)
        again = clocks_of(self.facts, self.live, rules, self.day)
        assert again == self.clocks
        if all(c.state != "suspended" for c in again):
            assert clocks_of(self.facts, self.live, rules) == again

    @invariant()
    def after_close_only_the_allowed_acts_are_open(self) -> None:
        assert self.live is not None
        if self.live.stage in CLOSED:
            assert set(self.open) <= AFTER_CLOSE[self.live.stage]
            owed = {c.clock for c in self.clocks if c.state in {"running", "suspended"}}
            assert owed <= RUN_AFTER_CLOSE, owed
            assert self.live.closed_on is not None

    @invariant()
    def an_extension_comes_once_a_round_and_within_the_cap(self) -> None:
        for clock in self.clocks:
            assert clock.days_extended <= (clock.extension_cap or 0) or clock.clock == "assist"
        rounds, granted = 0, [0]
        for fact in self.facts:
            if isinstance(fact, events.ExtensionGranted):
                granted[rounds] += 1
            again = getattr(fact, "result", None) in {"revoke", "redo"}
            if isinstance(fact, events.Reopened) or again:
                rounds += 1
                granted.append(0)
        assert max(granted) <= 1

    @invariant()
    def each_step_is_alerted_once(self) -> None:
        raised = [f.alert_id for f in self.facts if isinstance(f, alert_events.Alerted)]
        assert len(raised) == len(set(raised))

    @invariant()
    def whom_an_accusation_names_has_no_part_in_it(self) -> None:
        assert self.live is not None
        if self.live.category == "accusation":
            accused = {a.person for a in self.live.against}
            assert not [o for officers in self.open.values() for o in officers if o.name in accused]


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


def act_rule(slug: str) -> Callable[[CaseMachine, st.DataObject], None]:
    """The rule for one command: while it is open to somebody, one of these does it."""

    def act_on_the_case(self: CaseMachine, data: st.DataObject) -> None:
        officer = data.draw(st.sampled_from(self.open[slug]), "officer")
        self.perform(data.draw(a_command(slug, self.day), "command"), officer)

    act_on_the_case.__name__ = f"act_{slug.replace('-', '_')}"
    return precondition(lambda self: slug in getattr(self, "open", {}))(rule(data=st.data())(act_on_the_case))


def machine_of(base: type[CaseMachine], name: str, slugs: set[str]) -> type[CaseMachine]:
    """A machine with a rule for each of these commands."""
    assert slugs <= set(OPENINGS)
    rules = {f"act_{slug.replace('-', '_')}": act_rule(slug) for slug in sorted(slugs)}
    return type(name, (base,), rules)
