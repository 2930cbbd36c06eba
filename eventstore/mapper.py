"""事实的存取: facts to stored bytes and back, by pinned topic, what is marked under its keys; old shapes go through upcasters."""

from functools import cache
from typing import Any, cast
from uuid import UUID

import msgspec
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, StoredEvent
from eventsourcing.utils import resolve_topic

from domain.facts import UPCASTERS, Fact
from domain.store import Row
from eventstore.envelope import seal, unseal
from eventstore.keys import Keys


class FactMapper(Mapper[UUID]):
    """事实映射 — a fact is stored whole, its ids included, under its own topic; its marked fields enciphered (`envelope`)."""

    keys: Keys | None = None

    def use(self, keys: Keys | None) -> None:
        """启用密钥: from here on; without keys no fact with marked fields is stored, nor read if it was enciphered."""
        self.keys = keys

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
        try:
            return read(row.topic, unseal(row, self.keys))
        except Exception as error:
            raise MapperDeserialisationError(
                f"cannot read {row.topic!r}, version {row.originator_version} of {row.originator_id}: {error}"
            ) from error


def read(topic: str, state: bytes) -> Fact:
    """One stored state as the fact it is today."""
    if topic not in UPCASTERS:
        return decoder(topic).decode(state)
    fields: dict[str, Any] = msgspec.json.decode(state)
    while topic in UPCASTERS:
        topic, fields = UPCASTERS[topic](fields)
    return msgspec.convert(fields, fact_class(topic))


@cache
def decoder(topic: str) -> msgspec.json.Decoder[Fact]:
    return msgspec.json.Decoder(fact_class(topic))


def fact_class(topic: str) -> type[Fact]:
    found = resolve_topic(topic)
    if not isinstance(found, type) or not issubclass(found, Fact):
        raise TypeError(f"{topic!r} is no fact")
    return found
