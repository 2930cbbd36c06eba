"""网络回调: delivered only by the receiver's own answer."""

import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from scheduler import webhook
from scheduler.channels import Delivery, parse_channel, send
from tests.scheduler.receivers import SECRET, Hook

AT = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)
PAYLOAD = {
    "case_number": "信〔2026〕00017",
    "clock": "finish",
    "label": "办理期限",
    "step": "overdue",
    "due_on": "2026-10-08",
    "unit": "housing",
    "recipients": ["li"],
    "petitioner": "某某",
    "phone": "000",
}


def test_the_body_is_signed_and_holds_nothing_personal(hook: Hook) -> None:
    outbox_id = uuid4()
    assert send(hook.channel(), outbox_id, PAYLOAD, AT) == Delivery(True)
    headers, body = hook.got[0]
    assert headers["x-shixian-id"] == str(outbox_id)
    assert headers["x-shixian-timestamp"] == str(int(AT.timestamp()))
    signed = headers["x-shixian-timestamp"].encode() + b"." + body
    assert headers["x-shixian-signature"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
    told = json.loads(body)
    assert told["id"] == str(outbox_id)
    assert told["case_number"] == "信〔2026〕00017"
    assert "petitioner" not in told
    assert "phone" not in told


@pytest.mark.parametrize(
    ("status", "answer", "delivery"),
    [
        (200, b'{"errcode":0}', Delivery(True)),
        (200, b'{"StatusCode":0,"code":0}', Delivery(True)),
        (200, b'{"code":"0"}', Delivery(True)),
        (200, b'{"fine":true}', Delivery(True)),
        (200, b"[1]", Delivery(True)),
        (202, b"ok", Delivery(True)),
        (204, b"", Delivery(True)),
        (200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', Delivery(False, "errcode_93000")),
        (200, b'{"code":19001}', Delivery(False, "errcode_19001")),
        (200, b'{"StatusCode":1}', Delivery(False, "errcode_1")),
        (200, b'{"code":false}', Delivery(False, "errcode_other")),
        (200, b'{"errcode":null}', Delivery(False, "errcode_other")),
        (200, b'{"errcode":"li, phone 000"}', Delivery(False, "errcode_other")),
        (200, b" " * 70_000, Delivery(False, "answer_too_long")),
        (400, b"", Delivery(False, "http_400")),
        (500, b'{"errcode":0}', Delivery(False, "http_500")),
    ],
)
def test_only_the_answer_decides(hook: Hook, status: int, answer: bytes, delivery: Delivery) -> None:
    hook.status, hook.answer = status, answer
    assert send(hook.channel(), uuid4(), PAYLOAD, AT) == delivery


def test_redirects_are_not_followed(hook: Hook) -> None:
    hook.status, hook.headers = 307, {"Location": f"http://127.0.0.1:{hook.port}/else"}
    assert send(hook.channel(), uuid4(), PAYLOAD, AT) == Delivery(False, "http_307")
    assert len(hook.got) == 1


def test_a_silent_receiver_is_given_up(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    hook.silent_until = threading.Event()
    assert send(hook.channel(), uuid4(), PAYLOAD, AT) == Delivery(False, "timeout")
    hook.silent_until.set()


def test_nobody_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        channel = parse_channel("hook", "webhook", {"url": url, "secret": SECRET}, True)
        assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "refused")


def test_plain_http_behind_an_https_address_is_a_tls_error(hook: Hook) -> None:
    url = f"https://127.0.0.1:{hook.port}/"
    channel = parse_channel("hook", "webhook", {"url": url, "secret": SECRET}, True)
    assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "tls")
