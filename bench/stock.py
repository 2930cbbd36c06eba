"""对照: the same business on the event library as its documentation shows it, nothing tuned.

A decorated mutable aggregate, JSON transcoding, the library's own recorder. Its ProjectionRunner stands in `one_by_one.py`.
"""

from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


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
