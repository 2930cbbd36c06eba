"""密封: how a fact with marked fields is stored, and opened again.

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
from cryptography.exceptions import InvalidTag

from domain.errors import NotNow
from domain.facts import TOPICS, UPCASTERS, Fact
from domain.secrets import CLEARED, CONTACT, PEOPLE, person, subjects_of
from domain.store import Row
from eventstore.ciphers import KNOWN, NONCE_BYTES
from eventstore.keyfile import KeysUnusable
from eventstore.keys import Keys, Ring, path_of

SEALED: Final = 1
PLAIN: Final = ord("{")
NO_KEYS: Final = "没有启用密钥，不能存取个人信息。"
KEY = struct.Struct(">BI8sB")
"""Algorithm, generation, place in the tree, length of the subject."""
SHORT = struct.Struct(">H")
LONG = struct.Struct(">I")

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
    marked = _marked_of(topic)
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
    if not is_sealed(state):
        return []
    try:
        return _blobs(state)
    except (struct.error, ValueError) as error:
        raise Tampered("the stored state is damaged") from error


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
    owner, place = str(fact.originator_id), _place(fact.originator_id, fact.originator_version, fact.TOPIC)
    ring, algorithm = keys.ring(), keys.algorithm
    generation = ring.content.current
    sealed = [bytes((SEALED,)), LONG.pack(len(plain)), plain]
    for (subject, _), held in parts.items():
        opener = ring.opener(owner, subject, generation, algorithm)
        if opener is None:
            raise cleared()
        named, listed = subject.encode(), ",".join(f"{name}:{kind}" for name, kind, _ in held).encode()
        key = KEY.pack(algorithm, generation, path_of(owner, subject), len(named))
        header = b"".join([key, named, SHORT.pack(len(listed)), listed])
        nonce = nonces(NONCE_BYTES)
        secret = opener.encrypt(nonce, b",".join(text for _, _, text in held), place + header)
        sealed += [header, nonce, LONG.pack(len(secret)), secret]
    return b"".join(sealed)


def unseal(row: Row, keys: Keys | None) -> bytes:
    """启封: the fact's JSON, with what can't be read any more left out or CLEARED. Raises Tampered."""
    state = row.state
    if state[0] == PLAIN:
        return _plain(row, keys.ring()) if keys is not None and _marked_of(row.topic) else state
    if state[0] != SEALED:
        raise Tampered("the stored state is of no known form")
    if keys is None:
        raise KeysUnusable(NO_KEYS)
    owner, ring = str(row.originator_id), keys.ring()
    place: bytes | None = None
    parts = [plain_part(state)[:-1]]
    nested: dict[str, tuple[list[bytes], list[bytes]]] = {}
    for blob in blobs(state):
        if blob.algorithm not in KNOWN:
            raise Tampered(f"what is stored under {blob.subject!r} names no known algorithm")
        opener = ring.opener(owner, blob.subject, blob.generation, blob.algorithm)
        if opener is None:
            text = _cleared(blob.fields)
        else:
            place = place or _place(row.originator_id, row.originator_version, row.topic)
            try:
                text = opener.decrypt(blob.nonce, blob.ciphertext, place + blob.header)
            except InvalidTag:
                raise Tampered(f"what is stored under {blob.subject!r} isn't what was stored") from None
        name, form = blob.fields[0]
        if form in {PERSON, REST}:
            nested.setdefault(name, ([], []))[form == REST].append(text)
        else:
            parts.append(text)
    for name, (people, rest) in nested.items():
        whole = [b'"people":[' + b",".join(filter(None, people)) + b"]", *filter(None, rest)]
        parts.append(b'"' + name.encode() + b'":{' + b",".join(whole) + b"}")
    return b",".join(filter(None, parts)) + b"}"


def _plain(row: Row, ring: Ring) -> bytes:
    """What was stored before there were keys, without what was erased since: it can't be shown, though the row is what it is."""
    owner = str(row.originator_id)
    if not ring.has_lost(owner):
        return row.state
    generation = ring.content.current
    fields: dict[str, Any] = msgspec.json.decode(row.state)
    for name, (subject, form) in _marked_of(row.topic).items():
        if name not in fields:
            continue
        if subject == PEOPLE:
            told = fields.pop(name)
            people = [
                one for one in told.get("people", ()) if ring.secret(owner, person(one["key"]), generation)
            ]
            rest = told if ring.secret(owner, CONTACT, generation) else {}
            fields[name] = {**rest, "people": people}
        elif ring.secret(owner, subject, generation) is None:
            del fields[name]
            fields |= msgspec.json.decode(b"{" + _cleared(((name, form),)) + b"}")
    return msgspec.json.encode(fields)


def _texts(name: str, subject: str, form: str, value: Any) -> list[tuple[str, str, bytes]]:
    """What of a field goes under which key, in which form, and its JSON."""
    if subject != PEOPLE:
        return [(subject, form, msgspec.json.encode(name) + b":" + msgspec.json.encode(value))]
    people = [(person(one["key"]), PERSON, msgspec.json.encode(one)) for one in value.get("people", ())]
    rest = {own: part for own, part in value.items() if own != "people"}
    return people + ([(CONTACT, REST, msgspec.json.encode(rest)[1:-1])] if rest else [])


def _cleared(fields: tuple[tuple[str, str], ...]) -> bytes:
    stand_in: dict[str, Any] = {TEXT: CLEARED, LIST: [CLEARED]}
    left = {name: stand_in[form] for name, form in fields if form in stand_in}
    return msgspec.json.encode(left)[1:-1]


def _blobs(state: bytes) -> list[Blob]:
    found: list[Blob] = []
    (length,) = LONG.unpack_from(state, 1)
    at, end = 5 + length, len(state)
    while at < end:
        start = at
        algorithm, generation, path, subject_length = KEY.unpack_from(state, at)
        at += KEY.size
        subject = state[at : at + subject_length]
        at += subject_length
        (listed_length,) = SHORT.unpack_from(state, at)
        at += 2 + listed_length
        listed = state[at - listed_length : at]
        header, nonce = state[start:at], state[at : at + NONCE_BYTES]
        at += NONCE_BYTES
        (length,) = LONG.unpack_from(state, at)
        at += 4 + length
        if at > end:
            raise ValueError("cut short")
        ciphertext = state[at - length : at]
        found.append(
            Blob(algorithm, generation, path, subject.decode(), _fields(listed), header, nonce, ciphertext)
        )
    return found


@cache
def _marked(kind: type[Fact]) -> dict[str, tuple[str, str]]:
    """The marked fields of a class, each with its subject and form."""
    forms = {field.name: _form(field.type) for field in msgspec.structs.fields(kind)}
    return {name: (subject, forms[name]) for name, subject in subjects_of(kind).items()}


@cache
def _marked_of(topic: str) -> dict[str, tuple[str, str]]:
    """The same for a topic, be it an old one."""
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
def _fields(listed: bytes) -> tuple[tuple[str, str], ...]:
    found = tuple(
        (name, form) for name, _, form in (one.partition(":") for one in listed.decode().split(","))
    )
    if not all(form in {TEXT, LIST, WHOLE, PERSON, REST} for _, form in found):
        raise ValueError("unknown form of a field")
    return found


def _place(stream: UUID | str, version: int, topic: str) -> bytes:
    """What ties a blob to its event."""
    id = stream if isinstance(stream, UUID) else UUID(stream)
    return b"".join([id.bytes, version.to_bytes(8, "big"), topic.encode(), b"\x00"])
