"""断线: whatever happens to the line while a batch is stored, each submission is there once and whole, or not at all (C1)."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent
from psycopg.conninfo import make_conninfo

from domain.store import OutboxRow, StoredReceipt, Submission
from eventstore.appending import ReceiptExists
from eventstore.database import Database, library_env
from eventstore.embedded import PORT, Server
from eventstore.recorder import CaseRecorder
from tests.chaos.proxy import Proxy
from tests.owner import append_one, as_owner

TOPIC = "test.cut.1"


class Line(Proxy):
    """What stores facts is cut, in this order: "before" it arrives, or "after" it was carried out."""

    def __init__(self, folder: Path, server: Path) -> None:
        super().__init__(folder, server)
        self.cutting: Sequence[str] = ()
        self.meanwhile: Callable[[], object] = lambda: None

    def _verdict(self, piece: bytes) -> str | None:
        if not self.cutting or TOPIC.encode() not in piece:
            return None
        verdict, *self.cutting = self.cutting
        self.cuts[verdict] += 1
        if verdict == "before":
            self.meanwhile()
        return verdict


class Log(Application[UUID]):
    name = "casework"


@pytest.fixture
def line(home: Path, server: Server) -> Iterator[Line]:
    proxy = Line(home, server.socket / f".s.PGSQL.{PORT}")
    yield proxy
    proxy.close()


@pytest.fixture
def recorder(line: Line, database_dsn: str) -> Iterator[CaseRecorder]:
    """The log at the far end of the line."""
    env = library_env(make_conninfo(database_dsn, host=str(line.folder)))
    with Log(env=env | {"CASEWORK_POSTGRES_CONNECT_TIMEOUT": "0.5"}) as log:
        assert isinstance(log.recorder, CaseRecorder)
        log.recorder.insert_events([event(uuid4())])
        yield log.recorder


def event(stream: UUID, version: int = 1) -> StoredEvent:
    return StoredEvent(stream, version, TOPIC, b"{}")


def submission(stream: UUID, version: int = 1) -> Submission:
    alert = uuid4()
    return Submission(
        [event(stream, version), event(uuid4())],
        [StoredReceipt("zhang", f"{stream}-{version}", "digest", {"version": version, "备注": "已登记"})],
        [OutboxRow(uuid4(), alert, stream, "mail", {"标题": "临期提醒"})],
    )


def stored(database: Database) -> list[int]:
    """Facts, receipts and outgoing alerts; not what was stored before the line was cut."""
    with database.connection() as connection:
        row = connection.execute(
            "SELECT ARRAY[(SELECT count(*) FROM casework_events) - 1, (SELECT count(*) FROM command_receipts),"
            " (SELECT count(*) FROM outbox)] AS n"
        ).fetchone()
    assert row is not None
    return [int(n) for n in row["n"]]


@pytest.mark.parametrize(
    "cutting",
    [["before"], ["after"], ["before", "after"], ["after", "after"], ["after", "before"]],
    ids="-".join,
)
def test_c1_a_batch_whose_connection_is_cut_is_stored_once_and_answered(
    line: Line, recorder: CaseRecorder, database: Database, cutting: list[str]
) -> None:
    line.cutting = cutting
    batch = [submission(uuid4()) for _ in range(5)]
    outcomes = recorder.append_all(batch)
    assert sum(line.cuts.values()) == len(cutting)
    assert stored(database) == [10, 5, 5]
    positions = {
        (row.originator_id, row.originator_version): row.position for row in recorder.select_log(0, 99)
    }
    assert outcomes == [[positions[one.originator_id, 1] for one in events] for events, _, _ in batch]
    assert sorted(sum(outcomes, start=list[int]())) == sum(outcomes, start=list[int]())


def test_c1_what_somebody_else_stored_meanwhile_is_a_conflict_of_that_one_alone(
    line: Line, recorder: CaseRecorder, database: Database
) -> None:
    taken, free = uuid4(), uuid4()

    def somebody_else() -> None:
        with as_owner(database) as other:
            append_one(other, taken)

    line.meanwhile, line.cutting = somebody_else, ["before"]
    first, second = recorder.append_all([submission(taken), submission(free)])
    assert (type(first), type(second)) == (IntegrityError, list)
    assert stored(database) == [3, 1, 1]


def test_c1_what_was_stored_is_answered_so_even_where_the_stream_went_on(
    line: Line, recorder: CaseRecorder, database: Database
) -> None:
    ours, conflicting, used = uuid4(), uuid4(), uuid4()
    recorder.insert_events([event(conflicting)], receipts=submission(used).receipts)

    def somebody_else() -> None:
        with as_owner(database) as other:
            assert append_one(other, ours, 2) is not None

    line.meanwhile, line.cutting = somebody_else, ["after", "before"]
    batch = [submission(conflicting), submission(ours), submission(used)]
    outcomes = recorder.append_all(batch)
    assert [type(one) for one in outcomes] == [IntegrityError, list, ReceiptExists]
    rows = [row for row in recorder.select_log(0, 99) if row.originator_id == ours]
    assert [row.originator_version for row in rows] == [1, 2]
    assert isinstance(outcomes[1], list)
    assert outcomes[1][0] == rows[0].position


def test_c1_a_line_that_stays_cut_is_told_and_nothing_is_stored_half(
    line: Line, recorder: CaseRecorder, database: Database
) -> None:
    line.cutting = ["after", *["before"] * 20]
    batch = [submission(uuid4()) for _ in range(3)]
    with pytest.raises(OperationalError):
        recorder.append_all(batch)
    assert stored(database) == [6, 3, 3]
    line.cutting = []
    assert [type(one) for one in recorder.append_all(batch)] == [ReceiptExists] * 3
    assert recorder.insert_events([event(uuid4())]) is not None


def test_c1_a_server_that_was_demoted_is_left_for_the_one_that_takes_writes(database: Database) -> None:
    name = psycopg.conninfo.conninfo_to_dict(database.dsn)["dbname"]
    with psycopg.connect(database.dsn, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with Log(env=library_env(database.dsn)) as log:
            assert log.recorder.max_notification_id() is None
            owner.execute("SET default_transaction_read_only = off")
            owner.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
            assert log.recorder.insert_events([event(uuid4())])
