"""发件箱: alerts on their way out. At least once: a repeat after a crash carries the same outbox id.

A row is owned by whoever counted its attempt up and pushed its `next_try_at` on (a lease). It is sent
outside any transaction; a failure is recorded by the owner of that attempt only, a success by anybody.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from psycopg.types.json import Jsonb

from domain.errors import Unknown
from eventstore.database import Database
from scheduler import roster
from scheduler.backoff import LEASE, MAX_ATTEMPTS, delay_after
from scheduler.channels import Channel, Delivery, send

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Sender = Callable[[Channel, UUID, Mapping[str, Any], datetime, Collection[str]], Delivery]

CLAIM = """
UPDATE outbox SET attempts = attempts + 1, next_try_at = %(until)s
WHERE id = (SELECT id FROM outbox
            WHERE state = 'pending' AND channel = ANY(%(ready)s) AND (attempts = 0 OR next_try_at <= %(now)s)
            ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, alert_id, case_id, channel, payload, attempts, delivered_to
"""
ORPHANS = """
UPDATE outbox SET state = 'dead', error = 'channel_missing', next_try_at = %(now)s
WHERE state = 'pending' AND NOT EXISTS (SELECT FROM alert_channels WHERE alert_channels.id = outbox.channel)
RETURNING id, alert_id, case_id, channel, attempts
"""
TAKEN = """
UPDATE outbox SET delivered_to = delivered_to || %(taken)s WHERE id = %(id)s
"""
DELIVERED = """
UPDATE outbox SET state = 'delivered', delivered_at = %(now)s, error = NULL
WHERE id = %(id)s AND state <> 'delivered'
"""
FAILED = """
UPDATE outbox SET state = %(state)s, next_try_at = %(next)s, error = %(error)s
WHERE id = %(id)s AND state = 'pending' AND attempts = %(attempts)s
"""
REVIVED = """
UPDATE outbox SET state = 'pending', attempts = 0, error = NULL WHERE id = %s AND state = 'dead'
"""
OF_ALERTS = """
SELECT id AS outbox_id, alert_id, channel, state, attempts, delivered_at AS at, error FROM outbox
WHERE alert_id = ANY(%s) ORDER BY alert_id, channel
"""


@dataclass(slots=True)
class Counts:
    """发送统计 — what one dispatch did."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """送达情况 — one alert on one channel; `at` is when it arrived."""

    outbox_id: UUID
    channel: str
    state: str
    attempts: int
    at: datetime | None
    error: str | None


@dataclass(slots=True)
class Round:
    """发送轮次 — one dispatch under way: the channels in use, those resting, and the counts so far."""

    channels: dict[str, Channel]
    counts: Counts = field(default_factory=Counts)
    resting: set[str] = field(default_factory=set)

    def ready(self) -> list[str]:
        """可用渠道."""
        return [id for id in self.channels if id not in self.resting]


def dispatch(
    database: Database,
    clock: Clock,
    *,
    limit: int = 100,
    worker: str,
    sender: Sender = send,
    go_on: Callable[[], bool] = lambda: True,
) -> Counts:
    """发送预警: sends what is due, row by row, at most `limit` rows. Any number of dispatchers may run."""
    bury_orphans(database, clock())
    round_ = Round({one.id: one for one in roster.channels(database) if one.enabled})
    for _ in range(limit):
        if not go_on():
            break
        row = claim(database, clock(), round_.ready())
        if row is None:
            break
        attempt(database, clock, row, round_, sender, worker)
    return round_.counts


def claim(database: Database, now: datetime, ready: Sequence[str]) -> dict[str, Any] | None:
    """认领: the next due row, leased. A row never tried is due at once, whatever the two clocks say."""
    with database.transaction() as connection:
        row: dict[str, Any] | None = connection.execute(
            CLAIM, {"until": now + LEASE, "now": now, "ready": list(ready)}
        ).fetchone()
        return row


def attempt(
    database: Database, clock: Clock, row: dict[str, Any], round_: Round, sender: Sender, worker: str
) -> None:
    """试送一件: send, then record the answer."""
    about = {"outbox": str(row["id"]), "alert": str(row["alert_id"]), "case": str(row["case_id"])}
    spoken = log.bind(**about, channel=row["channel"], attempt=row["attempts"], worker=worker)
    delivery = Delivery(False, "abandoned")
    if row["attempts"] <= MAX_ATTEMPTS:
        delivery = answer_of(sender, round_.channels[row["channel"]], row, clock())
    if delivery.ok:
        mark_delivered(database, row["id"], clock())
        round_.counts.delivered += 1
        spoken.info("outbox.delivered")
        return
    if delivery.error == "timeout":
        round_.resting.add(row["channel"])  # a hanging receiver may cost one wait a round, not a hundred
    if mark_failed(database, row["id"], row["attempts"], delivery, clock()) == "dead":
        round_.counts.dead += 1
        spoken.error("outbox.dead", error=delivery.error)
    else:
        round_.counts.failed += 1
        spoken.warning("outbox.failed", error=delivery.error)


def answer_of(sender: Sender, channel: Channel, row: dict[str, Any], at: datetime) -> Delivery:
    """取得结果: a sender that breaks has delivered nothing; the row must not stop the others."""
    try:
        return sender(channel, row["id"], row["payload"], at, row["delivered_to"])
    except Exception as error:
        log.error("outbox.sender_broke", channel=channel.id, error=type(error).__name__)
        return Delivery(False, "sender_broke")


def mark_delivered(database: Database, outbox_id: UUID, now: datetime) -> None:
    """记为送达."""
    with database.transaction() as connection:
        connection.execute(DELIVERED, {"id": outbox_id, "now": now})


def mark_failed(database: Database, outbox_id: UUID, attempts: int, delivery: Delivery, now: datetime) -> str:
    """记为未送达: to be tried again later, or dead after the last attempt. The state it is in now.

    Who has the message is noted by any dispatcher, whoever owns the row.
    """
    state = "dead" if delivery.hopeless or attempts >= MAX_ATTEMPTS else "pending"
    later = now if state == "dead" else now + delay_after(attempts)
    with database.transaction() as connection:
        if delivery.taken:
            connection.execute(TAKEN, {"id": outbox_id, "taken": Jsonb(list(delivery.taken))})
        connection.execute(
            FAILED,
            {"id": outbox_id, "attempts": attempts, "state": state, "next": later, "error": delivery.error},
        )
    return state


def bury_orphans(database: Database, now: datetime) -> None:
    """无渠道可送: rows whose channel was removed are dead letters, so that a person sees them."""
    with database.transaction() as connection:
        rows = connection.execute(ORPHANS, {"now": now}).fetchall()
    for row in rows:
        log.error("outbox.dead", outbox=str(row["id"]), channel=row["channel"], error="channel_missing")


def enqueue_test(database: Database, channel_id: str, at: datetime | None = None) -> Delivery:
    """测试渠道: sends a test message at once, also on a channel switched off, and reports the answer."""
    chosen = roster.channel(database, channel_id)
    if at is None:
        with database.transaction() as connection:
            now = connection.execute("SELECT now() AS at").fetchone()
        assert now is not None
        at = now["at"]
    return send(chosen, uuid4(), {"test": True}, at)


def revive(database: Database, outbox_id: UUID) -> None:
    """重新发送: puts a dead letter back, with all its attempts before it."""
    with database.transaction() as connection:
        if connection.execute(REVIVED, (outbox_id,)).rowcount == 0:
            raise Unknown("outbox.not_dead", "没有该件，或该件并非发送失败件。")
    log.info("outbox.revived", outbox=str(outbox_id))


def deliveries(database: Database, alert_ids: Sequence[UUID]) -> dict[UUID, list[Delivered]]:
    """送达情况: of each alert, channel by channel."""
    with database.transaction() as connection:
        rows = connection.execute(OF_ALERTS, (list(alert_ids),)).fetchall()
    found: dict[UUID, list[Delivered]] = defaultdict(list)
    for row in rows:
        found[row.pop("alert_id")].append(Delivered(**row))
    return dict(found)
