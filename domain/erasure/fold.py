"""案卷保管与销毁的折叠: what the facts about a file tell, as a part of the state of every kind of case.

Assignments only, no decision, no clock.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.erasure import events
from domain.facts import Fact


class Request(msgspec.Struct, frozen=True):
    """销毁申请 — an open request: of what, on which ground, who asked, who approved and who has witnessed so far."""

    on: date
    by: tuple[str, ...]
    ground: str
    reason: str
    people: tuple[str, ...]
    texts: bool
    approved_on: date | None = None
    approved_by: tuple[str, ...] = ()
    witnessed_by: tuple[tuple[str, ...], ...] = ()


class Loan(msgspec.Struct, frozen=True):
    """借阅 — where the file is now."""

    on: date
    borrower: str
    purpose: str
    due_back: date


class Erasure(msgspec.Struct, frozen=True):
    """销毁记录 — what was destroyed, when, on which ground, and under which number of the register."""

    on: date
    at: datetime
    number: str
    ground: str
    people: tuple[str, ...]
    texts: bool
    attachments: int
    version: int


class Custody(msgspec.Struct, frozen=True):
    """案卷保管 — the retention class, the open request, the loan, and what was destroyed."""

    retention: str | None = None
    archived_on: date | None = None
    request: Request | None = None
    loan: Loan | None = None
    erasures: tuple[Erasure, ...] = ()

    @property
    def gone_people(self) -> frozenset[str]:
        """已清除人员: keys of those whose data was destroyed."""
        return frozenset(key for one in self.erasures for key in one.people)

    @property
    def texts_gone(self) -> bool:
        """正文已清除."""
        return any(one.texts for one in self.erasures)


def archived(custody: Custody, fact: Fact, retention: str | None) -> Custody:
    """归档: with the class that was given; older records have none."""
    return replace(custody, retention=retention, archived_on=fact.on)


def reopened(custody: Custody) -> Custody:
    """重新办理: what is handled again is neither archived nor about to be destroyed."""
    return replace(custody, archived_on=None, request=None) if custody != Custody() else custody


def doers(fact: Fact) -> tuple[str, ...]:
    """经办人: who did it, and whom that officer stood in for."""
    return (fact.by,) if fact.for_whom is None else (fact.by, fact.for_whom)


def _requested(custody: Custody, fact: events.ErasureRequested) -> Custody:
    request = Request(fact.on, doers(fact), fact.ground, fact.reason, fact.people, fact.texts)
    return replace(custody, request=request)


def _approved(custody: Custody, fact: events.ErasureApproved) -> Custody:
    if custody.request is None:
        return custody
    return replace(custody, request=replace(custody.request, approved_on=fact.on, approved_by=doers(fact)))


def _witnessed(custody: Custody, fact: events.ErasureWitnessed) -> Custody:
    if custody.request is None:
        return custody
    witnesses = (*custody.request.witnessed_by, doers(fact))
    return replace(custody, request=replace(custody.request, witnessed_by=witnesses))


def _erased(custody: Custody, fact: events.Erased) -> Custody:
    one = Erasure(
        on=fact.on,
        at=fact.recorded_at,
        number=fact.number,
        ground=fact.ground,
        people=fact.people,
        texts=fact.texts,
        attachments=len(fact.contents),
        version=fact.originator_version,
    )
    return replace(custody, request=None, erasures=(*custody.erasures, one))


def _lent(custody: Custody, fact: events.FileLent) -> Custody:
    return replace(custody, loan=Loan(fact.on, fact.borrower, fact.purpose, fact.due_back))


_STEPS: Mapping[type[Fact], Callable[[Custody, Any], Custody]] = {
    events.ErasureRequested: _requested,
    events.ErasureApproved: _approved,
    events.ErasureRefused: lambda custody, _: replace(custody, request=None),
    events.ErasureWitnessed: _witnessed,
    events.Erased: _erased,
    events.FileLent: _lent,
    events.FileReturned: lambda custody, _: replace(custody, loan=None),
}

Step = Callable[[Any, Any], dict[str, Any]]


def steps(blanked: Callable[[Any, events.Erased], dict[str, Any]]) -> dict[type[Fact], Step]:
    """折叠表: for a kind of case; `blanked` are the fields of its state that an erasure empties."""

    def step(of: Callable[[Custody, Any], Custody]) -> Step:
        return lambda state, fact: {"custody": of(state.custody, fact)}

    found = {fact: step(of) for fact, of in _STEPS.items()}
    found[events.Erased] = lambda state, fact: {
        "custody": _erased(state.custody, fact),
        **blanked(state, fact),
    }
    return found
