"""命令行: `shixian …`. The processes of the service are started here; what is done with records is in `cli_records`.

A command imports what it runs when it runs: every part of the service is a process of its own, and starts the sooner.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from api import (
    cli_backup,
    cli_dossier,
    cli_keys,
    cli_office,
    cli_records,
    cli_verify,
    clock,
    key_upkeep,
    supervisor,
    terminal,
)
from api.bootstrap import build
from api.settings import Settings
from eventstore import key_binding

if TYPE_CHECKING:
    import httpx

main = typer.Typer(
    name="shixian",
    help="时限：信访与督查事项的登记、流转、时限与预警。 Tracks petitions and supervision items against their time limits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

PARTS = ("api", "project", "schedule")


@main.command()
def serve(
    empty: Annotated[
        bool, typer.Option("--empty", help="不建演示机关。 Without the demo office and its accounts.")
    ] = False,
) -> None:
    """启动全部服务。 Start everything: the database, the HTTP service, the read models and the scheduler."""
    import httpx

    from api import account_codes, demo
    from eventstore import migrate as migrations

    given = terminal.settings()
    without_demo = empty or given.empty
    _must_be_free(given)

    def prepare(dsn: str) -> list[str]:
        key_binding.bound(dsn, given.keys_folder)  # refused before anything is changed
        migrations.upgrade(dsn)
        with build(replace(given, database_url=dsn)) as services:
            key_upkeep.seal_what_is_plain(services.database, services.keys, cli_keys.said)
            if not without_demo:
                demo.seed(services)
                return []
            code = account_codes.first_code(services)
        address = f"http://127.0.0.1:{given.port}"
        return [f"shixian setup {address}{account_codes.page(code)}"] if code is not None else []

    parts = {name: (sys.executable, "-P", "-m", "api.cli", name) for name in PARTS}
    with terminal.plain_errors(), httpx.Client(timeout=2.0, trust_env=False) as client:
        if given.database_url:
            terminal.must_be_usable(given.database_url)
        code = supervisor.run(
            parts,
            lambda: _is_ready(client, given),
            given.port,
            home=given.home,
            database_url=given.database_url,
            prepare=prepare,
        )
    if code == supervisor.INTERRUPTED:
        terminal.stop(terminal.INTERRUPTED, code)
    raise typer.Exit(code)


@main.command()
def api() -> None:
    """只运行 HTTP 服务和后台导入。 Run the HTTP service and the imports alone."""
    from api import serving
    from api.app import create_app
    from api.imports import ImportWorker

    with _part() as given, build(given) as services:
        worker = ImportWorker(services)
        worker.start()
        try:
            serving.run(create_app(services), given)
        finally:
            worker.stop()


@main.command()
def project() -> None:
    """只运行读模型的更新和日志封存。 Keep the read models up with the log, and the log sealed."""
    from api import sealing
    from projections import leading
    from projections.sealer import Sealer

    stopping = threading.Event()
    with _part() as given, build(given) as services:
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: stopping.set())
        sealer = Sealer(sealing.of(services)).start(stopping)
        leading.run_all(services.database, services.casework, stopping)
        sealer.join()


@main.command()
def schedule() -> None:
    """只运行定时任务：巡查期限、发送预警。 Run the scheduler: sweeps due dates, sends alerts."""
    from scheduler.worker import Worker

    with _part() as given, build(given) as services:
        name = f"{socket.gethostname()}-{os.getpid()}"
        Worker(services.database, services.casework, clock.now, name=name).run_until_stopped()


@main.command()
def migrate() -> None:
    """建立或升级数据库结构。 Bring the database to the newest schema."""
    from eventstore import migrate as migrations

    given = terminal.settings()
    with terminal.plain_errors(), terminal.database(given) as dsn:
        before = migrations.current(dsn)
        key_binding.bound(dsn, given.keys_folder)  # refused before anything is changed
        migrations.upgrade(dsn)
        after = migrations.current(dsn)
        with build(replace(given, database_url=dsn)) as services:
            key_upkeep.seal_what_is_plain(services.database, services.keys, cli_keys.said)
    terminal.out.print(
        f"数据库版本：{after}" + ("（无需升级）" if before == after else f"（原为 {before or '空'}）")
    )


@main.command()
def seed() -> None:
    """在空库中建立演示机关。 Found the demo office in an empty database."""
    from api import demo

    with terminal.services() as services:
        done = demo.seed(services)
    terminal.out.print("演示机关已建立。" if done else "已有机构，未作更改。")


@contextmanager
def _part() -> Iterator[Settings]:
    """A process of the service: ends with its supervisor, and on SIGTERM in good order."""
    given = terminal.settings()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor.watch_parent()
    with terminal.plain_errors(), terminal.beside(given) as known:
        supervisor.await_database(known.database_url or "")
        yield known


def _must_be_free(given: Settings) -> None:
    """Somebody else's answer on our port must not pass for ours."""
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((given.host, given.port))
        except OSError as error:
            terminal.stop(
                f"无法在 {given.host}:{given.port} 监听（{error.strerror}）；可用 SHIXIAN_PORT 换一个端口。"
            )


def _is_ready(client: "httpx.Client", given: Settings) -> bool:
    import httpx

    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(given.host, given.host)
    try:
        return client.get(f"http://{f'[{host}]' if ':' in host else host}:{given.port}/readyz").is_success
    except httpx.HTTPError:
        return False


cli_records.add(main)
cli_office.add(main)
cli_dossier.add(main)
cli_verify.add(main)
cli_keys.add(main)
cli_backup.add(main)

if __name__ == "__main__":
    main()
