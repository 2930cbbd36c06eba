"""内存存储: the library's own in-memory recorder with the reads that `domain.store` asks for; for the state machines."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.popo import POPOApplicationRecorder, POPOFactory

from domain.attachments import Held
from domain.casework import Casework
from domain.store import OutboxRow, Outcome, Stored, StoredReceipt, Submission
from tests.keys import own_keys
from tests.surroundings import WholeLog


class MemoryRecorder(POPOApplicationRecorder):
    """Streams, receipts and outgoing alerts of one case office, gone with it."""

    def __init__(self) -> None:
        super().__init__()
        self.receipts: dict[tuple[str, str], StoredReceipt] = {}
        self.outbox: list[OutboxRow] = []
        self.uploaded: dict[tuple[str, str], Held] = {}

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        receipts: Sequence[StoredReceipt] = (),
        outbox: Sequence[OutboxRow] = (),
        **kwargs: Any,
    ) -> Sequence[int] | None:
        if any((r.actor, r.key) in self.receipts for r in receipts):
            raise IntegrityError("the key was used before")
        ids = super().insert_events(stored_events, **kwargs)
        self.receipts |= {(r.actor, r.key): r for r in receipts}
        self.outbox.extend(outbox)
        return ids

    def append_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for events, receipts, outbox in submissions:
            try:
                outcomes.append(list(self.insert_events(events, receipts=receipts, outbox=outbox) or []))
            except IntegrityError as conflict:
                outcomes.append(conflict)
        return outcomes

    def select_log(self, after: int, limit: int) -> list[Stored]:
        log = enumerate(self._stored_events[after : after + limit], after + 1)
        return [Stored(n, e.originator_id, e.originator_version, e.topic, e.state) for n, e in log]

    def stream_log(self, after: int, limit: int) -> Generator[list[Stored]]:
        if rows := self.select_log(after, limit):
            yield rows

    def select_stream(self, originator_id: UUID, after_version: int = 0) -> list[Stored]:
        places = sorted(self._stored_events_index[str(originator_id)].items())
        return [self.select_log(place, 1)[0] for version, place in places if version > after_version]

    def select_tails(self, after: Mapping[UUID, int]) -> dict[UUID, list[Stored]]:
        return {id: self.select_stream(id, version) for id, version in after.items()}

    def select_streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Stored]]:
        return {id: self.select_stream(id) for id in ids}

    def find_receipts(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]:
        return {one: self.receipts[one] for one in keys if one in self.receipts}

    def uploads(self, officer: str, hashes: Sequence[str]) -> dict[str, Held]:
        found = {sha256: self.uploaded.get((officer, sha256)) for sha256 in hashes}
        return {sha256: held for sha256, held in found.items() if held is not None}

    def enabled_channels(self) -> list[str]:
        return ["mail"]


class Factory(POPOFactory):
    """Makes the recorder."""

    def application_recorder(self) -> MemoryRecorder:
        return MemoryRecorder()


def a_casework() -> Casework:
    """The one door over an empty store in memory; facts are stored as they are in the database."""
    casework = Casework(
        {"PERSISTENCE_MODULE": "tests.memory:Factory", "MAPPER_TOPIC": "eventstore.mapper:FactMapper"},
        keys=own_keys(),
    )
    casework.surroundings = WholeLog(casework)
    return casework
