"""启封: a stored state turned back into its fact's JSON.

A ring is asked for once a batch, so that the batch is read with the keys as they were when it began; the openers of a case
are found by the very bytes that name a key in the state.
"""

import struct
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from domain.secrets import CLEARED, CONTACT, PEOPLE, person
from domain.store import Row
from eventstore.ciphers import NONCE_BYTES
from eventstore.envelope import (
    LIST,
    LONG,
    NO_KEYS,
    PERSON,
    PLAIN,
    REST,
    SEALED,
    SHORT,
    TEXT,
    Tampered,
    fields_of,
    first_blob,
    marked_of,
    place_of,
    span,
)
from eventstore.keyfile import KeysUnusable
from eventstore.keys import KEY, Bunch, Ring

_short, _long = SHORT.unpack_from, LONG.unpack_from
_NAME, _BEFORE_TEXT = KEY.size, NONCE_BYTES + LONG.size


class Shape(NamedTuple):
    """密文块的形状 — the field that it is a part of, if any, and what stands there without its key."""

    part_of: str | None
    is_rest: bool
    cleared: bytes
    alone: bytes | None
    """The same with what comes before and behind it, if it is a whole field and the only one."""


def unseal(row: Row, ring: Ring | None, bare: bool = False) -> bytes:
    """启封: the fact's JSON, with what can't be read any more left out or CLEARED. Raises Tampered.

    A bare one is read as if no key were left: for whoever has no use for what lies under them.
    """
    state = row.state
    if state[0] == PLAIN:
        return _plain(row, ring) if ring is not None and marked_of(row.topic) else state
    if state[0] != SEALED:
        raise Tampered("the stored state is of no known form")
    if ring is None:
        raise KeysUnusable(NO_KEYS)
    try:
        if bare:
            return _bare(state)
        stream = row.originator_id if isinstance(row.originator_id, UUID) else UUID(row.originator_id)
        return _opened(state, place_of(stream, row.originator_version, row.topic), ring.bunch(stream))
    except InvalidTag:
        raise Tampered("what is stored isn't what was stored") from None
    except Tampered:
        raise
    except (struct.error, IndexError, ValueError) as error:
        raise Tampered("the stored state is damaged") from error


def _bare(state: bytes) -> bytes:
    """The plain part, with what stands in for the blobs; of a single one, as there mostly is, it is known beforehand."""
    at: int = (
        5 + _long(state, 1)[0]
    )  # as `first_blob` and `span` say, without their calls: done for most facts of a log
    named = at + _NAME + state[at + _NAME - 1]
    listed: int = named + 2 + _short(state, named)[0]
    stop = listed + _BEFORE_TEXT + _long(state, listed + NONCE_BYTES)[0]
    alone = _shape(state[named + 2 : listed]).alone if stop == len(state) else None
    return _opened(state, b"", None) if alone is None else state[5 : at - 1] + alone


def _opened(state: bytes, place: bytes, bunch: Bunch | None) -> bytes:
    """The plain part, and what each blob adds to it."""
    at, end = first_blob(state), len(state)
    parts = [state[5 : at - 1]]
    nested: dict[str, tuple[list[bytes], list[bytes]]] = {}
    while at < end:
        named, listed, stop = span(state, at)
        part_of, is_rest, text, _ = _shape(state[named + 2 : listed])
        opener = None if bunch is None else bunch[state[at:named]]
        if opener is not None:
            begin = listed + NONCE_BYTES
            text = opener.decrypt(state[listed:begin], state[begin + 4 : stop], place + state[at:listed])
        if part_of is None:
            parts.append(text)
        else:
            nested.setdefault(part_of, ([], []))[is_rest].append(text)
        at = stop
    if at != end or len(parts) + len(nested) == 1:
        raise Tampered("the stored state is cut short")
    for name, (people, rest) in nested.items():
        whole = [b'"people":[' + b",".join(filter(None, people)) + b"]", *filter(None, rest)]
        parts.append(b'"' + name.encode() + b'":{' + b",".join(whole) + b"}")
    return b",".join(filter(None, parts)) + b"}"


@cache
def _shape(listed: bytes) -> Shape:
    fields = fields_of(listed)
    name, form = fields[0]
    part_of, text = name if form in {PERSON, REST} else None, _cleared(fields)
    return Shape(part_of, form == REST, text, b",%b}" % text if text and part_of is None else None)


def _plain(row: Row, ring: Ring) -> bytes:
    """What was stored before there were keys, without what was erased since: it can't be shown, though the row is what it is."""
    owner = str(row.originator_id)
    if not ring.has_lost(owner):
        return row.state
    generation = ring.content.current
    fields: dict[str, Any] = msgspec.json.decode(row.state)
    for name, (subject, form) in marked_of(row.topic).items():
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


def _cleared(fields: tuple[tuple[str, str], ...]) -> bytes:
    stand_in: dict[str, Any] = {TEXT: CLEARED, LIST: [CLEARED]}
    left = {name: stand_in[form] for name, form in fields if form in stand_in}
    return msgspec.json.encode(left)[1:-1]
