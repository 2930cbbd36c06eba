"""渠道名册: the alert channels as kept in the database."""

import structlog
from psycopg.types.json import Jsonb

from domain.errors import Unknown
from eventstore.database import Database
from scheduler.channels import Channel, ChannelError, parse_channel, stored

log = structlog.get_logger(__name__)


def channels(database: Database) -> list[Channel]:
    """全部渠道: those that can't be read are logged and left out; their alerts wait."""
    with database.transaction() as connection:
        rows = connection.execute(
            "SELECT id, kind, settings, enabled FROM alert_channels ORDER BY id"
        ).fetchall()
    found = []
    for row in rows:
        try:
            found.append(parse_channel(row["id"], row["kind"], row["settings"], row["enabled"]))
        except ChannelError as error:
            log.error("channel.unreadable", channel=row["id"], error=error.code)
    return found


def channel(database: Database, channel_id: str) -> Channel:
    """指定渠道: or `Unknown`."""
    with database.transaction() as connection:
        row = connection.execute(
            "SELECT id, kind, settings, enabled FROM alert_channels WHERE id = %s", (channel_id,)
        ).fetchone()
    if row is None:
        raise Unknown("alert_channel.unknown", "没有该预警渠道。")
    return parse_channel(row["id"], row["kind"], row["settings"], row["enabled"])


def keep(database: Database, chosen: Channel) -> None:
    """留存渠道: adds it or puts it in the place of the one with its id."""
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO alert_channels (id, kind, settings, enabled) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind, settings = EXCLUDED.settings, "
            "enabled = EXCLUDED.enabled",
            (chosen.id, chosen.kind, Jsonb(stored(chosen)), chosen.enabled),
        )
