"""接访状态机: whatever is done with a record in whatever order, these hold."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.reception import commands as c
from domain.reception.kind import KIND
from domain.reception.stages import CLOSED
from tests.builders import OFFICERS, Officer, on
from tests.reception_samples import Visit, a_visit
from tests.spec import given

FIRST = on("2026-03-02")
RESULTS = st.sampled_from(["unsettled", "promised", "settled", "explained"])
DOERS = st.sampled_from(OFFICERS)
NAMED = st.sampled_from([officer.id for officer in OFFICERS] + ["nobody"])
DAYS = st.integers(0, 20)
COMMANDS = st.one_of(
    st.just(c.Settle("已办结")),
    st.just(c.Explain("已说明")),
    st.just(c.Archive()),
    st.just(c.ConfirmHandOver()),
    st.just(c.DeclineHandOver("不属本岗")),
    st.builds(c.HandOver, NAMED, st.just("请接续办理")),
    st.builds(c.SendForReading, st.tuples(NAMED)),
    st.builds(
        c.Promise,
        DAYS.map(lambda days: FIRST + timedelta(days=days)),
        reason=st.sampled_from([None, "需要核实"]),
    ),
)


class ReceptionMachine(RuleBasedStateMachine):
    """A record and everything officers try with it."""

    story: Visit

    @initialize(result=RESULTS)
    def received(self, result: str) -> None:
        self.story = a_visit(result)
        self.day = FIRST

    @rule(command=COMMANDS, by=DOERS, later=st.integers(0, 3))
    def tried(self, command: Any, by: Officer, later: int) -> None:
        self.day += timedelta(days=later)
        outcome = given(self.story).when(command, by, on=self.day.isoformat())
        before = self.story.state
        refusal = outcome.refusal()
        if refusal is not None:
            assert refusal.code.split(".")[0] in {"reception", "date", "petition"}
            return
        made, _, _ = outcome._decided()
        assert before.stage not in CLOSED or isinstance(command, c.Archive | c.SendForReading)
        if isinstance(command, c.ConfirmHandOver):
            assert before.pending.officer == by.id
        self.story = outcome.then(made)

    @invariant()
    def somebody_who_may_read_it_is_responsible(self) -> None:
        state = self.story.state
        assert state.responsible in state.people
        assert state.pending is None or state.pending.officer != state.responsible

    @invariant()
    def an_open_record_has_a_limit_and_a_closed_one_none(self) -> None:
        running = {clock.clock for clock in self.story.clocks() if clock.state == "running"}
        state = self.story.state
        if state.stage in CLOSED:
            assert not running
            assert state.closed_on is not None
            return
        assert ("promise" in running) is (state.stage == "promised")
        assert ("settle" in running) is (state.stage == "unsettled")
        assert ("hand-over" in running) is (state.pending is not None)

    @invariant()
    def a_replay_comes_to_the_same(self) -> None:
        assert KIND.project(self.story.facts) == self.story.state
        assert self.story.state.promises <= 2


ReceptionMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestReception = ReceptionMachine.TestCase
