"""The lists over one database as one officer sees them, for the tests of what they show."""

from uuid import UUID

from domain.casework import Casework
from eventstore.database import Database
from projections import alerts, deadlines_list, ledger_list
from projections.lights import Lights
from projections.paging import Page
from projections.runner import catch_up
from projections.visibility import Visibility
from tests.projections.office import Office

KINDS = frozenset({"petition", "item"})
EVERYTHING = Visibility(officer="clerk", all=KINDS, confidential=KINDS)


class Lists:
    """The lists over one database, seen by one officer on one day."""

    def __init__(self, database: Database, casework: Casework, office: Office) -> None:
        self.database, self.casework, self.office = database, casework, office
        self.today = "2026-03-02"

    def petitions(
        self, sees: Visibility = EVERYTHING, limit: int = 200, cursor: str | None = None, **wanted
    ) -> Page:
        with self.database.connection() as connection:
            return ledger_list.petitions(
                connection, sees, self.lights, ledger_list.Wanted(**wanted), limit=limit, cursor=cursor
            )

    def deadlines(
        self, sees: Visibility = EVERYTHING, limit: int = 200, cursor: str | None = None, **wanted
    ) -> Page:
        with self.database.connection() as connection:
            return deadlines_list.deadlines(
                connection, sees, self.lights, deadlines_list.Wanted(**wanted), limit=limit, cursor=cursor
            )

    def alerts(self, sees: Visibility = EVERYTHING, **wanted) -> Page:
        with self.database.connection() as connection:
            return alerts.alerts(connection, sees, self.lights, **wanted)

    def found(self, **wanted) -> set[UUID]:
        """The cases that a filter finds; the total agrees with them."""
        page = self.petitions(**wanted)
        assert page.total == len(page.items)
        return {row["case_id"] for row in page.items}

    @property
    def lights(self) -> Lights:
        return self.office.lights(self.today)


Archive = tuple[Lists, dict[str, UUID]]


def varied(lists: Lists) -> dict[str, UUID]:
    """The varied history, read by the views; each case by its name."""
    names = ("plain", "objected", "answered", "accusation", "withdrawn", "repeat", "against_people", "letter")
    found = dict(zip(names, lists.office.varied(), strict=True))
    catch_up(lists.database, lists.casework)
    return found
