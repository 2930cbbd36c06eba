"""成组提交: many at once, each whole or not at all, in one order, exactly once (C1)."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Event
from uuid import UUID, uuid4

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import DatabaseError, DataError, IntegrityError, OperationalError, StoredEvent

from domain.errors import Busy
from domain.store import OutboxRow, Outcome, StoredReceipt, Submission
from eventstore.appending import ReceiptExists
from eventstore.database import Database, library_env
from eventstore.group_commit import CAPACITY, GroupCommit
from eventstore.recorder import CaseRecorder
from tests.owner import as_owner

STUCK = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'casework_events'::regclass"


class Log(Application[UUID]):
    name = "casework"


@pytest.fixture
def recorder(database: Database) -> Iterator[CaseRecorder]:
    with Log(env=library_env(database.dsn)) as log:
        assert isinstance(log.recorder, CaseRecorder)
        yield log.recorder


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


def event(stream: UUID, version: int = 1, state: bytes = b"{}") -> StoredEvent:
    return StoredEvent(stream, version, "test.noted.1", state)


def receipt(key: str, actor: str = "zhang") -> StoredReceipt:
    return StoredReceipt(actor, key, "digest", {"version": 1, "备注": "已登记"})


def outgoing(text: str = "临期提醒") -> OutboxRow:
    return OutboxRow(uuid4(), uuid4(), uuid4(), "mail", {"标题": text})


def counted(database: Database, *tables: str) -> list[int]:
    with database.connection() as connection:
        found = (connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone() for table in tables)
        return [int(row["n"]) for row in found if row is not None]


def logged(recorder: CaseRecorder) -> list[tuple[UUID, int]]:
    return [(row.originator_id, row.originator_version) for row in recorder.select_log(0, 2000)]


@contextmanager
def nobody_stores(database: Database) -> Iterator[None]:
    """As long as somebody else holds the log."""
    with as_owner(database) as other:
        other.execute("LOCK TABLE casework_events IN EXCLUSIVE MODE")
        yield


def until(database: Database, come: Callable[[], object]) -> None:
    """Goes on once it has come to that."""
    for _ in range(5000):
        if come():
            return
        with database.connection() as connection:
            connection.execute("SELECT pg_sleep(0.001)")
    raise TimeoutError


def is_stuck(database: Database) -> bool:
    """Somebody waits for the log."""
    with database.connection() as connection:
        return connection.execute(STUCK).fetchone() is not None


def waiting(together: GroupCommit) -> int:
    return len(together._waiting)


def test_c1_a_conflict_inside_a_batch_touches_nothing_but_itself(
    recorder: CaseRecorder, database: Database
) -> None:
    a, b, c, d, e = (uuid4() for _ in range(5))
    recorder.insert_events([event(a)], receipts=[receipt("used")])
    outcomes = recorder.append_all(
        [
            Submission([event(b), event(c)], [receipt("b")], [outgoing()]),
            Submission([event(a), event(d)], [receipt("a")], [outgoing()]),
            Submission([event(d)], [receipt("used")], [outgoing()]),
            Submission([event(e, 2)], [receipt("gap")], [outgoing()]),
            Submission([event(d), event(d, 3)], [receipt("hole")]),
            Submission([event(d)], [receipt("d")], [outgoing()]),
            Submission([event(b, 2), event(d, 2)], [receipt("later")]),
            Submission([], [receipt("alone")]),
            Submission([], [receipt("alone")]),
        ]
    )
    whole = [one for one in outcomes if isinstance(one, list)]
    assert [type(one) for one in outcomes] == [
        list, IntegrityError, ReceiptExists, IntegrityError, IntegrityError, list, list, list, ReceiptExists,
    ]  # fmt: skip
    assert logged(recorder) == [(a, 1), (b, 1), (c, 1), (d, 1), (b, 2), (d, 2)]
    assert [position for one in whole for position in one] == [
        row.position for row in recorder.select_log(0, 9)
    ][1:]
    assert counted(database, "command_receipts", "outbox") == [5, 2]
    assert recorder.find_receipts([("zhang", "d"), ("zhang", "a")]) == {("zhang", "d"): receipt("d")}


def test_c1_what_is_unfit_is_refused_alone(recorder: CaseRecorder, database: Database) -> None:
    ids = [uuid4() for _ in range(4)]
    texts = ("供暖", "坏\0字", "坏\ud800字", "供水")
    unfit = [Submission([event(id)], [], [outgoing(text)]) for id, text in zip(ids, texts, strict=True)]
    assert [type(one) for one in recorder.append_all(unfit)] == [list, DataError, DataError, list]
    assert logged(recorder) == [(ids[0], 1), (ids[3], 1)]
    with pytest.raises(DatabaseError):
        recorder.insert_events(unfit[1].events, outbox=unfit[1].outbox)
    assert counted(database, "casework_events", "outbox") == [2, 2]


def test_c1_sixty_four_at_once_are_stored_once_each_in_one_order(
    recorder: CaseRecorder, database: Database, stack: ExitStack
) -> None:
    streams = [uuid4() for _ in range(16)]
    another = stack.enter_context(Log(env=library_env(database.dsn))).recorder

    def until_stored(number: int) -> int:
        """Four writers a stream, half of them in another process's place; every key is used by two of them."""
        stream, key = streams[number % 16], receipt(f"key-{number // 32}-{number % 32}")
        twice = receipt(f"twice-{number % 32}")
        while True:
            version = len(recorder.select_stream(stream)) + 1
            try:
                store = recorder if number % 2 else another
                positions = store.insert_events([event(stream, version)], receipts=[key, twice])
            except ReceiptExists:
                return 0
            except IntegrityError:
                continue
            assert positions is not None
            return positions[0]

    with ThreadPoolExecutor(64) as pool:
        positions = sorted(filter(None, pool.map(until_stored, range(64))))
    rows = recorder.select_log(0, 100)
    assert [row.position for row in rows] == positions
    assert len(rows) == 32
    for stream in streams:
        assert [row.originator_version for row in rows if row.originator_id == stream] == [1, 2]
    assert counted(database, "command_receipts") == [64]


def test_c1_many_writers_share_one_transaction(recorder: CaseRecorder, database: Database) -> None:
    with ThreadPoolExecutor(20) as pool, nobody_stores(database):
        first = pool.submit(recorder.insert_events, [event(uuid4())])
        until(database, lambda: is_stuck(database))
        rest = [pool.submit(recorder.insert_events, [event(uuid4())]) for _ in range(19)]
        until(database, lambda: waiting(recorder.append_all) == 19)
    stored = [one.result() for one in (first, *rest)]
    assert len({tuple(one or ()) for one in stored}) == 20
    assert counted(database, "(SELECT DISTINCT xmin::text FROM casework_events) stored") == [2]


def test_c1_who_comes_when_too_many_wait_is_sent_away(recorder: CaseRecorder, database: Database) -> None:
    with ThreadPoolExecutor(2) as pool, nobody_stores(database):
        leading = pool.submit(recorder.insert_events, [event(uuid4())])
        until(database, lambda: is_stuck(database))
        crowd = pool.submit(recorder.append_all, [Submission([event(uuid4())]) for _ in range(CAPACITY)])
        until(database, lambda: waiting(recorder.append_all) == CAPACITY)
        with pytest.raises(Busy) as refused:
            recorder.append_all([Submission([event(uuid4())])])
    assert (refused.value.code, refused.value.details) == ("store.busy", {"retry_after": 1})
    assert leading.result()
    assert all(isinstance(one, list) for one in crowd.result())
    assert counted(database, "casework_events") == [CAPACITY + 1]


def test_c1_closing_waits_for_what_has_come_and_takes_no_more(database: Database) -> None:
    log = Log(env=library_env(database.dsn))
    insert = log.recorder.insert_events
    with ThreadPoolExecutor(4) as pool:
        with nobody_stores(database):
            storing = [pool.submit(insert, [event(uuid4())])]
            until(database, lambda: is_stuck(database))
            storing += [pool.submit(insert, [event(uuid4())]) for _ in range(2)]
            until(database, lambda: waiting(log.recorder.append_all) == 2)
            closing = pool.submit(log.close)
            until(database, lambda: log.recorder.append_all._closed)
            with pytest.raises(OperationalError, match="closed"):
                insert([event(uuid4())])
            assert not closing.done()
        assert all(one.result() for one in storing)
        closing.result()
    assert counted(database, "casework_events") == [3]


def test_c1_who_is_interrupted_while_storing_for_others_leaves_them_neither_waiting_nor_in_doubt() -> None:
    storing, interrupted = Event(), Event()
    batches: list[int] = []

    def store(batch: Sequence[Submission]) -> Sequence[Outcome]:
        batches.append(len(batch))
        if len(batches) == 1:
            storing.set()
            interrupted.wait(10)
            raise KeyboardInterrupt
        return [[len(batches)] for _ in batch]

    together = GroupCommit(store)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(together, [Submission([event(uuid4())])])
        storing.wait(10)
        rest = [pool.submit(together, [Submission([event(uuid4())])]) for _ in range(3)]
        while waiting(together) < 3:
            interrupted.wait(0.001)
        interrupted.set()
        assert isinstance(first.exception(10), KeyboardInterrupt)
        assert [one.result(10) for one in rest] == [[[2]]] * 3
    together.close()
    assert batches == [1, 3]


def test_c1_while_the_database_is_away_nobody_waits_twice_as_long() -> None:
    trying, given_up = Event(), Event()
    batches: list[int] = []

    def store(batch: Sequence[Submission]) -> Sequence[Outcome]:
        batches.append(len(batch))
        trying.set()
        given_up.wait(10)
        raise OperationalError("the server is away")

    together = GroupCommit(store)
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(together, [Submission([event(uuid4())])])]
        trying.wait(10)
        asking += [pool.submit(together, [Submission([event(uuid4())])] * 2) for _ in range(3)]
        while waiting(together) < 6:
            given_up.wait(0.001)
        given_up.set()
        assert [str(one.exception(10)) for one in asking] == ["the server is away"] * 4
    assert batches == [1]
