"""复查复核状态机: an answered petition through both instances, hearings, new rounds and back again."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from domain.petition.events import Served
from domain.petition.stages import Stage
from domain.review import commands
from domain.review.events import (
    ReexaminationConcluded,
    ReexaminationRequested,
    ReviewConcluded,
    ReviewRequested,
)
from tests.builders import answered, in_handling, reviewed, under_reexamination
from tests.domain.machine import BOUNDED, CaseMachine, machine_of

ACTS = set(commands.COMMANDS) | {
    "reply",
    "serve",
    "sign-off",
    "reopen",
    "open-hearing",
    "close-hearing",
    "archive",
}


class Answered(CaseMachine):
    """A petition that was replied to and may be on its way through the instances."""

    @initialize(
        story=st.sampled_from(
            [
                in_handling("2026-01-05").replied(),
                answered("2026-01-05"),
                answered("2026-01-05").review_requested("2026-01-12"),
                reviewed("2026-01-05"),
                reviewed("2026-01-05", result="redo"),
                under_reexamination("2026-01-05"),
            ]
        )
    )
    def answered(self, story):
        self.day = story.facts[-1].on
        self.begin(story)

    def count(self, kind) -> int:
        return sum(isinstance(f, kind) for f in self.facts)

    def served(self, notice: str) -> int:
        return sum(isinstance(f, Served) and f.notice == notice for f in self.facts)

    @invariant()
    def each_instance_follows_the_one_before(self):
        opinions = self.served("opinion"), self.served("review-opinion"), self.served("reexamination-opinion")
        requests = self.count(ReviewRequested), self.count(ReexaminationRequested)
        concluded = self.count(ReviewConcluded), self.count(ReexaminationConcluded)
        assert (
            opinions[0]
            >= requests[0]
            >= concluded[0]
            >= opinions[1]
            >= requests[1]
            >= concluded[1]
            >= opinions[2]
        )

    @invariant()
    def the_stage_says_whose_turn_it_is(self):
        review, stage = self.live.review, self.live.stage
        if stage is Stage.UNDER_REVIEW:
            assert review.requested_on is not None
            assert review.concluded_on is None
        if stage is Stage.UNDER_REEXAMINATION:
            assert review.served_on is not None
            assert review.reexamination_concluded_on is None
        if stage is Stage.TERMINATED:
            assert review.reexamination_result in {"uphold", "change"}

    @invariant()
    def a_late_request_is_one_after_its_window(self):
        for kind, clock in (
            (ReviewRequested, "review-request"),
            (ReexaminationRequested, "reexamination-request"),
        ):
            ended = [c for c in self.clocks if c.clock == clock and c.state == "stopped"]
            requests = [f for f in self.facts if isinstance(f, kind)]
            assert len(ended) == len(requests)
            for window, request in zip(ended, requests, strict=True):
                assert window.stopped_on == (request.posted_on or request.on)
                assert request.late == (window.stopped_on > window.due_on)

    @invariant()
    def a_review_open_at_law_has_its_clock(self):
        running = {c.clock for c in self.clocks if c.state in {"running", "suspended"}}
        if self.live.stage is Stage.UNDER_REVIEW:
            assert "review" in running
            assert "review-request" not in running
        if self.live.stage is Stage.UNDER_REEXAMINATION:
            assert "reexamination" in running
            hearing = self.live.hearing_opened_on is not None
            assert [c.state for c in self.clocks if c.clock == "reexamination"][-1] == (
                "suspended" if hearing else "running"
            )
        if self.live.stage is Stage.HANDLING and (self.live.category, self.live.way) == ("appeal", "opinion"):
            assert "finish" in running


TestReview = machine_of(Answered, "ReviewMachine", ACTS).TestCase
TestReview.settings = BOUNDED
