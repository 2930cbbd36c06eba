"""The log: order, conflicts, what is written with the facts, and that nothing is ever changed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, MapperDeserialisationError

from domain import facts
from domain.facts import Fact
from domain.store import OutboxRow, StoredReceipt
from eventstore.appending import ReceiptExists
from eventstore.database import Database, library_env
from eventstore.recorder import CaseRecorder


class Noted(Fact, frozen=True, kw_only=True):
    """记录 — a fact of this test only."""

    TOPIC = "test.noted.2"

    text: str


class Log(Application[UUID]):
    name = "casework"


@pytest.fixture
def log(database: Database) -> Iterator[Log]:
    with Log(env=library_env(database.dsn)) as application:
        yield application


@pytest.fixture
def recorder(log: Log) -> CaseRecorder:
    assert isinstance(log.recorder, CaseRecorder)
    return log.recorder


def noted(case: UUID, version: int, text: str = "供暖温度不达标") -> Noted:
    return Noted(
        originator_id=case,
        originator_version=version,
        on=date(2026, 3, 2),
        recorded_at=datetime(2026, 3, 2, 2, tzinfo=UTC),
        by="zhang",
        unit="office",
        role="clerk",
        text=text,
    )


def receipt(key: str = "k-1", actor: str = "zhang") -> StoredReceipt:
    return StoredReceipt(actor, key, "digest", {"version": 1, "备注": "已登记"})


def outbox_row(alert: UUID, channel: str = "mail") -> OutboxRow:
    return OutboxRow(uuid4(), alert, uuid4(), channel, {"标题": "临期提醒"})


def count(database: Database, table: str) -> int:
    with database.connection() as connection:
        row = connection.execute(f"SELECT count(*) AS n FROM {table}").fetchone()
    assert row is not None
    return int(row["n"])


def test_a_fact_comes_back_as_it_was_saved(log: Log):
    case = uuid4()
    fact = noted(case, 1)
    log.save(fact)
    assert list(log.events.get(case)) == [fact]


def test_streams_and_log_are_read_in_order(log: Log, recorder: CaseRecorder):
    one, two = uuid4(), uuid4()
    log.save(noted(one, 1), noted(two, 1))
    log.save(noted(one, 2), noted(one, 3))
    assert [row.originator_version for row in recorder.select_stream(one)] == [1, 2, 3]
    assert [row.originator_version for row in recorder.select_stream(one, after_version=2)] == [3]
    streams = recorder.select_streams([one, two, uuid4()])
    assert sorted(len(rows) for rows in streams.values()) == [0, 1, 3]
    everything = recorder.select_log(0, 10)
    assert [(row.originator_id, row.originator_version) for row in everything] == [
        (one, 1), (two, 1), (one, 2), (one, 3),
    ]  # fmt: skip
    positions = [row.position for row in everything]
    assert positions == sorted(positions)
    assert recorder.select_log(positions[1], 1) == everything[2:3]


def test_a_taken_version_is_a_conflict_and_leaves_nothing(log: Log, database: Database):
    case = uuid4()
    log.save(noted(case, 1))
    with pytest.raises(IntegrityError) as refused:
        log.save(noted(case, 1), noted(case, 2), receipts=[receipt()], outbox=[outbox_row(uuid4())])
    assert not isinstance(refused.value, ReceiptExists)
    assert [count(database, table) for table in ("casework_events", "command_receipts", "outbox")] == [
        1,
        0,
        0,
    ]


def test_a_used_key_is_told_apart_from_a_conflict_and_leaves_nothing(log: Log, database: Database):
    case = uuid4()
    log.save(noted(case, 1), receipts=[receipt()])
    with pytest.raises(ReceiptExists):
        log.save(noted(case, 2), receipts=[receipt()], outbox=[outbox_row(uuid4())])
    assert [count(database, table) for table in ("casework_events", "outbox")] == [1, 0]


def test_a_repeated_save_reads_as_a_used_key_not_as_a_conflict(log: Log):
    case = uuid4()
    log.save(noted(case, 1), receipts=[receipt()])
    with pytest.raises(ReceiptExists):
        log.save(noted(case, 1), receipts=[receipt()])


def test_a_receipt_may_stand_alone_and_is_found(log: Log, recorder: CaseRecorder):
    recorder.insert_events([], receipts=[receipt()])
    asked = [("zhang", "k-1"), ("li", "k-1")]
    assert recorder.find_receipts(asked) == {("zhang", "k-1"): receipt()}
    with pytest.raises(ReceiptExists):
        recorder.insert_events([], receipts=[receipt()])


def test_the_log_works_on_after_refusals(log: Log, recorder: CaseRecorder):
    case = uuid4()
    for _ in range(20):
        with pytest.raises(IntegrityError):
            log.save(noted(case, 1), noted(case, 1))
    log.save(noted(case, 1))
    assert len(recorder.select_stream(case)) == 1


def test_an_alert_goes_out_once_a_channel(log: Log, database: Database):
    alert = uuid4()
    case = uuid4()
    log.save(noted(case, 1), outbox=[outbox_row(alert), outbox_row(alert, "webhook")])
    log.save(noted(case, 2), outbox=[outbox_row(alert)])
    assert count(database, "outbox") == 2


def test_positions_follow_the_order_of_commits(log: Log, recorder: CaseRecorder):
    def save(case: UUID) -> list[int]:
        return [log.save(noted(case, version))[0].notification.id for version in range(1, 11)]

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(save, [uuid4() for _ in range(4)]))
    read = [row.position for row in recorder.select_log(0, 100)]
    assert read == sorted(position for positions in saved for position in positions)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE casework_events SET topic = 'x'",
        "DELETE FROM casework_events",
        "TRUNCATE casework_events",
    ],
)
def test_nothing_recorded_can_be_changed(log: Log, database: Database, change: str):
    log.save(noted(uuid4(), 1))
    with pytest.raises(psycopg.errors.InsufficientPrivilege), database.connection() as connection:
        connection.execute(change)
    assert count(database, "casework_events") == 1


def test_saving_notifies_the_channel(log: Log, database: Database):
    with database.connection() as connection:
        connection.execute("LISTEN casework_events")
        log.save(noted(uuid4(), 1))
        assert [heard.channel for heard in connection.notifies(timeout=5, stop_after=1)] == [
            "casework_events"
        ]


def test_the_log_is_found_again_after_its_connections_were_killed(log: Log, database: Database):
    case = uuid4()
    log.save(noted(case, 1))
    with psycopg.connect(database.dsn, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    log.save(noted(case, 2))
    assert count(database, "casework_events") == 2


def test_an_old_shape_is_lifted(log: Log, recorder: CaseRecorder, monkeypatch: pytest.MonkeyPatch):
    case = uuid4()
    log.save(noted(case, 1))
    stored = log.mapper.to_stored_event(noted(case, 2))
    old = type(stored)(case, 2, "test.noted.1", stored.state.replace(b'"text"', b'"remark"'))
    recorder.insert_events([old])
    with pytest.raises(MapperDeserialisationError, match="version 2"):
        list(log.events.get(case))
    monkeypatch.setitem(
        facts.UPCASTERS, "test.noted.1", lambda was: ("test.noted.2", {**was, "text": was["remark"]})
    )
    with pytest.raises(MapperDeserialisationError, match="remark"):
        list(log.events.get(case))
    monkeypatch.setitem(
        facts.UPCASTERS, "test.noted.1", lambda was: ("test.noted.2", {"text": was.pop("remark"), **was})
    )
    assert list(log.events.get(case))[1] == noted(case, 2)


def test_what_has_no_topic_is_not_stored(log: Log):
    with pytest.raises(TypeError, match="no topic"):
        log.mapper.to_stored_event(facts.Fact(**{  # a bare fact says nothing
            name: getattr(noted(uuid4(), 1), name) for name in facts.ENVELOPE
        }))  # fmt: skip


def test_a_batch_larger_than_the_sockets_buffer_is_saved_or_refused_whole(log: Log, recorder: CaseRecorder):
    case = uuid4()
    large = [noted(case, version, "长" * 1000) for version in range(1, 501)]
    log.save(*large)
    assert len(recorder.select_stream(case)) == 500
    with pytest.raises(IntegrityError):
        log.save(*large)
    assert len(recorder.select_log(0, 1000)) == 500
