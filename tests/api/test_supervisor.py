"""The process tree: what dies is started again, and nothing outlives the supervisor."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from eventstore.binaries import is_postgres
from eventstore.embedded import PORT, Server
from tests.chaos.proxy import Proxy

SUPERVISOR = """
import sys, json
from pathlib import Path
import structlog
structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
from api import supervisor
supervisor.LONGEST_PAUSE = 0.2
where, parts, url = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3]
wanted = len(parts)
sys.exit(supervisor.run(
    {name: [sys.executable, "-c", program, str(where), name] for name, program in parts.items()},
    ready=lambda: len({p.name.split("-")[0] for p in where.iterdir()}) == wanted,
    port=8000,
    home=where.parent / "home",
    database_url=url or None,
))
"""
PATIENT = """
import os, signal, sys
from pathlib import Path
from api import supervisor
supervisor.watch_parent(grace=0.5)
folder, name = Path(sys.argv[1]), f"{sys.argv[2]}-{os.getpid()}"
(folder.parent / name).write_text(os.environ["DATABASE_URL"])
(folder.parent / name).rename(folder / name)
signal.pause()
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + PATIENT.replace(
    "signal.pause()", "while True: signal.pause()"
)
SHORT_LIVED = "raise SystemExit(3)"


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        pause.wait(0.02)


def is_alive(pid: int) -> bool:
    """Running and not a zombie that its adoptive parent has yet to reap."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Tree:
    """A supervisor under test, with the folder in which its parts sign in."""

    def __init__(self, home: Path, parts: dict[str, str], url: str) -> None:
        self.home = home / "home"
        self.signed_in = home / "parts"
        self.signed_in.mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(self.signed_in), json.dumps(parts), url],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def first_line(self) -> str:
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], 30.0)
        return self.process.stdout.readline() if readable else ""

    def pids(self, name: str) -> list[int]:
        return [int(path.name.split("-")[1]) for path in self.signed_in.glob(f"{name}-*")]

    def pid(self, name: str) -> int:
        [running] = [pid for pid in self.pids(name) if is_alive(pid)]
        return running

    def end(self, order: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(order)
        return self.process.wait(30)


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Tree]]:
    begun: list[Tree] = []

    def begin(parts: dict[str, str], url: str = "postgresql:///unused") -> Tree:
        begun.append(Tree(home, parts, url))
        return begun[-1]

    yield begin
    for tree in begun:
        tree.process.kill()
        tree.process.wait()
        assert tree.process.stdout is not None
        tree.process.stdout.close()
        for path in tree.signed_in.iterdir():
            if is_alive(pid := int(path.name.split("-")[1])):
                os.kill(pid, signal.SIGKILL)
        if tree.home.exists():
            Server(tree.home, {}).stop()


def test_it_says_ready_when_all_parts_are_up_and_ends_cleanly(serve: Callable[..., Tree]):
    tree = serve({"api": PATIENT, "project": PATIENT})
    assert tree.first_line() == "shixian ready http://127.0.0.1:8000\n"
    parts = [tree.pid("api"), tree.pid("project")]
    assert tree.end() == 0
    assert not any(map(is_alive, parts))


def test_a_killed_part_is_started_again(serve: Callable[..., Tree]):
    tree = serve({"api": PATIENT, "project": PATIENT})
    tree.first_line()
    other, killed = tree.pid("api"), tree.pid("project")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: len(tree.pids("project")) == 2)
    assert tree.pid("project") != killed
    assert tree.pid("api") == other
    assert tree.end(signal.SIGINT) == 0


@pytest.mark.parametrize("program", [PATIENT, STUBBORN], ids=["polite", "deaf to SIGTERM"])
def test_parts_end_when_the_supervisor_is_killed(serve: Callable[..., Tree], program: str):
    tree = serve({"api": program, "schedule": program})
    tree.first_line()
    parts = [tree.pid("api"), tree.pid("schedule")]
    assert tree.end(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not any(map(is_alive, parts)))


def test_a_second_interrupt_hurries(serve: Callable[..., Tree]):
    tree = serve({"api": STUBBORN})
    tree.first_line()
    part = tree.pid("api")
    tree.process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        tree.process.wait(0.5)
    assert tree.end(signal.SIGINT) == 0
    assert not is_alive(part)


def test_told_to_stop_before_it_is_ready_it_says_so_by_its_code(serve: Callable[..., Tree]):
    tree = serve({"api": PATIENT, "project": "import signal; signal.pause()"})
    eventually(lambda: bool(tree.pids("api")))
    assert tree.end(signal.SIGINT) == 130


def test_a_part_that_never_lives_makes_it_give_up(serve: Callable[..., Tree]):
    tree = serve({"api": SHORT_LIVED})
    assert tree.process.wait(60) == 1
    assert tree.first_line() == ""


WAITING = PATIENT.replace(
    "folder, name", "supervisor.await_database(os.environ['DATABASE_URL'])\nfolder, name", 1
)


def test_a_part_that_starts_while_the_database_is_away_waits_for_it(
    serve: Callable[..., Tree], home: Path, server: Server, database_dsn: str
):
    """It has loaded its program, which takes seconds; dying and beginning anew would cost them again (C1, issue 6)."""
    folder = home / "line"
    tree = serve({"api": WAITING}, url=make_conninfo(database_dsn, host=str(folder)))
    eventually(lambda: bool(tree.process.pid and children(tree.process.pid)))
    [part] = children(tree.process.pid)
    with pytest.raises(subprocess.TimeoutExpired):
        tree.process.wait(1.5)
    assert tree.pids("api") == []
    with closing(Proxy(folder, server.socket / f".s.PGSQL.{PORT}")):
        tree.first_line()
        assert tree.pids("api") == [part]
    assert tree.end() == 0


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_killed_database_comes_back_under_running_parts(serve: Callable[..., Tree]):
    tree = serve({"api": PATIENT}, url="")
    tree.first_line()
    part = tree.pid("api")
    dsn = (tree.signed_in / f"api-{part}").read_text()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    pid_file = tree.home / "postgres" / "postmaster.pid"
    killed = int(pid_file.read_text().split()[0])
    os.kill(killed, signal.SIGKILL)

    def answers() -> bool:
        try:
            with psycopg.connect(dsn) as connection:
                return connection.execute("SELECT one FROM kept").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    eventually(answers)
    server = int(pid_file.read_text().split()[0])
    assert server != killed
    assert tree.pid("api") == part
    assert tree.end() == 0
    assert not is_postgres(server)
