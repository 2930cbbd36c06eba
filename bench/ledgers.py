"""台账: pages, filters, searches and exports of a ledger of 100,000 petitions, against the same with 1,000.

The one who asks is a clerk of the petition office, who reads them all, accusations included.
"""

import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack

from bench import cases, filling
from bench.measure import Comparison, each
from bench.place import Place
from domain.acts import Act
from domain.casework import Casework
from eventstore.database import Database
from projections import deadlines_list, ledger_list
from projections.lights import Lights
from projections.paging import Query, fetch, stream
from projections.visibility import Visibility

MANY, FEW = 100_000, 1_000
TURNS = 3
COUNTED = 10_000
"""Rows that a page counts."""

Asked = Callable[[Visibility, Lights], Query]


def _petitions(order: str = "newest", **wanted: object) -> Asked:
    filters = ledger_list.Wanted(**wanted)  # type: ignore[arg-type]  # names and values stand in PAGES below
    return lambda eyes, lights: ledger_list.query(eyes, lights, filters, ledger_list.ORDERS[order])


PAGES: Mapping[str, Asked] = {
    "first page": _petitions(),
    "open, sorted by limit": _petitions("due", state="open"),
    "red": _petitions(light="red"),
    "one unit, one stage, one channel": _petitions(unit="unit-a", stage="replied", channel="visit"),
    "a search that finds many": _petitions(q="供暖"),
    "a search that finds few": _petitions(q=filling.RARE),
    "a longer search, red, by limit": _petitions("due", q="夜间施工 东湖", light="red"),
    "running clocks": lambda eyes, lights: deadlines_list.query(
        eyes, lights, deadlines_list.Wanted(status="running")
    ),
}


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: each page with 100,000 petitions and with 1,000; then all rows read for an export."""
    with ExitStack() as opened:
        large, small = (_filled(*opened.enter_context(place.ours()), count=count) for count in (MANY, FEW))
        for what, asked in PAGES.items():
            yield Comparison(
                name=f"ledger-{what.replace(', ', '-').replace(' ', '-')}",
                what=f"ledger of {MANY:,}: {what}",
                against=f"ledger of {FEW:,}",
                unit="ms",
                turns=TURNS,
                ours=lambda asked=asked: each(1, lambda: large.page(asked)),  # type: ignore[misc] # no type fits a default that binds
                theirs=lambda asked=asked: each(1, lambda: small.page(asked)),  # type: ignore[misc] # the same
            )
        yield Comparison(
            name="ledger-read-all",
            what=f"every row of {MANY:,} for an export, a thousand rows",
            against=f"ledger of {FEW:,}",
            unit="ms",
            ours=lambda: each(1, large.read) / (MANY / FEW),
            theirs=lambda: each(1, small.read),
        )


class _Ledger:
    """A filled ledger and the clerk who looks at it."""

    def __init__(self, database: Database, eyes: Visibility, lights: Lights) -> None:
        self.database, self.eyes, self.lights = database, eyes, lights

    def page(self, asked: Asked) -> None:
        """A page with its count."""
        with self.database.transaction() as connection:
            fetch(connection, asked(self.eyes, self.lights), limit=50, cursor=None, count_to=COUNTED)

    def read(self) -> None:
        """All rows, written as lines to a file without a name."""
        with self.database.transaction() as connection, tempfile.TemporaryFile() as file:
            for row in stream(connection, _petitions()(self.eyes, self.lights)):
                file.write(f"{row['number']},{row['subject']}\n".encode())


def _filled(database: Database, casework: Casework, count: int) -> _Ledger:
    cases.found_office(casework)
    filling.fill(database.dsn, count)
    act = Act(by="clerk", unit=cases.OFFICE, role="office_clerk", at=cases.AT)
    return _Ledger(
        database,
        Visibility.of(act, casework.directory()),
        Lights(filling.TODAY, casework.known(cases.AT).calendar),
    )
