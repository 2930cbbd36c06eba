"""接待日安排和值班日志的命令; field names are the API's."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RotaEntry:
    """接待安排 — who receives citizens on a day, from when to when and where; `post` as it is told to the public."""

    on: date
    from_time: str
    to_time: str
    place: str
    post: str
    officer: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PublishRota:
    """公布接待日安排 — tell the public of a week's or a month's reception days."""

    entries: tuple[RotaEntry, ...]


@dataclass(frozen=True, slots=True)
class AmendRota:
    """调整接待日安排 — change an entry, or cancel it, and say why; what was published stays on record."""

    reason: str
    on: date | None = None
    from_time: str | None = None
    to_time: str | None = None
    place: str | None = None
    post: str | None = None
    officer: str | None = None
    name: str | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OpenShift:
    """安排值班 — a shift: its day and hours, the officers on duty and the leader on duty."""

    on: date
    from_time: str
    to_time: str
    officers: tuple[str, ...]
    leader: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class NoteShift:
    """值班记事 — an entry of the duty log; names and numbers of callers belong in the reception log."""

    text: str


@dataclass(frozen=True, slots=True)
class CloseShift:
    """交班 — the shift ends; nothing of it is left that nobody has taken over."""

    text: str | None = None
