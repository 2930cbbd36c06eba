"""接访值班记录的事件: everything that can have happened to one record. Visitors' names and numbers lie in `personal` alone."""

from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from domain.facts import Fact
from domain.petition.events import Against, Personal
from domain.secrets import UNDER_ACCUSED, UNDER_PEOPLE, Text


class Received(Fact, frozen=True, kw_only=True):
    """接访登记 — somebody came, called or was called on; who received, what it was about and what came of it."""

    TOPIC: ClassVar[str] = "reception.received.1"
    number: str
    office: str
    form: str
    content: Text
    result: str
    received_by: str
    in_unit: str
    headcount: int
    visitors: tuple[str, ...] = ()
    place: Text | None = None
    text: Text | None = None
    promised_on: date | None = None
    petition: UUID | None = None
    petition_number: str | None = None
    shift: str | None = None
    shift_ends_on: date | None = None
    against: Annotated[tuple[Against, ...], UNDER_ACCUSED] = ()
    personal: Annotated[Personal, UNDER_PEOPLE] = Personal()


class Settled(Fact, frozen=True, kw_only=True):
    """办结 — what was asked for is done."""

    TOPIC: ClassVar[str] = "reception.settled.1"
    text: Text


class Promised(Fact, frozen=True, kw_only=True):
    """承诺限期答复 — an answer is promised by a date; `reason` says why the first date was moved."""

    TOPIC: ClassVar[str] = "reception.promised.1"
    due_on: date
    text: Text | None = None
    reason: Text | None = None


class Explained(Fact, frozen=True, kw_only=True):
    """说明解释 — what can't be done was explained to the visitor."""

    TOPIC: ClassVar[str] = "reception.explained.1"
    text: Text


class PetitionLinked(Fact, frozen=True, kw_only=True):
    """转信访登记 — the matter was registered as a petition and goes on there."""

    TOPIC: ClassVar[str] = "reception.petition_linked.1"
    petition: UUID
    petition_number: str


class HandedOver(Fact, frozen=True, kw_only=True):
    """交接 — the matter was offered to a named officer, who has still to confirm."""

    TOPIC: ClassVar[str] = "reception.handed_over.1"
    officer: str
    to_unit: str
    text: Text


class HandOverConfirmed(Fact, frozen=True, kw_only=True):
    """确认接收 — the named officer took the matter over."""

    TOPIC: ClassVar[str] = "reception.hand_over_confirmed.1"
    officer: str
    to_unit: str
    text: Text | None = None


class HandOverDeclined(Fact, frozen=True, kw_only=True):
    """不予接收 — the named officer didn't take the matter; it stays with the one who offered it."""

    TOPIC: ClassVar[str] = "reception.hand_over_declined.1"
    officer: str
    reason: Text


class SentForReading(Fact, frozen=True, kw_only=True):
    """送阅 — the record was shown to named officers."""

    TOPIC: ClassVar[str] = "reception.sent_for_reading.1"
    officers: tuple[str, ...]
    reason: Text | None = None


class Archived(Fact, frozen=True, kw_only=True):
    """归档 — the record is filed, and kept as long as its class says; older records name none."""

    TOPIC: ClassVar[str] = "reception.archived.1"
    retention: str | None = None
