"""A sealed log of a test's own: facts of no meaning, the sealer over them, and a superuser's hand."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from eventstore.database import Database
from eventstore.sealing import Sealing

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@dataclass
class Log:
    """A log, its sealer, and where the key and the heads lie."""

    database: Database
    folder: Path
    now: datetime = NOON
    versions: dict[UUID, int] = field(default_factory=dict)
    hand: psycopg.Connection[tuple[object, ...]] | None = None
    """Whose transaction everything happens in that is to be taken back."""

    @property
    def file(self) -> Path:
        return self.folder / "seals.jsonl"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    @property
    def sealing(self) -> Sealing:
        """A new one each time, as after a restart."""
        return Sealing(self.database, self.keys, self.file, self.clock)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def add(self, count: int, streams: int = 3) -> None:
        """So many facts, stream after stream."""
        rows = []
        for at in range(count):
            stream = UUID(int=at % streams + 1)
            version = self.versions[stream] = self.versions.get(stream, 0) + 1
            rows.append((stream, version, f"test.noted.{at % 2}", f'{{"n":{version},"at":{at}}}'.encode()))
        with self.superuser() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO casework_events (originator_id, originator_version, topic, state)"
                " VALUES (%s, %s, %s, %b)",
                rows,
            )

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        if self.hand is not None:
            yield self.hand
        else:
            with psycopg.connect(self.database.dsn) as connection:
                yield connection

    def tamper(self, *statements: str) -> None:
        """What a superuser does who switches the triggers off."""
        with self.superuser() as connection:
            connection.execute("SET session_replication_role = replica")
            for one in statements:
                connection.execute(one.encode())

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.superuser() as connection:
            return list(connection.execute(query.encode()))

    def one(self, query: str) -> object:
        return self.rows(query)[0][0]


def seal_in_runs(log: Log, counts: Iterable[int]) -> None:
    """Facts and a head after each so many of them."""
    for count in counts:
        log.add(count)
        log.sealing.catch_up()
