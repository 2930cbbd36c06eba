"""Receptions in every stage as the table of powers needs them: ordinary ones, and such as accuse a unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.petition.events import Against
from domain.reception import events
from domain.reception.stages import CLOSED, Stage
from tests import custody
from tests.api.powers.people import OF_UNIT, officer, posts, with_post
from tests.api.powers.setting import Body, Told
from tests.api.powers.table import Table, read
from tests.builders import CASE, handler
from tests.reception_samples import Visit, a_visit

OFFICE = "petition-office"
OFFERED = frozenset({"confirm-hand-over", "decline-hand-over"})
"""Acts tried on a record that was handed over to somebody."""
NAMED = "c-clerk"


@dataclass(frozen=True)
class Receptions:
    """Visits received by an officer of unit A; `against` makes accusations of them, `petition` is what they become."""

    petition: UUID = CASE
    against: tuple[Against, ...] = ()
    accused: frozenset[str] = frozenset()
    table: Table = field(default_factory=lambda: read("reception"))
    stages: tuple[str, ...] = tuple(Stage)

    def told(self, stage: str, act: str, when: str) -> Told:
        offered = act in OFFERED
        story = custody.READY.get(act, lambda story: story)(self._way(Stage(stage), offered))
        how = "read an accusation" if self.against else "read"
        return Told(story.facts, self._words(Stage(stage), offered), how, self.accused)

    def body(self, stage: str, act: str, when: str, by: str) -> Body:
        own: Mapping[str, Body] = {
            "promise": {"due_on": "2027-03-31", "reason": "需要现场核实"},
            "register-petition": {"petition": str(self.petition)},
            "hand-over": {"officer": NAMED, "text": "请接续办理"},
            "confirm-hand-over": {},
            "decline-hand-over": {"reason": "不属本岗职责"},
            "send-for-reading": {"officers": ["deputy"]},
            "archive": {},
            **custody.BODIES,
        }
        return own.get(act, {"text": "已办理"})

    def _way(self, at: Stage, offered: bool) -> Visit:
        """Offered first, so that the one named stays so where nothing has been answered."""
        promised = at is Stage.PROMISED
        story = a_visit("unsettled", handler, against=self.against)
        if offered:
            to = officer(NAMED)
            own = {"officer": to.id, "to_unit": to.unit, "text": "请接续办理"}
            story = story.add(events.HandedOver, handler, **own)
        if promised:
            return story.promised("2027-01-29")
        if at is Stage.UNSETTLED:
            return story
        ways = {Stage.EXPLAINED: Visit.explained, Stage.REGISTERED: Visit.linked}
        story = ways.get(at, Visit.settled)(story)
        return story.archived() if at is Stage.ARCHIVED else story

    def _words(self, at: Stage, offered: bool) -> Mapping[str, frozenset[str]]:
        unit = posts("unit-a", "unit_head", "unit_clerk")
        named = frozenset({NAMED})
        other = posts("unit-c", "unit_head", "unit_clerk") | named if offered else frozenset()
        return {
            "office": posts(OFFICE, "office_clerk", "office_head"),
            "heads": posts("unit-a", "unit_head"),
            "contact": frozenset({handler.id}),
            "named": frozenset() if at in CLOSED else named,
            "leader": with_post("leader"),
            "inspector": with_post("inspector"),
            "auditor": with_post("auditor"),
            "witness": posts(OFFICE, "office_clerk", "office_head")
            | with_post("leader", "inspector")
            | unit
            | (other - named),
            "through": unit | other | {handler.id},
        }


ACCUSING = {"against": (Against("清江区民政局"),), "accused": OF_UNIT["unit-b"]}
