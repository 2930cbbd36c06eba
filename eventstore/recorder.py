"""事实的追加: the library's recorder, with receipts and outbox rows in the facts' own transaction.

Appending takes a table lock in the database's own function, so positions follow the order of commits and a reader that has seen
position n has seen everything before it. Positions may have gaps; nobody waits for a missing one.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent
from eventsourcing.utils import retry
from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from domain.store import OutboxRow, Outcome, StoredReceipt, Submission
from eventstore.reading import LogReader


class ReceiptExists(IntegrityError):
    """回执已存在: this actor has used this key before, and nothing was written now."""


APPEND = "SELECT position FROM public.append_events(%s) AS position"
"""Lock, notice and insertion in one trip, by a function that alone may write the log."""
INSERT_RECEIPT = (
    "INSERT INTO public.command_receipts (actor, key, digest, receipt) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING RETURNING key"
)
INSERT_OUTBOX = (
    "INSERT INTO public.outbox (id, alert_id, case_id, channel, payload) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)


class CaseRecorder(LogReader):
    """案件记录 — appends facts; `receipts=` and `outbox=` are committed with them or not at all."""

    @retry((InterfaceError, OperationalError), max_attempts=3, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's steps without its pipeline, in which a batch larger than the socket's buffer waits for ever.

        A lost connection is tried again; should the first try have been committed after all, the second finds
        its receipt or its versions taken.
        """
        with self.datastore.transaction(commit=True) as curs:
            return self._append(curs, stored_events, **kwargs)

    def append_all(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """多件追加: in one transaction, each under a savepoint of its own."""
        outcomes: list[Outcome] = []
        with self.datastore.transaction(commit=True) as curs:
            for events, receipts, outbox in submissions:
                try:
                    with curs.connection.transaction():
                        outcomes.append(self._append(curs, events, receipts=receipts, outbox=outbox) or [])
                except (IntegrityError, psycopg.IntegrityError) as conflict:
                    outcomes.append(
                        conflict if isinstance(conflict, IntegrityError) else IntegrityError(str(conflict))
                    )
        return outcomes

    def _append(
        self, curs: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> list[int] | None:
        self._insert_events(curs, stored_events, **kwargs)
        if not stored_events:
            return None
        curs.execute(APPEND, ([self._composed(one) for one in stored_events],))
        return [row["position"] for row in curs.fetchall()]

    def _composed(self, event: StoredEvent) -> Any:
        return self.construct_pg_stored_event(
            event.originator_id, event.originator_version, event.topic, event.state
        )

    def _insert_events(
        self,
        curs: Cursor[DictRow],
        stored_events: Sequence[StoredEvent],
        *,
        receipts: Sequence[StoredReceipt] = (),
        outbox: Sequence[OutboxRow] = (),
        **kwargs: Any,
    ) -> None:
        # sorted, so that two writers of the same rows queue and never lock each other out
        for receipt in sorted(receipts, key=lambda one: (one.actor, one.key)):
            curs.execute(INSERT_RECEIPT, (receipt.actor, receipt.key, receipt.digest, Jsonb(receipt.receipt)))
            if curs.fetchone() is None:
                raise ReceiptExists(f"{receipt.actor} has used the key {receipt.key!r} before")
        for row in sorted(outbox, key=lambda one: one.id):
            curs.execute(INSERT_OUTBOX, (row.id, row.alert_id, row.case_id, row.channel, Jsonb(row.payload)))
        super()._insert_events(curs, stored_events, **kwargs)
