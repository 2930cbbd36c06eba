"""A20 C4: what is committed is sealed; nothing is signed over a log that isn't what was signed before."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic

import msgspec
import psycopg
import pytest
from structlog.testing import capture_logs

from eventstore import heads, heads_file, merkle, seal_status, sealed_tree, sealing, sealkey
from eventstore.frontier import Frontier
from eventstore.leaves import Leaf, micros
from eventstore.sealed_tree import SealedTree
from eventstore.sealing import Broken, Sealing
from projections.sealer import Sealer
from tests.eventstore.sealed import Log, seal_in_runs

ROWS = (
    "SELECT notification_id, originator_id, originator_version, stored_at, topic, state"
    " FROM casework_events ORDER BY notification_id"
)


@pytest.fixture
def log(database, tmp_path):
    return Log(database, tmp_path)


def leaves_of(log):
    """The leaves as anybody would hash them from what a plain query answers."""
    return [
        Leaf(p, o, v, micros(at), topic, bytes(state)).hash() for p, o, v, at, topic, state in log.rows(ROWS)
    ]


def refusal(log):
    with pytest.raises(Broken) as broken:
        log.sealing.step()
    return broken.value


@pytest.mark.parametrize("sizes", [[1, 254, 1, 1, 600], [65_400, 300], [256, 255, 1]])
def test_a_frontier_has_the_root_of_its_leaves(sizes):
    hashes = [at.to_bytes(32) for at in range(sum(sizes))]
    frontier, nodes, at = Frontier(), [], 0
    for size in sizes:
        nodes += frontier.append(hashes[at : at + size])
        at += size
        assert frontier.root() == merkle.root(hashes[:at])
    for step, number, found in nodes:
        width = 1 << 8 * step
        assert found == merkle.root(hashes[number * width : (number + 1) * width])
    assert len([one for one in nodes if one.step == 1]) == at // 256
    assert len([one for one in nodes if one.step == 2]) == at // 65_536


def test_heads_inclusions_and_consistency_over_uneven_runs(log):
    seal_in_runs(log, [1, 2, 250, 3, 1, 300])
    leaves = leaves_of(log)
    with log.database.transaction() as connection:
        tree = SealedTree(connection)
        signed = sealed_tree.heads_before(connection, None, 100)[::-1]
        assert [one.size for one in signed] == [1, 3, 253, 256, 257, 557]
        key = sealkey.load(log.keys)
        assert key is not None
        for head in signed:
            assert head.root == merkle.root(leaves[: head.size]) == tree.root_at(head.size)
            assert heads.is_signed_by(head, key.public)
            assert head.position == log.rows(ROWS)[head.size - 1][0]
        for index in (0, 1, 2, 255, 256, 300, 556):
            path = merkle.inclusion(index, 557, tree.hash_of)
            assert merkle.root_of_inclusion(index, 557, leaves[index], path) == signed[-1].root
        for older in signed:
            for newer in signed[signed.index(older) :]:
                path = merkle.consistency(older.size, newer.size, tree.hash_of)
                assert merkle.consistent(older.size, newer.size, older.root, newer.root, path)
        positions = [row[0] for row in log.rows(ROWS)]
        places = tree.places([*positions, positions[-1] + 1])
    assert [places[one].leaf for one in positions] == list(range(557))
    assert positions[-1] + 1 not in places
    assert [line.head for line in heads_file.read(log.file)] == signed


def test_positions_may_have_gaps(log):
    log.add(3)
    log.rows("SELECT setval('casework_events_notification_id_seq', 900)")
    log.add(3)
    assert log.sealing.catch_up() == 6
    assert log.sealing.step() == 0


def test_the_key_is_made_once_and_closed_to_others(log):
    log.add(1)
    log.sealing.catch_up()
    first = (log.keys / "seal.key").read_bytes()
    assert (log.keys / "seal.key").stat().st_mode & 0o777 == 0o600
    assert sealkey.make(log.keys).id == sealkey.load(log.keys).id
    log.add(1)
    log.sealing.catch_up()
    assert (log.keys / "seal.key").read_bytes() == first


def test_no_head_without_the_key_and_none_under_another(log):
    seal_in_runs(log, [2])
    kept = (log.keys / "seal.key").read_bytes()
    (log.keys / "seal.key").unlink()
    log.add(1)
    assert refusal(log).code == "key_missing"
    sealkey.make(log.keys)
    assert refusal(log).code == "key_changed"
    (log.keys / "seal.key").write_text("scribbled over")
    assert refusal(log).code == "key_unusable"
    (log.keys / "seal.key").write_bytes(kept)
    assert log.sealing.step() == 1


TAMPERED = {
    "the last fact changed": (
        "UPDATE casework_events SET state = 'x' WHERE notification_id = 5",
        "log_changed",
    ),
    "the last fact gone": ("DELETE FROM casework_events WHERE notification_id = 5", "log_truncated"),
    "a head forged": ("UPDATE seal_heads SET root = sha256('x') WHERE size = 5", "head_forged"),
    "the last head gone": ("DELETE FROM seal_heads WHERE size = 5", "rolled_back"),
    "a leaf changed": ("UPDATE seal_leaves SET hashes = sha256('x') WHERE first = 3", "tables_changed"),
    "leaves gone": ("DELETE FROM seal_leaves WHERE first = 3", "tables_changed"),
    "all seals gone": ("TRUNCATE seal_heads, seal_leaves, seal_nodes", "rolled_back"),
}


@pytest.mark.parametrize(("statement", "code"), TAMPERED.values(), ids=TAMPERED)
def test_nothing_is_signed_over_a_log_that_was_tampered_with(log, statement, code):
    seal_in_runs(log, [3, 2])
    log.tamper(statement)
    before = log.file.read_bytes()
    assert refusal(log).code == code
    if code != "log_truncated":
        log.add(2)
        assert refusal(log).code == code
    assert log.file.read_bytes() == before


def test_the_table_of_keys_is_held_against_the_key_outside(log):
    seal_in_runs(log, [3])
    log.tamper("UPDATE seal_keys SET public_key = set_byte(public_key, 3, 7)")
    assert refusal(log).code == "key_table_changed"
    log.tamper("DELETE FROM seal_keys")
    with capture_logs() as told:
        assert log.sealing.step() == 0
    assert [one["event"] for one in told] == ["seal.key_restored"]
    key = sealkey.load(log.keys)
    assert key is not None
    assert log.rows("SELECT id, public_key FROM seal_keys") == [(key.id, key.public)]
    log.tamper("INSERT INTO seal_keys SELECT 'x', origin, public_key, at FROM seal_keys")
    assert refusal(log).code == "key_table_changed"


def test_a_position_that_was_never_given_out_is_not_sealed(log):
    seal_in_runs(log, [3])
    log.add(2)
    log.tamper("UPDATE casework_events SET notification_id = 2::numeric ^ 63 - 1 WHERE notification_id = 5")
    assert refusal(log).code == "position_unknown"
    log.tamper(f"UPDATE casework_events SET notification_id = 5 WHERE notification_id = {2**63 - 1}")
    assert log.sealing.step() == 2


JUNK = {
    "no longer than the last": {"size": 3},
    "far too long": {"size": 2**62},
    "a position never given out": {"position": 2**63 - 1},
    "a position of before": {"position": 3},
    "another log": {"origin": "shixian:x"},
    "another key": {"key": "0" * 16},
    "no signature": {"signature": b"x"},
    "no root": {"root": b""},
}


@pytest.mark.parametrize("change", JUNK.values(), ids=JUNK)
def test_the_service_can_put_no_junk_among_the_heads(log, change):
    seal_in_runs(log, [3])
    log.add(1)
    with log.database.transaction() as connection:
        last = sealed_tree.last_head(connection)
    assert last is not None
    right = {"size": 4, "position": 4}
    for more in (right | change, {}):
        head = msgspec.structs.replace(last, **more)
        signed = (head.size, head.origin, head.root, head.position, head.sealed_at, head.key, head.signature)
        with pytest.raises(psycopg.errors.CheckViolation), log.database.transaction() as connection:
            connection.execute(sealing.STORE, (*signed, bytes(32), bytes(32), [], [], []))
    assert log.sealing.step() == 1


def test_the_service_can_add_no_key(log):
    seal_in_runs(log, [3])
    for id in ("66687aadf862bd77", "x"):
        with log.database.connection() as connection:
            connection.execute("SELECT keep_seal_key(%s, 'shixian:x', %b, now())", (id, bytes(32)))
    assert log.one("SELECT count(*) FROM seal_keys") == 1


def test_a_fact_gone_from_the_end_is_seen_when_others_come_too(log):
    seal_in_runs(log, [3, 2])
    log.tamper("DELETE FROM casework_events WHERE notification_id = 5")
    log.add(1)
    assert refusal(log).code == "log_changed"


def test_another_log_under_the_same_file_is_refused(log, database, tmp_path):
    seal_in_runs(log, [3])
    line = log.file.read_bytes()
    log.tamper("TRUNCATE seal_heads, seal_leaves, seal_nodes", "UPDATE casework_events SET state = 'other'")
    log.file.unlink()
    assert log.sealing.step() == 3  # whoever has the key and no file outside sees nothing amiss
    log.file.write_bytes(line)
    assert refusal(log).code == "replaced"
    log.add(1)
    assert refusal(log).code == "replaced"


def test_a_head_that_a_crash_kept_from_the_file_is_added(log):
    seal_in_runs(log, [3, 2, 4])
    lines = log.file.read_bytes().splitlines(keepends=True)
    log.file.write_bytes(lines[0] + lines[1][:40])
    assert log.sealing.step() == 0
    assert log.file.read_bytes() == b"".join(lines)


def test_the_first_head_may_be_lacking_after_a_crash_and_no_more(log):
    """Whoever takes the whole file away stops the sealer; it isn't made up for behind anybody's back."""
    seal_in_runs(log, [3])
    line = log.file.read_bytes()
    log.file.unlink()
    assert log.sealing.step() == 0
    assert log.file.read_bytes() == line
    seal_in_runs(log, [2])
    for empty in (log.file.unlink, log.file.touch):
        empty()
        assert refusal(log).code == "file_missing"
        log.add(1)
        assert refusal(log).code == "file_missing"


def test_a_line_in_the_file_that_is_no_head_stops_it(log):
    seal_in_runs(log, [3])
    with log.file.open("ab") as opened:
        opened.write(b"{}\n")
    assert refusal(log).code == "file_unreadable"


def test_a_file_that_cannot_be_written_is_told(log):
    log.file.mkdir()
    log.add(1)
    assert refusal(log).code == "file_unwritable"


def test_the_folder_of_the_file_is_made_where_nobody_else_needs_it(database, tmp_path):
    """Beside a database that is given there is no embedded server to make the home."""
    log = Log(database, tmp_path)
    home = tmp_path / "home"
    log.add(1)
    assert Sealing(database, log.keys, home / heads_file.NAME, log.clock).step() == 1
    assert len(heads_file.read(home / heads_file.NAME)) == 1
    assert home.stat().st_mode & 0o066 == 0


def test_leaves_without_a_head_are_no_tree(log):
    seal_in_runs(log, [3])
    log.tamper("TRUNCATE seal_heads")
    log.file.unlink()
    assert refusal(log).code == "tables_changed"


class TestSealer:
    """封存进程."""

    @pytest.fixture
    def running(self, log):
        stop = Event()
        threads = []

        def start():
            sealer = Sealer(log.sealing, poll=0.2, rest=0.1, back_off=(0.1, 0.2))
            threads.append(sealer.start(stop))

        yield start
        stop.set()
        for one in threads:
            one.join()

    def until(self, log, holds):
        end = monotonic() + 10
        pause = Event()
        while monotonic() < end:
            with log.database.connection() as connection:
                status = seal_status.status(connection)
            if holds(status):
                return status
            pause.wait(0.02)
        raise AssertionError(status)

    def test_it_seals_within_a_second_of_the_commit(self, log, running):
        running()
        running()  # a second one stands by
        for count in (1, 3, 5000):
            log.add(count)
            begun = monotonic()
            self.until(log, lambda one: one.waiting == 0 and one.size > 0)
            assert monotonic() - begun < 1.0

    def test_a_head_that_leaves_something_over_is_followed_at_once(self, log):
        """However long it rests after others."""
        stop = Event()
        log.add(5000)
        thread = Sealer(log.sealing, rest=600).start(stop)
        try:
            status = self.until(log, lambda one: one.waiting == 0)
        finally:
            stop.set()
            thread.join()
        assert status.size == 5000

    def test_it_refuses_loudly_and_recovers(self, log, running):
        seal_in_runs(log, [3])
        before = log.one("SELECT state FROM casework_events WHERE notification_id = 2")
        log.tamper("UPDATE casework_events SET state = 'x' WHERE notification_id = 2")
        running()
        status = self.until(log, lambda one: one.fault is not None)
        assert status.fault == "log_changed"
        assert "日志末尾" in status.said
        log.tamper(f"UPDATE casework_events SET state = '\\x{before.hex()}' WHERE notification_id = 2")
        self.until(log, lambda one: one.fault is None)


KILLED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from eventstore.database import Database
from eventstore.sealing import Sealing
import eventstore.sealing as sealing
sealing.BATCH = 7
folder = Path(sys.argv[2])
with Database(sys.argv[1], max_size=2) as database:
    one = Sealing(database, folder / "keys", folder / "seals.jsonl", lambda: datetime.now(UTC))
    print("ready", flush=True)
    while True:
        one.step()
        print(".", end="", flush=True)
"""


def test_killed_at_any_moment_it_goes_on_where_it_was(log, monkeypatch):
    """Five kills without warning while it works; what is left is always a whole number of heads, and never two stories."""
    pause = Event()
    for kill in range(5):
        log.add(120)
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, log.database.dsn, str(log.folder)],
            stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], env=os.environ,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        pause.wait(0.012 * kill)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    monkeypatch.setattr(sealing, "BATCH", 100)
    log.sealing.catch_up()
    assert log.sealing.step() == 0
    leaves = leaves_of(log)
    with log.database.transaction() as connection:
        signed = sealed_tree.heads_before(connection, None, 1000)[::-1]
    assert signed[-1].size == 600
    assert all(head.root == merkle.root(leaves[: head.size]) for head in signed)
    assert [line.head for line in heads_file.read(log.file)] == signed
