"""各页: what a page weighs and how long the service takes to make it, with 100,000 petitions and with 1,000.

Both offices are the demo's, with further petitions of two years in them, most of them closed. The ratio is that of the
small office's time to the large one's: 1 says that a page doesn't care how many cases there are.
"""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal
from lxml import html

from api.app import create_app
from api.bootstrap import Services
from api.console.statics import ADDRESS
from api.cookies import SESSION
from api.demo import seed
from api.sessions import open_session
from api.settings import Settings
from bench import cases
from bench.measure import Comparison, each
from bench.place import Place
from domain.acts import envelope
from domain.facts import Fact
from domain.petition import events
from eventstore.keys import Keys
from projections import runner

MANY, FEW = 100_000, 1_000
BATCH = 500
LOADS = 3
"""Loads of a page in a trial."""
NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
FIRST, DAYS = date(2025, 1, 2), 650
OPEN_EVERY = 20
"""One petition in so many is still being handled."""
DEARER = 3
"""A page over a hundred times as many cases takes at most three times as long."""
PAGES = {
    "desk": ("office", "/console"),
    "register": ("office", "/console/register"),
    "one petition": ("office", "/console/petitions/{case}"),
    "petitions": ("office", "/console/petitions"),
    "supervision items": ("inspector", "/console/supervision-items"),
    "deadlines": ("office-head", "/console/deadlines"),
    "alerts": ("office-head", "/console/alerts"),
    "statistics": ("leader", "/console/statistics"),
}
"""页面: what is opened, by whom."""


@dataclass(frozen=True)
class Office:
    """机关 — an office whose pages can be opened."""

    portal: BlockingPortal
    http: httpx.AsyncClient
    services: Services
    case: UUID

    def open(self, page: str) -> bytes:
        """打开页面: as its officer. Raises AssertionError for anything but the page."""
        username, path = PAGES[page]
        return self._get(path.format(case=self.case), open_session(self.services, username)[0])

    def opening(self, page: str) -> float:
        """开页用时: of one load, with a session that is there already."""
        username, path = PAGES[page]
        token = open_session(self.services, username)[0]
        return each(LOADS, lambda: self._get(path.format(case=self.case), token))

    def weight(self, page: str) -> tuple[int, int]:
        """页面重量: bytes of the page with everything it loads at once, and how many requests that takes."""
        content = self.open(page)
        loaded = html.fromstring(content).xpath("//link/@href | //script/@src | //img/@src")
        files = [one for one in dict.fromkeys(loaded) if one.startswith(ADDRESS)]
        return len(content) + sum(len(self._get(one, None)) for one in files), 1 + len(files)

    def _get(self, path: str, token: str | None) -> bytes:
        headers = {} if token is None else {"Cookie": f"{SESSION}={token}"}
        answer = self.portal.call(lambda: self.http.get(path, headers=headers))
        if answer.status_code != 200:
            raise AssertionError(f"{path} answered {answer.status_code}")
        return answer.content


def comparisons(place: Place) -> Generator[Comparison]:
    """比较: the same page of the office with many cases and of the one with few."""
    for size in place.sizes((MANY,), quick=(2 * FEW,)):
        with ExitStack() as stack:
            many, few = (stack.enter_context(_office(place, count)) for count in (size, FEW))
            for page in PAGES:
                weight, requests = many.weight(page)
                yield Comparison(
                    name=f"page-{page}-{size}".replace(" ", "-"),
                    what=f"page “{page}” with {size:,} petitions ({weight / 1024:,.0f} KB, {requests} requests)",
                    against=f"with {FEW:,} petitions",
                    unit="ms",
                    goal=DEARER,
                    at_most=True,
                    ours=partial(many.opening, page),
                    theirs=partial(few.opening, page),
                )


@contextmanager
def _office(place: Place, count: int) -> Iterator[Office]:
    with place.ours() as (database, casework):
        settings = Settings(home=Path(place.server.home), database_url=database.dsn, beat=0)
        services = Services(settings, lambda: NOW, database, casework, Keys.open(place.server.home / "keys"))
        seed(services)
        case = uuid4()
        for first in range(0, count, BATCH):
            made = [fact for serial in range(first, first + BATCH) for fact in _petition(serial, case)]
            casework.save(*made)
        runner.catch_up(database, casework)
        with database.connection() as connection:
            connection.execute("ANALYZE")
        with start_blocking_portal() as portal:
            transport = httpx.ASGITransport(create_app(services))
            http = httpx.AsyncClient(transport=transport, base_url="http://office.test", timeout=120)
            yield Office(portal, http, services, case)
            portal.call(http.aclose)


def _petition(serial: int, first_case: UUID) -> Iterator[Fact]:
    """A petition like those of the other benchmarks, on its own day; the first bears the id asked for."""
    case, on = first_case if serial == 0 else uuid4(), FIRST + timedelta(days=serial % DAYS)
    registered = next(cases.history(case, serial + 1, 2))
    fields = {name: getattr(registered, name) for name in registered.__struct_fields__}
    yield events.Registered(**fields | {"on": on, "subject": f"{cases.SUBJECT}（{serial}）"})
    closed = envelope(case, 2, cases.CLERK, on=on + timedelta(days=1))
    if serial % OPEN_EVERY:
        yield events.Withdrawn(**closed, reason="已经解决")
    else:
        yield events.Accepted(**closed)
