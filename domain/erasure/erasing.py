"""销毁: what the second witness's act records – the destruction itself, in the case's stream and in those that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.acts import Act, envelope
from domain.attachments import lying_with
from domain.erasure import events
from domain.erasure.files import File
from domain.erasure.fold import doers
from domain.facts import Fact
from domain.petition.events import PutUnderSupervision
from domain.rules import papers, retention

ITEM = "item"
WITNESSES = 2
"""How many witnesses a destruction needs."""


def completes(file: File) -> bool:
    """末次监销: whether one more witness makes the number full."""
    request = file.custody.request
    return request is not None and len(request.witnessed_by) + 1 >= WITNESSES


def series(unit_name: str, code: str) -> str:
    """销毁清册字号: the organ's short name and the word of the register."""
    return f"{papers.abbreviation(unit_name, code)}档销"


def items_of(history: Sequence[Fact]) -> list[UUID]:
    """由此立项的督查事项: of a petition's history."""
    return list(dict.fromkeys(one.item for one in history if isinstance(one, PutUnderSupervision)))


def hashes_in(history: Sequence[Fact]) -> tuple[str, ...]:
    """案内附件: the hashes of the contents that a history names."""
    return tuple(sorted(lying_with(history)))


@dataclass(frozen=True, slots=True)
class Going:
    """随同清除 — one more file that goes with the one destroyed: whose data, and whether its texts."""

    file: File
    history: Sequence[Fact]
    people: tuple[str, ...]
    texts: bool


def going(file: File, state: Any, others: Sequence[tuple[File, Any, Sequence[Fact]]]) -> list[Going]:
    """随同清除的案卷: of those linked; texts go with texts, visitors with everybody or with whoever bears their names."""
    request = file.custody.request
    if request is None or not others:
        return []
    everybody = request.texts or set(file.people_left) <= set(request.people)
    names = {one.name for one in state.personal.people if one.key in request.people}
    found = []
    for other, other_state, history in others:
        visitors = () if other.kind == ITEM else other_state.personal.people
        named = {one.key for one in visitors if one.name in names}
        people = tuple(key for key in other.people_left if everybody or key in named)
        texts = request.texts and not other.custody.texts_gone
        if people or texts:
            found.append(Going(other, history, people, texts))
    return found


def facts(
    witnessed: Fact, file: File, number: str, act: Act, along: Sequence[Going], attachments: Sequence[str]
) -> list[Fact]:
    """销毁记录: the destruction in the case's own stream, behind the witness's fact, and in each that goes with it."""
    request = file.custody.request
    if request is None:
        return []
    told: dict[str, Any] = {
        "number": number,
        "ground": request.ground,
        "requested_by": request.by,
        "approved_by": request.approved_by,
        "witnessed_by": tuple(one for by in (*request.witnessed_by, doers(witnessed)) for one in by),
    }
    basis = retention.ground(request.ground).basis

    def made(of: File, version: int, **own: Any) -> events.Erased:
        return events.Erased(**envelope(of.id, version, act, basis, witnessed.on), **told, **own)

    own = made(
        file,
        witnessed.originator_version + 1,
        people=request.people,
        texts=request.texts,
        attachments=tuple(attachments),
        linked=tuple(events.Linked(one.file.kind, one.file.id, one.file.number) for one in along),
    )
    others = (
        made(
            one.file,
            one.file.version + 1,
            people=one.people,
            texts=one.texts,
            along_with=file.id,
            along_with_number=file.number,
        )
        for one in along
    )
    return [own, *others]
