"""销毁: what the second witness's act records – the destruction itself, in the case's stream and in those that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from domain.acts import Act, envelope
from domain.attachments import lying_with
from domain.erasure import events, naming
from domain.erasure.files import File, the_file
from domain.erasure.fold import doers
from domain.facts import Fact
from domain.petition.events import PutUnderSupervision
from domain.rules import papers, retention

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


class Beside(Protocol):
    """关联案卷 — a case of any kind, as it was read."""

    @property
    def state(self) -> Any: ...
    @property
    def facts(self) -> Sequence[Fact]: ...


@dataclass(frozen=True, slots=True)
class Going:
    """随同清除 — one more file that goes with the one destroyed: whose data, and whether its texts."""

    file: File
    history: Sequence[Fact]
    people: tuple[str, ...]
    texts: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """清除范围 — of the case itself, of those that go with it, and the names of the people who are gone then."""

    file: File
    people: tuple[str, ...]
    texts: bool
    along: tuple[Going, ...]
    names: tuple[str, ...]

    @property
    def cases(self) -> tuple[UUID, ...]:
        """所涉案件."""
        return (self.file.id, *(one.file.id for one in self.along))


def planned(file: File, state: Any, along: Sequence[Beside], people: tuple[str, ...], texts: bool) -> Plan:
    """清除范围: texts go with texts, visitors with everybody or with whoever of them bears their names."""
    everybody = texts or set(file.people_left) <= set(people)
    named = _names(state, people)
    found: list[Going] = []
    gone = set(named)
    for one in along:
        other = the_file(one.state)
        same = {key for key in other.people_left if everybody or set(_names(one.state, (key,))) & set(named)}
        going = Going(
            other,
            one.facts,
            tuple(key for key in other.people_left if key in same),
            texts and not other.custody.texts_gone,
        )
        if going.people or going.texts:
            found.append(going)
            gone |= set(_names(one.state, going.people))
    return Plan(file, people, texts, tuple(found), tuple(sorted(gone)))


def still_named(
    plan: Plan, state: Any, history: Sequence[Fact], along: Sequence[Beside]
) -> list[naming.Place]:
    """仍有记载之处: texts of the case and of those beside it that stay, though they name who goes."""
    if plan.texts:
        return []
    going = {one.file.id: one.people for one in plan.along}
    people = [*naming.people_of(state, plan.people)]
    people += [who for one in along for who in naming.people_of(one.state, going.get(one.state.id, ()))]
    told = naming.marks(people)
    files = [(plan.file, history), *((the_file(one.state), one.facts) for one in along)]
    return [place for file, facts in files for place in naming.places(file.kind, file.id, facts, told)]


def asked_for(file: File, state: Any, along: Sequence[Beside]) -> Plan:
    """所申请的清除范围: of the open request."""
    request = file.custody.request
    return planned(file, state, along, request.people if request else (), request.texts if request else False)


def _names(state: Any, keys: tuple[str, ...]) -> tuple[str, ...]:
    people = getattr(getattr(state, "personal", None), "people", ())
    return tuple(one.name for one in people if one.key in keys)


def hashes_in(plan: Plan, history: Sequence[Fact]) -> tuple[str, ...]:
    """案内附件: the hashes of the contents that go with the texts."""
    histories = [history] if plan.texts else []
    histories += [one.history for one in plan.along if one.texts]
    return tuple(sorted({sha256 for facts in histories for sha256 in lying_with(facts)}))


def facts(witnessed: Fact, number: str, act: Act, plan: Plan, attachments: Sequence[str]) -> list[Fact]:
    """销毁记录: the destruction in the case's own stream, behind the witness's fact, and in each that goes with it."""
    request = plan.file.custody.request
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

    file = plan.file
    own = made(
        file,
        witnessed.originator_version + 1,
        people=plan.people,
        texts=plan.texts,
        contents=tuple(attachments),
        linked=tuple(events.Linked(one.file.kind, one.file.id, one.file.number) for one in plan.along),
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
        for one in plan.along
    )
    return [own, *others]
