"""接待日安排和值班日志的事件: of an office's book of one year. They concern no case."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import msgspec

from domain.facts import Fact
from domain.secrets import Text


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """接待安排 — one reception day as it is told to the public; `officer` is known to the house alone."""

    id: str
    on: date
    from_time: str
    to_time: str
    place: str
    name: str
    post: str
    officer: str | None = None


class RotaPublished(Fact, frozen=True, kw_only=True):
    """公布接待日安排 — these reception days are public from now on."""

    TOPIC: ClassVar[str] = "rota.published.1"
    office: str
    entries: tuple[Entry, ...]


class RotaAmended(Fact, frozen=True, kw_only=True):
    """调整接待日安排 — an entry is as written here from now on, or cancelled."""

    TOPIC: ClassVar[str] = "rota.amended.1"
    office: str
    entry: Entry
    reason: Text
    cancelled: bool = False


class ShiftOpened(Fact, frozen=True, kw_only=True):
    """安排值班 — who is on duty on the day, from when to when."""

    TOPIC: ClassVar[str] = "shift.opened.1"
    office: str
    shift: str
    day: date
    from_time: str
    to_time: str
    officers: tuple[str, ...]
    leader: str | None = None
    place: Text | None = None


class ShiftNoted(Fact, frozen=True, kw_only=True):
    """值班记事 — an entry of the duty log."""

    TOPIC: ClassVar[str] = "shift.noted.1"
    shift: str
    text: Text


class MatterTaken(Fact, frozen=True, kw_only=True):
    """值班接件 — a matter was logged on the shift; nothing of its content."""

    TOPIC: ClassVar[str] = "shift.matter_taken.1"
    shift: str
    case: UUID
    case_number: str


class ShiftClosed(Fact, frozen=True, kw_only=True):
    """交班 — the shift is over, and what was unsettled has been taken over."""

    TOPIC: ClassVar[str] = "shift.closed.1"
    shift: str
    text: Text | None = None


BOOK_FACTS: tuple[type[Fact], ...] = (
    RotaPublished,
    RotaAmended,
    ShiftOpened,
    ShiftNoted,
    MatterTaken,
    ShiftClosed,
)
"""Every fact of an office's book."""
