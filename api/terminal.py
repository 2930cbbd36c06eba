"""终端: what the command line's parts share – the console, the services over the right database, messages for people."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import psycopg
import typer
from rich.console import Console

from api import logs
from api.bootstrap import Services, build
from api.settings import SettingError, Settings
from domain.errors import Refused
from eventstore.binaries import ServerError
from eventstore.embedded import Server
from eventstore.keyfile import KeysUnusable

INTERRUPTED = "已中断。 Interrupted."
CONNECT_LIMIT = 10
"""Seconds to wait for a server that doesn't answer."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def stop(message: str, code: int = 1) -> NoReturn:
    """停止: with a message on standard error."""
    err.print(message, markup=False)
    raise typer.Exit(code)


def settings() -> Settings:
    """设置: from the environment; a wrong one ends the command with code 2."""
    try:
        found = Settings.read()
    except SettingError as error:
        stop(str(error), 2)
    logs.configure(found.log_level)
    return found


@contextmanager
def plain_errors() -> Iterator[None]:
    """直说: what a person can do something about is said in a sentence, without a traceback."""
    try:
        yield
    except Refused as refused:
        stop(refused.message)
    except ServerError as error:
        stop(f"数据库：{error}")
    except KeysUnusable as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop(INTERRUPTED, 130)
    except UnicodeEncodeError:
        stop("参数含有无法识别的字符，应为 UTF-8。 An argument is not UTF-8.", 2)
    except Exception as error:
        fault = _of_the_database(error)
        if fault is None:
            raise
        stop(fault)


def _of_the_database(error: BaseException) -> str | None:
    """What to say of an error that the database raised, whoever passed it on; None of any other. Never its own message,
    which may quote the address or what is stored."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, psycopg.Error):
        cause = cause.__cause__
    if cause is None:
        return None
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return (
            "数据库账号权限不足，需要在所用的库中建表和读写；服务账户只属 shixian_writer 的，请用所有者账户执行 shixian migrate。"
            " The database role lacks rights: it must be allowed to create and use tables."
        )
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return (
            f"数据库无法连接（{type(cause).__name__}），请检查 DATABASE_URL 和数据库服务。"
            " Cannot reach the database; check DATABASE_URL and the server."
        )
    return (
        f"数据库拒绝了操作（{type(cause).__name__}），请用 shixian check 检查。"
        " The database refused; try shixian check."
    )


def must_be_usable(dsn: str) -> None:
    """核对数据库: that it answers and can keep Chinese texts."""
    with psycopg.connect(dsn, connect_timeout=CONNECT_LIMIT) as connection:
        encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        stop(f"数据库编码应为 UTF8，实为 {encoding}。 The database must be encoded in UTF8, not {encoding}.")


@contextmanager
def database(given: Settings) -> Iterator[str]:
    """数据库地址: the one set, or the embedded server's, which is started if nobody runs it and left as it was found."""
    if given.database_url:
        must_be_usable(given.database_url)
        yield given.database_url
        return
    server = Server.ensure(given.home)
    try:
        yield server.dsn
    finally:
        server.stop()


@contextmanager
def beside(given: Settings) -> Iterator[Settings]:
    """在旁运行: the settings of a part that runs by itself – with the address that is set, or with the embedded server that runs
    on the home already. The server stays for as long as the part does."""
    if given.database_url:
        yield given
        return
    if not _runs_on(given.home):
        stop(
            f"{given.home} 的内置数据库没有运行，或者无权使用：请先用 shixian serve 启动全部服务，或设置 DATABASE_URL。"
            " No server runs on this home: start shixian serve, or set DATABASE_URL.",
            2,
        )
    server = Server.ensure(given.home)
    try:
        yield replace(given, database_url=server.for_service())
    finally:
        server.stop()


def _runs_on(home: Path) -> bool:
    with suppress(PermissionError):
        return (home / "postgres").exists() and Server(home, {}).alive()
    return False


@contextmanager
def services(*, migrated: bool = True) -> Iterator[Services]:
    """服务: for one command; the database is brought to the newest schema first. SIGTERM ends it like Ctrl-C."""
    given = settings()
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with plain_errors(), database(given) as dsn:
            if migrated:
                from eventstore import migrate  # brings in alembic, which the service's parts do without

                migrate.upgrade(dsn)
            with build(replace(given, database_url=dsn)) as made:
                yield made
    finally:
        signal.signal(signal.SIGTERM, before)
