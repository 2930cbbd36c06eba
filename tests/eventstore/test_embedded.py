"""The embedded server: cold, warm, shared, adopted and killed; and what it refuses to touch."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from eventstore import migrate, roles
from eventstore.binaries import Account, ServerError
from eventstore.database import Database
from eventstore.embedded import Server, buffers
from eventstore.places import socket_folder, write_private

AS_ROOT = os.geteuid() == 0


def rows(server: Server) -> int:
    with psycopg.connect(server.dsn) as connection:
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found is not None
    return int(found[0])


def keep(server: Server, number: int) -> None:
    """As many commits as rows."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        for one in range(number):
            connection.execute("INSERT INTO kept VALUES (%s)", (one,))


def test_a_cold_start_makes_a_database_and_a_warm_one_finds_it(home: Path):
    cold = Server.ensure(home)
    assert cold.started
    keep(cold, 3)
    cold.stop()
    assert not cold.alive()
    warm = Server.ensure(home)
    assert warm.started
    assert rows(warm) == 3
    warm.stop()


def test_the_database_sorts_by_code_point_keeps_utc_and_syncs(home: Path):
    server = Server.ensure(home)
    with psycopg.connect(server.dsn) as connection:
        shown = {
            name: connection.execute(f"SHOW {name}").fetchone()
            for name in ("server_encoding", "TimeZone", "fsync", "listen_addresses")
        }
        assert connection.execute("SELECT upper('é') || ('乙' > 'A')::text").fetchone() == ("Étrue",)
    assert shown == {
        "server_encoding": ("UTF8",), "TimeZone": ("UTC",), "fsync": ("on",), "listen_addresses": ("",),
    }  # fmt: skip
    server.stop()


def test_c4_what_the_server_logs_quotes_no_value(home: Path):
    """C4: what officers typed stands in no detail, statement or parameter of the log beside the database."""
    server = Server.ensure(home)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE saved (name text UNIQUE)")
        for order, given in (
            ("INSERT INTO saved VALUES ('欧阳雪')", None),
            ("INSERT INTO saved VALUES ('欧阳雪')", None),
            ("INSERT INTO saved VALUES (%s)", ("欧阳雪",)),
        ):
            with contextlib.suppress(psycopg.errors.UniqueViolation):
                connection.execute(order, given)
    server.stop()
    log = server.log.read_text()
    assert log.count('duplicate key value violates unique constraint "saved_name_key"') == 2
    assert "欧阳雪" not in log


def test_the_server_and_its_socket_are_closed_to_others(home: Path):
    server = Server.ensure(home)
    assert server.data.stat().st_mode & 0o077 == 0
    assert server.socket.stat().st_mode & 0o077 == 0
    assert server.data.stat().st_uid != 0
    assert home.stat().st_mode & 0o777 == (0o711 if AS_ROOT else 0o700)
    for name in ("postgres.password", "postgres.lock", "postgres.users", "postgres.log"):
        assert (home / name).stat().st_mode & 0o777 == 0o600
        assert (home / name).stat().st_uid == os.geteuid()
    server.stop()


def without_password(server: Server) -> str:
    return server.dsn.replace(f":{server.password}@", "@")


def test_only_who_has_the_password_gets_in(home: Path):
    server = Server.ensure(home)
    assert len(server.password) > 40
    for dsn in (without_password(server), server.dsn.replace(server.password, "guessed")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(dsn, passfile=str(home / "none"))
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("CREATE ROLE postgres LOGIN SUPERUSER")  # without a password there is no way in
    for dsn in (server.dsn, without_password(server)):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(dsn, user="postgres", passfile=str(home / "none"))
    shown = subprocess.run(["ps", "-A", "-ww", "-o", "args="], capture_output=True, text=True).stdout
    assert str(server.data) in shown
    assert server.password not in shown
    assert server.password not in server.log.read_text()
    assert not any(server.password in file.read_text(errors="replace") for file in server.data.glob("*.conf"))
    server.stop()


def test_the_service_has_a_login_that_is_the_writer_and_nothing_more(home: Path):
    server = Server.ensure(home)
    assert server.for_service() == server.dsn, "no roles yet: the owner's login is all there is"
    migrate.upgrade(server.dsn)
    for _ in range(2):
        dsn = server.for_service()
        with Database(dsn) as database, database.connection() as connection:
            assert roles.standing(connection) == (True, True, False)
            for change in ("SET ROLE shixian_owner", "SET ROLE shixian", "DELETE FROM casework_events"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(change)
    migrate.upgrade(server.for_service())  # nothing to do, and nothing it may do
    assert (home / "service.password").stat().st_mode & 0o077 == 0
    server.stop()


@pytest.mark.parametrize("lost", [True, False])
def test_a_home_from_before_gets_its_password_at_the_next_start(home: Path, lost: bool):
    server = Server.ensure(home)
    keep(server, 4)
    server.stop()
    before = server.password
    (server.data / "pg_hba.conf").write_text("local all all trust\n")
    for name in ("postgres.lock", "postgres.users", "postgres.log"):
        (home / name).chmod(0o644)
    if lost:
        (home / "postgres.password").unlink()
    again = Server.ensure(home)
    assert (again.password != before) == lost
    assert rows(again) == 4
    assert all((home / name).stat().st_mode & 0o077 == 0 for name in ("postgres.lock", "postgres.log"))
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without_password(again), passfile=str(home / "none"))
    again.stop()


def test_an_old_primary_gets_its_password_without_a_standby_that_confirms_it(home: Path):
    """C1: one that waited for a standby that is gone would never start."""
    server = Server.ensure(home)
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (gone)'")
    server.stop()
    (home / "postgres.password").unlink()
    again = Server.ensure(home)
    with psycopg.connect(again.dsn) as connection:
        assert connection.execute("SHOW synchronous_standby_names").fetchone() == ("FIRST 1 (gone)",)
    assert again.password != server.password
    again.stop()


def test_a_lost_password_is_replaced_at_the_next_start_and_named_before(home: Path):
    server = Server.ensure(home)
    keep(server, 2)
    (home / "postgres.password").unlink()
    with pytest.raises(ServerError, match=r"postgres\.password"):
        Server.ensure(home)
    server.stop()
    again = Server.ensure(home)
    assert rows(again) == 2
    again.stop()


def test_a_server_that_came_before_passwords_is_adopted(home: Path):
    server = Server.ensure(home)
    (server.data / "pg_hba.conf").write_text("local all all trust\n")
    with psycopg.connect(server.dsn) as connection:
        connection.execute("SELECT pg_reload_conf()")
    (home / "postgres.password").unlink()
    adopted = Server.ensure(home)
    assert not adopted.started
    keep(adopted, 1)
    adopted.stop()
    server.stop()
    again = Server.ensure(home)
    assert again.password == adopted.password
    assert rows(again) == 1
    again.stop()


def test_what_lies_in_the_way_of_a_private_file_is_not_written_through(home: Path):
    home.mkdir()
    (home / "victim").write_text("untouched")
    (home / "rules.new").symlink_to(home / "victim")
    write_private(home / "rules", "ours", Account())
    assert (home / "victim").read_text() == "untouched"
    assert (home / "rules").read_text() == "ours"
    assert (home / "rules").stat().st_mode & 0o777 == 0o600


def test_the_last_user_stops_the_server(home: Path):
    first, second = Server.ensure(home), Server.ensure(home)
    assert (first.started, second.started) == (True, False)
    assert first.postmaster() == second.postmaster()
    first.stop()
    assert second.alive()
    second.stop()
    assert not second.alive()


def test_a_killed_server_comes_back_with_every_committed_row(home: Path):
    server = Server.ensure(home)
    keep(server, 200)
    killed = server.postmaster()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    server.restart()
    assert server.postmaster() != killed
    assert rows(server) == 200
    server.stop()


def test_a_killed_server_that_nobody_reaped_does_not_pass_for_a_live_one(home: Path):
    first = Server.ensure(home)
    keep(first, 5)
    killed = first.postmaster()
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    second = Server.ensure(home)
    assert second.started
    assert rows(second) == 5
    second.stop()
    first.stop()


def test_a_server_left_behind_is_adopted_and_then_stopped(home: Path):
    leave = (
        "import os, sys; from pathlib import Path; from eventstore.embedded import Server;"
        "Server.ensure(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", leave, str(home)]).returncode == -signal.SIGKILL
    adopted = Server.ensure(home)
    assert not adopted.started
    adopted.stop()
    assert adopted.postmaster() is None


def test_the_number_of_another_process_in_the_pid_file_is_no_server(home: Path):
    server = Server.ensure(home)
    server.stop()
    (server.data / "postmaster.pid").write_text(
        f"{os.getppid()}\n{server.data}\n0\n5432\n{server.socket}\n\n\n"
    )
    again = Server.ensure(home)
    assert again.started
    again.stop()


def test_an_interrupted_first_start_is_begun_again(home: Path):
    unfinished = home / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    server = Server.ensure(home)
    assert server.alive()
    server.stop()


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path):
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerError, match=r"PostgreSQL 9.*DATABASE_URL"):
        Server.ensure(home)
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_long_home_gets_a_short_socket(home: Path):
    deep = home / ("深" * 30) / "home"
    server = Server.ensure(deep, {"fsync": "off"})
    try:
        assert len(os.fsencode(server.socket)) < 100
        assert server.alive()
    finally:
        server.stop()
        server.socket.rmdir()


def test_a_socket_folder_that_others_may_enter_is_refused(home: Path):
    socket_folder(home).mkdir(parents=True)
    socket_folder(home).chmod(0o777)
    with pytest.raises(ServerError, match="私有目录"):
        Server.ensure(home)


def test_a_closed_parent_is_named_and_never_opened(home: Path):
    home.mkdir()
    home.chmod(0o700)
    inner = home / "inner"
    if AS_ROOT:
        with pytest.raises(ServerError, match=rf"{home}.*SHIXIAN_HOME"):
            Server.ensure(inner)
    else:
        Server.ensure(inner, {"fsync": "off"}).stop()
    assert home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("gigabytes", "megabytes"), [(1, 128), (4, 256), (8, 512), (24, 1024), (256, 1024)])
def test_c1_buffers_grow_with_the_machine_within_bounds(gigabytes: int, megabytes: int) -> None:
    assert buffers(gigabytes * 1024**3) == megabytes
