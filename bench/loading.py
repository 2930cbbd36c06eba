"""读取一件: a petition of 200 events, read from the log and folded."""

from collections.abc import Generator
from uuid import uuid4

from bench import cases, stock
from bench.measure import Comparison, each
from bench.place import Place

LENGTH = 200
OURS, THEIRS, TURNS = 30, 12, 4
"""Loads in a trial; fewer on the slower side, so that both take about as long."""


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: `Casework.petition` against `repository.get`, neither with snapshots or cache."""
    with place.ours() as (_, casework), place.stock() as env, stock.Petitions(env) as application:
        case = uuid4()
        casework.save(*cases.history(case, 1, LENGTH))
        petition = cases.stock_petition(1, LENGTH)
        application.save(petition)

        def load() -> None:
            found = casework.petition(case)
            if found is None or found.version != LENGTH:
                raise AssertionError("the petition was not read whole")

        def stock_load() -> None:
            if application.repository.get(petition.id).version != LENGTH:
                raise AssertionError("the aggregate was not read whole")

        yield Comparison(
            name="load",
            what=f"load of a petition of {LENGTH} events",
            against="stock repository.get",
            unit="loads/s",
            goal=5,
            turns=TURNS,
            ours=lambda: each(OURS, load),
            theirs=lambda: each(THEIRS, stock_load),
        )
