"""人员指称: where texts name those who brought a case – by name, identity number or telephone, however they are written.

What is written of a file outlives what the file held, so it may name nobody; and erasing one person leaves texts, so they
may not name that person.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from domain.errors import Invalid
from domain.facts import Fact, name_of, term_of
from domain.petition.events import Person, Personal
from domain.rules.naming import SHORTEST_NAME, plain
from domain.secrets import TEXTS, subjects_of

BASIS = "《中华人民共和国个人信息保护法》第四十七条"
SHORTEST_NUMBER = 7
"""Digits; what is shorter is found in texts by chance."""


@dataclass(frozen=True, slots=True)
class Place:
    """指称之处 — the event of a case whose words name somebody: what it is called, when it was, and of which kind of case."""

    kind: str
    case: UUID
    event: str
    label: str
    on: date
    version: int


def people_of(state: Any, keys: Sequence[str] | None = None) -> tuple[Person, ...]:
    """案内人员: those whose data is still there, or those of them with these keys."""
    personal = getattr(state, "personal", Personal())
    return tuple(one for one in personal.people if keys is None or one.key in keys)


def marks(people: Iterable[Person]) -> frozenset[str]:
    """识别词: names, identity numbers and telephones as they are compared; a name of one character tells nobody."""
    found: set[str] = set()
    for one in people:
        name, numbers = plain(one.name), (plain(one.id_number or ""), plain(one.phone or ""))
        found |= {name} if len(name) >= SHORTEST_NAME else set()
        found |= {number for number in numbers if len(number) >= SHORTEST_NUMBER}
    return frozenset(found)


def names(texts: Iterable[str], told: frozenset[str]) -> bool:
    """载明: whether one of the texts holds one of these marks."""
    return bool(told) and any(mark in text for text in map(plain, texts) for mark in told)


def must_name_nobody(texts: Iterable[str], people: Iterable[Person]) -> None:
    """不得写入身份信息: of what is never destroyed. Raises Invalid("custody.names_person")."""
    if names(texts, marks(people)):
        raise Invalid(
            "custody.names_person",
            "填写的内容载有本件信访人（来访人）的姓名、证件号码或者电话；这类记录永久保存，不随案卷销毁，请改用“信访人”等称谓。",
            BASIS,
        )


def written(command: Any) -> list[str]:
    """所填文字: of a command on a file."""
    fields = ("reason", "text", "remark", "borrower", "purpose")
    return [text for name in fields if isinstance(text := getattr(command, name, None), str)]


def places(kind: str, case: UUID, facts: Iterable[Fact], told: frozenset[str]) -> list[Place]:
    """指称之处: the events of a case whose texts hold one of these marks, the names of attached files included."""
    return [
        Place(kind, case, name_of(fact), term_of(type(fact)), fact.on, fact.originator_version)
        for fact in facts
        if names(_texts(fact), told)
    ]


def _texts(fact: Fact) -> Iterator[str]:
    for name, subject in subjects_of(type(fact)).items():
        if subject == TEXTS:
            yield from _strings(msgspec.to_builtins(getattr(fact, name)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def must_be_free(found: Sequence[Place]) -> None:
    """正文仍有记载: texts that stay may not name who goes. Raises Invalid("erasure.named_in_texts")."""
    if not found:
        return
    told = "、".join(f"{one.on}“{one.label}”" for one in found[:MOST_TOLD])
    more = f"等{len(found)}处" if len(found) > MOST_TOLD else ""
    raise Invalid(
        "erasure.named_in_texts",
        f"所选信访人的姓名、证件号码或者电话还写在保留的正文中：{told}{more}；请一并清除正文和附件。",
        BASIS,
        events=[{"event": one.event, "on": one.on.isoformat()} for one in found],
    )


MOST_TOLD = 8
"""Events that a refusal tells one by one."""
