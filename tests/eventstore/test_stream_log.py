"""日志逐段读取: the same rows as in one go, whatever the limit; and the collector runs again afterwards (C2)."""

import gc
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent

from domain.casework import Casework
from domain.store import Recorder, Submission
from eventstore.collector import held_back
from eventstore.database import Database, library_env
from eventstore.reading import PIECE

FACTS = 3 * PIECE + 7


@pytest.fixture
def recorder(database: Database) -> Iterator[Recorder]:
    with Casework(library_env(database.dsn)) as casework:
        yield casework.store


def test_c2_the_log_in_pieces_is_the_log(recorder: Recorder) -> None:
    stream = uuid4()
    events = [StoredEvent(stream, n, "a topic", b'{"n":%d}' % n) for n in range(1, FACTS + 1)]
    recorder.append_all([Submission(events)])
    whole = recorder.select_log(0, FACTS + 1)
    assert len(whole) == FACTS
    after = whole[2].position
    for limit in (1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, FACTS, FACTS + 500):
        for start in (0, after, whole[-1].position):
            with closing(recorder.stream_log(start, limit)) as pieces:
                read = list(pieces)
            assert [row for rows in read for row in rows] == recorder.select_log(start, limit)
            assert all(0 < len(rows) <= PIECE for rows in read)
            assert all(one[-1].position < other[0].position for one, other in pairwise(read))


def test_c2_who_stops_in_the_middle_leaves_nothing_behind(recorder: Recorder) -> None:
    stream = uuid4()
    recorder.append_all([Submission([StoredEvent(stream, n, "a topic", b"{}") for n in range(1, FACTS + 1)])])
    for _ in range(12):  # more often than the pool has connections
        with closing(recorder.stream_log(0, FACTS)) as pieces:
            assert len(next(pieces)) == len(next(pieces)) == PIECE
            assert not gc.isenabled()
        assert gc.isenabled()
    assert len(recorder.select_log(0, FACTS + 1)) == FACTS


def test_the_collector_runs_again_when_the_last_has_read() -> None:
    with held_back():
        with held_back():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
