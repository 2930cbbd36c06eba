"""案卷保管与销毁的事件: they lie in the stream of the case they are about, of whatever kind, and stay when it is erased."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import msgspec

from domain.facts import Fact
from domain.secrets import ATTACHMENT, CLEARED, DESTROYS, TEXTS, CustodyText, person

ERASED = CLEARED
"""What stands in the place of a text that is gone."""


class Linked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """随同清除的事项 — a case that was destroyed along with this one: its kind, id and number."""

    kind: str
    case: UUID
    number: str


class ErasureRequested(Fact, frozen=True, kw_only=True):
    """申请销毁 — on which ground, why, and of what: petitioners by their keys, and the texts."""

    TOPIC: ClassVar[str] = "erasure.requested.1"
    ground: str
    reason: CustodyText
    people: tuple[str, ...] = ()
    texts: bool = False


class ErasureApproved(Fact, frozen=True, kw_only=True):
    """批准销毁 — a leader agreed."""

    TOPIC: ClassVar[str] = "erasure.approved.1"
    text: CustodyText | None = None


class ErasureRefused(Fact, frozen=True, kw_only=True):
    """不批准销毁 — a leader refused."""

    TOPIC: ClassVar[str] = "erasure.refused.1"
    reason: CustodyText


class ErasureWitnessed(Fact, frozen=True, kw_only=True):
    """监销 — one of two witnesses saw to the destruction."""

    TOPIC: ClassVar[str] = "erasure.witnessed.1"
    text: CustodyText | None = None


class Erased(Fact, frozen=True, kw_only=True):
    """销毁 — the keys of these people, of the texts and of these attached contents are destroyed, by the register's number.

    Whoever asked, approved and witnessed is named as in each one's own fact: the acting officers and those stood in for.
    `along_with` is the petition with whose file this case went.
    """

    TOPIC: ClassVar[str] = "erasure.erased.1"
    number: str
    ground: str
    requested_by: tuple[str, ...]
    approved_by: tuple[str, ...]
    witnessed_by: tuple[str, ...]
    people: tuple[str, ...] = ()
    texts: bool = False
    contents: tuple[str, ...] = ()
    linked: tuple[Linked, ...] = ()
    along_with: UUID | None = None
    along_with_number: str | None = None


class FileLent(Fact, frozen=True, kw_only=True):
    """借出案卷 — to whom, for what, and when it is due back."""

    TOPIC: ClassVar[str] = "archive.file_lent.1"
    borrower: CustodyText
    purpose: CustodyText
    due_back: date


class FileReturned(Fact, frozen=True, kw_only=True):
    """归还案卷 — the file came back."""

    TOPIC: ClassVar[str] = "archive.file_returned.1"
    remark: CustodyText | None = None


CUSTODY_FACTS: tuple[type[Fact], ...] = (
    ErasureRequested,
    ErasureApproved,
    ErasureRefused,
    ErasureWitnessed,
    Erased,
    FileLent,
    FileReturned,
)
"""Facts about the file itself, not about the matter."""


def keys_of(fact: Fact) -> list[tuple[str, str]]:
    """应销毁的密钥: what the fact destroys, as owner and subject; nothing for any other fact."""
    if not isinstance(fact, Erased):
        return []
    case = str(fact.originator_id)
    found = [(case, person(key)) for key in fact.people]
    if fact.texts:
        found.append((case, TEXTS))
    return found + [(sha256, ATTACHMENT) for sha256 in fact.contents]


DESTROYS[Erased.TOPIC] = keys_of
