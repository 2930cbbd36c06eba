"""信访局: a small bureau with real cases, for the tests of the sweep. Acts go through the one door; views follow."""

from collections import Counter
from datetime import UTC, date, datetime, time
from uuid import UUID

from domain.acts import SHANGHAI, Act, envelope, system_act
from domain.alerts.events import Alerted
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.petition import commands
from eventstore.database import Database, library_env
from projections.deadlines import Deadlines
from projections.runner import catch_up
from tests.keys import run_keys

Key = tuple[UUID, str, int, str, str, date]
"""What an alert is about: case, clock, the clock's start, step and due date."""


def morning(day: date) -> datetime:
    """Ten o'clock in Shanghai on that day."""
    return datetime.combine(day, time(10), SHANGHAI).astimezone(UTC)


class Bureau:
    """A petition office, one unit, and their officers."""

    def __init__(self, database: Database, day: date) -> None:
        self.database = database
        self.casework = Casework(library_env(database.dsn), keys=run_keys())
        act = system_act(morning(day))
        drafts = [
            (UnitFounded, {"unit_id": "office", "name": "某市信访局", "kind": "petition_office", "code": "XF"}),
            (OfficerAppointed, {"officer": "chen", "name": "陈", "unit_id": "office", "post": "office_clerk"}),
            (OfficerAppointed, {"officer": "zhou", "name": "周", "unit_id": "office", "post": "office_head"}),
            (OfficerAppointed, {"officer": "wu", "name": "吴", "unit_id": "office", "post": "leader"}),
        ]  # fmt: skip
        self.casework.publish(
            DIRECTORY_ID,
            lambda version: [
                kind(**envelope(DIRECTORY_ID, version + 1 + n, act), **fields)
                for n, (kind, fields) in enumerate(drafts)
            ],
            act,
        )

    @classmethod
    def reopened(cls, database: Database) -> "Bureau":
        """The bureau that a database holds already."""
        one = cls.__new__(cls)
        one.database = database
        one.casework = Casework(library_env(database.dsn), keys=run_keys())
        return one

    def close(self) -> None:
        """Ends the casework's connections."""
        self.casework.close()

    def clerk(self, day: date) -> Act:
        """The clerk acts."""
        return Act("chen", "office", "office_clerk", morning(day))

    def leader(self, day: date) -> Act:
        """The leader acts."""
        return Act("wu", "office", "leader", morning(day))

    def petitions(self, day: date, number: int = 1) -> list[UUID]:
        """So many petitions registered on that day, and the view of deadlines up to date."""
        what = commands.Register(
            "letter", "appeal", "供暖", "温度不达标", (commands.PetitionerEntry("某某"),)
        )
        ids = [self.casework.register(what, self.clerk(day)).id for _ in range(number)]
        self.project()
        return ids

    def project(self) -> None:
        """The view of deadlines catches up with the facts."""
        catch_up(self.database, self.casework, [Deadlines()])

    def due_by(self, day: date) -> set[Key]:
        """The steps that should have been raised by the end of that day."""
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT case_id, clock, start_version, part, step, due_on FROM deadline_steps WHERE fire_on <= %s",
                (day,),
            )
            return {tuple(row.values()) for row in rows}

    def unraised(self, day: date) -> int:
        """How many steps due by that day are not marked raised."""
        with self.database.transaction() as connection:
            row = connection.execute(
                "SELECT count(*) AS steps FROM deadline_steps WHERE NOT raised AND fire_on <= %s", (day,)
            ).fetchone()
        assert row is not None
        return int(row["steps"])

    def alerts(self) -> list[Alerted]:
        """Every alert in the log."""
        facts = [self.casework.fact(row) for row in self.casework.store.select_log(0, 1_000_000)]
        return [fact for fact in facts if isinstance(fact, Alerted)]

    def raised(self) -> Counter[Key]:
        """What was alerted, and how often."""
        return Counter(
            (one.originator_id, one.clock, one.start_version, one.part, step, one.due_on)
            for one in self.alerts()
            for step in (*one.covers, one.step)
        )
