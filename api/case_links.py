"""案件关联: which other cases a state or a fact names, and which of those must not be told to this officer.

Whoever may read a case doesn't learn by it of another one that is hidden from them: the fields that name it go.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from api.bootstrap import Services
from domain.acts import Act
from domain.erasure.events import Linked
from domain.filing.events import RefusalNoted
from domain.trace import PersonalDataRead

NAMES: Mapping[str, tuple[str, ...]] = {
    "repeat_of": ("repeat_of_number",),
    "earlier": ("earlier_number",),
    "supervision_item": ("supervision_item_number",),
    "item": ("item_number",),
    "petition": ("petition_number", "petition_office"),
    "case": ("case_number", "decided_on", "decided_in"),
    "along_with": ("along_with_number",),
    "linked": (),
}
"""Fields of states and facts that hold another case's id, and those that tell of that case beside it."""

Hidden = frozenset[UUID]
"""隐去的案件: the ids of cases that an officer may not know of."""

NONE: Hidden = frozenset()


def named(*those: Any) -> frozenset[UUID]:
    """所指案件: the ids of the other cases that these states and facts name."""
    return frozenset(id for one in those for field in NAMES for id in _links(one, field))


def hidden(services: Services, act: Act, ids: Iterable[UUID]) -> Hidden:
    """应隐去的案件: those among the cases that the officer may not know of; what isn't there is none to know of."""
    asked = frozenset(ids)
    if not asked:
        return NONE
    cases, directory = services.casework.standings(sorted(asked)), services.casework.directory()
    known = {id for id, case in cases.items() if case.kind.may_read(case.state, directory, act)}
    return asked - known


def untold(one: Any, hidden: Hidden) -> frozenset[str]:
    """隐去的字段: the fields of a state or a fact that would tell of a hidden case."""
    fields = [field for field in NAMES if hidden.intersection(_links(one, field))]
    return frozenset(name for field in fields for name in (field, *NAMES[field]))


def tells_of_hidden(fact: Any, hidden: Hidden) -> bool:
    """只涉及隐去案件的事件: whether the fact is about nothing but a case that must not be told of."""
    return isinstance(fact, RefusalNoted | PersonalDataRead) and fact.case in hidden


def _links(one: Any, field: str) -> list[UUID]:
    found = getattr(one, field, None)
    if isinstance(found, UUID):
        return [found]
    return [each.case for each in found if isinstance(each, Linked)] if isinstance(found, tuple) else []
