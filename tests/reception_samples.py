"""接访案卷: receptions as tests tell them, one in each stage, and for each act a record in which it is open."""

from typing import Any
from uuid import UUID

from domain.petition.events import Against, Person, Personal
from domain.reception import commands as c
from domain.reception import events
from domain.reception.kind import KIND
from domain.reception.stages import Stage
from tests import custody
from tests.builders import CASE, OFFICERS, Officer, Told, a_officer, clerk, handler, on

RECORD = UUID("00000000-0000-4000-8000-0000000000f1")
DAY = "2026-03-02"
NAMED = {officer.id: officer for officer in OFFICERS}
VISITOR = Personal((Person("v1", "王秀英", phone="13800001234"),))


class Visit(Told):
    """A record so far; without another name it is done by the handler of unit A, who received the person."""

    kind = KIND

    def settled(self, day: str | None = None) -> Any:
        return self.add(events.Settled, self.contact, day, text="已当场退还费用")

    def promised(self, due_on: str = "2026-03-20", day: str | None = None, reason: str | None = None) -> Any:
        return self.add(events.Promised, self.contact, day, due_on=on(due_on), reason=reason)

    def explained(self, day: str | None = None) -> Any:
        return self.add(events.Explained, self.contact, day, text="已说明政策")

    def linked(self, day: str | None = None) -> Any:
        numbered = {"petition": CASE, "petition_number": "XF-2026-000001"}
        return self.add(events.PetitionLinked, self.contact, day, **numbered)

    def handed_over(self, to: Officer = a_officer, day: str | None = None) -> Any:
        own = {"officer": to.id, "to_unit": to.unit, "text": "请接续办理"}
        return self.add(events.HandedOver, self.contact, day, **own)

    def confirmed(self, day: str | None = None) -> Any:
        pending = self.state.pending
        own = {"officer": pending.officer, "to_unit": pending.unit}
        return self.add(events.HandOverConfirmed, NAMED[pending.officer], day, **own)

    def declined(self, day: str | None = None) -> Any:
        pending = self.state.pending
        return self.add(
            events.HandOverDeclined, NAMED[pending.officer], day, officer=pending.officer, reason="不属本岗"
        )

    def archived(self, day: str | None = None) -> Any:
        return self.add(events.Archived, self.contact, day)

    @property
    def contact(self) -> Officer:
        """Who is responsible now."""
        return NAMED[self.state.responsible]


def a_visit(result: str = "unsettled", by: Officer = handler, day: str = DAY, **own: Any) -> Visit:
    """Somebody came to see an officer of unit A about the heating."""
    fields: dict[str, Any] = {
        "number": "JF-XF-2026-000001",
        "office": "petition-office",
        "form": "visit",
        "content": "反映小区供暖温度不达标",
        "result": result,
        "received_by": by.id,
        "in_unit": by.unit,
        "headcount": 1,
        "visitors": ("v1",),
        "personal": VISITOR,
        "text": "已记录",
    }
    if result == "promised":
        fields["promised_on"] = on("2026-03-13")
    told: Visit = Visit(RECORD).add(events.Received, by, day, **(fields | own))
    return told


def a_visit_in(stage: Stage | None) -> Visit:
    """A record in the stage."""
    if stage is Stage.ARCHIVED:
        archived: Visit = a_visit("settled").archived()
        return archived
    return a_visit(Stage.UNSETTLED.value if stage is None else stage.value)


def accusing(unit: str | None = None, person: str | None = None, by: Officer = clerk) -> Visit:
    """A visit at the petition office that accuses somebody."""
    return a_visit(by=by, against=(Against(unit, person),))


SAMPLES: dict[str, tuple[Visit, Any]] = {
    "settle": (a_visit(), c.Settle("已当场退还费用")),
    "promise": (a_visit(), c.Promise(on("2026-03-13"))),
    "explain": (a_visit(), c.Explain("已说明政策")),
    "register-petition": (a_visit(), c.RegisterPetition(CASE)),
    "hand-over": (a_visit(), c.HandOver("a-officer", "请接续办理")),
    "confirm-hand-over": (a_visit().handed_over(), c.ConfirmHandOver()),
    "decline-hand-over": (a_visit().handed_over(), c.DeclineHandOver("不属本岗职责")),
    "send-for-reading": (a_visit(), c.SendForReading(("leader",))),
    "archive": (a_visit("settled"), c.Archive()),
    **custody.samples(a_visit("settled", by=clerk)),
}
"""The act's slug → (record, command)."""
