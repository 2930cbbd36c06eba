"""网络回调: a signed JSON POST. Delivered only when the receiver says so in its status and its answer."""

import functools
import hashlib
import hmac
import json
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx

from scheduler import hosts
from scheduler.delivery import MASK, Delivery, Settings, invalid
from scheduler.message import outside

PORTS = {"http": 80, "https": 443}
TIMEOUT = 5.0
"""Seconds for connecting and for each read; also the most an answer may take in all once it has begun."""

LONGEST_ANSWER = 64 * 1024
MOST_ADDRESSES = 4
"""Of a name's addresses so many are tried, each for `TIMEOUT` at most."""
VERDICTS = ("errcode", "code", "StatusCode")
"""Where the office chat platforms put their own result; they answer HTTP 200 even when they refuse."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """网络回调设置."""

    url: str
    secret: str


def parse(settings: Settings, previous: Webhook | None) -> Webhook:
    """读取设置: refuses addresses that can't be meant; a masked secret stays what it was."""
    url, secret = settings.text("url"), settings.text("secret")
    settings.refuse_others()
    if previous and secret == MASK:
        secret = previous.secret
    if previous and url == shown_url(previous):
        url = previous.url
    if secret == MASK:
        raise invalid("secret", "没有填写")
    if len(secret) < 8:
        raise invalid("secret", "至少 8 个字符")
    check_address(url)
    return Webhook(url=url, secret=secret)


def check_address(url: str) -> None:
    """核对网址: http or https to a named host, without a password in it, and never a link-local address."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise invalid("url", "不是有效的网址") from error
    if parts.scheme not in ("http", "https") or not host:
        raise invalid("url", "应以 http:// 或 https:// 开头并写明主机")
    if parts.username is not None or parts.password is not None:
        raise invalid("url", "不得含有用户名或密码")
    if parts.fragment or not url.isascii() or " " in url or len(url) > 2000:
        raise invalid("url", "不是有效的网址")
    if not hosts.readable(host):
        raise invalid("url", "不是有效的网址")
    if hosts.forbidden(host):
        raise invalid("url", "不能指向该地址")


def shown_url(webhook: Webhook) -> str:
    """可见网址: a robot's key usually sits in the query, so the query is masked."""
    head, mark, _ = webhook.url.partition("?")
    return f"{head}?{MASK}" if mark else head


def public(webhook: Webhook) -> dict[str, Any]:
    """可见设置."""
    return {"url": shown_url(webhook), "secret": MASK}


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """签名: hex HMAC-SHA256 over the timestamp, a dot and the body."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def send(webhook: Webhook, outbox_id: UUID, payload: Mapping[str, Any], at: datetime) -> Delivery:
    """发送: one alert."""
    body = json.dumps({"id": str(outbox_id), **outside(payload)}, ensure_ascii=False).encode()
    headers = signed(webhook.secret, str(outbox_id), body, at)
    return deliver(webhook.url, body, {"Content-Type": "application/json; charset=utf-8", **headers})


def signed(secret: str, id: str, body: bytes, at: datetime) -> dict[str, str]:
    """签名头: the id under which this is sent, however often, the moment, and the signature over moment and body."""
    timestamp = str(int(at.timestamp()))
    return {
        "X-Shixian-Id": id,
        "X-Shixian-Timestamp": timestamp,
        "X-Shixian-Signature": signature(secret, timestamp, body),
    }


def deliver(given: str, body: bytes, headers: Mapping[str, str], *, inside: bool = True) -> Delivery:
    """投递: one POST, no redirects, no proxy from the environment, to an address that was looked at.

    The name is resolved here and the connection goes to the very address that was checked; the certificate is
    still the name's. Unless `inside`, no address of a private network will do, nor one of this machine.
    """
    try:
        url = httpx.URL(given)
        port = url.port or PORTS[url.scheme]
        if not hosts.readable(url.host) or port > 65535:
            return Delivery(False, "bad_address")
        addresses = hosts.resolve(url.host, port)
    except (httpx.InvalidURL, ValueError, KeyError):
        return Delivery(False, "bad_address")
    except OSError:
        return Delivery(False, "unreachable")
    if any(hosts.forbidden(one) for one in addresses):
        return Delivery(False, "forbidden_address")
    if not inside and any(hosts.inside(one) for one in addresses):
        return Delivery(False, "private_address")
    delivery = Delivery(False, "unreachable")
    plain = {**headers, "Accept-Encoding": "identity"}
    with httpx.Client(timeout=TIMEOUT, trust_env=False, verify=trust()) as client:
        for address in addresses[:MOST_ADDRESSES]:
            connected, delivery = post(client, url, address, body, plain)
            if connected:
                break
    return delivery


def post(
    client: httpx.Client, url: httpx.URL, address: str, body: bytes, headers: Mapping[str, str]
) -> tuple[bool, Delivery]:
    """投递: the POST to one address of the host; whether it got through to it, and the result."""
    named = {**headers, "Host": url.netloc.decode("ascii")}
    name = {"sni_hostname": url.raw_host.decode("ascii").rstrip(".")}
    try:
        there = url.copy_with(host=address)
        with client.stream("POST", there, content=body, headers=named, extensions=name) as response:
            if not 200 <= response.status_code < 300:
                return True, Delivery(False, f"http_{response.status_code}")
            return True, judge(read(response))
    except httpx.TimeoutException as error:
        return not isinstance(error, httpx.ConnectTimeout), Delivery(False, "timeout")
    except httpx.ConnectError as error:
        return False, Delivery(False, unreached(str(error).lower()))
    except (httpx.HTTPError, httpx.InvalidURL):
        return True, Delivery(False, "network")


def unreached(text: str) -> str:
    """未接通: why no connection came about, as a code."""
    if "ssl" in text or "certificate" in text:
        return "tls"
    return "refused" if "refused" in text else "unreachable"


@functools.cache
def trust() -> ssl.SSLContext:
    """信任: the system's certificates, loaded once."""
    return ssl.create_default_context()


def read(response: httpx.Response) -> bytes | None:
    """读取答复: the whole answer as sent, or None when it is too long or drips in for ever."""
    enough = time.monotonic() + TIMEOUT
    answer = bytearray()
    for piece in response.iter_raw():
        answer += piece
        if len(answer) > LONGEST_ANSWER or time.monotonic() > enough:
            return None
    return bytes(answer)


def judge(answer: bytes | None) -> Delivery:
    """判断答复: a platform's own result code must be 0; an answer without one is a plain yes.

    An answer that sets out to be a table and then can't be read says neither, so it is no yes.
    """
    if answer is None:
        return Delivery(False, "answer_too_long")
    try:
        table = json.loads(answer.decode(json.detect_encoding(answer), "replace"))
    except ValueError:
        meant = answer.lstrip().startswith((b"{", b"\x1f\x8b"))
        return Delivery(False, "bad_answer") if meant else Delivery(True)
    except RecursionError:
        return Delivery(False, "bad_answer")
    if not isinstance(table, dict):
        return Delivery(True)
    for name in VERDICTS:
        verdict = table.get(name, 0)
        if isinstance(verdict, bool) or str(verdict) != "0":
            told = str(verdict) if re.fullmatch(r"-?\d{1,9}", str(verdict)) else "other"
            return Delivery(False, f"errcode_{told}")
    return Delivery(True)
