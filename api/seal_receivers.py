"""封存头的接收机关: to which other offices our heads are sent, set up by the administrator."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from api.bodies import Form, Short
from api.errors import READS, WRITES
from api.identity import Held, Signed
from domain.acts import Act
from domain.errors import Invalid, NotYours
from scheduler import publishing, webhook
from scheduler.delivery import MASK, Settings
from scheduler.publishing import Receiver

router = APIRouter(prefix="/v1/seals/receivers", tags=["日志封存"])

MOST = 50


def administrator(act: Signed) -> Act:
    """管理员: raises NotYours for everybody else."""
    if act.role != "admin":
        raise NotYours("seal.receivers_not_yours", "封存头的接收机关由系统管理员设置。")
    return act


Administrator = Annotated[Act, Depends(administrator)]


class ReceiverForm(Form):
    """接收机关 — where heads are posted and the token that the other office made for us; a masked one means the one kept."""

    id: Short
    url: Annotated[str, Field(max_length=2000)]
    token: Short
    enabled: bool = True


class ReceiversForm(Form):
    """接收机关设置 — all of them; one that is left out is removed."""

    items: Annotated[list[ReceiverForm], Field(max_length=MOST)]


@router.get("", summary="封存头的接收机关", responses=READS)
def receivers(services: Held, _: Administrator) -> dict[str, Any]:
    """All of them, tokens masked, with what each has confirmed."""
    with services.database.transaction() as connection:
        return {"items": [shown(one) for one in publishing.receivers(connection)]}


@router.put("", summary="设置封存头的接收机关", responses=WRITES)
def set_receivers(services: Held, _: Administrator, body: ReceiversForm) -> dict[str, Any]:
    """Puts these in the place of all there were, or changes nothing. An office whose address stays keeps its place."""
    if len({one.id for one in body.items}) < len(body.items):
        raise Invalid("seal.receiver_twice", "同一接收机关出现两次，请核对。")
    with services.database.transaction() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('head_receivers', 0))")
        before = {one.id: one for one in publishing.receivers(connection)}
        chosen = [_chosen(one, before.get(one.id)) for one in body.items]
        connection.execute("DELETE FROM head_receivers WHERE NOT id = ANY(%s)", ([one.id for one in chosen],))
        for one in chosen:
            connection.execute(
                "INSERT INTO head_receivers (id, url, token, enabled, sent_size)"
                " VALUES (%(id)s, %(url)s, %(token)s, %(enabled)s, %(sent_size)s)"
                " ON CONFLICT (id) DO UPDATE SET url = EXCLUDED.url, token = EXCLUDED.token,"
                " enabled = EXCLUDED.enabled, sent_size = EXCLUDED.sent_size, attempts = 0, next_try_at = 'epoch'",
                {
                    "id": one.id,
                    "url": one.url,
                    "token": one.token,
                    "enabled": one.enabled,
                    "sent_size": one.sent_size,
                },
            )
        return {"items": [shown(one) for one in publishing.receivers(connection)]}


def _chosen(form: ReceiverForm, previous: Receiver | None) -> Receiver:
    read = Settings({"url": form.url, "token": form.token})
    url, token = read.text("url"), read.text("token")
    webhook.check_address(url)
    same_place = previous is not None and previous.url == url
    if token == MASK:
        if previous is None or not same_place:
            raise Invalid("seal.receiver_token", "请填写接收机关发给本机关的令牌。")
        token = previous.token
    if not token.isascii():
        raise Invalid("seal.receiver_token", "请填写接收机关发给本机关的令牌。")
    sent = previous.sent_size if previous is not None and same_place else 0
    return Receiver(form.id, url, token, form.enabled, sent)


def shown(one: Receiver) -> dict[str, Any]:
    """接收机关: as the API shows it."""
    return {
        "id": one.id,
        "url": one.url,
        "token": MASK,
        "enabled": one.enabled,
        "sent_size": one.sent_size,
        "attempts": one.attempts,
        "delivered_at": one.delivered_at,
        "error": one.error,
    }
