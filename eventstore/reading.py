"""读取案件日志: the recorder's reading side: streams, the log, receipts and what else deciding asks for."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import islice, starmap
from typing import Any
from uuid import UUID

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Cursor
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from domain.attachments import Held
from domain.store import Stored, StoredReceipt
from eventstore.collector import held_back

PIECE = 200
"""Rows that are handed over at a time while the server sends more: what is done with them is done where they still lie in the
processor's cache, and what waits meanwhile fits into the socket."""
FIND_RECEIPTS = (
    "SELECT actor, key, digest, receipt FROM public.command_receipts"
    " JOIN unnest(%s::text[], %s::text[]) AS asked (actor, key) USING (actor, key)"
)
FIND_UPLOADS = (
    "SELECT sha256, size, media_type FROM public.attachment_contents WHERE sha256 = ANY(%s)"
    " AND EXISTS (SELECT FROM public.attachment_uploads u"
    " WHERE u.sha256 = attachment_contents.sha256 AND u.officer = %s)"
)


class LogReader(PostgresApplicationRecorder):
    """读取一方 — what reads the facts, beside the library's own ways."""

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = "stored_events"):
        super().__init__(datastore, events_table_name=events_table_name)
        table = Identifier(datastore.schema, events_table_name)
        self.tails_query = (
            SQL(
                "SELECT notification_id, originator_id, originator_version, topic, state FROM {} JOIN"
                " unnest(%s::uuid[], %s::bigint[]) AS asked (id, after)"
                " ON originator_id = asked.id AND originator_version > asked.after"
                " ORDER BY originator_id, originator_version"
            )
            .format(table)
            .as_string()
            .encode()
        )
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

    def select_stream(self, originator_id: UUID, after_version: int = 0) -> list[Stored]:
        """One stream's facts in order, those after a version."""
        return self._rows(self.stream_query, (originator_id, after_version))

    def select_streams(self, ids: Iterable[UUID]) -> dict[UUID, list[Stored]]:
        """Several streams at once, in one trip; an id without facts maps to nothing."""
        streams: dict[UUID, list[Stored]] = {one: [] for one in ids}
        for row in self._rows(self.streams_query, (list(streams),)):
            streams[row.originator_id].append(row)
        return streams

    def select_tails(self, after: Mapping[UUID, int]) -> dict[UUID, list[Stored]]:
        """Of several streams, in one trip and as at one moment, the facts after a version of each."""
        tails: dict[UUID, list[Stored]] = {one: [] for one in after}
        for row in self._rows(self.tails_query, (list(after), list(after.values()))):
            tails[row.originator_id].append(row)
        return tails

    def select_log(self, after: int, limit: int) -> list[Stored]:
        """All streams' facts in the order of their positions, those after one."""
        return self._rows(self.log_query, (after, limit))

    def stream_log(self, after: int, limit: int) -> Generator[list[Stored]]:
        """The same piece by piece, while the server goes on sending. Whoever takes them goes on at once, and closes it at the end.

        Where little is new, as there mostly is, the first piece is all, and its statement is a prepared one.
        """
        first = self.select_log(after, min(limit, PIECE))
        if first:
            yield first
        if len(first) < PIECE or limit <= PIECE:
            return
        asked = first[-1].position, limit - PIECE
        with (
            held_back(),
            self.datastore.get_connection() as connection,
            connection.cursor(row_factory=tuple_row) as curs,
            closing(self._sent(curs, asked)) as sent,
        ):
            rows = starmap(Stored, sent)
            while piece := list(islice(rows, PIECE)):
                yield piece

    def _sent(self, cursor: Cursor[Any], asked: tuple[int, int]) -> Generator[Any]:
        """What the server sends. Closed before its connection is given back, whose lock it holds."""
        yield from cursor.stream(self.log_query, asked, binary=True, size=PIECE)

    def find_receipts(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], StoredReceipt]:
        """What these keys of these actors were answered with, as far as they were used."""
        asked = [actor for actor, _ in keys], [key for _, key in keys]
        with self.datastore.get_connection() as connection, connection.cursor(row_factory=tuple_row) as curs:
            found = [StoredReceipt(*row) for row in curs.execute(FIND_RECEIPTS, asked)]
        return {(one.actor, one.key): one for one in found}

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
            return list(starmap(Stored, curs.execute(query, parameters).fetchall()))
