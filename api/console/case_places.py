"""案件页的地址: where the cases of each kind have their pages, and how an officer comes to one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator
from starlette.datastructures import FormData

from api import lists
from api.bootstrap import Services
from api.case_reading import Seen, look
from api.console.visitors import Visitor
from api.instants import At, KnownAt
from domain.acts import SHANGHAI, Act
from domain.cases import Kind
from domain.kinds import ITEM, KINDS, MONTH, PETITION, RECEPTION
from projections.case_numbers import numbered

FOLDERS: Mapping[str, str] = {
    PETITION.name: "petitions",
    ITEM.name: "supervision-items",
    MONTH.name: "negative-lists",
    RECEPTION.name: "reception",
}
"""各类案件的地址."""
UNKNOWN_NUMBER = "没有查到这个编号的事项，请核对编号。"


@dataclass(frozen=True, slots=True)
class Place:
    """案件页地址 — the kind of case and the folder of its pages."""

    kind: Kind
    folder: str

    @property
    def address(self) -> str:
        """列表地址."""
        return f"/console/{self.folder}"

    def of(self, case: UUID) -> str:
        """案件页地址."""
        return f"{self.address}/{case}"

    def look(
        self, visitor: Visitor, case: UUID, at: datetime | None = None, known: datetime | None = None
    ) -> Seen:
        """查阅: the case, if the officer may read it. Raises Unknown."""
        return look(visitor.services, visitor.act, case, at, known, self.kind)


PLACES = tuple(Place(kind, FOLDERS.get(kind.name, kind.name)) for kind in KINDS)


def in_beijing(given: Any) -> Any:
    """北京时间: a day, or a day and a time, as a page's field has it; the end of the day where only a day is given."""
    if not isinstance(given, str):
        return given
    if not given.strip():
        return None
    try:
        moment = datetime.fromisoformat(given.strip().replace(" ", "+"))
    except ValueError:
        return given
    if moment.tzinfo is not None:
        return given
    if len(given.strip()) == len("2026-03-02"):
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    return moment.replace(tzinfo=SHANGHAI).isoformat()


PageAt = Annotated[At, BeforeValidator(in_beijing)]
"""当时的情形: as `At`, in Beijing time where no offset is given."""
PageKnownAt = Annotated[KnownAt, BeforeValidator(in_beijing)]
"""当时所知: as `KnownAt`."""


def is_id(text: str) -> bool:
    """标识: whether a text is a case's id rather than its number."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def find(services: Services, act: Act, given: str, kind: Kind = PETITION) -> UUID | None:
    """按编号查件: the id of the case of this number or id, if the officer may see it."""
    if is_id(given):
        return UUID(given)
    visibility = lists.eyes(services, act)
    with services.database.connection() as connection:
        return numbered(connection, visibility, kind.name, given.strip())


def with_ids(
    services: Services, act: Act, given: FormData, names: frozenset[str]
) -> tuple[FormData, dict[str, str]]:
    """编号换为标识: the form with ids in the place of numbers, and what is wrong with the numbers it names."""
    items: list[tuple[str, Any]] = []
    problems: dict[str, str] = {}
    for name, text in given.multi_items():
        if name in names and isinstance(text, str) and text.strip():
            found = find(services, act, text.strip())
            if found is None:
                problems[name] = UNKNOWN_NUMBER
                continue
            text = str(found)
        items.append((name, text))
    return FormData(items), problems
