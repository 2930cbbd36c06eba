"""预警渠道: how alerts leave the house, set up by the administrator; what could not be delivered, and its revival."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from psycopg import Connection
from psycopg.types.json import Jsonb
from pydantic import Field

from api import lists
from api.bodies import Form, FreeForm, Short
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.paging import USUAL, Cursor, Limit
from domain.acts import Act
from domain.errors import Invalid, NotYours
from projections.paging import Condition, Order, page
from projections.view import Row
from scheduler import outbox, roster
from scheduler.channels import Channel, parse_channel, public, stored

router = APIRouter(prefix="/v1/alert-channels")

MOST = 50
LATEST_FIRST = Order(
    "o.created_at DESC, o.id DESC",
    ("created_at", "id"),
    tuple[datetime, UUID],
    "(o.created_at, o.id) < (%(cursor_created_at)s, %(cursor_id)s)",
)


def administrator(act: Signed) -> Act:
    """管理员: raises NotYours for everybody else."""
    if act.role != "admin":
        raise NotYours("alert_channel.not_yours", "预警渠道由管理员设置。")
    return act


Administrator = Annotated[Act, Depends(administrator)]


class ChannelForm(Form):
    """预警渠道 — a masked secret sent back means the one that is kept."""

    id: Short
    kind: Literal["mail", "webhook"]
    settings: FreeForm
    enabled: bool = True


class ChannelsForm(Form):
    """预警渠道设置 — all of them; a channel that is left out is removed."""

    items: Annotated[list[ChannelForm], Field(max_length=MOST)]


@router.get("", summary="预警渠道", responses=READS)
def channels(services: Held, _: Administrator) -> dict[str, Any]:
    """All channels, secrets masked."""
    return {"items": [public(one) for one in roster.channels(services.database)]}


@router.put("", summary="设置预警渠道", responses=WRITES)
def set_channels(services: Held, _: Administrator, body: ChannelsForm) -> dict[str, Any]:
    """Puts these channels in the place of all there were, or changes nothing."""
    before = {one.id: one for one in roster.channels(services.database)}
    chosen = [
        parse_channel(one.id, one.kind, one.settings, one.enabled, previous=before.get(one.id))
        for one in body.items
    ]
    if len({one.id for one in chosen}) < len(chosen):
        raise Invalid("alert_channel.twice", "同一渠道编号出现两次，请核对。")
    with services.database.transaction() as connection:
        _replace(connection, chosen)
    return {"items": [public(one) for one in chosen]}


def _replace(connection: Connection[Row], chosen: list[Channel]) -> None:
    connection.execute("DELETE FROM alert_channels")
    for one in chosen:
        connection.execute(
            "INSERT INTO alert_channels (id, kind, settings, enabled) VALUES (%s, %s, %s, %s)",
            (one.id, one.kind, Jsonb(stored(one)), one.enabled),
        )


@router.post("/{id}/test", summary="测试预警渠道", responses=WRITES)
def test(services: Held, act: Administrator, id: str) -> dict[str, Any]:
    """Sends a test message now, also through a channel switched off, and tells what the receiver answered."""
    delivery = outbox.enqueue_test(services.database, id, act.at)
    return {"channel": id, "delivered": delivery.ok, "error": delivery.error}


@router.get("/dead-letters", summary="未能送达的预警", responses=READS)
def dead_letters(
    services: Held, _: Administrator, cursor: Cursor = None, limit: Limit = USUAL
) -> dict[str, Any]:
    """What was given up after the last attempt. The case is not named: an administrator sees no cases."""
    place = lists.place(cursor)
    with services.database.transaction() as connection:
        found = page(
            connection,
            "o.id, o.alert_id, o.channel, o.state, o.attempts, o.error, o.created_at",
            "outbox o",
            [Condition("o.state = 'dead'")],
            LATEST_FIRST,
            limit=limit,
            cursor=place,
        )
    return lists.answer(found, _dead)


def _dead(row: Row) -> dict[str, Any]:
    names = ("id", "channel", "state", "attempts", "error", "created_at")
    return {"alert": row["alert_id"], **{name: row[name] for name in names}}


@router.post("/dead-letters/{id}/revive", summary="重新发送", responses=WRITES)
def revive(services: Held, _: Administrator, id: UUID) -> dict[str, Any]:
    """Puts a dead letter back, with all its attempts before it."""
    outbox.revive(services.database, id)
    return {"id": id, "state": "pending"}
