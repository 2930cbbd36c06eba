"""密封: how a fact with marked fields is stored; `opening` opens it again.

A byte 1; the length of the plain part and the part itself, JSON of the unmarked fields; then a blob a key: algorithm,
generation and place of the key, its subject, the fields it holds and in which form, a nonce, and the ciphertext of their
JSON. All that stands before the nonce is authenticated with the stream, the version and the topic, so that no blob can be
moved. Opening puts the texts of the blobs into the plain part; the result is the fact's JSON and is decoded once.

What begins with a brace was stored before there were keys, and is the JSON itself. docs/verifying.md gives the layout to
whoever writes a reader of their own.
"""

import struct
from functools import cache
from os import urandom
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from domain.errors import NotNow
from domain.facts import TOPICS, UPCASTERS, Fact
from domain.secrets import CONTACT, PEOPLE, person, subjects_of
from eventstore.ciphers import NONCE_BYTES
from eventstore.keyfile import KeysUnusable
from eventstore.keys import KEY, Keys, path_of

SEALED: Final = 1
PLAIN: Final = ord("{")
NO_KEYS: Final = "没有启用密钥，不能存取个人信息。"
SHORT = struct.Struct(">H")
LONG = struct.Struct(">I")
_short, _long = SHORT.unpack_from, LONG.unpack_from
_NAME = KEY.size
_BEFORE_TEXT = NONCE_BYTES + LONG.size

TEXT: Final = "t"
"""A field that is a text, or a text or nothing."""
LIST: Final = "l"
"""A field that is a list of texts."""
WHOLE: Final = "w"
"""A field of another kind; without its key it isn't there."""
PERSON: Final = "p"
"""One of the people of a field that lists them."""
REST: Final = "r"
"""The same field's other parts."""


class Tampered(ValueError):
    """密文不符: what is stored isn't what was stored, or its key is another's."""


def cleared() -> NotNow:
    """已清除: nothing can be stored under a key that was destroyed; what is written of such a case lies in its custody."""
    return NotNow("case.cleared", "该事项的这部分内容已按规定清除，不能再记入。")


class Blob(NamedTuple):
    """密文块 — as it lies in a state; `header` is what its authentication covers."""

    algorithm: int
    generation: int
    path: bytes
    subject: str
    fields: tuple[tuple[str, str], ...]
    header: bytes
    nonce: bytes
    ciphertext: bytes


def is_sealed(state: bytes) -> bool:
    """是否密封: whether the state holds blobs."""
    return state[0] == SEALED


def plain_part(state: bytes) -> bytes:
    """明文部分: JSON of what anybody may read; all of it where nothing is sealed."""
    if not is_sealed(state):
        return state
    (length,) = LONG.unpack_from(state, 1)
    return state[5 : 5 + length]


def told_in_plain(topic: str, state: bytes) -> list[tuple[str, str]]:
    """明存字段: the marked fields that the state tells without any key, each with the subjects they would lie under today."""
    marked = marked_of(topic)
    if not marked or not state:
        return []
    fields: dict[str, Any] = msgspec.json.decode(plain_part(state))
    told = ((name, *mark, fields[name]) for name, mark in marked.items() if fields.get(name))
    return [
        (name, under)
        for name, subject, form, value in told
        for under, _, _ in _texts(name, subject, form, value)
    ]


def blobs(state: bytes) -> list[Blob]:
    """密文块: in the order in which they lie in the state. Raises Tampered."""
    found: list[Blob] = []
    if not is_sealed(state):
        return found
    try:
        at, end = first_blob(state), len(state)
        while at < end:
            named, listed, stop = span(state, at)
            found.append(_blob(state, at, named, listed, stop))
            at = stop
    except (struct.error, IndexError, ValueError) as error:
        raise Tampered("the stored state is damaged") from error
    if at != end:
        raise Tampered("the stored state is cut short")
    return found


def first_blob(state: bytes) -> int:
    """首个密文块的位置: right behind the plain part."""
    length: int = _long(state, 1)[0]
    return 5 + length


def span(state: bytes, at: int) -> tuple[int, int, int]:
    """密文块的位置: of the one that begins there, where its key's name, its header and the whole of it end.

    Raises struct.error or IndexError where the state ends before.
    """
    named = at + _NAME + state[at + _NAME - 1]
    listed = named + 2 + _short(state, named)[0]
    return named, listed, listed + _BEFORE_TEXT + _long(state, listed + NONCE_BYTES)[0]


def seal(fact: Fact, keys: Keys | None, *, nonces: Any = urandom) -> bytes:
    """密封: the state of a fact; plain JSON if none of its fields are marked. Raises NotNow where a key was destroyed."""
    marked = _marked(type(fact))
    if not marked:
        return msgspec.json.encode(fact)
    fields: dict[str, Any] = msgspec.to_builtins(fact)
    parts: dict[tuple[str, str], list[tuple[str, str, bytes]]] = {}
    for name, (subject, form) in marked.items():
        if name in fields:
            for under, kind, text in _texts(name, subject, form, fields.pop(name)):
                parts.setdefault((under, kind if kind in {PERSON, REST} else ""), []).append(
                    (name, kind, text)
                )
    plain = msgspec.json.encode(fields)
    if not parts:
        return plain
    if keys is None:
        raise KeysUnusable(NO_KEYS)
    owner, place = str(fact.originator_id), place_of(fact.originator_id, fact.originator_version, fact.TOPIC)
    ring, algorithm = keys.ring(), keys.algorithm
    generation, bunch = ring.content.current, ring.bunch(fact.originator_id)
    sealed = [bytes((SEALED,)), LONG.pack(len(plain)), plain]
    for (subject, _), held in parts.items():
        owned, listed = subject.encode(), ",".join(f"{name}:{kind}" for name, kind, _ in held).encode()
        named = KEY.pack(algorithm, generation, path_of(owner, subject), len(owned)) + owned
        opener = bunch[named]
        if opener is None:
            raise cleared()
        header = b"".join([named, SHORT.pack(len(listed)), listed])
        nonce = nonces(NONCE_BYTES)
        secret = opener.encrypt(nonce, b",".join(text for _, _, text in held), place + header)
        sealed += [header, nonce, LONG.pack(len(secret)), secret]
    return b"".join(sealed)


def _texts(name: str, subject: str, form: str, value: Any) -> list[tuple[str, str, bytes]]:
    """What of a field goes under which key, in which form, and its JSON."""
    if subject != PEOPLE:
        return [(subject, form, msgspec.json.encode(name) + b":" + msgspec.json.encode(value))]
    people = [(person(one["key"]), PERSON, msgspec.json.encode(one)) for one in value.get("people", ())]
    rest = {own: part for own, part in value.items() if own != "people"}
    return people + ([(CONTACT, REST, msgspec.json.encode(rest)[1:-1])] if rest else [])


def _blob(state: bytes, at: int, named: int, listed: int, stop: int) -> Blob:
    algorithm, generation, path, _ = KEY.unpack_from(state, at)
    text = listed + NONCE_BYTES
    return Blob(
        algorithm, generation, path, state[at + KEY.size : named].decode(), fields_of(state[named + 2 : listed]),
        state[at:listed], state[listed:text], state[text + 4 : stop],
    )  # fmt: skip


@cache
def _marked(kind: type[Fact]) -> dict[str, tuple[str, str]]:
    """The marked fields of a class, each with its subject and form."""
    forms = {field.name: _form(field.type) for field in msgspec.structs.fields(kind)}
    return {name: (subject, forms[name]) for name, subject in subjects_of(kind).items()}


@cache
def marked_of(topic: str) -> dict[str, tuple[str, str]]:
    """标记字段: of a topic, be it an old one, each with its subject and form."""
    while topic in UPCASTERS:
        topic, _ = UPCASTERS[topic]({})
    return _marked(TOPICS[topic]) if topic in TOPICS else {}


def _form(hint: Any) -> str:
    told = msgspec.inspect.type_info(hint)
    return _form_of(told)


def _form_of(told: msgspec.inspect.Type) -> str:
    while isinstance(told, msgspec.inspect.Metadata):
        told = told.type
    if isinstance(told, msgspec.inspect.StrType):
        return TEXT
    if isinstance(told, msgspec.inspect.VarTupleType):
        return LIST if _form_of(told.item_type) == TEXT else WHOLE
    if isinstance(told, msgspec.inspect.UnionType):
        return TEXT if any(_form_of(one) == TEXT for one in told.types) else WHOLE
    return WHOLE


@cache
def fields_of(listed: bytes) -> tuple[tuple[str, str], ...]:
    """密文块的字段: those that a blob lists, each with its form."""
    found = tuple(
        (name, form) for name, _, form in (one.partition(":") for one in listed.decode().split(","))
    )
    if not all(form in {TEXT, LIST, WHOLE, PERSON, REST} for _, form in found):
        raise ValueError("unknown form of a field")
    return found


def place_of(stream: UUID | str, version: int, topic: str) -> bytes:
    """所在: what ties a blob to its event."""
    id = stream if isinstance(stream, UUID) else UUID(stream)
    return b"%b%b%b\x00" % (id.bytes, version.to_bytes(8, "big"), topic.encode())
