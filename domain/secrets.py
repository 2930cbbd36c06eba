"""个人信息标记: which fields of a fact are stored enciphered, under the key of which subject. Marks only; nobody holds a key here.

A key belongs to an owner and a subject of it. The owner of what a fact holds is the fact's stream; the subjects are those
below. Whoever destroys a key decides by subject what of a case can't be read any more:

- `texts`: what people typed, with the names of the files that lie with it;
- `person:<key>`: who one petitioner or visitor is;
- `contact`: where answers go and who signed for papers, which may name any of the petitioners;
- `custody`: what is written of the file itself – why it was lent, why it was destroyed; never destroyed with it;
- `code`: what opens the case to a citizen, so that a case's file can be handed out with its bytes and not with the code;
- `accused`: whom the case is against. It outlives the petitioners, for it decides who may not see the case.

A field is marked by its type. What can't be read any more reads as CLEARED, or as nothing where it is no text.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec

CLEARED: Final = "〔已清除〕"
"""已清除: stands where a text was whose key was destroyed."""

TEXTS: Final = "texts"
CONTACT: Final = "contact"
ACCUSED: Final = "accused"
CUSTODY: Final = "custody"
CODE: Final = "code"
"""Of what opens a case to a citizen: shown to nobody who asks for the case's file, and never destroyed by itself."""
PEOPLE: Final = "people"
"""How the field is marked whose persons each have a key of their own."""
ATTACHMENT: Final = "attachment"
"""Of an attachment's content, whose owner is its SHA-256."""
IMPORT: Final = "import"
"""Of an import's file, whose owner is the import."""
MARK: Final = "subject"

UNDER_TEXTS: Final = msgspec.Meta(extra={MARK: TEXTS})
UNDER_CONTACT: Final = msgspec.Meta(extra={MARK: CONTACT})
UNDER_ACCUSED: Final = msgspec.Meta(extra={MARK: ACCUSED})
UNDER_CODE: Final = msgspec.Meta(extra={MARK: CODE})
UNDER_PEOPLE: Final = msgspec.Meta(extra={MARK: PEOPLE})

Text = Annotated[str, UNDER_TEXTS]
"""文字: typed by a person, and may tell of one."""
CustodyText = Annotated[str, msgspec.Meta(extra={MARK: CUSTODY})]
"""案卷记录文字: typed by a person about the file; it outlives what the file held."""


def person(key: str) -> str:
    """信访人密钥科目: of the petitioner or visitor with this key."""
    return f"person:{key}"


def with_what_goes_along(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """一并销毁: where any person of a case goes, goes what may name any of them."""
    asked = list(dict.fromkeys(pairs))
    along = [(owner, CONTACT) for owner, subject in asked if subject.startswith("person:")]
    return list(dict.fromkeys([*asked, *along]))


DESTROYS: dict[str, Callable[[Any], Iterable[tuple[str, str]]]] = {}
"""Topics of the facts that record a destruction → the owners and subjects that are destroyed by such a fact."""


def destroyed_by(fact: Any) -> list[tuple[str, str]]:
    """事实所销毁的密钥: none by most facts."""
    keys_of = DESTROYS.get(type(fact).TOPIC)
    return [] if keys_of is None else list(keys_of(fact))


def subjects_of(kind: type) -> dict[str, str]:
    """标记字段: the marked fields of a fact's class, each with the subject of its key."""
    hints = get_type_hints(kind, include_extras=True)
    found = {name: _subject(hints[name]) for name in kind.__struct_fields__}  # type: ignore[attr-defined]  # a struct
    return {name: subject for name, subject in found.items() if subject is not None}


def _subject(hint: Any) -> str | None:
    """The mark on the type or on what it is made of."""
    if get_origin(hint) is Annotated:
        for one in hint.__metadata__:
            if isinstance(one, msgspec.Meta) and one.extra and MARK in one.extra:
                return str(one.extra[MARK])
    return next((found for part in get_args(hint) if (found := _subject(part)) is not None), None)
