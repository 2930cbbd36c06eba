"""发布封存头: the newest head to other offices and, as an announcement, to the webhooks that want heads. At least once.

A receiver takes heads at its own pace: what it has confirmed is remembered, and the next head comes with the proof that it
extends that one. A failure is tried again after a while, for ever, for the office at the other end may be closed for days.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
import structlog
from psycopg import Connection
from psycopg.rows import class_row

from eventstore import heads, merkle, seal_keys, sealed_tree
from eventstore.announcements import SEAL_HEAD, announce
from eventstore.database import Database
from eventstore.heads import Head
from eventstore.sealed_tree import SealedTree
from scheduler import webhook
from scheduler.backoff import LEASE, MAX_ATTEMPTS, delay_after
from scheduler.delivery import Delivery

COLUMNS = "id, url, token, enabled, sent_size, attempts, next_try_at, delivered_at, error"
CLAIM = """
UPDATE head_receivers SET attempts = attempts + 1, next_try_at = %(until)s
WHERE id = (SELECT id FROM head_receivers WHERE enabled AND next_try_at <= %(now)s AND sent_size < %(size)s
            ORDER BY next_try_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, url, token, enabled, sent_size, attempts, next_try_at, delivered_at, error
"""
DELIVERED = """
UPDATE head_receivers SET sent_size = greatest(sent_size, %(size)s), attempts = 0, next_try_at = %(next)s,
    delivered_at = %(now)s, error = NULL WHERE id = %(id)s AND url = %(url)s
"""
FAILED = """
UPDATE head_receivers SET next_try_at = %(next)s, error = %(error)s WHERE id = %(id)s AND attempts = %(attempts)s
"""

log = structlog.get_logger(__name__)

Send = Callable[[str, bytes, dict[str, str]], Delivery]


@dataclass(frozen=True)
class Receiver:
    """接收机关 — where heads are sent, as whom, and what was confirmed there last."""

    id: str
    url: str
    token: str = field(repr=False)
    enabled: bool = True
    sent_size: int = 0
    attempts: int = 0
    next_try_at: datetime | None = None
    delivered_at: datetime | None = None
    error: str | None = None


def receivers(connection: Connection[Any]) -> list[Receiver]:
    """接收机关: all of them."""
    with connection.cursor(row_factory=class_row(Receiver)) as cursor:
        return list(cursor.execute(f"SELECT {COLUMNS} FROM head_receivers ORDER BY id".encode()))


def publish(
    database: Database,
    clock: Callable[[], datetime],
    *,
    go_on: Callable[[], bool] = lambda: True,
    send: Send = webhook.deliver,
) -> int:
    """发布: the newest head to whoever lacks it; how many confirmed it."""
    with database.transaction() as connection:
        head = sealed_tree.last_head(connection)
        if head is None:
            return 0
        keys = seal_keys.told(connection)
        public_key = keys[head.key].hex() if head.key in keys else ""
        told = {"head": heads.to_json(head), "public_key": public_key}
        announce(connection, SEAL_HEAD, f"{head.origin}:{head.size}", told, clock())
    confirmed = 0
    while go_on():
        receiver = _claim(database, head, clock())
        if receiver is None:
            break
        confirmed += _attempt(database, clock, receiver, head, told, send)
    return confirmed


def _claim(database: Database, head: Head, now: datetime) -> Receiver | None:
    with database.transaction() as connection, connection.cursor(row_factory=class_row(Receiver)) as cursor:
        return cursor.execute(CLAIM, {"until": now + LEASE, "now": now, "size": head.size}).fetchone()


def _attempt(
    database: Database,
    clock: Callable[[], datetime],
    receiver: Receiver,
    head: Head,
    told: dict[str, Any],
    send: Send,
) -> bool:
    """One POST, and its answer written down."""
    body = msgspec.json.encode({**told, **_extension(database, receiver, head)})
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Authorization": f"Bearer {receiver.token}",
        "X-Shixian-Id": str(uuid5(NAMESPACE_URL, f"{head.origin}:{head.size}:{receiver.id}")),
    }
    delivery = send(receiver.url, body, headers)
    now = clock()
    given: dict[str, Any] = {"id": receiver.id, "url": receiver.url, "now": now, "size": head.size}
    with database.transaction() as connection:
        if delivery.ok:
            connection.execute(DELIVERED, {**given, "next": now})
        else:
            later = now + delay_after(min(receiver.attempts, MAX_ATTEMPTS))
            connection.execute(
                FAILED, {**given, "next": later, "error": delivery.error, "attempts": receiver.attempts}
            )
    if delivery.ok:
        log.info("seal.published", receiver=receiver.id, size=head.size)
    else:
        log.warning("seal.not_published", receiver=receiver.id, size=head.size, error=delivery.error)
    return delivery.ok


def _extension(database: Database, receiver: Receiver, head: Head) -> dict[str, Any]:
    """The proof that this head extends the one confirmed last; nothing the first time."""
    if not receiver.sent_size or receiver.sent_size > head.size:
        return {}
    with database.transaction() as connection:
        path = merkle.consistency(receiver.sent_size, head.size, SealedTree(connection).hash_of)
    return {"previous_size": receiver.sent_size, "consistency": [one.hex() for one in path]}
