"""办理: commands over HTTP, one process each – the product as `shixian api` serves it, and the plain service of `crud.py`.

Both are asked by the same clients to put the same proposal on the same petitions, in the same order, and answer once it
is durable. Ours reads each petition's events, which become more from trial to trial; the plain one has one row of each.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import msgspec

from api import demo
from api.bootstrap import build
from api.sessions import open_session
from api.settings import Settings
from bench import clients, crud
from bench.measure import Comparison, Figure
from bench.place import Place
from domain.directory.capacity import act_of
from domain.petition.commands import PetitionerEntry, Register
from eventstore import migrate

CLIENTS = (1, 16, 64)
PETITIONS = 2000
ALONE, MANY, QUICK = 400, 2000, 200
"""Commands of a trial: with one client, with several, in a quick run."""
STARTING = 600
"""Tenths of a second in which a service must have come up."""
WORDS = (
    "反映老旧小区供暖温度不达标的问题",
    "我们小区共有三百余户居民,入冬以来室内温度一直达不到规定标准,多次向供热单位反映未得到解决。" * 3,
)
PROPOSAL = msgspec.json.encode({"opinion": "拟转区住房和城乡建设局办理,十五日内答复来信人并报告结果。"})
FIGURE = Figure("commands", "A command over HTTP", "clients", "shixian", "plain async CRUD")
AT_WORK = Figure(
    "commands-at-work",
    "A command over HTTP, the other parts at work",
    "clients",
    "shixian",
    "plain async CRUD",
)


class Side:
    """一方 — a service that is asked for one proposal after the other; each petition has its turn."""

    def __init__(self, port: int, token: str, ids: list[str]) -> None:
        self._port = port
        sent = [clients.post(f"/v1/petitions/{id}/propose", token, PROPOSAL) for id in ids]
        self._next = cycle(sent)
        self._took: list[float] = []

    def trial(self, commands: int, count: int) -> float:
        """一轮: so many commands by so many clients; the seconds a command."""
        requests = list(islice(self._next, commands))
        begun = perf_counter()
        self._took = clients.run(self._port, requests, count)
        return (perf_counter() - begun) / commands

    def p95(self) -> str:
        """95 分位: of the last trial, as its clients saw it."""
        return f"{quantiles(self._took, n=20)[-1] * 1000:.1f} ms"


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: with nothing else at work, then with the parts that keep the read models and watch the limits."""
    with ExitStack() as stack:
        dsn, plain = (stack.enter_context(place.empty()) for _ in range(2))
        settings = Settings(home=place.server.home / "commands", database_url=dsn)
        token, ids = prepared(settings, QUICK if place.quick else PETITIONS)
        crud.prepare(plain, token, ids, WORDS)
        ports = free_port(), free_port()
        ours, theirs = (Side(port, token, ids) for port in ports)
        told = {"SHIXIAN_HOME": str(settings.home), "DATABASE_URL": dsn, "SHIXIAN_PORT": str(ports[0])}
        stack.enter_context(running(settings.home, "api.cli", "api", port=ports[0], told=told))
        stack.enter_context(running(settings.home, "bench.crud", str(ports[1]), plain, port=ports[1]))
        for side in (ours, theirs):
            side.trial(QUICK, 16)  # what a process does once is done
        counts = place.sizes(CLIENTS, quick=(16,))
        for count in counts:
            yield compared(place, FIGURE, count, ours, theirs)
        for part in ("project", "schedule"):
            stack.enter_context(running(settings.home, "api.cli", part, told=told))
        for count in counts:
            yield compared(place, AT_WORK, count, ours, theirs)


def compared(place: Place, figure: Figure, count: int, ours: Side, theirs: Side) -> Comparison:
    """比较: at one number of clients; what is promised is promised for many."""
    commands = QUICK if place.quick else ALONE if count == 1 else MANY
    return Comparison(
        name=f"{figure.name}-{count}",
        what=f"{figure.title}, {count} client{'s' if count > 1 else ''}",
        against="async FastAPI + psycopg: row and audit row",
        unit="commands/s",
        goal=1 if count > 1 and figure is FIGURE else None,
        figure=figure,
        size=count,
        ours=lambda: ours.trial(commands, count),
        theirs=lambda: theirs.trial(commands, count),
        note=lambda: f"p95 {ours.p95()}, comparator {theirs.p95()}",
    )


def prepared(settings: Settings, petitions: int) -> tuple[str, list[str]]:
    """备好: the demo office with so many petitions more; a token of its clerk, and the petitions' ids."""
    migrate.upgrade(settings.database_url or "")
    with build(settings) as services:
        demo.seed(services)
        act = act_of(services.casework.directory(), "office", services.clock())
        letter = Register("letter", "appeal", *WORDS, petitioners=(PetitionerEntry("王某"),))
        ids = [str(services.casework.register(letter, act).id) for _ in range(petitions)]
        return open_session(services, "office")[0], ids


@contextmanager
def running(
    home: Path, module: str, *arguments: str, port: int | None = None, told: Mapping[str, str] | None = None
) -> Iterator[int]:
    """运行: a process of its own, until the block ends; with a port, from when it listens there. Answers its id."""
    with (home / f"{module}.log").open("ab") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=written,
            stderr=written,
            env={**os.environ, **(told or {})},
        )
        try:
            for _ in range(STARTING):
                if port is None or listens(port):
                    break
                try:
                    code = process.wait(0.1)
                except subprocess.TimeoutExpired:
                    continue
                raise RuntimeError(f"{module} ended with {code}")
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def listens(port: int) -> bool:
    """已监听: whether anybody takes a connection on the port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """空闲端口: one that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])
