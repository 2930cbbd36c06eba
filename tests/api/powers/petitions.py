"""Petitions in every stage as the table of powers needs them: ordinary ones, and accusations of a unit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain.petition import events
from domain.petition.stages import Stage
from tests import custody
from tests.api.powers.people import OF_UNIT, OFFICERS, officer, posts, with_post
from tests.api.powers.setting import Body, Told
from tests.api.powers.table import Table, read
from tests.builders import CASE, Story, a_petition, case_named, clerk

OFFICE = "petition-office"
ASSISTING = "unit-c"
SHOWN = ("leader",)
"""The leaders to whom every one of these petitions was put."""
EARLIER = case_named("an earlier petition")

S = Stage
PASSED_ON = tuple(stage for stage in S if stage not in {S.REGISTERED, S.FORWARDED})
ANSWERED = (
    S.REPLIED,
    S.UNDER_REVIEW,
    S.REVIEWED,
    S.UNDER_REEXAMINATION,
    S.TERMINATED,
    S.SIGNED_OFF,
    S.ARCHIVED,
)
BY_THE_UNIT, AGAINST_ITS_HOLDER, FROM_A_SUPERIOR = (
    "registered by the unit", "against its holder", "from a superior",
)  # fmt: skip


@dataclass(frozen=True)
class Way:
    """What was special on the way to a stage."""

    fields: dict[str, Any] = field(default_factory=dict)
    track: str = "ordinary"
    recorded: bool = False
    reviewed: bool = False
    own: bool = False


@dataclass(frozen=True)
class Petitions:
    """Petitions handled by a unit and its named officer; `against` makes accusations of them."""

    unit: str
    handler: str
    against: tuple[events.Against, ...] = ()
    accused: frozenset[str] = frozenset()
    table: Table = field(default_factory=lambda: read("petition"))
    stages: tuple[str, ...] = tuple(S)

    @property
    def confidential(self) -> bool:
        return bool(self.against)

    def told(self, stage: str, act: str, when: str) -> Told:
        """The case in that stage on which the act is tried."""
        at = S(stage)
        if when == BY_THE_UNIT:
            return self._told(at, self.way(at, Way(own=True)), assisting=None)
        if when == AGAINST_ITS_HOLDER:
            story = self.way(at, Way({"against": (events.Against(unit=self.unit),)}))
            return self._told(at, story.classified("accusation"), accused=OF_UNIT[self.unit], secret=True)
        if when == FROM_A_SUPERIOR:
            story = self.way(at, Way({"channel": "assigned"}))
            return self._told(
                at, story.add(events.ReportApproved, officer("leader")) if act == "report" else story
            )
        special = SPECIAL.get(act)
        return self._told(at, special(self, at) if special is not None else self.way(at))

    def _told(
        self,
        at: Stage,
        story: Story,
        *,
        assisting: str | None = ASSISTING,
        accused: frozenset[str] = frozenset(),
        secret: bool = False,
    ) -> Told:
        assert story.stage is at, f"told to {story.stage}, wanted {at}"
        how = "read an accusation" if secret or self.confidential else "read"
        return Told(story.facts, self.words(at, assisting), how, self.accused | accused)

    def words(self, at: Stage, assisting: str | None) -> Mapping[str, frozenset[str]]:
        """Whom the table's words mean."""
        office = posts(OFFICE, "office_clerk", "office_head")
        unit = posts(self.unit, "unit_head", "unit_clerk")
        passed_on = at in PASSED_ON
        helps = posts(assisting, "unit_head", "unit_clerk") if passed_on and assisting else frozenset()
        leaders, holder = with_post("leader"), unit if passed_on else office
        reviewing = at in {S.UNDER_REVIEW, S.UNDER_REEXAMINATION}
        handler = frozenset({self.handler}) if passed_on else frozenset()
        return {
            "office": office,
            "office-head": office & with_post("office_head"),
            "leader": leaders,
            "shown-leader": frozenset(SHOWN),
            "inspector": with_post("inspector"),
            "auditor": with_post("auditor"),
            "holder": holder,
            "holder-head": holder & with_post("unit_head", "office_head"),
            "handler": handler,
            "assistant": helps,
            "through": frozenset(SHOWN) | (unit if passed_on else frozenset()) | handler | helps,
            "review-organ": office | leaders,
            "contact": frozenset({clerk.id}),
            "named": frozenset(SHOWN),
            "hearing-organ": office | leaders if reviewing else holder,
            "witness": office
            | leaders
            | with_post("inspector")
            | (unit if passed_on else frozenset())
            | helps,
        }

    def way(self, at: Stage, way: Way = Way()) -> Story:
        """The way to the stage, all on one day."""
        secret = {"category": "accusation", "against": self.against} if self.confidential else {}
        doer = (
            next(o for o in OFFICERS if o.unit == self.unit and o.post == "unit_clerk") if way.own else clerk
        )
        story = a_petition(by=doer, id=CASE, **{"office": OFFICE} | secret | way.fields)
        story = story.add(events.Proposed, clerk, opinion="拟转承办单位办理", to=SHOWN)
        if at is S.REGISTERED:
            return story
        if at is S.FORWARDED:
            return story.forwarded()
        if not way.own:
            given = {"to_unit": self.unit, "due_on": date(2026, 4, 30), "assisting_units": (ASSISTING,)}
            story = story.add(events.Assigned, clerk, **given)
        story = story.designated(officer(self.handler))
        if at is S.WITH_UNIT:
            return story
        if at is S.DECLINED:
            return story.declined()
        story = story.accepted(track=way.track)
        if way.recorded:
            story = story.add(events.Investigated, story.holder, text="经现场核实，情况属实")
        if at is S.HANDLING:
            return story
        return story.withdrawn() if at is S.WITHDRAWN else self._answered(story, at, way)

    def _answered(self, story: Story, at: Stage, way: Way) -> Story:
        story = story.replied(result="not_support").served()
        if at is S.REPLIED:
            return story
        if at in {S.SIGNED_OFF, S.ARCHIVED} and not way.reviewed:
            story = story.signed_off()
            return story.archived() if at is S.ARCHIVED else story
        story = story.review_requested()
        if at is S.UNDER_REVIEW:
            return story
        story = story.review_concluded().served("review-opinion")
        if at is S.REVIEWED:
            return story
        if at in {S.SIGNED_OFF, S.ARCHIVED}:
            story = story.signed_off()
            return story.archived() if at is S.ARCHIVED else story
        story = story.reexamination_requested()
        if at is S.UNDER_REEXAMINATION:
            return story
        return story.reexamination_concluded().served("reexamination-opinion")

    def body(self, stage: str, act: str, when: str, by: str) -> Body:
        """What is asked for; nothing in it is a reason to refuse it."""
        category = "accusation" if self.confidential else "appeal"
        other = "unit-c" if when else self.unit
        to_unit = {"to_unit": other}
        own = {
            "classify": {"category": category},
            "assign": to_unit,
            "transfer": to_unit,
            "designate": {"officer": self.handler},
            "issue-notice": {"notice": "receipt"},
            "serve": {"notice": "receipt", "method": "post"},
        }
        return own.get(act) or BODIES[act]


def _objected(self: Petitions, at: Stage) -> Story:
    story = self.way(at)
    if at is S.WITH_UNIT:
        return story.objected()
    assists = officer("c-clerk")
    return story.add(events.Objected, assists, reason="不属于本单位职权范围") if at is S.HANDLING else story


def _extendable(self: Petitions, at: Stage) -> Story:
    """No limit of the 条例 on handling binds accusations; that of the grain bureau's letters does."""
    of_a_superior = {"rulebook": "letters-grain-bureau", "limit_class": "superior", "channel": "assigned"}
    rulebook = of_a_superior if self.confidential else {}
    return self.way(at, Way(rulebook))


def _asked_to_extend(self: Petitions, at: Stage) -> Story:
    story = _extendable(self, at)
    return story.extension_requested(days=10) if at is S.HANDLING else story


def _refused(self: Petitions, at: Stage) -> Story:
    story = self.way(at)
    negative = at is S.DECLINED or at in ANSWERED
    return story.add(events.RefusalConsented, officer("leader")) if negative else story


def _handed_over(self: Petitions, at: Stage) -> Story:
    """Offered to a leader whom the case was put to, whichever stage it is in."""
    return self.way(at).add(events.HandedOver, clerk, officer=SHOWN[0], text="请接续联系信访人")


def _then(change: Callable[[Story], Story]) -> Callable[[Petitions, Stage], Story]:
    """After the usual way, one thing more; in a closed file nothing more happens."""

    def told(self: Petitions, at: Stage) -> Story:
        story = self.way(at)
        return story if at in {S.WITHDRAWN, S.ARCHIVED} else change(story)

    return told


def _hearing(self: Petitions, at: Stage) -> Story:
    about = {S.HANDLING: "handling", S.UNDER_REVIEW: "review", S.UNDER_REEXAMINATION: "reexamination"}
    story = self.way(at)
    return story.hearing_opened(about=about[at]) if at in about else story


def _reviewed(self: Petitions, at: Stage) -> Story:
    return self.way(at, Way(reviewed=True))


def _on_the_file(change: Callable[[Story], Story]) -> Callable[[Petitions, Stage], Story]:
    """What happens before, in whichever stage the petition is."""
    return lambda self, at: change(self.way(at))


SPECIAL: dict[str, Callable[[Petitions, Stage], Story]] = {
    "pass-on-instruction": _then(lambda story: story.instructed()),
    "sign-record": lambda self, at: self.way(at, Way(recorded=True)),
    "switch-track": lambda self, at: self.way(at, Way(track="simplified")),
    "hand-back": _objected,
    "keep-with-unit": _objected,
    "request-extension": _extendable,
    "grant-extension": _asked_to_extend,
    "refuse-extension": _asked_to_extend,
    "supplement": lambda self, at: self.way(at).asked_for_more() if at in ACTIVE else self.way(at),
    "close-hearing": _hearing,
    "request-reexamination": _reviewed,
    "answer-supervision": _then(lambda story: story.supervised()),
    "acknowledge-urgent": _then(lambda story: story.urgent_reported()),
    "file-refusal": _refused,
    "confirm-hand-over": _handed_over,
    "decline-hand-over": _handed_over,
    **{act: _on_the_file(ready) for act, ready in custody.READY.items()},
}
"""What must have happened for an act to be open in its stages."""

ACTIVE = (S.REGISTERED, S.WITH_UNIT, S.HANDLING)
REASON = {"reason": "情况属实"}
TEXT = {"text": "已阅，请抓紧办理"}
BODIES: dict[str, Body] = {
    "propose": {"opinion": "拟转承办单位办理", "to_leaders": list(SHOWN)},
    "instruct": TEXT,
    "pass-on-instruction": {},
    "investigate": TEXT,
    "sign-record": TEXT,
    "approve-report": TEXT,
    "send-for-reading": {"officers": ["deputy"], "reason": "请阅研"},
    "accept": {},
    "switch-track": REASON,
    "decline": {"ground": "N3", "explanation": "请向有权机关提出"},
    "forward": {"to_organ": "清江市财政局"},
    "object": REASON,
    "hand-back": REASON,
    "keep-with-unit": REASON,
    "request-extension": {"days": 10, "reason": "案情复杂"},
    "grant-extension": {"days": 10},
    "refuse-extension": REASON,
    "ask-for-more": {"missing": ["房产证复印件"]},
    "supplement": {},
    "open-hearing": {},
    "close-hearing": {},
    "report": TEXT,
    "reply": {"result": "explain", "text": "已作解释说明", "without_assistants": "协办单位无不同意见"},
    "request-review": {"reasons": "不服处理意见"},
    "conclude-review": {"result": "uphold", "text": "维持处理意见"},
    "request-reexamination": {"reasons": "不服复查意见"},
    "conclude-reexamination": {"result": "uphold", "text": "维持复查意见"},
    "urge": {"method": "phone", "text": "请尽快答复"},
    "supervise": {"ground": "S2", "advice": "请限期办结"},
    "answer-supervision": {"adopted": True, "text": "已采纳"},
    "take-charge": {"leader": "leader"},
    "report-urgent": {"to_organ": "市信访局", "text": "可能集体走访"},
    "acknowledge-urgent": TEXT,
    "link-repeat": {"earlier_petition": str(EARLIER)},
    "delay-notice": {"reason": "等待检测", "contact": "0571-8600", "new_date": "2026-06-01"},
    "reschedule": {"due_on": "2026-06-30", "reason": "需要现场检测"},
    "withdraw": REASON,
    "sign-off": REASON,
    "reopen": REASON,
    "archive": REASON,
    "rate": {"about": "unit", "score": "satisfied"},
    "consent-to-refusal": {},
    "file-refusal": TEXT,
    "hand-over": {"officer": "leader", "text": "请接续联系信访人"},
    "confirm-hand-over": {},
    "decline-hand-over": REASON,
    **custody.BODIES,
}

ORDINARY = Petitions("unit-a", "handler")
OF_A_UNIT = Petitions(
    "unit-b",
    "b-officer",
    (events.Against(unit="清江区住建局"),),
    OF_UNIT["unit-a"] | OF_UNIT["unit-a-safety"],
)
"""Accusations of unit A, which unit B handles."""
