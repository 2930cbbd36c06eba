"""网络回调: delivered only by the receiver's own answer."""

import gzip
import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from scheduler import hosts, webhook
from scheduler.channels import Channel, Delivery, parse_channel, send
from scheduler.webhook import Webhook
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
        (200, b"{" + b" " * 70_000 + b"}", Delivery(False, "answer_too_long")),
        (200, b"[" * 60_000, Delivery(False, "bad_answer")),
        (200, b'{"errcode":' + b"1" * 5000 + b"}", Delivery(False, "bad_answer")),
        (200, b'{"errcode":0', Delivery(False, "bad_answer")),
        (200, '{"errcode":0,"errmsg":"成功"}'.encode("gb18030"), Delivery(True)),
        (200, '{"errcode":7,"errmsg":"失败"}'.encode("gb18030"), Delivery(False, "errcode_7")),
        (200, gzip.compress(b'{"errcode":0}', mtime=0), Delivery(False, "bad_answer")),
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


@pytest.mark.parametrize(
    "host",
    ["....", "..", "a" * 300, "a" * 500, "[", "[fe80::1", "2852039166", "1:2:3", "a:99999", "\udc80", ""],
)
def test_settings_that_were_never_checked_deliver_nothing_and_raise_nothing(host: str) -> None:
    channel = Channel("hook", Webhook(f"http://{host}/", SECRET), True)
    assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "bad_address")


def test_a_stored_address_without_a_known_scheme() -> None:
    for url in ("ftp://127.0.0.1/", "127.0.0.1", ""):
        channel = Channel("hook", Webhook(url, SECRET), True)
        assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "bad_address")


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "fe80::1%lo", "224.0.0.1", "0.0.0.0", "64:ff9b::a9fe:1"]
)
def test_a_name_that_leads_to_a_forbidden_address_gets_nothing(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(hosts, "resolve", lambda *_: ["127.0.0.1", address])
    url = f"http://chat.office.test:{hook.port}/in"
    channel = parse_channel("hook", "webhook", {"url": url, "secret": SECRET}, True)
    assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "forbidden_address")
    assert hook.got == []


def test_a_stored_forbidden_address_gets_nothing() -> None:
    channel = Channel("hook", Webhook("http://169.254.169.254/", SECRET), True)
    assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(False, "forbidden_address")


def test_the_next_address_of_a_name_is_tried_under_its_name(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "resolve", lambda *_: ["127.0.0.2", "127.0.0.1"])
    url = f"http://chat.office.test:{hook.port}/in?key=a"
    channel = parse_channel("hook", "webhook", {"url": url, "secret": SECRET}, True)
    assert send(channel, uuid4(), PAYLOAD, AT) == Delivery(True)
    assert [headers["host"] for headers, _ in hook.got] == [f"chat.office.test:{hook.port}"]


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
