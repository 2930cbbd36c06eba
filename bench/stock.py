"""对照: the same business on the event library as its documentation shows it, nothing tuned.

A decorated mutable aggregate, JSON transcoding, the library's own recorder, and a projection that its
ProjectionRunner feeds one event per transaction.
"""

from threading import Event
from time import perf_counter
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

PATIENCE = 120.0
"""Seconds in which a projection must have caught up."""


class Petition(Aggregate):
    """信访事项 — the acts that the benchmarks use, with what our facts record about each."""

    @event("Registered")
    def __init__(
        self, number: str, subject: str, content: str, petitioner: str, on: str, by: str, unit: str, role: str
    ) -> None:
        self.number = number
        self.subject = subject
        self.content = content
        self.petitioner = petitioner
        self.stage = "registered"
        self.unit = unit
        self.last_on = on

    @event("Accepted")
    def accept(self, track: str, on: str, by: str, unit: str, role: str) -> None:
        """受理."""
        self.stage = "accepted"
        self.track = track
        self.last_on = on

    @event("Urged")
    def urge(self, method: str, text: str, on: str, by: str, unit: str, role: str) -> None:
        """催办."""
        self.last_on = on

    @event("Instructed")
    def instruct(self, text: str, on: str, by: str, unit: str, role: str) -> None:
        """批示."""
        self.last_on = on

    @event("Reported")
    def report(self, text: str, on: str, by: str, unit: str, role: str) -> None:
        """反馈."""
        self.last_on = on

    @event("Replied")
    def reply(self, result: str, text: str, on: str, by: str, unit: str, role: str) -> None:
        """答复."""
        self.stage = "replied"
        self.last_on = on

    @event("Served")
    def serve(self, notice: str, method: str, on: str, by: str, unit: str, role: str) -> None:
        """送达."""
        self.last_on = on


class Petitions(Application[UUID]):
    """信访 — the stock application."""

    name = "petitions"


class LedgerView(PostgresTrackingRecorder):
    """台账 — one row a petition, kept in the transaction that moves the tracking record."""

    def __init__(self, datastore: PostgresDatastore, **options: Any) -> None:
        super().__init__(datastore, **options)
        table = Identifier(datastore.schema, "stock_ledger")
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS {} (case_id uuid PRIMARY KEY, number text, subject text, stage text,"
                " unit text, last_on date, version bigint)"
            ).format(table)
        )
        self.insert = SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s, %s)").format(table)
        self.update = SQL(
            "UPDATE {} SET stage = coalesce(%s, stage), last_on = %s, version = %s WHERE case_id = %s"
        ).format(table)

    def add(self, registered: Any, tracking: Tracking) -> None:
        """新增: the row of a new petition."""
        row = (
            registered.originator_id,
            registered.number,
            registered.subject,
            "registered",
            registered.unit,
            registered.on,
            registered.originator_version,
        )
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.insert, row)

    def change(self, happened: Any, stage: str | None, tracking: Tracking) -> None:
        """更新: the row after one more event."""
        row = (stage, happened.on, happened.originator_version, happened.originator_id)
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(self.update, row)


class Ledger(Projection[LedgerView]):
    """台账投影 — event by event."""

    name = "stockledger"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """应用: one event and its tracking, in one transaction."""
        kind = type(domain_event).__name__
        if kind == "Registered":
            self.view.add(domain_event, tracking)
        else:
            stages = {"Accepted": "accepted", "Replied": "replied"}
            self.view.change(domain_event, stages.get(kind), tracking)


def catch_up(env: dict[str, str], last: int) -> float:
    """追赶: the seconds from the first event that the runner takes up to the last; its start-up is not counted."""
    times: list[float] = []
    caught_up = Event()

    class Watched(Ledger):
        name = Ledger.name

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            if not times:
                times.append(perf_counter())
            super().process_event(domain_event, tracking)
            if tracking.notification_id >= last:
                times.append(perf_counter())
                caught_up.set()

    with ProjectionRunner(
        application_class=Petitions, projection_class=Watched, view_class=LedgerView, env=env
    ) as runner:
        limit = perf_counter() + PATIENCE
        while not caught_up.wait(0.5):
            runner.run_forever(timeout=0)  # raises what ended the runner, if anything did
            if perf_counter() > limit:
                raise TimeoutError("the stock projection did not catch up")
    begun, ended = times
    return ended - begun
