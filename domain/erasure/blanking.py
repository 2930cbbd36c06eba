"""清除后的历史: what a case's facts show once one of them records a destruction, whatever keys are still there.

The fact comes before the keys go; between the two, and wherever a key file was put back, nobody is shown more.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from domain.erasure.events import Erased, keys_of
from domain.facts import Fact
from domain.secrets import CLEARED, CONTACT, PEOPLE, person, subjects_of, with_what_goes_along


def blanked(facts: Sequence[Fact]) -> Sequence[Fact]:
    """清除后所见: of one stream, whole; as it reads without the keys that its facts say are destroyed."""
    erased = [fact for fact in facts if isinstance(fact, Erased)]
    if not erased:
        return facts
    pairs = with_what_goes_along(pair for fact in erased for pair in keys_of(fact))
    gone = {subject for owner, subject in pairs if owner == str(erased[0].originator_id)}
    return [_without(fact, gone) for fact in facts]


def _without(fact: Fact, gone: set[str]) -> Fact:
    left = {
        name: _left(fact, name, subject, gone)
        for name, subject in subjects_of(type(fact)).items()
        if subject == PEOPLE or subject in gone
    }
    return replace(fact, **left) if left else fact


def _left(fact: Fact, name: str, subject: str, gone: set[str]) -> Any:
    value = getattr(fact, name)
    if subject == PEOPLE:
        people = tuple(one for one in value.people if person(one.key) not in gone)
        return type(value)(people) if CONTACT in gone else replace(value, people=people)
    if value == _default(fact, name):
        return value
    if isinstance(value, str):
        return CLEARED
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return (CLEARED,)
    return _default(fact, name)


def _default(fact: Fact, name: str) -> Any:
    (field,) = (one for one in msgspec.structs.fields(fact) if one.name == name)
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
