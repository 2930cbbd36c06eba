"""事实: what every stored event is. A fact is frozen, carries its own ids, and has a pinned topic.

The topic, not the class name, goes into the database; a class may be renamed any day, a topic never.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec
from eventsourcing.utils import register_topic

TOPICS: dict[str, type["Fact"]] = {}

UPCASTERS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {}
"""Old topic → function that turns the stored fields into (newer topic, its fields)."""


class Fact(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, gc=False
):
    """事实 — something that happened: on which legal date, recorded when, by whom, on what basis.

    `on` is the legal date (Asia/Shanghai) that limits are counted from; `recorded_at` is the instant (UTC) of
    the record. `by` is an officer's id, or "system"; `for_whom` the officer stood in for.
    """

    TOPIC: ClassVar[str] = ""

    originator_id: UUID
    originator_version: int
    on: date
    recorded_at: datetime
    by: str
    unit: str
    role: str
    for_whom: str | None = None
    basis: str | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        topic = cls.__dict__.get("TOPIC", "")
        if topic:
            TOPICS[topic] = cls
            register_topic(topic, cls)


def name_of(fact: Fact | type[Fact]) -> str:
    """事件名: the fact's name as the API shows it, e.g. "Accepted"."""
    return fact.__name__ if isinstance(fact, type) else type(fact).__name__


def term_of(kind: type) -> str:
    """术语: the Chinese term that opens a fact's or a command's docstring, e.g. "受理"."""
    return (kind.__doc__ or "").split("—")[0].split("\n")[0].strip()


ENVELOPE = frozenset(Fact.__struct_fields__)
"""The fields every fact has; the others are the fact's own."""


def own_fields(fact: Fact) -> dict[str, Any]:
    """事项内容: the fact's own fields without the envelope, as plain JSON-ready values."""
    fields: dict[str, Any] = msgspec.to_builtins(fact)
    return {name: value for name, value in fields.items() if name not in ENVELOPE}
