"""存储接口: what the domain asks of the event store. The store implements it; the domain never imports the store."""

from collections.abc import Container, Generator, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import msgspec
from eventsourcing.persistence import DatabaseError, StoredEvent

from domain.attachments import Held
from domain.facts import Fact


class Row(Protocol):
    """事实行 — what a fact is read from: a row of the log, or one of the library's stored events."""

    @property
    def originator_id(self) -> UUID | str: ...
    @property
    def originator_version(self) -> int: ...
    @property
    def topic(self) -> str: ...
    @property
    def state(self) -> bytes: ...


class KeyStore(Protocol):
    """密钥库 — what the domain asks of the data keys: which are there, and that some be destroyed for good."""

    def holds(self, owner: str, subject: str) -> bool: ...
    def secret(self, owner: str, subject: str, generation: int | None = None) -> bytes | None: ...
    def named(self, name: str) -> bytes: ...
    def destroy(self, pairs: Iterable[tuple[str, str]]) -> None: ...


class Reader(Protocol):
    """读取器 — turns rows into facts, with the keys of what is enciphered in them."""

    def use(self, keys: Any) -> None: ...
    def ring(self) -> object:
        """钥匙串: the keys as they are now; another object as soon as any of them changed."""
        ...

    def read(self, row: Row) -> Fact: ...
    def read_all(self, rows: Sequence[Row], bare: Container[str] = ...) -> list[Fact]: ...


class Stored(msgspec.Struct, frozen=True, gc=False):
    """存储行 — one row of the log. There are many of them at a time: nothing that they hold could make a cycle."""

    position: int
    originator_id: UUID
    originator_version: int
    topic: str
    state: bytes


class StoredReceipt(NamedTuple):
    """回执行 — the answer to a command, kept by the actor's idempotency key."""

    actor: str
    key: str
    digest: str
    receipt: dict[str, Any]


class OutboxRow(NamedTuple):
    """发件行 — one alert to be sent through one channel."""

    id: UUID
    alert_id: UUID
    case_id: UUID
    channel: str
    payload: dict[str, Any]


class Submission(NamedTuple):
    """提交 — facts with the receipts and outgoing alerts that are stored along with them, all of it or nothing."""

    events: Sequence[StoredEvent]
    receipts: Sequence[StoredReceipt] = ()
    outbox: Sequence[OutboxRow] = ()


Outcome = list[int] | DatabaseError
"""What became of a submission: the positions of its facts, the conflict that it met (IntegrityError), or what else is wrong with
it alone."""


class Shelf(Protocol):
    """模板架 — knows the digests of the shipped templates, and keeps the content of those that a paper was issued from."""

    def shipped(self, notice: str, form: str) -> str: ...


class Recorder(Protocol):
    """记录器 — what the domain needs of the event store besides the library's own interface."""

    def select_streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Stored]]: ...
    def select_stream(self, originator_id: UUID, after_version: int = 0) -> list[Stored]: ...
    def select_tails(self, after: Mapping[UUID, int]) -> dict[UUID, list[Stored]]: ...
    def select_log(self, after: int, limit: int) -> list[Stored]: ...
    def stream_log(self, after: int, limit: int) -> Generator[list[Stored]]:
        """日志逐段: the same, in pieces that are read while more of them come. To be closed."""
        ...

    def find_receipts(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]: ...
    def enabled_channels(self) -> list[str]: ...
    def uploads(self, officer: str, hashes: Sequence[str]) -> dict[str, Held]: ...
    def max_notification_id(self) -> int | None: ...
    def append_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """多件追加: outcomes in the order of the submissions, each stored whole or not at all, whatever becomes of the others.

        A submission may follow on from one before it. Raises Busy if too many wait, and OperationalError if of none of
        them it can be told whether it was stored; where that can be told of some, the others' outcome is that error.
        """
        ...
