"""事件推送设置: webhooks as an administrator sets them up: where to, under which secret, which kinds of event."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, LiteralString

from psycopg import Connection

from domain.errors import Invalid, Unknown
from domain.facts import TOPICS, term_of
from eventstore.announcements import TOPICS as ANNOUNCED
from eventstore.database import Database
from scheduler import webhook
from scheduler.delivery import MASK, Settings

OFFERED = frozenset({"item", "month", "petition", "reception", "review", "rulebase"})
"""Whose events may be told outside; those of the directory, of rotas and of readings stay inside."""

OF_NO_CASE = frozenset({"petition.numbers_taken"})
"""Kept in a stream of the office's own, and told to nobody."""

LABELS: Mapping[str, str] = {"seal.head": "存证树头"}
COLUMNS: LiteralString = (
    "id, url, secret, kinds, allow_private, enabled, position, announced, turn, attempts, next_try_at,"
    " delivered_at, error"
)


@dataclass(frozen=True, slots=True)
class Subscription:
    """事件推送 — one webhook: its settings, the place in the log it has reached, and how it is doing."""

    id: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    allow_private: bool
    enabled: bool
    position: int = 0
    announced: int = 0
    turn: int = 0
    attempts: int = 0
    next_try_at: datetime | None = None
    delivered_at: datetime | None = None
    error: str | None = None

    def wants(self, kind: str) -> bool:
        """是否订阅: whether events of this kind are sent."""
        return kind in kinds() and (kind in self.kinds or f"{kind.partition('.')[0]}.*" in self.kinds)


@cache
def kinds() -> Mapping[str, str]:
    """事件种类: every kind that can be chosen, and what it is called; a group is its first part and ".*"."""
    found = {
        kind_of(topic): term_of(fact)
        for topic, fact in sorted(TOPICS.items())
        if topic.partition(".")[0] in OFFERED and kind_of(topic) not in OF_NO_CASE
    }
    return {**found, **{topic: LABELS.get(topic, topic) for topic in sorted(ANNOUNCED)}}


def kind_of(topic: str) -> str:
    """事件种类: a topic without the number of its stored form."""
    return topic.rpartition(".")[0]


def parse(
    id: str,
    url: str,
    secret: str,
    chosen: Iterable[str],
    *,
    allow_private: bool,
    enabled: bool,
    previous: Subscription | None = None,
) -> Subscription:
    """读取设置: a checked subscription, or Invalid. A masked secret or address is taken over from `previous`."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", id):
        raise Invalid("webhook.id_invalid", "推送编号应为小写字母、数字、连字符或下划线。", setting="id")
    before = webhook.Webhook(previous.url, previous.secret) if previous is not None else None
    checked = webhook.parse(Settings({"url": url, "secret": secret}), before)
    wanted = tuple(sorted(set(chosen)))
    groups = {f"{kind.partition('.')[0]}.*" for kind in kinds()}
    unknown = [kind for kind in wanted if kind not in kinds() and kind not in groups]
    if unknown:
        raise Invalid("webhook.kind_unknown", f"没有事件种类“{unknown[0]}”。", setting="kinds")
    if not wanted:
        raise Invalid("webhook.no_kinds", "至少选择一个事件种类。", setting="kinds")
    return Subscription(id, checked.url, checked.secret, wanted, allow_private, enabled)


def public(one: Subscription) -> dict[str, Any]:
    """可见设置: secrets masked."""
    return {
        "id": one.id,
        "url": webhook.shown_url(webhook.Webhook(one.url, one.secret)),
        "secret": MASK,
        "kinds": list(one.kinds),
        "allow_private": one.allow_private,
        "enabled": one.enabled,
        "position": one.position,
        "attempts": one.attempts,
        "next_try_at": one.next_try_at if one.attempts else None,
        "delivered_at": one.delivered_at,
        "error": one.error,
    }


def all_of(database: Database) -> list[Subscription]:
    """全部推送."""
    with database.transaction() as connection:
        rows = connection.execute(f"SELECT {COLUMNS} FROM webhooks ORDER BY id").fetchall()
    return [from_row(row) for row in rows]


def one_of(database: Database, id: str) -> Subscription:
    """指定推送: or `Unknown`."""
    with database.transaction() as connection:
        row = connection.execute(f"SELECT {COLUMNS} FROM webhooks WHERE id = %s", (id,)).fetchone()
    if row is None:
        raise Unknown("webhook.unknown", "没有该事件推送。")
    return from_row(row)


def from_row(row: Mapping[str, Any]) -> Subscription:
    """读出一行."""
    return Subscription(**{**row, "kinds": tuple(row["kinds"])})


def replace(database: Database, chosen: Iterable[tuple[Subscription, int | None]], head: int) -> None:
    """设置推送: these in the place of all there were. Each goes on where it was, a new one from `head` on, or from the
    place given with it; whoever is sending for one just now finds its turn over."""
    wanted = list(chosen)
    with database.transaction() as connection:
        connection.execute("DELETE FROM webhooks WHERE id <> ALL(%s)", ([one.id for one, _ in wanted],))
        for one, place in wanted:
            _keep(connection, one, place, head)


def _keep(connection: Connection[Any], one: Subscription, place: int | None, head: int) -> None:
    connection.execute(
        "INSERT INTO webhooks AS w (id, url, secret, kinds, allow_private, enabled, position, announced)"
        " VALUES (%(id)s, %(url)s, %(secret)s, %(kinds)s, %(allow_private)s, %(enabled)s,"
        " coalesce(%(place)s, %(head)s), (SELECT coalesce(max(number), 0) FROM announcements))"
        " ON CONFLICT (id) DO UPDATE SET url = EXCLUDED.url, secret = EXCLUDED.secret, kinds = EXCLUDED.kinds,"
        " allow_private = EXCLUDED.allow_private, enabled = EXCLUDED.enabled,"
        " position = coalesce(%(place)s, w.position), turn = w.turn + 1, attempts = 0, error = NULL,"
        " next_try_at = 'epoch'",
        {
            "id": one.id,
            "url": one.url,
            "secret": one.secret,
            "kinds": list(one.kinds),
            "allow_private": one.allow_private,
            "enabled": one.enabled,
            "place": place,
            "head": head,
        },
    )
