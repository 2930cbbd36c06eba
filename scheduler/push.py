"""事件推送: the events of the log on their way to webhooks. Each webhook gets what it chose, in order, at least once.

A webhook has one place in the log. Whoever takes its turn sends what follows, one event after the other, and
moves the place on after each yes; after a no it waits (`backoff.py`), and what comes later waits with it. What
was refused too often becomes a dead letter and holds up the rest no longer. An event keeps its id however
often it is sent. Nothing is sent of a case that is confidential by then, nor of one that names such a case.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import structlog

from domain.errors import Unknown
from eventstore.database import Database
from scheduler import subscriptions, webhook
from scheduler.backoff import LEASE, MAX_ATTEMPTS, delay_after
from scheduler.delivery import Delivery
from scheduler.push_messages import Message, TellsOfCases, announcement_of, message_of
from scheduler.subscriptions import COLUMNS, Subscription, kind_of

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Sender = Callable[[Subscription, Message, datetime], Delivery]

WINDOW = 500
"""Facts looked at in one read of the log."""

LONGEST_TURN = timedelta(seconds=60)
"""After so long another webhook has its turn; well within the lease, which each event sent renews."""

REFUSED = frozenset({"http_400", "http_413", "http_415", "http_422"})
"""Answers that speak of the event itself rather than of the receiver's health."""
MAX_REFUSALS = 3

TURN = f"""
UPDATE webhooks SET turn = turn + 1, next_try_at = %(until)s
WHERE id = (SELECT id FROM webhooks WHERE enabled AND next_try_at <= %(now)s AND id <> ALL(%(done)s)
            ORDER BY next_try_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING {COLUMNS}
"""
REACHED = """
UPDATE webhooks SET position = greatest(position, %(position)s), announced = greatest(announced, %(announced)s),
    next_try_at = %(until)s, attempts = CASE WHEN %(sent)s THEN 0 ELSE attempts END,
    error = CASE WHEN %(sent)s THEN NULL ELSE error END,
    delivered_at = CASE WHEN %(delivered)s THEN %(now)s ELSE delivered_at END
WHERE id = %(id)s AND turn = %(turn)s
"""
FAILED = """
UPDATE webhooks SET attempts = %(attempts)s, next_try_at = %(until)s, error = %(error)s
WHERE id = %(id)s AND turn = %(turn)s
"""
OVER = "UPDATE webhooks SET next_try_at = %(now)s WHERE id = %(id)s AND turn = %(turn)s"
BURIED = """
INSERT INTO webhook_dead_letters (id, webhook, event, kind, position, announced, attempts, error, created_at)
VALUES (%(letter)s, %(id)s, %(event)s, %(kind)s, %(position)s, %(announced)s, %(attempts)s, %(error)s, %(now)s)
ON CONFLICT (webhook, event) DO UPDATE SET attempts = EXCLUDED.attempts, error = EXCLUDED.error
"""


@dataclass(slots=True)
class Counts:
    """推送统计 — what one round did."""

    delivered: int = 0
    failed: int = 0
    dead: int = 0


def send(one: Subscription, message: Message, at: datetime) -> Delivery:
    """发送: to the webhook's address, signed with its secret."""
    body = message.body()
    headers = webhook.signed(one.secret, message.id, body, at)
    headers["Content-Type"] = "application/cloudevents+json; charset=utf-8"
    return webhook.deliver(one.url, body, headers, inside=one.allow_private)


def push(
    database: Database,
    casework: TellsOfCases,
    clock: Clock,
    *,
    sender: Sender = send,
    go_on: Callable[[], bool] = lambda: True,
) -> Counts:
    """推送事件: each webhook that is due has a turn. Any number of rounds may be under way."""
    counts, done = Counts(), list[str]()
    while go_on():
        with database.transaction() as connection:
            now = clock()
            asked = {"now": now, "until": now + LEASE, "done": done}
            row = connection.execute(TURN, asked).fetchone()
        if row is None:
            break
        one = subscriptions.from_row(row)
        done.append(one.id)
        Turn(database, casework, clock, one, sender, counts).take(go_on)
    return counts


@dataclass(slots=True)
class Turn:
    """轮次 — one webhook being served; over as soon as somebody else has the webhook's turn."""

    database: Database
    casework: TellsOfCases
    clock: Clock
    one: Subscription
    sender: Sender
    counts: Counts

    def take(self, go_on: Callable[[], bool]) -> None:
        """服务一轮: until nothing is left, something fails, or it has lasted long enough."""
        enough = self.clock() + LONGEST_TURN
        attempts = self.one.attempts
        for message in self._messages():
            if not go_on() or self.clock() > enough:
                break
            delivery = self._answer(message)
            if delivery.ok:
                going, attempts = self._reached(message, delivered=True), 0
                self.counts.delivered += 1
            else:
                going = self._failed(message, delivery.error or "network", attempts + 1)
                attempts = 0
            if not going:
                return
        with self.database.transaction() as connection:
            connection.execute(OVER, {"now": self.clock(), "id": self.one.id, "turn": self.one.turn})

    def _messages(self) -> Iterator[Message]:
        """What follows the webhook's place: events of the log, then announcements. Stretches without any are skipped
        at once."""
        after = self.one.position
        while log_ := self.casework.store.select_log(after, WINDOW):
            for row in log_:
                if self.one.wants(kind_of(row.topic)) and (found := message_of(self.casework, row)):
                    yield found
            after = log_[-1].position
            if not self._skipped(after):
                return
        with self.database.transaction() as connection:
            rows = connection.execute(
                "SELECT number, id, topic, data, at FROM announcements WHERE number > %s ORDER BY number LIMIT %s",
                (self.one.announced, WINDOW),
            ).fetchall()
        for told in map(announcement_of, rows):
            if self.one.wants(told.kind):
                yield told

    def _answer(self, message: Message) -> Delivery:
        try:
            return self.sender(self.one, message, self.clock())
        except Exception as error:
            log.error("webhook.sender_broke", webhook=self.one.id, error=type(error).__name__)
            return Delivery(False, "sender_broke")

    def _skipped(self, position: int) -> bool:
        return self._update(REACHED, position=position, announced=0, sent=False, delivered=False)

    def _reached(self, message: Message, *, delivered: bool = False) -> bool:
        position, announced = message.position or 0, message.announced or 0
        return self._update(REACHED, position=position, announced=announced, sent=True, delivered=delivered)

    def _failed(self, message: Message, error: str, attempts: int) -> bool:
        """Waits, or gives the event up; whether there is more to do now."""
        about = {"webhook": self.one.id, "message": message.id, "attempt": attempts, "error": error}
        if attempts < (MAX_REFUSALS if error in REFUSED else MAX_ATTEMPTS):
            self.counts.failed += 1
            log.warning("webhook.failed", **about)
            self._update(FAILED, later=delay_after(attempts), attempts=attempts, error=error)
            return False
        self.counts.dead += 1
        log.error("webhook.dead", **about)
        with self.database.transaction() as connection:
            connection.execute(
                BURIED,
                {
                    "letter": uuid4(),
                    "id": self.one.id,
                    "event": message.id,
                    "kind": message.kind,
                    "position": message.position,
                    "announced": message.announced,
                    "attempts": attempts,
                    "error": error,
                    "now": self.clock(),
                },
            )
        return self._reached(message)

    def _update(self, statement: str, *, later: timedelta = LEASE, **values: Any) -> bool:
        now = self.clock()
        given = {"id": self.one.id, "turn": self.one.turn, "now": now, "until": now + later, **values}
        with self.database.transaction() as connection:
            return connection.execute(statement.encode(), given).rowcount > 0


def resend(
    database: Database, casework: TellsOfCases, letter: UUID, at: datetime, *, sender: Sender = send
) -> Delivery:
    """重新发送: one dead letter, now and under its old id. It is gone once it arrived, or once it may not be told."""
    with database.transaction() as connection:
        row = connection.execute("SELECT * FROM webhook_dead_letters WHERE id = %s", (letter,)).fetchone()
    if row is None:
        raise Unknown("webhook.not_dead", "没有该件，或该件并非推送失败件。")
    message = _again(database, casework, row)
    delivery = Delivery(False, "withheld")
    if message is not None:
        delivery = sender(subscriptions.one_of(database, row["webhook"]), message, at)
    with database.transaction() as connection:
        if delivery.ok or message is None:
            connection.execute("DELETE FROM webhook_dead_letters WHERE id = %s", (letter,))
        else:
            connection.execute(
                "UPDATE webhook_dead_letters SET attempts = attempts + 1, error = %s WHERE id = %s",
                (delivery.error, letter),
            )
    log.info("webhook.resent", webhook=row["webhook"], message=row["event"], error=delivery.error)
    return delivery


def _again(database: Database, casework: TellsOfCases, letter: Mapping[str, Any]) -> Message | None:
    if letter["position"] is not None:
        [row] = casework.store.select_log(letter["position"] - 1, 1)
        return message_of(casework, row)
    with database.transaction() as connection:
        found = connection.execute(
            "SELECT number, id, topic, data, at FROM announcements WHERE number = %s", (letter["announced"],)
        ).fetchone()
    return announcement_of(found) if found is not None else None
