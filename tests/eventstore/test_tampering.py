"""A20 C4: whatever a superuser does to the log with the triggers switched off is found, and named."""

from dataclasses import replace

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventstore import heads, heads_file, sealkey
from eventstore.database import Database
from eventstore.verifying import Said, Verifying
from tests.conftest import TEMPLATE, fresh
from tests.eventstore.sealed import Log, seal_in_runs

RUNS = (1, 300, 6, 1, 250, 42)
SIZE = sum(RUNS)


@pytest.fixture(scope="module")
def untouched(server, server_dsn, tmp_path_factory):
    """A sealed log that no test leaves a trace in."""
    with fresh(server, TEMPLATE) as dsn, Database(dsn, name="test", max_size=3) as database:
        made = Log(database, tmp_path_factory.mktemp("sealed"))
        seal_in_runs(made, RUNS)
        yield made


@pytest.fixture
def log(untouched):
    """The same log; what is done to it is taken back, in the database and in the file."""
    before = untouched.file.read_bytes()
    with psycopg.connect(untouched.database.dsn) as hand:
        yield replace(untouched, hand=hand)
        hand.rollback()
    untouched.file.write_bytes(before)


@pytest.fixture
def own(database, tmp_path):
    """A log of the test's own, to be sealed by it."""
    return Log(database, tmp_path)


def verified(log, outside=True, keys=None):
    key = sealkey.load(log.keys)
    said = [
        Said("库外文件", line.head) for line in heads_file.read(log.file) if outside and line.head is not None
    ]
    with log.superuser() as connection:
        trusted = {key.id: key.public} if keys is None else keys
        return Verifying(connection, trusted, said).run()


def found(log, **how):
    return [(one.code, one.position) for one in verified(log, **how).findings]


def test_a_log_that_nobody_touched(log):
    with log.superuser() as connection:
        connection.execute(
            "INSERT INTO casework_events (originator_id, originator_version, topic, state)"
            " SELECT '99999999-0000-0000-0000-000000000000', n, 'test.noted.1', '{}' FROM generate_series(1, 5) AS n"
        )
    report = verified(log)
    assert report.findings == []
    assert (report.rows, report.sealed, report.unsealed) == (SIZE + 5, SIZE, 5)
    assert (report.heads, report.outside, report.streams) == (len(RUNS), len(RUNS), 4)


CHANGES = {
    "stream": "originator_id = '99999999-0000-0000-0000-000000000000'",
    "version": "originator_version = originator_version + 5000",
    "instant": "stored_at = stored_at + interval '1 microsecond'",
    "instant beyond all": "stored_at = 'infinity'",
    "topic": "topic = topic || ' '",
    "no topic": "topic = NULL",
    "state": "state = set_byte(state, 3, get_byte(state, 3) # 1)",
    "no state": "state = NULL",
    "bytes moved from state to topic": "topic = topic || '{', state = substring(state FROM 2)",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("position", [1, 200, SIZE])
def test_a_bit_turned_in_any_column(log, change, position):
    entry = log.rows(
        f"SELECT originator_id, originator_version FROM casework_events WHERE notification_id = {position}"
    )[0]
    log.tamper(f"UPDATE casework_events SET {change} WHERE notification_id = {position}")
    (finding,) = [one for one in verified(log).findings if one.code != "version_gap"]
    assert (finding.code, finding.position) == ("changed", position)
    assert (finding.stream, finding.version) == entry


def test_a_position_changed_is_a_fact_moved(log):
    log.tamper(f"UPDATE casework_events SET notification_id = {SIZE + 50} WHERE notification_id = 100")
    codes = found(log)
    assert ("missing", 100) in codes  # beyond what is sealed it is one more unsealed fact


def test_a_fact_moved_into_a_gap(own):
    made = own
    made.add(10)
    made.rows("SELECT setval('casework_events_notification_id_seq', 90)")
    seal_in_runs(made, [10])
    made.tamper("UPDATE casework_events SET notification_id = 50 WHERE notification_id = 4")
    (finding,) = verified(made).findings
    assert (finding.code, finding.position, finding.version) == ("moved", 50, 2)
    assert "由位置 4 移到位置 50" in finding.said


def test_two_facts_swapped(log):
    log.tamper(
        "UPDATE casework_events SET notification_id = -1 WHERE notification_id = 20",
        "UPDATE casework_events SET notification_id = 20 WHERE notification_id = 21",
        "UPDATE casework_events SET notification_id = 21 WHERE notification_id = -1",
    )
    (finding,) = verified(log).findings
    assert (finding.code, finding.position) == ("swapped", 20)
    assert "位置 20 与位置 21" in finding.said


def test_two_contents_exchanged(log):
    log.tamper(
        "UPDATE casework_events a SET state = b.state FROM casework_events b"
        " WHERE (a.notification_id, b.notification_id) IN ((20, 21), (21, 20))"
    )
    assert found(log) == [("changed", 20), ("changed", 21)]


def test_one_fact_gone_from_the_middle(log):
    stream, version = log.rows(
        "SELECT originator_id, originator_version FROM casework_events WHERE notification_id = 150"
    )[0]
    log.tamper("DELETE FROM casework_events WHERE notification_id = 150")
    (finding,) = verified(log).findings
    assert finding == ("missing", finding.said, 150, stream, version)


def test_the_end_cut_off(log):
    log.tamper(f"DELETE FROM casework_events WHERE notification_id > {SIZE - 60}")
    findings = verified(log).findings
    assert findings[0].code == "truncated"
    assert "最后 60 条" in findings[0].said
    assert [one.position for one in findings[1:]] == list(range(SIZE - 59, SIZE + 1))


def test_everything_gone(log):
    log.tamper("TRUNCATE casework_events")
    assert found(log)[0] == ("truncated", 1)


def test_a_fact_put_into_a_gap(own):
    made = own
    made.add(10)
    made.rows("SELECT setval('casework_events_notification_id_seq', 90)")
    seal_in_runs(made, [10, 300])
    made.tamper(
        "INSERT INTO casework_events (originator_id, originator_version, topic, state, notification_id)"
        " VALUES ('99999999-0000-0000-0000-000000000000', 1, 'test.noted.1', '{}', 40)",
        "INSERT INTO casework_events (originator_id, originator_version, topic, state, notification_id)"
        " VALUES ('99999999-0000-0000-0000-000000000001', 1, 'test.noted.1', '{}', -7)",
    )
    assert found(made) == [("inserted", -7), ("inserted", 40)]


def test_a_version_left_out_before_it_was_sealed(own):
    with own.superuser() as connection:
        connection.execute(
            "INSERT INTO casework_events (originator_id, originator_version, topic, state)"
            " VALUES ('99999999-0000-0000-0000-000000000000', 2, 'test.noted.1', '{}')"
        )
    own.sealing.catch_up()
    (finding,) = verified(own).findings
    assert (finding.code, finding.version) == ("version_gap", 2)
    assert "应为第 1 版" in finding.said


class TestSealTables:
    """Whoever changes the log and the seal tables to match it still lacks the key."""

    def test_a_hash_changed(self, log):
        log.tamper("UPDATE seal_leaves SET hashes = set_byte(hashes, 40, 0) WHERE first = 1")
        assert found(log) == [("table_changed", None)]

    def test_an_entry_changed(self, log):
        log.tamper("UPDATE seal_leaves SET entries = set_byte(entries, 40, 77) WHERE first = 1")
        assert found(log) == [("table_changed", None)]

    @pytest.mark.parametrize(
        "change", ["count = count + 1", "count = 0", "last_position = last_position + 1"]
    )
    @pytest.mark.parametrize("first", [1, 307, SIZE - 42])
    def test_what_a_run_says_of_itself_changed(self, log, first, change):
        """The seal table's run is named, and no fact is taken for one that was put in."""
        log.tamper(
            "DROP INDEX seal_leaves_last_position_idx",
            f"UPDATE seal_leaves SET {change} WHERE first = {first}",
        )
        (finding,) = verified(log).findings
        assert finding.code == "table_changed"
        assert f"第 {first + 1} 条起的封存段" in finding.said

    @pytest.mark.parametrize("first", [1, SIZE - 42])
    def test_the_last_entry_of_a_run_changed_with_its_last_position(self, log, first):
        """Both agree with each other; the signed head tells what they were."""
        log.tamper(
            "DROP INDEX seal_leaves_last_position_idx",
            "UPDATE seal_leaves SET last_position = last_position + 256, entries ="
            " set_byte(entries, 32 * count - 26, get_byte(entries, 32 * count - 26) + 1)"
            f" WHERE first = {first}",
        )
        assert {code for code, _ in found(log)} == {"table_changed"}

    @pytest.mark.parametrize("first", [0, 301, SIZE - 42])
    def test_a_run_gone(self, log, first):
        log.tamper(f"DELETE FROM seal_leaves WHERE first = {first}")
        assert found(log) == [("table_changed", None)]

    def test_a_node_changed_gone_or_made_up(self, log):
        log.tamper("UPDATE seal_nodes SET hash = sha256('x') WHERE number = 0")
        log.tamper("DELETE FROM seal_nodes WHERE number = 1")
        log.tamper("INSERT INTO seal_nodes VALUES (1, 77, sha256('x'))")
        assert found(log) == [("table_changed", None)] * 3

    def test_a_row_changed_and_its_hash_with_it(self, log):
        log.tamper("UPDATE casework_events SET state = 'x' WHERE notification_id = 2")
        log.tamper("TRUNCATE seal_leaves, seal_nodes")
        codes = [code for code, _ in found(log)]
        assert codes.count("head_contradicted") == 2 * (len(RUNS) - 1)
        assert "table_changed" in codes

    def test_a_head_forged(self, log):
        log.tamper(f"UPDATE seal_heads SET root = sha256('x') WHERE size = {SIZE}")
        (finding,) = verified(log).findings
        assert finding.code == "head_forged"
        assert f"第 {SIZE} 条处的封存头" in finding.said

    def test_a_head_signed_with_a_key_of_one_s_own(self, log):
        own = Ed25519PrivateKey.generate()
        head = heads_file.read(log.file)[-1].head
        assert head is not None
        forged = heads.sign(head, own)
        log.tamper(
            f"UPDATE seal_heads SET key = '{forged.key}', signature = '\\x{forged.signature.hex()}' WHERE size = {SIZE}",
            "INSERT INTO seal_keys VALUES"
            f" ('{forged.key}', 'shixian:x', '\\x{own.public_key().public_bytes_raw().hex()}', now())",
        )
        assert found(log) == [("head_forged", None), ("key_changed", None)]

    @pytest.mark.parametrize(
        ("statement", "said"),
        [
            ("UPDATE seal_keys SET public_key = set_byte(public_key, 3, get_byte(public_key, 3) # 1)", "不符"),
            ("UPDATE seal_keys SET id = repeat('0', 16)", "不符"),
            ("UPDATE seal_keys SET origin = 'shixian:x'", "日志标识"),
            ("DELETE FROM seal_keys", "缺失"),
            ("INSERT INTO seal_keys SELECT '66687aadf862bd77', origin, decode(repeat('00', 32), 'hex'), at FROM seal_keys", "不受信任"),
        ],
    )  # fmt: skip
    def test_the_table_of_keys_changed(self, log, statement, said):
        log.tamper(statement)
        findings = verified(log).findings
        assert {one.code for one in findings} == {"key_changed"}
        assert said in findings[0].said

    def test_a_key_that_signed_nothing_is_told_where_no_key_is_known_outside(self, log):
        key = sealkey.load(log.keys)
        assert key is not None
        log.tamper(
            "INSERT INTO seal_keys SELECT '66687aadf862bd77', origin, decode(repeat('00', 32), 'hex'), at FROM seal_keys"
        )
        (finding,) = verified(log, keys={key.id: key.public, "66687aadf862bd77": bytes(32)}).findings
        assert "没有签发过" in finding.said

    def test_a_head_gone(self, log):
        log.tamper("DELETE FROM seal_heads WHERE size = 301")
        (finding,) = verified(log).findings
        assert finding.code == "head_missing"
        assert "301" in finding.said

    def test_another_key_is_not_trusted(self, log):
        assert {code for code, _ in found(log, keys={})} == {"head_forged", "key_changed"}


class TestDatabase:
    """The database as a whole."""

    def test_an_older_backup(self, log):
        """What is left is in order by itself; only the heads outside tell."""
        log.tamper(
            f"DELETE FROM casework_events WHERE notification_id > {SIZE - 42}",
            f"DELETE FROM seal_leaves WHERE first >= {SIZE - 42}",
            f"DELETE FROM seal_heads WHERE size > {SIZE - 42}",
        )
        assert verified(log, outside=False).findings == []
        (finding,) = verified(log).findings
        assert finding.code == "rolled_back"
        assert f"只封存到第 {SIZE - 42} 条" in finding.said

    def test_another_database_in_its_place(self, own):
        """Sealed anew with the very key, so that it is in order by itself; the heads outside contradict it."""
        seal_in_runs(own, RUNS)
        own.tamper(
            "TRUNCATE casework_events, seal_heads, seal_leaves, seal_nodes",
            "SELECT setval('casework_events_notification_id_seq', 1, false)",
        )
        kept = own.file.rename(own.folder / "kept.jsonl")
        own.versions.clear()
        seal_in_runs(own, [400, 300])
        assert verified(own, outside=False).findings == []
        kept.rename(own.file)
        assert {code for code, _ in found(own)} == {"head_contradicted"}

    def test_a_head_that_only_somebody_outside_has(self, log):
        """Signed with the key by whoever stole it, for a log that isn't this one."""
        key = sealkey.load(log.keys)
        head = heads_file.read(log.file)[0].head
        assert key is not None
        assert head is not None
        other = heads.sign(msgspec.structs.replace(head, root=bytes(32), size=2), key.private)
        with log.file.open("ab") as opened:
            opened.write(msgspec.json.encode(heads.to_json(other)) + b"\n")
        (finding,) = verified(log).findings
        assert finding.code == "head_contradicted"


def test_what_is_stored_decides_and_not_when_it_is_read(log):
    """Instants in any zone of the session are the same bytes."""
    with psycopg.connect(
        log.database.dsn, options="-c TimeZone=Asia/Shanghai -c client_encoding=GB18030"
    ) as one:
        key = sealkey.load(log.keys)
        assert key is not None
        one.execute("SET client_encoding = 'UTF8'")
        assert Verifying(one, {key.id: key.public}).run().findings == []
