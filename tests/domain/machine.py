"""信访事项的一生: a petition through any sequence of acts; what holds for petitions besides what holds for every case."""

from dataclasses import replace
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant

from domain.directory.fold import Officer
from domain.erasure import commands as custody
from domain.erasure import events as custody_events
from domain.facts import Fact
from domain.petition import events
from domain.petition.kind import KIND
from domain.petition.stages import CLOSED, OPENINGS, Stage
from tests.builders import EARLIER, answered
from tests.domain.lives import BOUNDED, Life, machine_of

__all__ = ["BOUNDED", "CaseMachine", "machine_of"]

SERVICE = {
    "serve", "supervise", "answer-supervision", "rate", "instruct", "pass-on-instruction", "send-for-reading",
    "archive", "consent-to-refusal", "file-refusal", "issue-notice", *custody.COMMANDS,
}  # fmt: skip


ACTIVE = OPENINGS["hand-over"].stages


def says_no(fact: Fact) -> bool:
    """A negative decision on a petition."""
    return isinstance(fact, events.Declined) or getattr(fact, "result", None) == "not_support"


class CaseMachine(Life):
    """One petition at an office."""

    kind = KIND
    closed = CLOSED
    after_close: ClassVar = {
        Stage.DECLINED: SERVICE - {"rate"} | {"reopen"},
        Stage.FORWARDED: SERVICE - {"rate"} | {"reopen"},
        Stage.TERMINATED: SERVICE,
        Stage.SIGNED_OFF: SERVICE
        | {"reopen", "report", "approve-report", "request-review", "request-reexamination"},
        Stage.WITHDRAWN: {"archive", "reopen", "send-for-reading", *custody.COMMANDS},
        Stage.ARCHIVED: {
            *custody.COMMANDS,
            "reopen",
            "request-review",
            "request-reexamination",
            "consent-to-refusal",
            "file-refusal",
        },
    }
    run_after_close: ClassVar = {
        "notify", "decide", "advice-reply", "assigned-report", "superior-assigned", "reexamination",
        "review-request", "reexamination-request", "pass-on", "leader-assigned", "file",
    }  # fmt: skip
    """A leader may note on a closed case too."""
    each_round: ClassVar = {"pass-on", "file"}
    onward: ClassVar = {
        "accept", "assign", "transfer", "object", "hand-back", "keep-with-unit", "designate", "request-extension",
        "grant-extension", "reply", "serve", "request-review", "conclude-review", "request-reexamination",
        "conclude-reexamination", "close-hearing", "sign-off", "propose", "instruct", "investigate", "sign-record",
        "report", "consent-to-refusal", "file-refusal",
    }  # fmt: skip
    named: ClassVar = {
        "approver": st.sampled_from([None, "a-head", "b-head", "leader", "a-clerk"]),
        "ground": st.sampled_from(["N1", "N4", "S1", "S6", "S99", "petitioner-request"]),
        "people": st.sampled_from([(), ("all",), ("p1",)]),
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
                "assignment",
                "urging",
                "x",
            ]
        ),
        "officer": st.sampled_from(["handler", "a-officer", "b-clerk", "nobody"]),
        "to_organ": st.sampled_from(["清江市财政局", "unit-a", "清江区民政局"]),
        "to_unit": st.sampled_from(["unit-a", "unit-b", "unit-z"]),
        "track": st.sampled_from(["ordinary", "simplified"]),
        "earlier_petition": st.just(EARLIER),
    }

    def found_office(self) -> None:
        super().found_office()
        ended = (
            answered("2025-03-03", id=EARLIER).review_requested().review_concluded().served("review-opinion")
        )
        self.casework.save(*ended.reexamination_requested().reexamination_concluded().facts)

    def situation(self, officer: Officer) -> Any:
        found = super().situation(officer)
        return replace(found, earlier=self.casework.petition(EARLIER)) if self.live.repeat_of else found

    def recorded_besides(self, facts: int) -> None:
        last = self.facts[-1]
        if isinstance(last, events.NoticeIssued):
            assert facts == 1, "a paper takes a number of its series"
            return
        if isinstance(last, custody_events.Erased):
            assert facts == 2, "a destruction takes a number of the register, behind its last witness"
            return
        assert facts in ({1, 2} if says_no(last) else {0}), (
            "each no, and nothing else, is on its month's list"
        )

    @invariant()
    def an_accusation_is_open_only_to_leaders_it_passed_through(self) -> None:
        if self.live.category == "accusation":
            leaders = {o.id for officers in self.open.values() for o in officers if o.post == "leader"}
            assert leaders <= set(self.live.people)

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
    def what_is_gone_is_neither_handled_nor_told(self) -> None:
        gone = self.live.custody.erasures
        if self.live.custody.texts_gone:
            assert set(self.open) <= {*custody.COMMANDS}
            assert self.live.content == custody_events.ERASED
            assert "来信全文" not in repr(self.facts)
        for one in gone:
            fact = next(f for f in self.facts if f.originator_version == one.version)
            assert isinstance(fact, custody_events.Erased)
            assert not {*fact.requested_by} & {*fact.approved_by, *fact.witnessed_by}
            assert not {*fact.approved_by} & {*fact.witnessed_by}
            assert len(set(fact.witnessed_by)) == 2
        left = {one.key for one in self.live.personal.people}
        assert not left & self.live.custody.gone_people

    @invariant()
    def an_offered_hand_over_is_waited_for(self) -> None:
        waiting = [c.part for c in self.clocks if c.clock == "hand-over" and c.state == "running"]
        offered = [self.live.named] if self.live.named and self.live.stage in ACTIVE else []
        assert waiting == offered

    @invariant()
    def whom_an_accusation_names_has_no_part_in_it(self) -> None:
        if self.live.category == "accusation":
            accused = {a.person for a in self.live.against}
            assert not [o for officers in self.open.values() for o in officers if o.name in accused]
