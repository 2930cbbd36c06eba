"""Backups: copied and checked while the office works, restored to a moment between two events, and what that means outside."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from uuid import UUID, uuid4

import psycopg
import pytest
import typer

from api import cli_backup
from api.restored import leave_numbers_out
from domain.petition import commands
from eventstore import backup, migrate
from eventstore.binaries import Programs, ServerError, find_programs
from eventstore.copies import NOTE, Base, Folder
from eventstore.database import Database
from eventstore.embedded import Server
from eventstore.restoring import GAP, Unreachable, restore
from scheduler import roster
from scheduler.channels import parse_channel
from scheduler.push_messages import message_of
from scheduler.sweep import sweep
from tests.conftest import Clock, discard
from tests.keys import RUN
from tests.scheduler.bureau import Bureau, morning

MONDAY = date(2026, 3, 2)
LATE = date(2026, 12, 1)
SETTINGS = {"autovacuum": "off"}
QUICK = "fsync = off\n"
"""In the server's own file, which goes into the copy: what is restored for a test need not reach the disk either."""


@dataclass
class Life:
    """A bureau that was backed up while it worked: what was known at which moment, and what left the house afterwards."""

    server: Server
    programs: Programs
    folder: Folder
    base: Base
    first: UUID
    cut: datetime
    """A moment between two events."""
    before: list[tuple[int, UUID, int]]
    """Position, stream and version of every fact until then."""
    lost: UUID
    alerts: set[UUID] = field(default_factory=set)
    """The ids under which alerts were sent after it."""
    told: set[str] = field(default_factory=set)
    """The ids of the events that were pushed after it."""
    end: int = 0


@pytest.fixture(scope="module")
def life() -> Iterator[Life]:
    """One server for all: backed up, followed, and stopped; its folder is what the tests restore from."""
    home = Path(os.environ[RUN], uuid4().hex[:12])
    server = Server.ensure(home / "office", SETTINGS)
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write(QUICK)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_reload_conf()")
    migrate.upgrade(server.dsn)
    programs = find_programs(server.home, server.account, None)
    folder = Folder(home / "backup")
    stopping, began = Event(), Event()
    backup.hold(server.dsn, folder, programs)
    follower = Thread(target=backup.follow, args=(server.dsn, folder, programs, stopping, began))
    follower.start()
    try:
        assert began.wait(20)
        yield lived(server, programs, folder)
    finally:
        stopping.set()
        follower.join()
        discard(home)


def lived(server: Server, programs: Programs, folder: Folder) -> Life:
    """One petition before the copy, one before the moment, one after it; then alerts and an act that are lost."""
    with Database(server.dsn, name="test") as database:
        bureau = Bureau(database, MONDAY)
        roster.keep(database, channel())
        first = bureau.petitions(MONDAY)[0]
        base = backup.take(server.dsn, folder, programs)
        bureau.petitions(MONDAY)
        one = Life(server, programs, folder, base, first, moment(server), log_of(server.dsn), uuid4())
        one.lost = bureau.petitions(MONDAY)[0]
        sweep(database, bureau.casework, Clock(morning(LATE)))
        one.alerts = sent(database, one.lost)
        bureau.casework.handle(first, commands.Propose("拟交某某局办理"), bureau.clerk(MONDAY))
        one.told = pushed(bureau, first)
        one.end = log_of(server.dsn)[-1][0]
        bureau.close()
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("SELECT pg_switch_wal()")
        connection.execute("SELECT pg_logical_emit_message(true, 'test', 'in the next file')")
        row = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        while not arrived(connection, row):
            connection.execute("SELECT pg_stat_clear_snapshot()")
    return one


def channel() -> roster.Channel:
    return parse_channel(
        "hook", "webhook", {"url": "http://127.0.0.1:9/in", "secret": "not-a-real-secret"}, True
    )


def arrived(connection: psycopg.Connection, end: tuple[str, ...] | None) -> bool:
    """Whether the folder has the write-ahead log up to there."""
    asked = "SELECT flush_lsn >= %s FROM pg_stat_replication WHERE application_name = 'pg_receivewal'"
    return connection.execute(asked, end).fetchone() == (True,)


def moment(server: Server) -> datetime:
    with psycopg.connect(server.dsn) as connection:
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    at: datetime = row[0]
    return at.astimezone(UTC)


def log_of(dsn: str) -> list[tuple[int, UUID, int]]:
    query = "SELECT notification_id, originator_id, originator_version FROM casework_events ORDER BY 1"
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def sent(database: Database, *without: UUID) -> set[UUID]:
    with database.connection() as connection:
        rows = connection.execute("SELECT id FROM outbox WHERE case_id <> ALL(%s)", (list(without),))
        return {row["id"] for row in rows}


def pushed(bureau: Bureau, case: UUID) -> set[str]:
    """The ids under which the events of a case leave the house."""
    rows = bureau.casework.store.select_stream(case)
    return {message.id for row in rows if (message := message_of(bureau.casework, row)) is not None}


def number_of(bureau: Bureau, id: UUID) -> str:
    case = bureau.casework.case(id)
    assert case is not None
    return case.state.number


def test_c1_restored_to_a_moment_between_two_events_and_nothing_outside_is_taken_for_another(
    life: Life, home: Path
):
    """C1, C3: the log is as it was; alerts raised anew have the ids they had; other events have other ids, other cases
    other numbers."""
    found = restore(life.folder, home, until=life.cut)
    assert (found.position, found.facts) == (life.before[-1][0], len(life.before))
    server = Server.ensure(home, SETTINGS)
    assert log_of(server.dsn) == life.before
    with Database(server.dsn, name="test") as database:
        bureau = Bureau.reopened(database)
        assert leave_numbers_out(database, bureau.casework, Clock(morning(LATE)))
        bureau.project()
        sweep(database, bureau.casework, Clock(morning(LATE)))
        assert life.alerts
        assert sent(database) == life.alerts, "raised again, never as new ones"
        bureau.casework.handle(life.first, commands.Classify("suggestion"), bureau.clerk(MONDAY))
        told = pushed(bureau, life.first)
        given = [number_of(bureau, id) for id in (life.first, *bureau.petitions(MONDAY))]
        bureau.close()
    assert given == ["XF-2026-000001", "XF-2026-010003"], "the third was lost, and is nobody else's"
    placed = [position for position, *_ in log_of(server.dsn)[len(life.before) :]]
    assert min(placed) == found.next_position > life.end + GAP / 2, (
        "who reads after a lost position skips nothing"
    )
    assert {id for id in told & life.told if not id.startswith(f"{life.first}.1.")} == set()
    again = Folder(home.with_name(f"{home.name}_backup"))
    again.make()
    shutil.copytree(life.folder.wal, again.wal)
    backup.hold(server.dsn, again, life.programs)
    with pytest.raises(backup.Recycled, match="换一个目录"):
        backup.follow(server.dsn, again, life.programs, Event(), Event())
    server.stop()


def test_c1_restored_up_to_a_position_that_was_stored_last(life: Life, home: Path):
    """C1: exactly the facts up to it, whatever came in the next commit; the office's own server is not needed."""
    position = life.before[-1][0]
    found = restore(life.folder, home, position=position, known=life.end + 500)
    assert (found.position, found.facts) == (position, len(life.before))
    assert found.next_position == life.end + 500 + GAP + 1
    with pytest.raises(ServerError, match="已有数据库"):
        restore(life.folder, home, position=position)


def test_what_the_backup_does_not_reach_is_refused_and_leaves_no_database(life: Life, home: Path):
    for until, position in (
        (life.base.ended_at - timedelta(seconds=30), None),
        (datetime(2999, 1, 1, tzinfo=UTC), None),
        (None, life.end + 1),
    ):
        with pytest.raises(Unreachable):
            restore(life.folder, home, until=until, position=position)
        assert not list(home.glob("postgres*")), "nor half of one"
    with pytest.raises(ServerError, match="过远"):
        restore(life.folder, home, known=10**13)
    assert not list(home.glob("postgres*"))


def test_a_program_that_copies_ends_with_the_process_that_began_it():
    """Killed outright, a follower leaves nothing behind that would hold the slot."""
    begin = (
        "import subprocess, sys; from eventstore import backup;"
        "child = subprocess.Popen(backup.bound_to_us(['/bin/sh', '-c', 'echo here; exec cat']), stdin=sys.stdin);"
        "child.wait()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", begin], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"here\n"
        parent.kill()
        assert parent.stdout.read() == b"", "its end is closed, though nobody closed what it reads"


@pytest.mark.parametrize("inside", ["postgres", "keys"])
def test_a_link_into_the_database_or_the_keys_is_no_place_for_a_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
):
    home = tmp_path / "home"
    (home / inside).mkdir(parents=True)
    (tmp_path / "link").symlink_to(home / inside)
    monkeypatch.setenv("SHIXIAN_HOME", str(home))
    with pytest.raises(typer.Exit) as refused:
        cli_backup.backup(tmp_path / "link" / "copies", listed=True)
    assert refused.value.exit_code == 2


def test_a_file_that_holds_no_head_is_no_file_of_heads(life: Life, home: Path, tmp_path: Path):
    (tmp_path / "seals.jsonl").write_text("root:x:0:0\n")
    with pytest.raises(typer.Exit) as refused:
        cli_backup.restore(life.folder.path, home, heads=tmp_path / "seals.jsonl")
    assert refused.value.exit_code == 2
    assert not home.exists()


def test_c1_a_last_position_before_the_restored_end_says_nothing_of_what_was_lost(
    life: Life, home: Path, capsys: pytest.CaptureFixture[str]
):
    cli_backup.restore(life.folder.path, home, until=life.cut.isoformat(), last_known=life.before[-1][0] - 1)
    assert "丢失了多少无从得知" in capsys.readouterr().out


def test_of_a_failure_the_first_complaint_is_told():
    said = 'x: starting\nx: error: slot "a" is active for PID 7\nx: removing contents of "b"\n'
    assert backup.reason(said) == 'x: error: slot "a" is active for PID 7'


def test_c4_neither_the_keys_nor_the_password_lie_in_a_backup(life: Life):
    """C4: a backup is of no use to whoever lacks the key file."""
    secrets = [
        Path(os.environ[RUN], "keys", "master.keys").read_bytes()[64:96],
        life.server.password.encode(),
    ]
    files = [file for file in life.folder.path.rglob("*") if file.is_file()]
    assert len(files) > 100
    assert not [file for file in files if any(secret in file.read_bytes() for secret in secrets)]
    assert life.folder.path.stat().st_mode & 0o077 == 0


def test_a_copy_that_changed_since_is_found_before_it_is_used(life: Life, tmp_path: Path, home: Path):
    spoilt = Folder(tmp_path / "spoilt")
    spoilt.make()
    (spoilt.path / life.base.name).mkdir()
    os.link(life.folder.path / life.base.name / NOTE, spoilt.path / life.base.name / NOTE)
    for file in (source := life.folder.data(life.base)).rglob("*"):
        target = spoilt.data(life.base) / file.relative_to(source)
        target.mkdir(parents=True, exist_ok=True) if file.is_dir() else os.link(file, target)
    control = spoilt.data(life.base) / "global" / "pg_control"
    control.rename(control.with_name("was"))
    control.write_bytes(bytes(8192))
    control.with_name("was").unlink()
    with pytest.raises(ServerError, match="核对"):
        restore(spoilt, home)


def test_a_copy_broken_off_never_counts_and_old_ones_go_with_their_log(life: Life):
    left = life.folder.path / "20260302T020000.000000Z.new"
    left.mkdir()
    (left / NOTE).write_text("{}")
    newer = backup.take(life.server.dsn, life.folder, life.programs)
    assert not left.exists()
    assert life.folder.bases() == [life.base, newer]
    assert backup.prune(life.folder, life.programs, 1) == [life.base.name]
    assert life.folder.bases() == [newer]
    assert [name for name, _ in life.folder.segments() if name < newer.wal] == []
