"""终端: what the command line's parts share – the console, the services over the right database, messages for people."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
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
        stop(f"内置数据库：{error}")
    except psycopg.OperationalError as error:
        stop(f"数据库无法连接（{type(error).__name__}）。请检查 DATABASE_URL 和数据库服务。")


@contextmanager
def database(given: Settings) -> Iterator[str]:
    """数据库地址: the one set, or the embedded server's, which is started if nobody runs it and left as it was found."""
    if given.database_url:
        yield given.database_url
        return
    server = Server.ensure(given.home)
    try:
        yield server.dsn
    finally:
        server.stop()


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
