"""同时追加: durable appends of one event each, so many in flight; recorder against recorder, the events made beforehand.

The library's recorder stores one after another whatever the number of threads, and does so best with eight.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from time import perf_counter
from uuid import UUID, uuid4

from eventsourcing.persistence import StoredEvent

from bench import stock
from bench.measure import Comparison, Figure
from bench.place import Place
from domain.store import Outcome, StoredReceipt, Submission

IN_FLIGHT = Figure(
    "append", "Durable appends of one event", "in flight", "group commit", "the library's recorder"
)
BEST = 8
"""Threads with which the library's recorder does best."""
EVENTS, STOCK_EVENTS = 6_400, 640
"""Events of a trial; fewer on the slower side, so that both take about as long."""
STATE = ('{"text":"' + "供暖温度不达标,已电话联系供热单位。" * 6 + '"}').encode()

Insert = Callable[[Sequence[StoredEvent]], object]


class Writers:
    """写入者 — threads with a stream each, that add to it one event after another."""

    def __init__(self, number: int, insert: Insert) -> None:
        self.number = number
        self._insert = insert
        self._streams = [following(uuid4()) for _ in range(number)]
        self._pool = ThreadPoolExecutor(number)

    def trial(self, events: int) -> float:
        """一轮: the seconds that each of about so many events took, all writers at work."""
        each = max(events // self.number, 2)
        batches = [[next(stream) for _ in range(each)] for stream in self._streams]
        gate = Barrier(self.number + 1)

        def write(batch: Sequence[StoredEvent]) -> None:
            gate.wait()
            for event in batch:
                self._insert([event])

        writing = [self._pool.submit(write, batch) for batch in batches]
        gate.wait()
        begun = perf_counter()
        for one in writing:
            one.result()
        return (perf_counter() - begun) / (each * self.number)


def following(stream: UUID) -> Iterator[StoredEvent]:
    """后续事件: of one stream, without end."""
    return (StoredEvent(stream, version, "bench.noted.1", STATE) for version in count(1))


class Together:
    """一并写入 — one thread that stores what has come for so many streams, as the service does with commands that wait."""

    def __init__(self, number: int, append_all: Callable[[Sequence[Submission]], Sequence[Outcome]]) -> None:
        self.number = number
        self._append_all = append_all
        self._streams = [following(uuid4()) for _ in range(number)]

    def trial(self, events: int) -> float:
        """一轮: the seconds that each of about so many events took, with a command's receipt."""
        turns = max(events // self.number, 2)
        batches = [[_command(next(stream)) for stream in self._streams] for _ in range(turns)]
        begun = perf_counter()
        for batch in batches:
            if not all(isinstance(outcome, list) for outcome in self._append_all(batch)):
                raise AssertionError("not everything was stored")
        return (perf_counter() - begun) / (turns * self.number)


def _command(event: StoredEvent) -> Submission:
    answer = {"id": str(event.originator_id), "version": event.originator_version, "events": ["Noted"]}
    return Submission([event], [StoredReceipt("clerk", f"own:{uuid4()}", "", answer)])


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: threads that wait for their own event each; and one thread that brings what has come together."""
    with place.ours() as (_, casework), place.stock() as env, stock.Petitions(env) as application:
        theirs = Writers(BEST, application.recorder.insert_events)
        for size in place.sizes((1, 8, 16, 64, 256), quick=(1, 64)):
            ours = Writers(size, casework.recorder.insert_events)
            alike = theirs if size >= BEST else Writers(size, application.recorder.insert_events)
            yield Comparison(
                name=f"append-{size}",
                what=f"durable appends of one event, {size} in flight",
                against=f"stock recorder, {alike.number} threads",
                unit="events/s",
                goal=10 if size == 64 else None,
                figure=IN_FLIGHT,
                size=size,
                turns=3,
                ours=lambda ours=ours: ours.trial(EVENTS if ours.number > 1 else STOCK_EVENTS),
                theirs=lambda alike=alike: alike.trial(STOCK_EVENTS),
            )
        together = Together(BEST * BEST, casework.store.append_all)
        yield Comparison(
            name="append-together",
            what=f"durable appends of one event, {together.number} brought together, with receipts",
            against=f"stock recorder, {BEST} threads, without receipts",
            unit="events/s",
            turns=3,
            ours=lambda: together.trial(EVENTS),
            theirs=lambda: theirs.trial(STOCK_EVENTS),
        )
