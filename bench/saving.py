"""保存一个事件: one event, one durable transaction, one thread, the stream already at hand on both sides."""

from collections.abc import Generator
from uuid import uuid4

from bench import cases, stock
from bench.measure import Comparison, per_piece
from bench.place import Place

EVENTS, TURNS = 60, 5


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: our application, mapper and recorder against the library's."""
    with place.ours() as (_, casework), place.stock() as env, stock.Petitions(env) as application:
        case = uuid4()
        casework.save(*cases.history(case, 1, 2))
        petition = cases.stock_petition(1, 2)
        application.save(petition)
        stored = 2

        def ours() -> float:
            nonlocal stored

            def save() -> None:
                for version in range(stored + 1, stored + EVENTS + 1):
                    casework.save(cases.another(case, version))

            seconds = per_piece(EVENTS, save)
            stored += EVENTS
            return seconds

        def theirs() -> float:
            def save() -> None:
                for _ in range(EVENTS):
                    cases.stock_another(petition, petition.version + 1)
                    application.save(petition)

            return per_piece(EVENTS, save)

        yield Comparison(
            name="save",
            what="save of one event",
            against="stock Application",
            unit="events/s",
            turns=TURNS,
            ours=ours,
            theirs=theirs,
        )
