"""值班: which of several workers is active. Saves work only; correctness lies in claims and facts."""

import contextlib
import threading

import psycopg
import structlog

from eventstore.database import HELD

log = structlog.get_logger(__name__)

KEY = int.from_bytes(b"shixian1")
"""Of the session advisory lock; such locks are counted a database, so two services do not meet."""


class Leadership:
    """值班权 — held while this worker's own connection holds the lock; checked before each piece of work."""

    def __init__(self, dsn: str, name: str) -> None:
        self._dsn = dsn
        self._name = name
        self._guard = threading.Lock()
        self._connection: psycopg.Connection | None = None

    def held(self) -> bool:
        """是否值班: takes the lock if it is free; a broken connection means it is lost."""
        with self._guard:
            try:
                return self._check() if self._connection else self._take()
            except psycopg.Error as error:
                if self._connection:
                    log.warning("scheduler.lost_lead", worker=self._name, error=type(error).__name__)
                self._drop()
                return False

    def release(self) -> None:
        """交班: closing the connection frees the lock."""
        with self._guard:
            self._drop()

    def _check(self) -> bool:
        assert self._connection is not None
        self._connection.execute("SELECT 1")
        return True

    def _take(self) -> bool:
        connection = psycopg.connect(
            self._dsn, autocommit=True, connect_timeout=5, options=HELD, application_name="shixian",
            tcp_user_timeout=20_000, keepalives=1,
            keepalives_idle=10, keepalives_interval=5, keepalives_count=3,
        )  # fmt: skip
        taken = False
        try:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (KEY,)).fetchone()
            taken = bool(row and row[0])
        finally:
            if not taken:
                connection.close()
        if taken:
            self._connection = connection
            log.info("scheduler.leading", worker=self._name)
        return taken

    def _drop(self) -> None:
        if self._connection:
            with contextlib.suppress(psycopg.Error):
                self._connection.close()
        self._connection = None
