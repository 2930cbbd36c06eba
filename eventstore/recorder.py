"""事实的追加与读取: the library's recorder, with receipts and outbox rows in the facts' own transaction.

Appending takes a table lock in the database's own function, so positions follow the order of commits and a reader that has seen
position n has seen everything before it. Positions may have gaps; nobody waits for a missing one.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from eventsourcing.utils import retry
from psycopg import Cursor
from psycopg.rows import DictRow, tuple_row
from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from domain.attachments import Held
from domain.store import OutboxRow, Stored, StoredReceipt


class ReceiptExists(IntegrityError):
    """回执已存在: this actor has used this key before, and nothing was written now."""


FIND_RECEIPT = "SELECT actor, key, digest, receipt FROM public.command_receipts WHERE actor = %s AND key = %s"
FIND_UPLOADS = (
    "SELECT sha256, size, media_type FROM public.attachment_contents WHERE sha256 = ANY(%s)"
    " AND EXISTS (SELECT FROM public.attachment_uploads u"
    " WHERE u.sha256 = attachment_contents.sha256 AND u.officer = %s)"
)
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


class CaseRecorder(PostgresApplicationRecorder):
    """案件记录 — appends facts; `receipts=` and `outbox=` are committed with them or not at all."""

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events"):
        super().__init__(datastore, events_table_name=events_table_name)
        table = Identifier(datastore.schema, events_table_name)
        # composed once: composing costs as much as reading a short stream
        self.stream_query, self.streams_query, self.log_query = (
            SQL("SELECT notification_id, originator_id, originator_version, topic, state FROM {} WHERE {}")
            .format(table, SQL(condition))
            .as_string()
            .encode()
            for condition in (
                "originator_id = %s AND originator_version > %s ORDER BY originator_version",
                "originator_id = ANY(%s) ORDER BY originator_id, originator_version",
                "notification_id > %s ORDER BY notification_id LIMIT %s",
            )
        )

    @retry((InterfaceError, OperationalError), max_attempts=3, wait=0.2)
    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """The library's steps without its pipeline, in which a batch larger than the socket's buffer waits for ever.

        A lost connection is tried again; should the first try have been committed after all, the second finds
        its receipt or its versions taken.
        """
        with self.datastore.transaction(commit=True) as curs:
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

    def select_stream(self, originator_id: UUID, after_version: int = 0) -> list[Stored]:
        """One stream's facts in order, those after a version."""
        return self._rows(self.stream_query, (originator_id, after_version))

    def select_streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Stored]]:
        """Several streams at once, in one trip; an id without facts maps to nothing."""
        streams: dict[UUID, list[Stored]] = {one: [] for one in ids}
        for row in self._rows(self.streams_query, (list(streams),)):
            streams[row.originator_id].append(row)
        return streams

    def select_log(self, after: int, limit: int) -> list[Stored]:
        """All streams' facts in the order of their positions, those after one."""
        return self._rows(self.log_query, (after, limit))

    def find_receipt(self, actor: str, key: str) -> StoredReceipt | None:
        """What this actor's key was answered with, if it was used."""
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as curs:
            row = curs.execute(FIND_RECEIPT, (actor, key)).fetchone()
        return StoredReceipt(*row) if row else None

    def enabled_channels(self) -> list[str]:
        """预警渠道: the channels that alerts are sent through now."""
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as curs:
            rows = curs.execute("SELECT id FROM public.alert_channels WHERE enabled ORDER BY id")
            return [str(row[0]) for row in rows]

    def uploads(self, officer: str, hashes: Sequence[str]) -> dict[str, Held]:
        """已上传内容: of these contents, those that the officer has uploaded; who knows a hash has not the file."""
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as curs:
            rows = curs.execute(FIND_UPLOADS, (list(hashes), officer))
            return {sha256: Held(size, media_type) for sha256, size, media_type in rows}

    def _rows(self, query: bytes, parameters: Sequence[Any]) -> list[Stored]:
        with (
            self.datastore.get_connection() as connection,
            connection.cursor(binary=True, row_factory=tuple_row) as curs,
        ):
            return [Stored._make(row) for row in curs.execute(query, parameters).fetchall()]
