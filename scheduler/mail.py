"""电子邮件: one message by SMTP. Delivered only when the server took it for every recipient.

A repeat goes only to those whom the server has not yet taken it for.
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from uuid import UUID

from scheduler import hosts
from scheduler.delivery import MASK, Delivery, Settings, invalid, missing
from scheduler.message import body, subject

TIMEOUT = 8.0
"""Seconds for each word with the server."""

MOST_RECIPIENTS = 100
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
EVERYONE_ELSE = "*"
"""In a map officer → address: where mail goes for an officer who has no entry."""


@dataclass(frozen=True, slots=True)
class Mail:
    """邮件设置 — `recipients` is a list of addresses, or a map from an officer's id to an address."""

    host: str
    port: int
    starttls: bool
    ssl: bool
    username: str
    password: str
    sender: str
    recipients: tuple[str, ...] | dict[str, str]


def parse(settings: Settings, previous: Mail | None) -> Mail:
    """读取设置."""
    tls, starttls = settings.flag("ssl"), settings.flag("starttls")
    if tls and starttls:
        raise invalid("starttls", "不能与 ssl 同时启用")
    mail = Mail(
        host=host_in(settings.text("host")),
        port=settings.port("port", 465 if tls else 587 if starttls else 25),
        starttls=starttls,
        ssl=tls,
        username=settings.text("username", ""),
        password=settings.text("password", ""),
        sender=address_in("sender", settings.text("sender")),
        recipients=recipients_in(settings.raw("recipients")),
    )
    settings.refuse_others()
    if mail.password == MASK:
        if previous is None or not _as_safe(mail, previous):
            raise invalid("password", "没有填写；更换服务器、端口或者停用加密的，应当重新填写")
        mail = replace(mail, password=previous.password)
    if bool(mail.username) != bool(mail.password):
        raise invalid("password", "应与 username 同时填写")
    return mail


def _as_safe(mail: Mail, previous: Mail) -> bool:
    """A stored password goes to the server and port it was given for, and in the clear only if it did before."""
    same = (mail.host, mail.port) == (previous.host, previous.port)
    return same and (mail.ssl or mail.starttls or not (previous.ssl or previous.starttls))


def host_in(value: str) -> str:
    """核对服务器: a name that a resolver can be asked for, or an address."""
    if not hosts.readable(value) or hosts.forbidden(value):
        raise invalid("host", "不是有效的服务器地址")
    return value


def address_in(name: str, value: object) -> str:
    """核对邮箱地址."""
    if not isinstance(value, str) or not ADDRESS.fullmatch(value.strip()):
        raise invalid(name, "含有无效的邮箱地址")
    return value.strip()


def recipients_in(value: object) -> tuple[str, ...] | dict[str, str]:
    """读取收件人: a list, or a map officer → address with "*" for everyone else."""
    if not value:
        raise missing("recipients")
    if isinstance(value, list | tuple) and len(value) <= MOST_RECIPIENTS:
        return tuple(dict.fromkeys(address_in("recipients", one) for one in value))
    if isinstance(value, dict) and all(isinstance(officer, str) for officer in value):
        return {officer: address_in("recipients", one) for officer, one in value.items()}
    raise invalid("recipients", f"应为邮箱地址列表（至多 {MOST_RECIPIENTS} 个）或“人员—邮箱地址”对照表")


def public(mail: Mail) -> dict[str, Any]:
    """可见设置."""
    return {**stored(mail), "password": MASK if mail.password else ""}


def stored(mail: Mail) -> dict[str, Any]:
    """留存设置."""
    recipients = list(mail.recipients) if isinstance(mail.recipients, tuple) else mail.recipients
    return {
        "host": mail.host, "port": mail.port, "starttls": mail.starttls, "ssl": mail.ssl,
        "username": mail.username, "password": mail.password, "sender": mail.sender, "recipients": recipients,
    }  # fmt: skip


def addresses(mail: Mail, payload: Mapping[str, Any]) -> tuple[list[str], bool]:
    """收件地址: whom to write to, and whether every officer named in the alert has an address."""
    if isinstance(mail.recipients, tuple):
        return list(mail.recipients), True
    if payload.get("test"):
        return sorted(set(mail.recipients.values())), True
    officers = [str(officer) for officer in payload.get("recipients") or ()] or [EVERYONE_ELSE]
    fallback = mail.recipients.get(EVERYONE_ELSE)
    found = [mail.recipients.get(officer, fallback) for officer in officers]
    return list(dict.fromkeys(one for one in found if one)), all(found)


def compose(
    mail: Mail, outbox_id: UUID, payload: Mapping[str, Any], to: list[str], at: datetime
) -> EmailMessage:
    """拟写邮件: the Message-ID comes from the outbox id, so a repeat is recognised as one."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject(payload)
    message["From"] = mail.sender
    message["To"] = ", ".join(to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{outbox_id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body(payload), charset="utf-8", cte="base64")
    return message


def send(
    mail: Mail, outbox_id: UUID, payload: Mapping[str, Any], at: datetime, had: Collection[str] = ()
) -> Delivery:
    """发送: whoever can be reached is, once; one recipient refused or without an address makes it undelivered."""
    if not hosts.readable(mail.host) or not 0 < mail.port < 65536:
        return Delivery(False, "bad_address")
    everyone, complete = addresses(mail, payload)
    to = [one for one in everyone if one not in had]
    if not to:
        return Delivery(True) if complete else Delivery(False, "no_address", hopeless=True)
    try:
        refused = hand_over(mail, compose(mail, outbox_id, payload, to, at), to)
    except smtplib.SMTPRecipientsRefused as error:
        refused = {one: code for one, (code, _) in error.recipients.items()}
    except smtplib.SMTPAuthenticationError:
        return Delivery(False, "smtp_auth")
    except smtplib.SMTPResponseException as error:
        return Delivery(False, f"smtp_{error.smtp_code}")
    except UnicodeError:
        return Delivery(False, "smtp_auth")  # the protocol knows no such user name or password
    except ssl.SSLError:
        return Delivery(False, "tls")
    except TimeoutError:
        return Delivery(False, "timeout")
    except ConnectionRefusedError:
        return Delivery(False, "refused")
    except (smtplib.SMTPException, OSError) as error:
        return Delivery(False, "timeout" if isinstance(error.__context__, TimeoutError) else "network")
    taken = tuple(one for one in to if one not in refused)
    if refused:
        return Delivery(False, f"smtp_{min(refused.values())}", taken)
    return Delivery(True, None, taken) if complete else Delivery(False, "no_address", taken, hopeless=True)


def hand_over(mail: Mail, message: EmailMessage, to: list[str]) -> dict[str, int]:
    """交付服务器: the recipients it refused, with its codes. A failing goodbye undoes nothing."""
    name = mail.sender.rpartition("@")[2]
    server: smtplib.SMTP
    if mail.ssl:
        server = smtplib.SMTP_SSL(
            mail.host, mail.port, name, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, name, timeout=TIMEOUT)
    try:
        if mail.starttls:
            server.starttls(context=ssl.create_default_context())
        if mail.username:
            server.login(mail.username, mail.password)
        refused = server.send_message(message, mail.sender, to)
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
    finally:
        server.close()
    return {one: code for one, (code, _) in refused.items()}
