"""对照: our own read models under the event library's ProjectionRunner – each event in a transaction of its own, which
changes all of them and moves the library's tracking record.

The case of the event is read and folded once for all of them; nothing else is shared, as nothing outlives the event.
"""

from collections.abc import Mapping
from threading import Event
from time import perf_counter
from typing import Any

import psycopg
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.conninfo import conninfo_to_dict

from domain.casework import Casework, Recorded
from domain.store import KeyStore
from eventstore.database import library_env
from projections.casebook import Casebook
from projections.catalogue import VIEWS

NAME = "everyview"
TRACKING = f"{NAME}_tracking"
PATIENCE = 120.0
"""Seconds in which the runner must have caught up."""


class EveryView(PostgresTrackingRecorder):
    """全部读模型 — changed by an event and tracked in one transaction."""

    def take(self, recorded: Recorded, casework: Casework, tracking: Tracking) -> None:
        """应用: one event."""
        casebook = Casebook(casework, kept=0)
        casebook.open([recorded])
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for view in VIEWS:
                view.apply(cursor.connection, [recorded], casebook)


def catch_up(dsn: str, keys: KeyStore, after: int, last: int) -> float:
    """追赶: the seconds from the first event after a position up to the last; the runner's start-up is not counted."""
    times: list[float] = []
    caught_up = Event()

    offices: list[Casework] = []

    class Office(Casework):
        name = Casework.name

        def __init__(self, env: Mapping[str, str]) -> None:
            super().__init__(env, keys=keys)
            offices.append(self)

    class Following(Projection[EveryView]):
        name = NAME

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            if not times:
                times.append(perf_counter())
            self.view.take(Recorded(tracking.notification_id, domain_event), offices[0], tracking)
            if tracking.notification_id >= last and not caught_up.is_set():
                times.append(perf_counter())
                caught_up.set()

    start_after(dsn, after)
    env = library_env(dsn) | tracking_env(dsn)
    with ProjectionRunner(
        application_class=Office, projection_class=Following, view_class=EveryView, env=env
    ) as runner:
        limit = perf_counter() + PATIENCE
        while not caught_up.wait(0.5):
            runner.run_forever(timeout=0)  # raises what ended the runner, if anything did
            if perf_counter() > limit:
                raise TimeoutError("the library's runner did not catch up")
    begun, ended = times
    return ended - begun


def start_after(dsn: str, position: int) -> None:
    """起点: the library's tracking record says that all up to here is applied."""
    with psycopg.connect(dsn) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {TRACKING}")
        connection.execute(
            f"CREATE TABLE {TRACKING} (application_name text PRIMARY KEY, notification_id bigint)"
        )
        connection.execute(f"INSERT INTO {TRACKING} VALUES (%s, %s)", (Casework.name, position))


def tracking_env(dsn: str) -> dict[str, str]:
    """对照设置: the library's own persistence for the view, over our database."""
    known = conninfo_to_dict(dsn)
    settings = {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(known["dbname"]),
        "POSTGRES_HOST": str(known["host"]),
        "POSTGRES_PORT": str(known["port"]),
        "POSTGRES_USER": str(known["user"]),
        "POSTGRES_PASSWORD": str(known["password"]),
        "CREATE_TABLE": "n",
    }
    return {f"{NAME.upper()}_{key}": value for key, value in settings.items()}
