"""对表: what the tables of the read models must hold by the log alone – counted here, not by the runner that fills them.

A rebuild goes the same way as what it is compared with; whatever that way leaves out is missing on both sides.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg

from domain.alerts.events import Alerted
from domain.casework import Recorded
from domain.petition.events import Registered
from domain.reception.events import Received
from domain.supervision.events import Opened
from tests.chaos.stage import Stage

BEGINNINGS = Registered | Opened | Received
OVERDUE = 70
"""Days after which a petition that only got proposals has been warned of, whatever holidays lay between."""


def unlike_the_log(stage: Stage, log: list[Recorded], streams: dict[UUID, list[Recorded]]) -> Iterator[str]:
    """与日志不符: rows that are missing, too many, or of another state of their case."""
    cases = {id: facts for id, facts in streams.items() if isinstance(facts[0].fact, BEGINNINGS)}
    with psycopg.connect(stage.dsn) as connection:

        def rows(query: str) -> set[tuple[Any, ...]]:
            return set(connection.execute(query.encode()))

        told = rows("SELECT case_id, version, position FROM timeline")
        listed = rows("SELECT case_id, version FROM ledger")
        raised = rows("SELECT alert_id, position FROM alerts")
    happened = {
        (id, one.fact.originator_version, one.position) for id, facts in cases.items() for one in facts
    }
    yield from differing("timeline", told, happened)
    yield from differing("ledger", listed, {(id, len(facts)) for id, facts in cases.items()})
    alerts = {(one.fact.alert_id, one.position) for one in log if isinstance(one.fact, Alerted)}
    yield from differing("alerts", raised, alerts)


def differing(name: str, rows: set[tuple[Any, ...]], wanted: set[tuple[Any, ...]]) -> Iterator[str]:
    for what, found in (("lacks", wanted - rows), ("invents", rows - wanted)):
        yield from (f"{name} {what} {' '.join(map(str, one))}" for one in found)


def never_warned_of(stage: Stage, streams: dict[UUID, list[Recorded]]) -> Iterator[str]:
    """未预警: petitions so old that no rule lets them be without an alert."""
    for id, facts in streams.items():
        first = facts[0].fact
        if not isinstance(first, Registered) or (stage.today() - first.on).days < OVERDUE:
            continue
        if not any(isinstance(one.fact, Alerted) for one in facts):
            yield f"{first.number} of {first.on} ({id})"
