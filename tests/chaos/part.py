"""部件: what `shixian serve`, `api`, `project` and `schedule` run, over `build(settings, clock)` with a clock that a file sets.

`python -m tests.chaos.part CLOCK serve|api|project|schedule`
"""

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import httpx

from api import sealing, serving, supervisor, terminal
from api.app import create_app
from api.bootstrap import Services, build
from api.settings import Settings
from projections import leading
from projections.sealer import Sealer
from scheduler.worker import Worker
from tests.chaos.shifted import Shifted

PARTS = ("api", "project", "schedule")


def main(clock: str, name: str) -> int:
    given = terminal.settings()
    if name == "serve":
        return serve(clock, given)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    supervisor.watch_parent()
    supervisor.await_database(given.database_url or "")
    with build(given, Shifted(Path(clock))) as services:
        {"api": api, "project": project, "schedule": schedule}[name](services)
    return 0


def serve(clock: str, given: Settings) -> int:
    """The product's own supervisor, over parts with that clock; the database is prepared already."""
    parts = {name: (sys.executable, "-m", "tests.chaos.part", clock, name) for name in PARTS}

    def ready() -> bool:
        try:
            return httpx.get(f"http://{given.host}:{given.port}/readyz", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    return supervisor.run(parts, ready, given.port, home=given.home, database_url=given.database_url)


def api(services: Services) -> None:
    serving.run(create_app(services), services.settings)


def project(services: Services) -> None:
    stopping = told_to_stop()
    sealer = Sealer(sealing.of(services)).start(stopping)
    leading.run_all(services.database, services.casework, stopping)
    sealer.join()


def schedule(services: Services) -> None:
    name = f"{socket.gethostname()}-{os.getpid()}"
    Worker(services.database, services.casework, services.clock, name=name).run_until_stopped()


def told_to_stop() -> threading.Event:
    stopping = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopping.set())
    return stopping


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
