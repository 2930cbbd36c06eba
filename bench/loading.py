"""读取一件: one petition – read for the first time, its keys derived anew, and read again, as a process does that read it lately.

A first read is timed for the state alone, as the library's aggregate is one, and for the whole history with every text
opened, which its aggregate doesn't keep. A petition that is read again is followed from what is remembered of it: the log is
asked for what came since, and the whole history is handed out. The library's repository has neither snapshots nor a cache,
as it is set up unless told otherwise, and its events lie in the database unenciphered.
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
AGAIN = Figure(
    "load-again",
    "Loading a petition that was read lately",
    "events of the petition",
    "its history, what came since asked of the database",
    "stock repository.get",
)
STATE = Figure(
    "load",
    "Loading a petition for the first time",
    "events of the petition",
    "its state",
    "stock repository.get",
)
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

            again, first = partial(history, casework, length), "read for the first time, keys derived anew"
            for figure, what, ours in (
                (AGAIN, f"petition of {length} events read again", partial(warm, petitions, again)),
                (
                    STATE,
                    f"state of a petition of {length} events {first}",
                    partial(cold, place, casework, petitions, partial(state, casework, length)),
                ),
                (
                    WHOLE,
                    f"whole history of a petition of {length} events {first}",
                    partial(cold, place, casework, petitions, again),
                ),
            ):
                yield Comparison(
                    name=f"{figure.name}-{length}",
                    what=what,
                    against="stock repository.get, nothing enciphered",
                    unit="loads/s",
                    goal=8 if figure is AGAIN and length == PROMISED else None,
                    figure=figure,
                    size=length,
                    turns=TURNS,
                    ours=ours,
                    theirs=partial(each, THEIRS, stock_load),
                )


def warm(petitions: Sequence[UUID], load: Callable[[UUID], None]) -> float:
    """再次读取: each petition once, all of them read before."""
    for petition in petitions:
        load(petition)
    following = cycle(petitions)
    return each(len(petitions), lambda: load(next(following)))


def cold(place: Place, casework: Casework, petitions: Sequence[UUID], load: Callable[[UUID], None]) -> float:
    """首次读取: each petition once, with keys of which nothing is known yet but their file; nothing is remembered."""
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
