"""What an operator can put right is said in a sentence of both languages: no traceback, no address, no password."""

import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from socket import create_server
from uuid import uuid4

import psycopg
import pytest
import structlog
from psycopg import sql
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from api.cli import main

ROOT = Path(__file__).parents[2]
Said = Callable[..., str]
PASSWORD = "s3cret-Pa55word"
AWAY = f"postgresql://bob:{PASSWORD}@127.0.0.1:1/shixian"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "api.entry", *arguments]


def environment(dsn: str, home: Path) -> dict[str, str]:
    own = {"DATABASE_URL": dsn, "SHIXIAN_HOME": str(home), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return {**os.environ, **own}


@pytest.fixture
def said(tmp_path: Path) -> Iterator[Said]:
    """The sentence that a command ended with."""
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]

    def runs(dsn: str, *arguments: str) -> str:
        done = CliRunner().invoke(main, arguments, env=environment(dsn, tmp_path))
        assert done.exit_code != 0, done.stdout
        assert isinstance(done.exception, SystemExit), repr(done.exception)
        is_plain(done.stdout + done.stderr)
        return done.stderr

    yield runs
    structlog.reset_defaults()
    root.handlers[:] = handlers


def is_plain(output: str) -> None:
    assert "Traceback" not in output, output
    assert PASSWORD not in output
    assert "postgresql://bob" not in output
    assert re.search(r"[\u4e00-\u9fff].*[a-z]{3,}", output), output


@pytest.mark.parametrize("arguments", [("check",), ("migrate",), ("serve",), ("api",)])
@pytest.mark.parametrize(
    "dsn",
    [
        f"mysql://bob:{PASSWORD}@127.0.0.1/shixian",
        f"postgresql://bob:%zz{PASSWORD}@127.0.0.1/shixian",
        f"host=127.0.0.1 {PASSWORD}",
    ],
    ids=["scheme", "escape", "words"],
)
def test_an_address_that_is_none(said: Said, dsn: str, arguments: tuple[str, ...]) -> None:
    assert "DATABASE_URL" in said(dsn, *arguments)


@pytest.mark.parametrize("arguments", [("check",), ("migrate",), ("serve",), ("rebuild",)])
def test_a_server_that_is_away(said: Said, arguments: tuple[str, ...]) -> None:
    assert "Cannot reach the database" in said(AWAY, *arguments)


def test_a_part_whose_server_is_away(tmp_path: Path) -> None:
    done = subprocess.run(
        command("api"), env=environment(AWAY, tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    is_plain(done.stderr)
    assert "Cannot reach the database" in done.stderr


@pytest.fixture
def stranger(server_dsn: str, database_dsn: str) -> Iterator[str]:
    """The address of the test's database for a role that may do nothing there."""
    role = f"stranger_{uuid4().hex}"
    with psycopg.connect(server_dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        yield make_conninfo(database_dsn, options=f"-c role={role}")
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.mark.parametrize("arguments", [("check",), ("migrate",), ("serve",), ("seed",)])
def test_a_role_without_rights(said: Said, stranger: str, arguments: tuple[str, ...]) -> None:
    assert "lacks rights" in said(stranger, *arguments)


@pytest.mark.parametrize("arguments", [("check",), ("migrate",), ("serve",)])
def test_a_database_that_cannot_keep_chinese(said: Said, server_dsn: str, arguments: tuple[str, ...]) -> None:
    name = f"ascii_{uuid4().hex}"
    with psycopg.connect(server_dsn, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0").format(
                sql.Identifier(name)
            )
        )
        try:
            assert "UTF8" in said(make_conninfo(server_dsn, dbname=name), *arguments)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_an_argument_that_is_no_text(database_dsn: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*command("replay"), b"\xff\xfe"],
        env=environment(database_dsn, tmp_path),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode not in {0, -1}
    is_plain((done.stdout + done.stderr).decode("utf-8", "replace"))


@pytest.mark.parametrize("arguments", [("check",), ("serve",), ("api",)])
def test_ctrl_c_while_it_starts(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A server that takes the call and says nothing keeps the command waiting for as long as it likes."""
    with closing(create_server(("127.0.0.1", 0))) as deaf:
        deaf.settimeout(60)
        dsn = f"postgresql://bob:{PASSWORD}@127.0.0.1:{deaf.getsockname()[1]}/shixian"
        starting = subprocess.Popen(
            command(*arguments),
            env=environment(dsn, tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # a run in the background ignores it
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        with closing(deaf.accept()[0]):
            starting.send_signal(signal.SIGINT)
            out, err = starting.communicate(timeout=60)
    assert starting.returncode == 130, err
    is_plain(out + err)
    assert "Interrupted" in err


def test_ctrl_c_while_it_loads(tmp_path: Path) -> None:
    loading = "import os, signal; os.kill(os.getpid(), signal.SIGINT)"
    (tmp_path / "typer.py").write_text(loading)
    done = subprocess.run(
        command("check"),
        env=environment(AWAY, tmp_path) | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    assert done.returncode == 130
    is_plain(done.stderr)
