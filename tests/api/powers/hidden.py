"""Cases that are kept from somebody: accusations and items made from them, and matters that went elsewhere.

Each bears marks of its own – number, subject, text – so that any trace of it can be found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

from msgspec.structs import replace

from domain.attachments import Attachment
from domain.facts import Fact
from domain.petition import events
from domain.supervision.stages import Stage as ItemStage
from tests.api.powers.items import NOT_PUBLIC, SECRET
from tests.api.powers.people import IDS, officer
from tests.api.powers.petitions import OF_A_UNIT, ORDINARY, Petitions
from tests.api.powers.setting import Told
from tests.builders import case_named

PETITIONS, ITEMS = "/v1/petitions", "/v1/supervision-items"
numbers = count(7001)
WATCHING = (
    "clerk", "inspector", "leader", "deputy", "a-head", "a-clerk", "a-officer", "b-head", "b-clerk", "c-head",
    "safety-head", "east-clerk", "auditor", "admin",
)  # fmt: skip
"""Officers who see different things; whoever is left out sees what one of these sees."""


@dataclass(frozen=True)
class Hidden:
    """A case, whom it is kept from, and what must not be found of it."""

    name: str
    prefix: str
    id: UUID
    facts: tuple[Fact, ...]
    readers: frozenset[str]
    secret: bool
    marks: tuple[str, ...]

    @property
    def outsiders(self) -> list[str]:
        """Whoever isn't told of it, of those who look in different ways."""
        return [one for one in WATCHING if one not in self.readers]

    def found_in(self, text: str) -> list[str]:
        return [mark for mark in self.marks if mark in text]


def _readers(told: Told, stories: Petitions | type[None]) -> frozenset[str]:
    reads = ORDINARY.table.reads if isinstance(stories, Petitions) else NOT_PUBLIC.table.reads
    return frozenset(o for o in IDS if o not in told.accused and reads(told.how, o, told.words))


def _petition(name: str, stories: Petitions) -> Hidden:
    nth, told = next(numbers), stories.told("handling", "reply", "")
    id, number = case_named(name), f"XF-2026-00{nth}"
    subject, content = f"反映玄武岩料场第{nth}号", f"所述为碎石传送带第{nth}段"
    paper = f"黑曜石清单{nth}.pdf"
    facts = [replace(fact, originator_id=id) for fact in told.facts]
    facts[0] = replace(facts[0], number=number, subject=subject, content=content)
    holder = officer("a-clerk" if stories.unit == "unit-a" else "b-clerk")
    reported = {"text": f"已核对石英砂第{nth}批", "attachments": (Attachment(name=paper),)}
    facts.append(_made(facts, events.Reported, holder.id, holder.unit, holder.post, **reported))
    marks = (str(id), number, subject, content, paper, f"石英砂第{nth}批")
    return Hidden(name, PETITIONS, id, tuple(facts), _readers(told, stories), stories.confidential, marks)


def _item(name: str, *, secret: bool) -> Hidden:
    nth = next(numbers)
    told = (SECRET if secret else NOT_PUBLIC).told(ItemStage.HANDLING, "report", "")
    id, number = case_named(name), f"DC-2026-00{nth}"
    subject, requirements = f"整治玄武岩料场第{nth}号", f"核查碎石传送带第{nth}段"
    facts = [replace(fact, originator_id=id) for fact in told.facts]
    facts[0] = replace(facts[0], number=number, subject=subject, requirements=requirements)
    marks = (str(id), number, subject, requirements)
    return Hidden(name, ITEMS, id, tuple(facts), _readers(told, type(None)), secret, marks)


def _made(facts: Sequence[Fact], kind: type[Fact], by: str, unit: str, role: str, **own: object) -> Fact:
    last = facts[-1]
    return kind(
        originator_id=last.originator_id,
        originator_version=last.originator_version + 1,
        on=last.on,
        recorded_at=last.recorded_at,
        by=by,
        unit=unit,
        role=role,
        **own,
    )


def _accusing(unit: str, handler: str, accused: frozenset[str], *against: events.Against) -> Petitions:
    return Petitions(unit, handler, against, accused)


NOBODYS = _accusing("unit-a", "handler", frozenset(), events.Against(unit="北山建设集团"))
HIDDEN: tuple[Hidden, ...] = (
    _petition("an accusation of a unit and those below it", OF_A_UNIT),
    _petition(
        "an accusation of the holder's own head, by name",
        _accusing("unit-b", "b-officer", frozenset({"b-head"}), events.Against(person="李五")),
    ),
    _petition(
        "an accusation of a leader, as somebody wrote it",
        _accusing("unit-a", "handler", frozenset({"leader"}), events.Against(person="副区长周明远")),
    ),
    _petition(
        "an accusation of an inspector and of an officer",
        _accusing(
            "unit-a", "handler", frozenset({"inspector", "a-officer"}),
            events.Against(person="郑督"), events.Against(person="a-officer"),
        ),
    ),
    _petition("an accusation of nobody in the directory", NOBODYS),
    _petition("an ordinary petition of another unit's", ORDINARY),
    _item("an item made from an accusation", secret=True),
    _item("an item that is not public", secret=False),
)  # fmt: skip


def pointing_at(hidden: Hidden) -> list[Fact]:
    """An open petition of unit B that names the hidden case: as the one it repeats, or as the item made from it."""
    base = Petitions("unit-b", "b-officer").told("handling", "reply", "")
    id = case_named(f"pointing at {hidden.name}")
    facts = [replace(fact, originator_id=id) for fact in base.facts]
    facts[0] = replace(facts[0], number=f"XF-2026-00{next(numbers)}")
    number = hidden.marks[1]
    if hidden.prefix == PETITIONS:
        own = {"earlier": hidden.id, "earlier_number": number}
        linked = _made(facts, events.LinkedAsRepeat, "clerk", "petition-office", "office_clerk", **own)
    else:
        own = {"item": hidden.id, "item_number": number}
        linked = _made(facts, events.PutUnderSupervision, "inspector", "supervision", "inspector", **own)
    return [*facts, linked]
