"""督查事项状态机: any item – plain, document, meeting's, confidential – through any acts in any order."""

from datetime import date
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from domain.erasure import commands as custody
from domain.rules import item_powers
from domain.supervision import events
from domain.supervision.kind import KIND
from domain.supervision.situation import standing_of
from domain.supervision.stages import CLOSED, Stage
from tests.builders import act, leader
from tests.domain.lives import BOUNDED, Life, machine_of
from tests.items import DIRECTORY, OFFICERS, a_document, a_meeting_decision, against_unit_b, an_item, deputy

REVIEWED = {Stage.RESULT, Stage.VETTED, Stage.WITH_LEADER, Stage.WITH_SUPERIOR, Stage.SIGNED_OFF}
UNITS = ["unit-a", "unit-b", "petition-office", "supervision", "unit-z"]


class ItemLife(Life):
    """One supervision item at an office."""

    kind = KIND
    officers = OFFICERS
    closed = CLOSED
    after_close: ClassVar = {
        Stage.SIGNED_OFF: {"score", "send-for-reading", "report-to-body", "archive", *custody.COMMANDS},
        Stage.WITHDRAWN: {"send-for-reading", "archive", *custody.COMMANDS},
        Stage.ARCHIVED: {"score", "send-for-reading", *custody.COMMANDS},
    }
    run_after_close: ClassVar = {"objection"}
    """A window that passed unused stays as it was."""
    onward: ClassVar = {
        "submit", "instruct", "countersign", "issue", "allocate", "designate", "object", "settle-objection", "report",
        "sign-report", "submit-result", "request-extension", "vet-extension", "grant-extension", "vet",
        "submit-to-leader", "send-back", "sign-off", "submit-to-superior", "report-to-body",
    }  # fmt: skip
    named: ClassVar = {
        "leaders": st.sampled_from([(), ("leader",), ("leader", "deputy"), ("a-head",)]),
        "officers": st.sampled_from([("leader",), ("b-head", "a-officer"), ("auditor",), ("nobody",), ()]),
        "officer": st.sampled_from(["handler", "a-head", "b-officer", "head", "nobody"]),
        "lead_unit": st.sampled_from(["unit-a", *UNITS]),
        "assisting_units": st.sampled_from([(), (), ("unit-b",), ("unit-a",), ("petition-office", "unit-b")]),
        "to_unit": st.sampled_from([None, *UNITS]),
        "unit": st.sampled_from([None, None, "unit-a", "unit-b", "petition-office"]),
        "category": st.sampled_from([None, "decision", "闲事"]),
        "period": st.sampled_from([None, None, "2026Q1", "2026H1", "2026-02"]),
        "approve": st.sampled_from([True, True, False]),
        "ground": st.sampled_from(["petitioner-request", "retention-expired"]),
        "people": st.just(()),
        "points": st.sampled_from([-5, 1, 101]),
        "conclusion": st.sampled_from(["已办结，见现场照片.jpg", "已办结"]),
        "without_assistants": st.sampled_from([None, "协办部分不影响结论"]),
        "expected_on": st.sampled_from([date(2026, 1, 30), date(2026, 4, 20), date(2027, 1, 29)]),
        "due_on": st.sampled_from([date(2026, 1, 30), date(2026, 4, 20), date(2027, 1, 29)]),
    }

    @initialize(
        form=st.sampled_from(["item", "item", "document", "meeting", "confidential"]),
        cadence=st.sampled_from([None, None, "quarterly", "half_yearly", "monthly"]),
        review=st.booleans(),
        public=st.booleans(),
        far=st.integers(0, 7),
        due_on=st.sampled_from(["2026-01-09", "2026-03-31", "2026-12-31"]),
    )
    def opened(self, form, cadence, review, public, far, due_on):
        fields = {"leader_review": review, "public": public}
        if form == "document":
            story = a_document("ordinary", "2026-01-05", None if far % 2 else due_on, **fields)
        elif form == "meeting":
            story = a_meeting_decision("2026-01-05", due_on=due_on, cadence=cadence, **fields)
        elif form == "confidential":
            story = against_unit_b("2026-01-05", due_on=due_on, cadence=cadence, leader_review=review)
        else:
            story = an_item("2026-01-05", due_on, cadence=cadence, **fields)
        for step in (
            lambda told: told.submitted(leader, deputy) if form == "confidential" else told.submitted(),
            lambda told: told.instructed().countersigned() if form == "confidential" else told.instructed(),
            lambda told: told.issued(),
            lambda told: told.allocated(unit_due_on="2026-01-08" if due_on == "2026-01-09" else None),
            lambda told: told.designated(),
            lambda told: told.reported().report_signed(),
            lambda told: told.result(),
        )[:far]:
            story = step(story)
        self.begin(story)

    @invariant()
    def an_item_with_units_has_one_lead(self) -> None:
        leads = [share.unit for share in self.live.holding if share.lead]
        if self.live.stage in REVIEWED | {Stage.HANDLING}:
            assert leads == [self.live.lead_unit]
        assert len({share.unit for share in self.live.holding}) == len(self.live.holding)

    @invariant()
    def what_is_reviewed_has_the_leads_result_and_waits_for_nobody(self) -> None:
        if self.live.stage in REVIEWED:
            assert all(share.result_on is not None or share.waived for share in self.live.holding)
            assert self.live.share(self.live.lead_unit).result_on is not None

    @invariant()
    def nothing_went_out_unapproved(self) -> None:
        if self.live.issued_on is not None:
            assert self.live.signed_by
            assert set(self.live.leaders) <= set(self.live.signed_by)

    @invariant()
    def a_unit_that_holds_the_item_has_its_limit(self) -> None:
        running = {(c.clock, c.unit) for c in self.clocks if c.state == "running"}
        if self.live.stage is Stage.HANDLING:
            for share in self.live.holding:
                owes = share.result_on is None and not share.waived
                limits = {"unit-limit"} if self.live.due_on else set()
                limits |= {self.live.limit_class} if self.live.limit_class else set()
                if share.redo_by is not None:
                    assert ("redo", share.unit) in running
                elif owes and not any(isinstance(f, events.SentBack) for f in self.facts):
                    assert all((name, share.unit) in running for name in limits), (share, running)
        else:
            assert not [
                pair for pair in running if pair[0] in {"unit-limit", "redo"} and self.live.stage in REVIEWED
            ]

    @invariant()
    def an_open_request_has_its_answer_clock(self) -> None:
        waiting = {share.unit for share in self.live.holding if share.extension is not None}
        running = {c.part for c in self.clocks if c.clock == "extension-answer" and c.state == "running"}
        if self.live.stage not in CLOSED:
            assert running == waiting

    @invariant()
    def a_result_under_review_has_its_clock(self) -> None:
        running = [c for c in self.clocks if c.clock == "result-review" and c.state == "running"]
        assert bool(running) == (self.live.stage in {Stage.RESULT, Stage.VETTED, Stage.WITH_LEADER})

    @invariant()
    def whom_an_item_accuses_has_no_part_in_it(self) -> None:
        if self.live.confidential:
            assert not self.live.public
            assert "unit-b" not in self.live.units
            assert not [o for officers in self.open.values() for o in officers if o.unit == "unit-b"]
            told = {r for f in self.facts for r in getattr(f, "recipients", ())}
            assert not told & {o.id for o in OFFICERS if o.unit == "unit-b"}

    @invariant()
    def who_may_act_may_read(self) -> None:
        standing = standing_of(self.live, DIRECTORY)
        doers = {o for officers in self.open.values() for o in officers}
        assert all(item_powers.may_read(standing, act(o, self.day)) for o in doers)


SELDOM = {"withdraw", "send-for-reading", "archive", "score", "urge"}
"""What ends a life early or changes little; anybody tries these now and then all the same."""

TestItem = machine_of(ItemLife, "ItemMachine", set(KIND.commands) - SELDOM).TestCase
TestItem.settings = BOUNDED
