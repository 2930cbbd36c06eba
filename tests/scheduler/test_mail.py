"""电子邮件: delivered only when the server took it for everyone."""

import email
import email.policy
import socket
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from scheduler import mail
from scheduler.channels import Channel, Delivery, parse_channel, send
from scheduler.mail import Mail
from tests.scheduler.receivers import Postbox

AT = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)
PAYLOAD = {
    "case_number": "信〔2026〕00017",
    "clock": "finish",
    "label": "办理期限：已逾期",
    "step": "overdue",
    "due_on": "2026-10-08",
    "unit": "housing",
    "unit_name": "住房局",
    "recipients": ["li", "wang"],
    "petitioner": "某某",
    "content": "供暖不热",
}
BOTH = ["li@office.test", "wang@office.test"]


def test_an_alert_arrives_in_official_chinese_with_nothing_personal(postbox: Postbox) -> None:
    outbox_id = uuid4()
    assert send(postbox.channel(BOTH), outbox_id, PAYLOAD, AT) == Delivery(True, None, tuple(BOTH))
    (envelope,) = postbox.got
    assert envelope.rcpt_tos == BOTH
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert message["Message-ID"] == f"<{outbox_id}@office.test>"
    assert message["Date"].datetime == AT
    assert message["Subject"] == "【期限预警】信〔2026〕00017 办理期限：已逾期"
    text = message.get_content()
    assert "截止日期：2026-10-08" in text
    assert "责任单位：住房局" in text
    assert "某某" not in text
    assert "供暖" not in text


def test_of_a_confidential_case_it_says_only_that_there_is_something_to_see(postbox: Postbox) -> None:
    kept = {
        name: value for name, value in PAYLOAD.items() if name not in {"case_number", "unit", "unit_name"}
    }
    send(postbox.channel(BOTH), uuid4(), kept | {"case_kind": "petition"}, AT)
    message = email.message_from_bytes(postbox.got[0].content, policy=email.policy.default)
    assert message["Subject"] == "【期限预警】保密事项 办理期限：已逾期"
    text = message.get_content()
    assert "一件保密的信访事项有期限预警" in text
    assert "责任单位：请登录系统查看" in text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (None, "信〔2026〕00017号信访事项有期限预警"),
        ("petition", "信〔2026〕00017号信访事项有期限预警"),
        ("item", "信〔2026〕00017号督查事项有期限预警"),
        ("month", "信〔2026〕00017号否定事项月清单有期限预警"),
    ],
)
def test_it_says_what_kind_of_case_it_is_about(postbox: Postbox, kind: str | None, said: str) -> None:
    told = PAYLOAD if kind is None else PAYLOAD | {"case_kind": kind}
    send(postbox.channel(BOTH), uuid4(), told, AT)
    message = email.message_from_bytes(postbox.got[0].content, policy=email.policy.default)
    assert said in message.get_content()


def test_one_refused_recipient_makes_it_undelivered_though_the_others_get_it(postbox: Postbox) -> None:
    postbox.refuses = {"wang@office.test"}
    assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT) == Delivery(False, "smtp_550", (BOTH[0],))
    assert postbox.got[0].rcpt_tos == ["li@office.test"]


def test_a_repeat_goes_only_to_those_who_did_not_have_it(postbox: Postbox) -> None:
    assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT, [BOTH[0]]) == Delivery(True, None, (BOTH[1],))
    assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT, BOTH) == Delivery(True)
    assert [one.rcpt_tos for one in postbox.got] == [[BOTH[1]]]


def test_all_refused(postbox: Postbox) -> None:
    postbox.refuses = set(BOTH)
    assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT) == Delivery(False, "smtp_550")
    assert postbox.got == []


def test_refused_after_the_data(postbox: Postbox) -> None:
    postbox.full = True
    assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT) == Delivery(False, "smtp_452")


def test_a_repeat_carries_the_same_message_id(postbox: Postbox) -> None:
    outbox_id = uuid4()
    for _ in range(2):
        send(postbox.channel(BOTH), outbox_id, PAYLOAD, AT)
    first, second = (email.message_from_bytes(one.content)["Message-ID"] for one in postbox.got)
    assert first == second


@pytest.mark.parametrize(
    ("book", "written_to", "error"),
    [
        ({"li": BOTH[0], "wang": BOTH[1], "zhao": "z@office.test"}, BOTH, None),
        ({"li": BOTH[0], "*": "duty@office.test"}, [BOTH[0], "duty@office.test"], None),
        ({"li": BOTH[0]}, [BOTH[0]], "no_address"),
        ({"zhao": "z@office.test"}, [], "no_address"),
    ],
)
def test_officers_are_found_in_the_address_book(
    postbox: Postbox, book: dict[str, str], written_to: list[str], error: str | None
) -> None:
    delivery = send(postbox.channel(book), uuid4(), PAYLOAD, AT)
    assert delivery == Delivery(error is None, error, tuple(written_to), hopeless=error is not None)
    assert [one.rcpt_tos for one in postbox.got] == ([written_to] if written_to else [])


def test_a_server_that_cannot_encrypt_gets_nothing(postbox: Postbox) -> None:
    settings = {
        "host": "127.0.0.1",
        "port": postbox.port,
        "starttls": True,
        "sender": "alerts@office.test",
        "recipients": BOTH,
    }
    assert send(parse_channel("m", "mail", settings, True), uuid4(), PAYLOAD, AT) == Delivery(
        False, "network"
    )
    assert postbox.got == []


@pytest.mark.parametrize("host", ["....", "..", "a" * 300, "a" * 500, "\udc80"])
def test_a_stored_host_that_no_resolver_takes_delivers_nothing_and_raises_nothing(host: str) -> None:
    settings = Mail(host, 25, False, False, "", "", "alerts@office.test", ("li@office.test",))
    assert send(Channel("m", settings, True), uuid4(), PAYLOAD, AT) == Delivery(False, "bad_address")


def test_nobody_there_and_nobody_answering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        postbox = Postbox(port=server.getsockname()[1])
        assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT) == Delivery(False, "refused")
        server.listen(5)
        assert send(postbox.channel(BOTH), uuid4(), PAYLOAD, AT) == Delivery(False, "timeout")
