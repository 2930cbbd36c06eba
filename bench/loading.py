"""读取一件: one petition, read from the log with its keys derived anew, opened and folded.

Neither side keeps snapshots or a cache. What is timed of ours is the state, as the library's aggregate is one, and then the
whole history with every text opened, which its aggregate doesn't keep. Its events lie in the database unenciphered.
"""

from collections.abc import Callable, Generator, Sequence
from functools import partial
from itertools import cycle
from typing import cast
from uuid import UUID, uuid4

from bench import cases, stock
from bench.measure import Comparison, Figure, each
from bench.place import Place
from domain.casework import Casework
from domain.store import Reader
from eventstore.keys import Keys

LENGTHS = (20, 50, 100, 200, 500)
PROMISED = 200
PETITIONS = 20
"""So many different ones are loaded in a trial: of each the keys are derived in it."""
THEIRS, TURNS = 8, 4
STATE = Figure("load", "Loading a petition", "events of the petition", "its state", "stock repository.get")
WHOLE = Figure(
    "load-history",
    "Loading a petition's history",
    "events of the petition",
    "its history, all texts opened",
    "stock repository.get",
)


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: `Casework.petition` and `Casework.case` against `repository.get`."""
    for length in place.sizes(LENGTHS, quick=(20, PROMISED)):
        with place.ours() as (_, casework), place.stock() as env, stock.Petitions(env) as application:
            petitions = [uuid4() for _ in range(PETITIONS)]
            for serial, petition in enumerate(petitions):
                casework.save(*cases.history(petition, serial, length))
            aggregate = cases.stock_petition(1, length)
            application.save(aggregate)

            def stock_load(
                application: stock.Petitions = application, id: UUID = aggregate.id, length: int = length
            ) -> None:
                if application.repository.get(id).version != length:
                    raise AssertionError("the aggregate was not read whole")

            for figure, what, load in (
                (STATE, "state of a petition", partial(state, casework, length)),
                (WHOLE, "whole history of a petition", partial(history, casework, length)),
            ):
                yield Comparison(
                    name=f"{figure.name}-{length}",
                    what=f"{what} of {length} events, keys derived anew",
                    against="stock repository.get, nothing enciphered",
                    unit="loads/s",
                    goal=8 if figure is STATE and length == PROMISED else None,
                    figure=figure,
                    size=length,
                    turns=TURNS,
                    ours=partial(cold, place, casework, petitions, load),
                    theirs=partial(each, THEIRS, stock_load),
                )


def cold(place: Place, casework: Casework, petitions: Sequence[UUID], load: Callable[[UUID], None]) -> float:
    """生疏: each petition once, with keys of which nothing is known yet but their file."""
    cast(Reader, casework.mapper).use(Keys.open(place.server.home / "keys"))
    following = cycle(petitions)
    return each(len(petitions), lambda: load(next(following)))


def state(casework: Casework, length: int, petition: UUID) -> None:
    """现状: what the fold tells."""
    found = casework.petition(petition)
    if found is None or found.version != length:
        raise AssertionError("the petition was not read whole")


def history(casework: Casework, length: int, petition: UUID) -> None:
    """全部历史: every fact with its texts, and the state."""
    found = casework.case(petition)
    if found is None or found.state.version != len(found.history) or len(found.history) != length:
        raise AssertionError("the petition was not read whole")
