"""公告: what is told to subscribed webhooks beside the events of the log, such as a new tree head.

An announcement is kept only if somebody subscribes to its topic, and is sent in the order of its number. It
must hold nothing personal: it leaves the house as it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

SEAL_HEAD = "seal.head"
"""The topic of tree heads."""

TOPICS = frozenset({SEAL_HEAD})
"""All topics that are announced."""

ANNOUNCE = """
INSERT INTO announcements (id, topic, data, at)
SELECT %(id)s, %(topic)s, %(data)s, %(at)s
WHERE EXISTS (SELECT FROM webhooks WHERE kinds && %(kinds)s::text[])
ON CONFLICT (id) DO NOTHING
"""


def announce(connection: Connection[Any], topic: str, id: str, data: Mapping[str, Any], at: datetime) -> None:
    """发布公告: once for each `id`, in the caller's transaction; writers take turns, so numbers follow commits.

    Raises ValueError for a topic that nobody could subscribe to.
    """
    if topic not in TOPICS:
        raise ValueError(f"{topic!r} is not announced")
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('announcements', 0))")
    kinds = [topic, f"{topic.partition('.')[0]}.*"]
    connection.execute(
        ANNOUNCE, {"id": id, "topic": topic, "data": Jsonb(dict(data)), "at": at, "kinds": kinds}
    )
