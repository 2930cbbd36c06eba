"""案卷: what retention and erasure ask of a case, read off the state of whichever kind it is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.erasure.fold import Custody
from domain.petition import stages as petition_stages
from domain.petition.events import Against
from domain.petition.state import Petition
from domain.reception import stages as reception_stages
from domain.reception.fold import Reception
from domain.rules import retention
from domain.supervision import stages as item_stages
from domain.supervision.state import Item


@dataclass(frozen=True, slots=True)
class File:
    """案卷 — of one case: whose register it is on, who is in it, whom it is against, and how it is kept.

    `people` are the keys of those who brought it; `since` is when it was recorded, as far as accused people are meant.
    """

    kind: str
    id: UUID
    version: int
    number: str
    office: str
    confidential: bool
    closed: bool
    archived: bool
    closed_on: date | None
    begun_on: date
    since: datetime
    people: tuple[str, ...]
    against: tuple[Against, ...]
    attributes: Mapping[str, str]
    custody: Custody

    @property
    def keep(self) -> retention.Keep:
        """保管期限表行: the row that gives the usual class."""
        return retention.usual(self.kind, self.attributes)

    @property
    def kept(self) -> retention.Class:
        """保管期限: as given at the archiving, else the usual one."""
        given = self.custody.retention
        return self.keep.kept if given is None else retention.of_code(given)

    @property
    def runs_out(self) -> date | None:
        """保管期限届满日: None if it never does, and for a case that is not closed."""
        return None if self.closed_on is None else retention.runs_out(self.kept, self.closed_on)

    @property
    def people_left(self) -> tuple[str, ...]:
        """未清除人员."""
        return tuple(key for key in self.people if key not in self.custody.gone_people)

    @property
    def is_gone(self) -> bool:
        """已清除: nothing can be done on the matter any more – its texts are gone, or everybody who brought it."""
        everybody = bool(self.people) and not self.people_left
        return self.custody.texts_gone or everybody


def _yes(holds: object) -> str:
    return "yes" if holds else "no"


def of_petition(state: Petition) -> File:
    """案卷: of a petition."""
    review = state.review
    answered = state.replied_on or review.concluded_on or review.reexamination_concluded_on
    return File(
        kind="petition",
        id=state.id,
        version=state.version,
        number=state.number,
        office=state.office,
        confidential=state.confidential,
        closed=state.stage in petition_stages.CLOSED,
        archived=state.stage is petition_stages.Stage.ARCHIVED,
        closed_on=state.closed_on,
        begun_on=state.received_on,
        since=state.registered_at,
        people=tuple(one.key for one in state.petitioners),
        against=state.against,
        attributes={
            "category": state.category,
            "instructed": _yes(state.instructed_by),
            "answered": _yes(answered),
        },
        custody=state.custody,
    )


def of_item(state: Item) -> File:
    """案卷: of a supervision item; nobody brought it."""
    return File(
        kind="item",
        id=state.id,
        version=state.version,
        number=state.number,
        office=state.opened_by_unit,
        confidential=state.confidential,
        closed=state.stage in item_stages.CLOSED,
        archived=state.stage is item_stages.Stage.ARCHIVED,
        closed_on=state.closed_on,
        begun_on=state.opened_on,
        since=state.opened_at,
        people=(),
        against=state.against,
        attributes={"form": state.form, "instructed": _yes(state.signed_by)},
        custody=state.custody,
    )


def of_reception(state: Reception) -> File:
    """案卷: of a reception."""
    return File(
        kind="reception",
        id=state.id,
        version=state.version,
        number=state.number,
        office=state.office,
        confidential=state.confidential,
        closed=state.stage in reception_stages.CLOSED,
        archived=state.stage is reception_stages.Stage.ARCHIVED,
        closed_on=state.closed_on,
        begun_on=state.received_on,
        since=state.recorded_at,
        people=state.visitors,
        against=state.against,
        attributes={"category": "accusation" if state.confidential else "", "form": state.form},
        custody=state.custody,
    )


_FILES: Mapping[type, Callable[[Any], File]] = {
    Petition: of_petition,
    Item: of_item,
    Reception: of_reception,
}


def file_of(state: Any) -> File | None:
    """案卷: of a case's state; None for a kind of case that has no file of its own."""
    found = _FILES.get(type(state))
    return None if found is None else found(state)


def the_file(state: Any) -> File:
    """案卷: of a kind of case that has one."""
    return _FILES[type(state)](state)


def files_of(states: Iterable[Any]) -> tuple[File, ...]:
    """各案卷: of cases of any kind."""
    return tuple(file for file in map(file_of, states) if file is not None)
