"""事实的存取: facts to stored bytes and back, by pinned topic, what is marked under its keys; old shapes go through upcasters."""

from collections.abc import Callable, Container, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.utils import resolve_topic

from domain.facts import UPCASTERS, Fact
from domain.store import Row
from eventstore.envelope import seal
from eventstore.keys import Keys, Ring
from eventstore.opening import unseal


class FactMapper(Mapper[UUID]):
    """事实映射 — a fact is stored whole, its ids included, under its own topic; its marked fields enciphered (`envelope`)."""

    keys: Keys | None = None

    def use(self, keys: Keys | None) -> None:
        """启用密钥: from here on; without keys no fact with marked fields is stored, nor read if it was enciphered."""
        self.keys = keys

    def ring(self) -> Ring | None:
        """钥匙串: as the key file is now; another one as soon as it was replaced."""
        return None if self.keys is None else self.keys.ring()

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        topic = getattr(domain_event, "TOPIC", "")
        if not topic:
            raise TypeError(f"{type(domain_event).__name__} has no topic and cannot be stored")
        state = seal(cast(Fact, domain_event), self.keys)
        return StoredEvent(domain_event.originator_id, domain_event.originator_version, topic, state)

    def to_domain_event(self, stored_event: StoredEvent) -> Fact:
        return self.read(stored_event)

    def read(self, row: Row) -> Fact:
        """读出事实: a row of the log or a stored event as the fact it is today."""
        (fact,) = self.read_all((row,))
        return fact

    def read_all(self, rows: Sequence[Row], bare: Container[str] = frozenset()) -> list[Fact]:
        """逐行读出: the same for a batch, in order, all of it with the keys as they are now.

        Facts of the topics in `bare` are read without what lies under their keys.
        """
        ring = self.ring()
        facts: list[Fact] = []
        try:
            for row in rows:
                topic = row.topic
                facts.append(_DECODERS[topic](unseal(row, ring, topic in bare)))
        except Exception as error:
            row = rows[len(facts)]
            raise MapperDeserialisationError(
                f"cannot read {row.topic!r}, version {row.originator_version} of {row.originator_id}: {error}"
            ) from error
        return facts


def read(topic: str, state: bytes) -> Fact:
    """One stored state as the fact it is today."""
    return _DECODERS[topic](state)


class _Decoders(dict[str, Callable[[bytes], Fact]]):
    """By topic, each made when it is first met."""

    def __missing__(self, topic: str) -> Callable[[bytes], Fact]:
        made = self[topic] = (
            partial(_upcast, topic) if topic in UPCASTERS else msgspec.json.Decoder(fact_class(topic)).decode
        )
        return made


_DECODERS = _Decoders()


def _upcast(topic: str, state: bytes) -> Fact:
    fields: dict[str, Any] = msgspec.json.decode(state)
    while topic in UPCASTERS:
        topic, fields = UPCASTERS[topic](fields)
    return msgspec.convert(fields, fact_class(topic))


def fact_class(topic: str) -> type[Fact]:
    found = resolve_topic(topic)
    if not isinstance(found, type) or not issubclass(found, Fact):
        raise TypeError(f"{topic!r} is no fact")
    return found
