"""事件推送: which webhooks are told of which events, set up by the administrator; how they are doing, what was given up."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends
from pydantic import Field

from api import lists
from api.bodies import Form, Short
from api.errors import READS, WRITES
from api.identity import Held, Signed
from api.paging import USUAL, Cursor, Limit
from domain.acts import Act
from domain.errors import Invalid, NotYours
from projections.paging import Order, page
from projections.view import Row
from scheduler import push, subscriptions
from scheduler.push_messages import Message
from scheduler.subscriptions import parse, public

router = APIRouter(prefix="/v1/webhooks", tags=["事件推送"])

MOST = 50
MOST_KINDS = 300
LATEST_FIRST = Order(
    "w.created_at DESC, w.id DESC",
    ("created_at", "id"),
    tuple[datetime, UUID],
    "(w.created_at, w.id) < (%(cursor_created_at)s, %(cursor_id)s)",
)


def administrator(act: Signed) -> Act:
    """管理员: raises NotYours for everybody else."""
    if act.role != "admin":
        raise NotYours("webhook.not_yours", "事件推送由管理员设置。")
    return act


Administrator = Annotated[Act, Depends(administrator)]


class WebhookForm(Form):
    """事件推送 — a masked secret sent back means the one that is kept. `position` starts it anew after that place in the
    log; without it a known one goes on where it was, and a new one begins with what comes."""

    id: Short
    url: Annotated[str, Field(max_length=2000)]
    secret: Short
    kinds: Annotated[list[Short], Field(max_length=MOST_KINDS)]
    allow_private: bool = False
    enabled: bool = True
    position: Annotated[int | None, Field(ge=0, le=2**63 - 1)] = None


class WebhooksForm(Form):
    """事件推送设置 — all of them; one that is left out is removed."""

    items: Annotated[list[WebhookForm], Field(max_length=MOST)]


@router.get("", summary="事件推送", responses=READS)
def webhooks(services: Held, _: Administrator) -> dict[str, Any]:
    """All webhooks, secrets masked, with the place each has reached; and the kinds of event there are."""
    return {
        "items": [public(one) for one in subscriptions.all_of(services.database)],
        "kinds": [{"kind": kind, "label": label} for kind, label in subscriptions.kinds().items()],
    }


@router.put("", summary="设置事件推送", responses=WRITES)
def set_webhooks(services: Held, act: Administrator, body: WebhooksForm) -> dict[str, Any]:
    """Puts these webhooks in the place of all there were, or changes nothing."""
    before = {one.id: one for one in subscriptions.all_of(services.database)}
    chosen = [
        parse(
            one.id,
            one.url,
            one.secret,
            one.kinds,
            allow_private=one.allow_private,
            enabled=one.enabled,
            previous=before.get(one.id),
        )
        for one in body.items
    ]
    if len({one.id for one in chosen}) < len(chosen):
        raise Invalid("webhook.twice", "同一推送编号出现两次，请核对。")
    head = services.casework.store.max_notification_id() or 0
    places = [min(one.position, head) if one.position is not None else None for one in body.items]
    subscriptions.replace(services.database, zip(chosen, places, strict=True), head)
    return webhooks(services, act)


@router.post("/{id}/test", summary="测试事件推送", responses=WRITES)
def test(services: Held, act: Administrator, id: str) -> dict[str, Any]:
    """Sends a test event now, also to a webhook switched off, and tells what the receiver answered."""
    one = subscriptions.one_of(services.database, id)
    delivery = push.send(one, Message(f"test.{uuid4()}", "test", act.at, None, {"test": True}), act.at)
    return {"webhook": id, "delivered": delivery.ok, "error": delivery.error}


@router.get("/dead-letters", summary="未能推送的事件", responses=READS)
def dead_letters(
    services: Held, _: Administrator, cursor: Cursor = None, limit: Limit = USUAL
) -> dict[str, Any]:
    """What was given up after the last attempt. The case is not named: an administrator sees no cases."""
    place = lists.place(cursor)
    with services.database.transaction() as connection:
        found = page(
            connection,
            "w.id, w.webhook, w.kind, w.attempts, w.error, w.created_at",
            "webhook_dead_letters w",
            [],
            LATEST_FIRST,
            limit=limit,
            cursor=place,
        )
    return lists.answer(found, _dead)


def _dead(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "webhook", "kind", "attempts", "error", "created_at")}


@router.post("/dead-letters/{id}/resend", summary="重新推送", responses=WRITES)
def resend(services: Held, act: Administrator, id: UUID) -> dict[str, Any]:
    """Sends a dead letter again, now and under its own id; it is gone once the receiver took it."""
    delivery = push.resend(services.database, services.casework, id, act.at)
    return {"id": id, "delivered": delivery.ok, "error": delivery.error}
