"""案卷的机关: the small directory of the builders, founded in a database; acts go through the one door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from domain.acts import Receipt, envelope
from domain.alerts.events import Alerted
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID, Officer
from domain.errors import Refused
from domain.facts import Fact, name_of
from domain.petition.commands import PetitionerEntry, Register
from domain.petition.fold import Petition
from domain.petition.situation import clocks_of
from domain.rules.deadlines import Clock
from domain.rules.signals import signal
from eventstore.database import Database, library_env
from tests.builders import OFFICERS, UNITS, act, at, clerk, on
from tests.keys import run_keys


class Office:
    """The office; it opens case files."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.casework = Casework(library_env(database.dsn), keys=run_keys())
        founding = act(OFFICERS[0], "2025-01-02")

        def facts(version: int) -> list[Fact]:
            units = [
                (UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code})
                for u in UNITS
            ]
            people = [
                (OfficerAppointed, {"officer": o.id, "name": o.name, "unit_id": o.unit, "post": o.post})
                for o in OFFICERS
            ]
            return [
                kind(**envelope(DIRECTORY_ID, version + n, founding), **own)
                for n, (kind, own) in enumerate([*units, *people], 1)
            ]

        self.casework.publish(DIRECTORY_ID, facts, founding)

    def close(self) -> None:
        self.casework.close()

    def registers(self, day: str, subject: str, by: Officer = clerk, **fields: Any) -> "File":
        """A petition comes in on that day."""
        usual: dict[str, Any] = {
            "channel": "letter",
            "category": "appeal",
            "content": "来信全文。",
            "petitioners": (PetitionerEntry("王某", phone="13800000000"),),
        }
        receipt = self.casework.register(Register(subject=subject, **usual | fields), act(by, day))
        return File(self, receipt.id, dict(receipt.extra)["number"])

    def sweeps(self, day: str, *files: "File") -> int:
        """The scheduler's sweep of that day; how many alerts it raised."""
        return self.casework.raise_alerts([file.id for file in files], at(day))


@dataclass(frozen=True)
class File:
    """案卷 — one case as it lies in the database."""

    office: Office
    id: UUID
    number: str

    def on(self, day: str, by: Officer, command: Any) -> Receipt:
        """On that day the officer acts."""
        return self.office.casework.handle(self.id, command, act(by, day))

    def refused(self, day: str, by: Officer, command: Any) -> str:
        """On that day the officer is refused; the code."""
        before = len(self.facts)
        with pytest.raises(Refused) as refusal:
            self.on(day, by, command)
        assert len(self.facts) == before
        return refusal.value.code

    @property
    def facts(self) -> list[Fact]:
        return [recorded.fact for recorded in self.office.casework.history(self.id)]

    @property
    def petition(self) -> Petition:
        found = self.office.casework.petition(self.id)
        assert found is not None
        return found

    @property
    def stage(self) -> str:
        return self.petition.stage.value

    @property
    def story(self) -> list[str]:
        """What happened, by name, alerts aside."""
        return [name_of(fact) for fact in self.facts if not isinstance(fact, Alerted)]

    def clocks(self, day: str) -> list[Clock]:
        rules = self.office.casework.known(at(day))
        return clocks_of(self.facts, self.petition, rules, on(day))

    def ledger(self, day: str) -> dict[tuple[str, str], tuple[str, str]]:
        """Each clock of each unit with its due date and how it stands on that day; the latest of its kind."""
        calendar = self.office.casework.known(at(day)).calendar
        return {
            (c.clock, c.unit): (
                c.due_on.isoformat(),
                signal(c.state, c.due_on, c.stopped_on, on(day), calendar, c.window).status,
            )
            for c in self.clocks(day)
        }

    def alerts(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """The alerts raised: clock, step, to whom."""
        return [(f.clock, f.step, f.recipients) for f in self.facts if isinstance(f, Alerted)]
