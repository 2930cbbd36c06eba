"""预警渠道: the ways an alert leaves the house. A channel is an id, checked settings and a switch."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from scheduler import mail, webhook
from scheduler.delivery import MASK, ChannelError, Delivery, Settings
from scheduler.mail import Mail
from scheduler.webhook import Webhook

__all__ = [
    "KINDS",
    "MASK",
    "Channel",
    "ChannelError",
    "Delivery",
    "parse_channel",
    "public",
    "send",
    "stored",
]

KINDS = ("mail", "webhook")


@dataclass(frozen=True, slots=True)
class Channel:
    """预警渠道 — where alerts are sent, and whether they are at present."""

    id: str
    settings: Mail | Webhook
    enabled: bool

    @property
    def kind(self) -> str:
        """渠道种类: "mail" or "webhook"."""
        return "mail" if isinstance(self.settings, Mail) else "webhook"


def parse_channel(
    id: str, kind: str, settings: Mapping[str, Any], enabled: bool, *, previous: Channel | None = None
) -> Channel:
    """读取渠道: checked settings, or a `ChannelError`. A masked secret is taken over from `previous`."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", id):
        raise ChannelError(
            "alert_channel.id_invalid", "渠道编号应为小写字母、数字、连字符或下划线。", setting="id"
        )
    before = previous.settings if previous else None
    checked: Mail | Webhook
    if kind == "mail":
        checked = mail.parse(Settings(settings), before if isinstance(before, Mail) else None)
    elif kind == "webhook":
        checked = webhook.parse(Settings(settings), before if isinstance(before, Webhook) else None)
    else:
        raise ChannelError("alert_channel.kind_unknown", "渠道种类应为 mail 或 webhook。", setting="kind")
    return Channel(id=id, settings=checked, enabled=enabled)


def public(channel: Channel) -> dict[str, Any]:
    """可见渠道: as the API shows it, secrets masked."""
    settings = channel.settings
    shown = mail.public(settings) if isinstance(settings, Mail) else webhook.public(settings)
    return {"id": channel.id, "kind": channel.kind, "settings": shown, "enabled": channel.enabled}


def stored(channel: Channel) -> dict[str, Any]:
    """留存设置: the settings as kept in the table."""
    settings = channel.settings
    if isinstance(settings, Mail):
        return mail.stored(settings)
    return {"url": settings.url, "secret": settings.secret}


def send(
    channel: Channel, outbox_id: UUID, payload: Mapping[str, Any], at: datetime, had: Collection[str] = ()
) -> Delivery:
    """发送: hands one alert to the receiver and reports what the receiver answered; not to who `had` it."""
    settings = channel.settings
    if isinstance(settings, Mail):
        return mail.send(settings, outbox_id, payload, at, had)
    return webhook.send(settings, outbox_id, payload, at)
