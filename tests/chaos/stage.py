"""场景: an office on a database of its own, those who send to it, and those who receive from it."""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from secrets import token_urlsafe
from uuid import uuid4

import httpx
import psycopg
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from api.bootstrap import Services, build
from api.holders import API_TOKEN, digest
from api.settings import Settings
from domain.acts import legal_date
from domain.errors import Refused
from eventstore import migrate, seal_status
from eventstore.binaries import ServerError
from eventstore.embedded import Server
from projections import tracking
from projections.catalogue import VIEWS
from scheduler import outbox, push, roster, subscriptions, sweep
from scheduler.channels import parse_channel
from tests.api import town
from tests.chaos.load import Follower, Journal, Writer
from tests.chaos.receivers import SECRET, Behave, Receiver, plain, receiving
from tests.chaos.shifted import Shifted
from tests.chaos.tree import SERVE, NotInTime, Tree, eventually

LATER = timedelta(hours=7)
"""By so much the clock of whoever finishes up runs ahead: past every lease and every wait before another try."""
ALONE = 25.0
"""Seconds that the service has to bring to an end what was begun, before somebody finishes up for it."""
AWAY = (psycopg.Error, PoolTimeout, PersistenceError, ServerError, Refused)
SCOPES = ["read:cases", "read:events", "read:personal-data", "write:cases"]
CHANNEL, SUBSCRIPTION = "hook", "subscriber"
UNSENT = "SELECT count(*) AS n FROM outbox WHERE state = 'pending'"
BEHIND = "SELECT count(*) AS n FROM webhooks WHERE position < %s"

LEADING = """
SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.client_addr IS NOT DISTINCT FROM %s::inet
"""


@dataclass
class Stage:
    """场景 — what a scene works with. `dsn` is of whoever owns the database."""

    home: Path
    server: Server
    services: Services
    clock: Shifted
    alerts: Receiver
    events: Receiver
    tokens: dict[str, str]
    port: int
    log: Path
    journal: Journal = field(default_factory=Journal)
    writers: list[Writer] = field(default_factory=list)
    follower: Follower | None = None
    trees: list[Tree] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    needs_nobody: bool = False
    """Whether the service brought all to an end by itself, shortly after the load."""

    @property
    def dsn(self) -> str:
        return self.server.dsn

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def today(self) -> date:
        return legal_date(self.clock())

    def environment(self, port: int | None = None, dsn: str | None = None) -> dict[str, str]:
        """What the processes of the service are told; without an address they find the server of their home."""
        given = {"SHIXIAN_HOME": str(self.home), "SHIXIAN_PORT": str(port or self.port)}
        return given | {"DATABASE_URL": dsn or "", "SHIXIAN_HOST": "127.0.0.1", "SHIXIAN_LOG_LEVEL": "info"}

    def start(
        self, command: Sequence[str] = SERVE, *, port: int | None = None, dsn: str | None = None, **more: str
    ) -> Tree:
        """启动: a service; ready when the call returns."""
        tree = self.begin(command, port=port, dsn=dsn, **more)
        tree.ready()
        return tree

    def begin(
        self, command: Sequence[str], *, port: int | None = None, dsn: str | None = None, **more: str
    ) -> Tree:
        tree = Tree(command, self.environment(port, dsn) | more, self.log)
        self.trees.append(tree)
        return tree

    def write(
        self, number: int, *, bases: Sequence[str] = (), pause: float = 0.0, proposals: int = 3
    ) -> None:
        """加载: so many writers, and one who follows the feed."""
        at = tuple(bases) or (self.base,)
        first = len(self.writers)
        for each in range(first, first + number):
            one = Writer(each, at, self.tokens, self.journal, self.today, pause=pause, proposals=proposals)
            self.writers.append(one)
            one.start()
        if self.follower is None:
            self.follower = Follower(at[0], self.tokens["inspector"])
            self.follower.start()

    def hush(self) -> None:
        """停止加载: what is under way is still answered, or isn't."""
        for one in self.writers:
            one.stop()
        for one in self.writers:
            one.join(60)

    def leads(self, host: str | None) -> int:
        """领头: how many leaders' locks are held from that address; without one, from this machine's socket."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            row = connection.execute(LEADING, (host,)).fetchone()
        return int(row[0]) if row else 0

    def answers(self) -> bool:
        """可办理: whether the service takes commands just now."""
        try:
            answer = httpx.get(
                f"{self.base}/v1/events?limit=1&after=9999999", headers=self.signed, trust_env=False
            )
        except httpx.HTTPError:
            return False
        return answer.is_success

    @property
    def signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens['office']}"}

    def settle(self, seconds: float = 180.0, alone: float = ALONE) -> None:
        """收尾: until nothing is left to do. Raises NotInTime.

        The service has its time first: what is done for it here would tell nothing about it.
        """
        with suppress(NotInTime):
            eventually(self.is_done_by_itself, "all done by the service", alone, every=0.5)
            self.needs_nobody = True
        try:
            eventually(self.is_settled, "all done", seconds, every=0.3)
        except NotInTime as error:
            raise NotInTime(f"{error}: {'; '.join(self.left)}") from None
        if self.follower is not None:
            self.follower.stopping.set()
            self.follower.join(60)
            eventually(self.has_followed, "the feed read to its end", 60)

    def is_settled(self) -> bool:
        """Whether nothing is left; whoever finishes up is one more scheduler, whose clock has run past every lease."""
        try:
            self.left = self.lacking()
        except AWAY as error:
            self.left = [f"the database ({type(error).__name__}: {error})"]
        return not self.left

    def is_done_by_itself(self) -> bool:
        """Whether nobody has to finish up; only looked at."""
        with suppress(*AWAY):
            return not (self.behind() or self.waiting() or any(self.unfinished().values()))
        return False

    def behind(self) -> list[tracking.Lag]:
        with self.services.database.connection() as connection:
            lags = tracking.lags(connection, tuple(view.name for view in VIEWS))
        return [one for one in lags if one["lag"]]

    def waiting(self) -> int:
        return int(sweep.waiting(self.services.database, self.today())["steps"])

    def unfinished(self) -> dict[str, object]:
        with self.services.database.connection() as connection:
            head = tracking.head(connection)
            [unsent] = connection.execute(UNSENT).fetchall()
            [behind] = connection.execute(BEHIND, (head,)).fetchall()
            sealed = seal_status.status(connection)
        return {
            "alerts unsent": unsent["n"],
            "webhooks behind": behind["n"],
            "facts unsealed": sealed.waiting,
            "seal": sealed.fault,
        }

    def lacking(self) -> list[str]:
        """未了: what there is still to do, in words."""
        database, casework, later = self.services.database, self.services.casework, self.later
        if behind := self.behind():
            return [f"views behind: {behind}"]
        sweep.sweep(database, casework, self.clock)
        if waiting := self.waiting():  # another may have claimed them just now
            return [f"{waiting} steps to be raised"]
        outbox.dispatch(database, later, limit=100_000, worker="finishing")
        push.push(database, casework, later)
        return [f"{what}: {how}" for what, how in self.unfinished().items() if how]

    @property
    def later(self) -> Shifted:
        return Shifted(self.clock.file, LATER)

    def has_followed(self) -> bool:
        assert self.follower is not None
        with suppress(*AWAY), self.services.database.connection() as connection:
            while self.follower.ask():
                pass
            return self.follower.after >= tracking.head(connection)
        return False

    def stop(self) -> None:
        for tree in self.trees:
            tree.stop()
        self.trees.clear()


@contextmanager
def stage(
    home: Path | None = None,
    *,
    alerts: Behave = plain,
    events: Behave = plain,
    server: Mapping[str, str] | None = None,
    receivers_at: str = "127.0.0.1",
    log: Path | None = None,
) -> Iterator[Stage]:
    """布景: an office with officers, tokens, an alert channel and a webhook; gone when the block ends."""
    own = home or Path(tempfile.gettempdir()) / f"shixian-chaos-{uuid4().hex[:10]}"
    with ExitStack() as stack:
        stack.callback(cleared, own)
        running = Server.ensure(own, server)
        migrate.upgrade(running.dsn)
        clock = Shifted(own / "clock")
        settings = Settings(home=own, database_url=running.dsn, port=free_port(), pool_size=6)
        services = stack.enter_context(build(settings, clock))
        town.found(services)
        hook = stack.enter_context(receiving(alerts, receivers_at))
        subscriber = stack.enter_context(receiving(events, receivers_at))
        subscribe(services, hook, subscriber, receivers_at)
        tokens = {officer: token_for(running.dsn, services, officer) for officer in ("office", "inspector")}
        made = Stage(
            own, running, services, clock, hook, subscriber, tokens, settings.port, log or own / "service.log"
        )
        stack.callback(made.stop)
        stack.callback(made.hush)
        yield made


def cleared(home: Path) -> None:
    """拆景: by its home, for another process may have started the server that runs now."""
    if home.exists():
        Server(home, {}).stop()
        shutil.rmtree(home, ignore_errors=True)


def subscribe(services: Services, hook: Receiver, subscriber: Receiver, host: str) -> None:
    """订阅: from the first event on."""
    settings = {"url": f"http://{host}:{hook.port}/in", "secret": SECRET}
    roster.keep(services.database, parse_channel(CHANNEL, "webhook", settings, enabled=True))
    url = f"http://{host}:{subscriber.port}/in"
    chosen = subscriptions.parse(
        SUBSCRIPTION, url, SECRET, ["petition.*", "item.*"], allow_private=True, enabled=True
    )
    subscriptions.replace(services.database, [(chosen, 0)], 0)


def token_for(dsn: str, services: Services, officer: str) -> str:
    """令牌: one that doesn't end while clocks are set back and forth."""
    token = API_TOKEN + token_urlsafe(32)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO api_tokens (id, name, officer, scopes, token_digest, created_by, created_at)"
            " VALUES (%s, %s, %s, %s, %s, 'admin', %s)",
            (uuid4(), officer, officer, SCOPES, digest(token), services.clock()),
        )
    return token


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def root() -> bool:
    return os.geteuid() == 0
