"""事实的追加: the library's recorder, with receipts and outbox rows in the facts' own transaction.

Everything that is stored, by whomever, is stored in batches by the database's own function, which takes a table lock.
So positions follow the order of commits, and a reader that has seen position n has seen everything before it. Positions
may have gaps; nobody waits for a missing one.
"""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import DatabaseError, StoredEvent
from eventsourcing.postgres import PostgresDatastore

from domain.store import OutboxRow, Outcome, StoredReceipt, Submission
from eventstore.appending import Appender
from eventstore.group_commit import GroupCommit
from eventstore.reading import LogReader


class CaseRecorder(LogReader):
    """案件记录 — appends facts; `receipts=` and `outbox=` are committed with them or not at all."""

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events"):
        super().__init__(datastore, events_table_name=events_table_name)
        self._appender = Appender(datastore)
        self.append_all = GroupCommit(self._appender)
        """多件追加: see `domain.store.Recorder`."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        receipts: Sequence[StoredReceipt] = (),
        outbox: Sequence[OutboxRow] = (),
        **kwargs: Any,
    ) -> Sequence[int] | None:
        """One submission, the library's way: raises what kept it from being stored."""
        outcome: Outcome = self.append_all([Submission(stored_events, receipts, outbox)])[0]
        if isinstance(outcome, DatabaseError):
            raise outcome
        return outcome or None

    def close(self) -> None:
        """关闭: what has come is stored, and nothing more is taken."""
        self.append_all.close()
        self._appender.close()
