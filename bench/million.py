"""百万件: one service each over offices with a thousand petitions, and more, and a million – a case's data, pages of the ledger,
and the memory of the process that serves them, all over HTTP.

The offices are the demo's, filled up by the database itself (`filling`, `histories`). Every service is asked the same in
the same order, so that its memory has seen as much as the others'.
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import fmean, median, quantiles
from urllib.parse import urlencode

from api import demo
from api.bootstrap import build
from api.sessions import open_session
from api.settings import Settings
from bench import clients, filling, histories
from bench.commands import free_port, running
from bench.measure import Comparison, Figure
from bench.place import Place
from eventstore import migrate
from projections import runner

SIZES = (1_000, 10_000, 100_000, 1_000_000)
QUICK = (1_000, 10_000)
LEDGERS_FROM = 10_000
"""Petitions of the office that the ledger pages of larger ones are compared with."""
ASKED = 200
"""Petitions whose page is asked for, one after the other."""
CASE = Figure(
    "case-page", "A petition with its clocks, over HTTP", "petitions", "shixian", "the smallest office"
)
LEDGER = Figure(
    "ledger-page", "Three filters and a search, over HTTP", "petitions", "shixian", "10,000 petitions"
)
MEMORY = Figure("memory", "Memory of the serving process", "petitions", "shixian", "the smallest office")
FILTERS = (
    {"unit": "unit-a", "stage": "signed_off", "channel": "visit"},
    {"state": "closed", "category": "appeal", "channel": "online"},
    {"state": "open", "unit": "unit-b", "channel": "letter"},
    {"stage": "archived", "category": "appeal", "received_from": "2024-06-01"},
)
WORDS = ("供暖", "鎏鑫", "夜间施工 东湖", "违章搭建影响采光", "拖欠工资", "邻里", "学区", "石桥镇 路灯")
ORDINARY = ("limit=50", "state=open", "light=red", "unit=unit-a&overdue=true", "urgent=true&repeat=true")
"""Pages without words, which the memory has seen too."""


class Office:
    """机关 — the port and the process of a service, a clerk's token, and the petitions that are asked for."""

    def __init__(self, port: int, pid: int, token: str, ids: Sequence[str]) -> None:
        self._port, self._pid = port, pid
        self._cases = [
            clients.get(f"/v1/petitions/{id}{part}", token) for id in ids for part in ("", "/deadlines")
        ]
        self._pages = [
            clients.get(f"/v1/petitions?{urlencode({**filters, 'q': words})}", token)
            for filters in FILTERS
            for words in WORDS
        ]
        self._others = [clients.get(f"/v1/petitions?{one}", token) for one in ORDINARY]
        self._took: list[float] = []

    def cases(self) -> float:
        """案件页: seconds that a petition and its clocks take, at the median."""
        took = clients.run(self._port, self._cases, 1)
        return median(first + second for first, second in zip(took[::2], took[1::2], strict=True))

    def pages(self) -> float:
        """台账页: seconds that a page takes, on average over all filters and words."""
        self._took = clients.run(self._port, self._pages, 1)
        return fmean(self._took)

    def p95(self) -> str:
        """95 分位: of the pages of the last trial."""
        return f"{quantiles(self._took, n=20)[-1] * 1000:.0f} ms"

    def slow(self) -> float:
        """慢页: seconds of the 95th of a hundred pages."""
        return quantiles(clients.run(self._port, self._pages, 1), n=20)[-1]

    def memory(self) -> float:
        """内存: megabytes that the process holds, having answered everything."""
        for asked in (self._cases, self._pages, self._others):
            clients.run(self._port, asked, 4)
        held = next(
            line
            for line in Path(f"/proc/{self._pid}/status").read_text().splitlines()
            if line.startswith("VmRSS")
        )
        return int(held.split()[1]) / 1024


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: each office beside the smallest, the ledger's beside the one with 10,000."""
    with ExitStack() as stack:
        sizes = place.sizes(SIZES, quick=QUICK)
        offices = {size: stack.enter_context(_office(place, size)) for size in sizes}
        smallest, compared = offices[sizes[0]], offices[LEDGERS_FROM if LEDGERS_FROM in offices else sizes[0]]
        for size, office in offices.items():
            yield Comparison(
                name=f"case-page-{size}",
                what=f"petition and clocks among {size:,}",
                against=f"among {sizes[0]:,}",
                unit="ms",
                goal=1.5,
                at_most=True,
                figure=CASE,
                size=size,
                ours=office.cases,
                theirs=smallest.cases,
            )
            yield Comparison(
                name=f"ledger-page-{size}",
                what=f"ledger of {size:,}: three filters and a search",
                against="ledger of 10,000",
                unit="ms",
                goal=3,
                at_most=True,
                figure=LEDGER,
                size=size,
                ours=office.pages,
                theirs=compared.pages,
                note=lambda office=office: f"p95 {office.p95()}",  # type: ignore[misc] # no type fits a default that binds
            )
            yield Comparison(
                name=f"ledger-p95-{size}",
                what=f"ledger of {size:,}: 95th of a hundred such pages",
                against="ledger of 10,000",
                unit="ms",
                ceiling=200,
                at_most=True,
                ours=office.slow,
                theirs=compared.slow,
            )
            yield Comparison(
                name=f"memory-{size}",
                what=f"memory of the serving process, {size:,} petitions",
                against=f"{sizes[0]:,} petitions",
                unit="MB",
                goal=1.2,
                at_most=True,
                figure=MEMORY,
                size=size,
                ours=office.memory,
                theirs=smallest.memory,
            )


@contextmanager
def _office(place: Place, count: int) -> Iterator[Office]:
    """机关: filled up, and served by a process of its own."""
    with place.empty() as dsn:
        settings = Settings(home=place.server.home / f"office-{count}", database_url=dsn)
        token, ids = _filled(settings, dsn, count)
        port = free_port()
        told = {"SHIXIAN_HOME": str(settings.home), "DATABASE_URL": dsn, "SHIXIAN_PORT": str(port)}
        with running(settings.home, "api.cli", "api", port=port, told=told) as pid:
            yield Office(port, pid, token, ids)


def _filled(settings: Settings, dsn: str, count: int) -> tuple[str, list[str]]:
    migrate.upgrade(dsn)
    with build(settings) as services:
        demo.seed(services)
        runner.catch_up(services.database, services.casework)
        filling.fill(dsn, count)
        ids = histories.fill(services.casework, dsn, count, ASKED)
        return open_session(services, "office")[0], [str(id) for id in ids]
