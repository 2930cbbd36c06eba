"""接访值班记录的命令: what officers can ask for. Field names are the API's; `on` is the legal date, today if left out."""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from domain.erasure import commands as keeping
from domain.petition.commands import AgainstEntry

Way = Literal["visit", "outreach", "call", "duty"]
Result = Literal["settled", "promised", "explained", "registered", "unsettled"]


@dataclass(frozen=True, slots=True)
class VisitorEntry:
    """来访人 — as entered by whoever received the person."""

    name: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Receive:
    """接访登记 — log a visit, a call, an outreach visit or a duty matter, with what came of it.

    Whoever received the person, by default the acting officer, is the first contact and stays responsible.
    """

    form: Way
    content: str
    result: Result = "unsettled"
    text: str | None = None
    promised_on: date | None = None
    visitors: tuple[VisitorEntry, ...] = ()
    headcount: int | None = None
    place: str | None = None
    received_by: str | None = None
    petition: UUID | None = None
    shift: str | None = None
    against: tuple[AgainstEntry, ...] = ()
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """办结 — what was asked for is done, on the spot or within the date promised."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """承诺限期答复 — name the date of the answer; another date once more, with the reason, before the first has passed."""

    due_on: date
    text: str | None = None
    reason: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Explain:
    """说明解释 — what can't be done is explained to the visitor."""

    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RegisterPetition:
    """转信访登记 — the matter goes on as the petition it was registered as."""

    petition: UUID
    on: date | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """交接 — pass the matter to a named officer; until that one confirms, the first contact stays responsible."""

    officer: str
    text: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ConfirmHandOver:
    """确认接收 — the named officer takes the matter over and is responsible from now on."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class DeclineHandOver:
    """不予接收 — the named officer doesn't take the matter, and says why; it stays where it was."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class SendForReading:
    """送阅 — show the record to named officers."""

    officers: tuple[str, ...]
    reason: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """归档 — the record is filed; it is kept as the retention table has it, unless another class is named."""

    retention: str | None = None
    on: date | None = None


COMMANDS: dict[str, type] = {
    "settle": Settle,
    "promise": Promise,
    "explain": Explain,
    "register-petition": RegisterPetition,
    "hand-over": HandOver,
    "confirm-hand-over": ConfirmHandOver,
    "decline-hand-over": DeclineHandOver,
    "send-for-reading": SendForReading,
    "archive": Archive,
    **keeping.COMMANDS,
}
