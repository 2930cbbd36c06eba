"""Supervision items in every stage as the table of powers needs them: public ones, others, and secret ones."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.supervision.stages import Stage
from tests import custody
from tests.api.powers.people import IDS, OF_UNIT, officer, posts, with_post
from tests.api.powers.setting import Body, Told
from tests.api.powers.table import Table, read
from tests.items import Matter, a_document, a_meeting_decision, against_unit_b, an_item, deputy, leader

LEAD, ASSISTING, HANDLER = "unit-a", "unit-c", "handler"
OPENER = "inspector"

S = Stage
ORDER = tuple(S)
ALLOTTED = ORDER[ORDER.index(S.HANDLING) :]
SIGNED = ORDER[ORDER.index(S.APPROVED) :]
NAMED, A_DOCUMENT, BY_UNIT, BY_INSPECTOR, TO_NAMED, LEADERS, MEETING = (
    "put to a named leader", "a document", "passed up by the unit", "passed up by the inspector",
    "passed up to a named leader", "for a leader to review", "decided by a meeting",
)  # fmt: skip


@dataclass(frozen=True)
class Items:
    """Items led by unit A, whose officer handles them, and assisted by unit C, whose head does so in person."""

    public: bool = False
    secret: bool = False
    table: Table = field(default_factory=lambda: read("item"))
    stages: tuple[str, ...] = ORDER

    def told(self, stage: str, act: str, when: str) -> Told:
        """The case in that stage on which the act is tried."""
        at = S(stage)
        if when in OTHERWISE:
            return OTHERWISE[when](self, at)
        special = SPECIAL.get(act)
        return special(self, at) if special is not None else self.case(at, self.way(at))

    def opened(self, **fields: Any) -> Matter:
        return against_unit_b(**fields) if self.secret else an_item(public=self.public, **fields)

    def way(self, at: Stage, matter: Matter | None = None, put_to: tuple[Any, ...] | None = None) -> Matter:
        """The way to the stage, all on one day."""
        told = matter or self.opened()
        if at is S.OPENED:
            return told
        named = put_to if put_to is not None else ((leader,) if self.secret else ())
        told = told.submitted(*named)
        if at is S.SUBMITTED:
            return told
        told = told.instructed()
        if at is S.APPROVED:
            return told
        told = told.issued()
        if at is S.ISSUED:
            return told
        told = told.allocated(LEAD, ASSISTING).designated()
        if at is S.HANDLING:
            return told
        return told.withdrawn() if at is S.WITHDRAWN else self._judged(told, at)

    def _judged(self, told: Matter, at: Stage) -> Matter:
        told = told.reported().report_signed().result(without="协办单位无不同意见")
        steps: list[tuple[Stage, Callable[[Matter], Matter]]] = [
            (S.RESULT, Matter.vetted),
            (S.VETTED, Matter.to_leader),
            (S.WITH_LEADER, lambda it: it.to_superior(by=leader)),
            (S.WITH_SUPERIOR, lambda it: it.signed_off(by=leader)),
            (S.SIGNED_OFF, Matter.archived),
        ]
        for stage, step in steps:
            if at is stage:
                return told
            told = step(told)
        return told

    def case(
        self,
        at: Stage,
        matter: Matter,
        shown: frozenset[str] | None = None,
        further: frozenset[str] | None = None,
    ) -> Told:
        assert matter.item.stage is at, f"told to {matter.item.stage}, wanted {at}"
        how = "read a secret item" if self.secret else "read a public item" if self.public else "read"
        accused = OF_UNIT["unit-b"] if self.secret else frozenset()
        return Told(matter.facts, self.words(at, shown, further or frozenset()), how, accused)

    def words(
        self, at: Stage, shown: frozenset[str] | None, further: frozenset[str]
    ) -> Mapping[str, frozenset[str]]:
        """Whom the table's words mean; `shown` are the leaders the item was put to by name."""
        allotted = at in ALLOTTED
        units = (LEAD, ASSISTING) if allotted else ()
        heads = frozenset().union(*(posts(unit, "unit_head") for unit in units))
        unit = heads.union(*(posts(unit, "unit_clerk") for unit in units))
        handler = frozenset({HANDLER}) if allotted else frozenset()
        if shown is None:
            shown = frozenset({"leader"}) if self.secret and at is not S.OPENED else frozenset()
        signed = frozenset({"leader"}) if at in SIGNED else frozenset()
        office = posts("petition-office", "office_clerk", "office_head") if self.secret else frozenset()
        return {
            "leader": with_post("leader"),
            "named-leader": shown,
            "further-leader": further,
            "inspector": with_post("inspector"),
            "auditor": with_post("auditor"),
            "unit-head": heads,
            "unit": unit,
            "handler": handler,
            "head-in-person": posts(ASSISTING, "unit_head") if allotted else frozenset(),
            "through": frozenset({OPENER}) | shown | signed | unit | handler | office,
            "witness": with_post("leader", "inspector") | unit | office,
            "everybody": frozenset(IDS) - with_post("admin"),
            "nobody": frozenset(),
        }

    def body(self, stage: str, act: str, when: str, by: str) -> Body:
        """What is asked for; nothing in it is a reason to refuse it."""
        unit = officer(by).unit if by in OF_UNIT[ASSISTING] else LEAD
        waits = {} if unit == ASSISTING else {"without_assistants": "协办单位无不同意见"}
        own = {
            "designate": {"officer": HANDLER if unit == LEAD else "c-head"},
            "submit-result": {"conclusion": "已办结", **waits},
            "vet-extension": {"opinion": "情况属实", "unit": unit},
            "grant-extension": {"due_on": "2026-04-29", "unit": unit},
            "refuse-extension": {"reason": "理由不充分", "unit": unit},
            "score": {"unit": unit, "points": -2, "reason": "逾期"},
        }
        return own.get(act) or BODIES[act]


def _countersigned(self: Items, at: Stage) -> Told:
    """One leader has signed, another may; a secret item is put to leaders by name, and nobody else finds it."""
    if at is S.SUBMITTED:
        both = frozenset({"leader", deputy.id})
        return self.case(at, self.way(at, put_to=(leader, deputy)).instructed(), both, frozenset({deputy.id}))
    further = frozenset() if self.secret else frozenset({deputy.id})
    return self.case(at, self.way(at), further=further)


def _in_handling(change: Callable[[Matter], Matter]) -> Callable[[Items, Stage], Told]:
    """What happens before while the units handle the item."""
    return lambda self, at: self.case(at, change(self.way(at)) if at is S.HANDLING else self.way(at))


def _reported(told: Matter) -> Matter:
    return told.reported().reported(ASSISTING, by=officer("c-officer"))


def _signed(told: Matter) -> Matter:
    c_head = officer("c-head")
    return told.reported().report_signed().reported(ASSISTING, by=c_head)


def _asked(told: Matter) -> Matter:
    return told.asked().asked(ASSISTING, by=officer("c-officer"))


def _passed_up(told: Matter) -> Matter:
    return told.asked().passed_up()


def _after(change: Callable[[Matter], Matter]) -> Callable[[Items, Stage], Told]:
    """What happens before, in whichever stage the item is."""
    return lambda self, at: self.case(at, change(self.way(at)))


SPECIAL: dict[str, Callable[[Items, Stage], Told]] = {
    "countersign": _countersigned,
    "settle-objection": _in_handling(lambda told: told.objected()),
    "sign-report": _in_handling(_reported),
    "submit-result": _in_handling(_signed),
    "vet-extension": _in_handling(_asked),
    "grant-extension": _in_handling(_asked),
    "refuse-extension": _in_handling(_asked),
    **{act: _after(ready) for act, ready in custody.READY.items()},
}
"""What must have happened for an act to be open in its stages."""


def _leaders_own(self: Items, at: Stage) -> Told:
    return self.case(at, self.way(at, self.opened(leader_review=True)))


def _document(self: Items, at: Stage) -> Told:
    secret = self.opened().facts[0]
    fields = {"petition_office": secret.petition_office, "confidential": True, "against": secret.against}
    made = a_document(public=self.public, **(fields if self.secret else {}))
    return self.case(at, self.way(at, made))


def _meeting(self: Items, at: Stage) -> Told:
    secret = self.opened().facts[0]
    fields = {"petition_office": secret.petition_office, "confidential": True, "against": secret.against}
    made = a_meeting_decision(public=self.public, **(fields if self.secret else {}))
    return self.case(at, self.way(at, made))


def _to_named(self: Items, at: Stage) -> Told:
    put = self.way(at, put_to=(leader,))
    told = _passed_up(put).passed_up("inspector") if at is S.HANDLING else put
    return self.case(at, told, frozenset({"leader"}))


OTHERWISE: dict[str, Callable[[Items, Stage], Told]] = {
    NAMED: lambda self, at: self.case(at, self.way(at, put_to=(leader,)), frozenset({"leader"})),
    A_DOCUMENT: _document,
    BY_UNIT: _in_handling(_passed_up),
    BY_INSPECTOR: _in_handling(lambda told: _passed_up(told).passed_up("inspector")),
    TO_NAMED: _to_named,
    LEADERS: _leaders_own,
    MEETING: _meeting,
}

TEXT = {"text": "同意，抓紧落实"}
REASON = {"reason": "情况属实"}
BODIES: dict[str, Body] = {
    "submit": {"leaders": ["leader"]},
    "instruct": TEXT,
    "countersign": TEXT,
    "amend": {"requirements": "按批示意见办理"},
    "issue": {},
    "withdraw": REASON,
    "allocate": {"lead_unit": LEAD, "assisting_units": [ASSISTING]},
    "object": REASON,
    "settle-objection": {"agree": False, "reason": "属于本单位职责"},
    "report": TEXT,
    "sign-report": {},
    "request-extension": {"reason": "施工受天气影响", "progress": "完成八成", "expected_on": "2026-04-29"},
    "urge": {"method": "phone", "text": "请抓紧办理"},
    "issue-notice": {"notice": "supervision-notice"},
    "vet": {"opinion": "符合要求"},
    "submit-to-leader": {},
    "send-back": {"reason": "结论不完整", "redo_by": "2026-04-20"},
    "sign-off": REASON,
    "submit-to-superior": {"to_organ": "清江市督查室"},
    "send-for-reading": {"officers": ["inspector2"], "reason": "请阅研"},
    "report-to-body": TEXT,
    "archive": REASON,
    **custody.BODIES,
}

PUBLIC, NOT_PUBLIC, SECRET = Items(public=True), Items(), Items(secret=True)
