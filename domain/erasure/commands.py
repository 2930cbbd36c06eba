"""案卷保管与销毁的命令: the same for petitions, supervision items and receptions. Field names are the API's.

What is written here stays when the case is erased, so it must name nobody who petitioned.
"""

from dataclasses import dataclass
from datetime import date

ALL = "all"
"""In the place of a petitioner's key: all of them."""


@dataclass(frozen=True, slots=True)
class RequestErasure:
    """申请销毁 — ask that a closed case's personal data, or its texts as well, be destroyed, on which ground and why."""

    ground: str
    reason: str
    people: tuple[str, ...] = ()
    texts: bool = False
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ApproveErasure:
    """批准销毁 — a leader who didn't ask for it agrees to the destruction."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class RefuseErasure:
    """不批准销毁 — a leader who didn't ask for it refuses, with the reason."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class WitnessErasure:
    """监销 — see to the destruction; with the second of two witnesses it is done and can't be undone."""

    text: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LendFile:
    """借出案卷 — lend the file: to whom, for what, and when it is due back."""

    borrower: str
    purpose: str
    due_back: date
    on: date | None = None


@dataclass(frozen=True, slots=True)
class ReturnFile:
    """归还案卷 — the file came back."""

    remark: str | None = None
    on: date | None = None


COMMANDS: dict[str, type] = {
    "lend-file": LendFile,
    "return-file": ReturnFile,
    "request-erasure": RequestErasure,
    "approve-erasure": ApproveErasure,
    "refuse-erasure": RefuseErasure,
    "witness-erasure": WitnessErasure,
}
