"""事件推送 (C7): what a webhook chose, in order, at least once under one id; nothing confidential and nothing personal."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.errors import Unknown
from domain.petition import commands
from eventstore.announcements import SEAL_HEAD, announce
from eventstore.database import Database
from scheduler import hosts, push, subscriptions, webhook
from scheduler.backoff import DELAYS, LEASE, MAX_ATTEMPTS
from scheduler.delivery import Delivery
from scheduler.push import MAX_REFUSALS, Counts
from scheduler.subscriptions import Subscription
from tests.conftest import Clock
from tests.scheduler.bureau import Bureau, morning
from tests.scheduler.receivers import SECRET, Hook

DAY = date(2026, 10, 9)
START = datetime(2026, 10, 9, 4, 0, tzinfo=UTC)
PERSON = "某某"


@pytest.fixture
def bureau(database: Database, clock: Clock) -> Iterator[Bureau]:
    clock.set(START)
    one = Bureau(database, DAY)
    yield one
    one.close()


def subscribed(
    bureau: Bureau, hook: Hook, *chosen: str, place: int | None = 0, id: str = "oa", **given: Any
) -> Subscription:
    """A webhook that leads to the receiver, from the beginning of the log unless told otherwise."""
    url = f"http://127.0.0.1:{hook.port}/in"
    settings = {"allow_private": True, "enabled": True, **given}
    one = subscriptions.parse(id, url, SECRET, chosen or ("petition.*",), **settings)
    head = bureau.casework.store.max_notification_id() or 0
    subscriptions.replace(bureau.database, [(one, place)], head)
    return one


def pushed(bureau: Bureau, clock: Clock) -> Counts:
    return push.push(bureau.database, bureau.casework, clock)


def letters(bureau: Bureau) -> list[dict[str, Any]]:
    with bureau.database.transaction() as connection:
        return connection.execute("SELECT * FROM webhook_dead_letters ORDER BY position").fetchall()


def wait(clock: Clock, long: timedelta) -> None:
    clock.set(clock() + long)


def positions(hook: Hook) -> list[int]:
    return [body["data"]["position"] for body in hook.bodies()]


def accusation(bureau: Bureau, category: str = "accusation") -> UUID:
    against = (commands.AgainstEntry(unit="某某公司"),) if category == "accusation" else ()
    what = commands.Register(
        "letter", category, "举报", "内容", (commands.PetitionerEntry(PERSON),), against=against
    )
    return bureau.casework.register(what, bureau.clerk(DAY)).id


def test_events_come_in_order_signed_and_each_once(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    subscribed(bureau, hook)
    cases = bureau.petitions(DAY, 3)
    assert pushed(bureau, clock) == Counts(delivered=3)
    assert pushed(bureau, clock) == Counts()
    assert positions(hook) == sorted(positions(hook))
    bodies = hook.bodies()
    assert [body["subject"] for body in bodies] == [str(case) for case in cases]
    placed = [f"{case}.1.{position}" for case, position in zip(cases, positions(hook), strict=True)]
    assert hook.ids() == placed == [body["id"] for body in bodies]
    assert {(body["specversion"], body["type"]) for body in bodies} == {
        ("1.0", "shixian.petition.registered")
    }
    headers, body = hook.got[0]
    assert headers["content-type"].startswith("application/cloudevents+json")
    signature = hmac.new(
        SECRET.encode(), headers["x-shixian-timestamp"].encode() + b"." + body, hashlib.sha256
    )
    assert headers["x-shixian-signature"] == signature.hexdigest()


def test_what_is_told_holds_nothing_of_what_the_case_says(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    subscribed(bureau, hook)
    bureau.petitions(DAY)
    pushed(bureau, clock)
    [body] = hook.bodies()
    assert set(body["data"]) == {
        "case", "case_kind", "case_number", "position", "event", "label", "on", "version",
    }  # fmt: skip
    sent = json.dumps(body, ensure_ascii=False)
    assert not [word for word in (PERSON, "供暖", "温度不达标", "chen") if word in sent]


def test_a_confidential_case_leaves_no_trace_outside(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    subscribed(bureau, hook, "petition.*", "item.*", "review.*", "reception.*", "month.*")
    accusation(bureau)
    turned = accusation(bureau, "appeal")
    bureau.casework.handle(turned, commands.Classify("accusation"), bureau.clerk(DAY))
    assert pushed(bureau, clock) == Counts()
    assert hook.got == []


def test_only_the_chosen_kinds_come(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    subscribed(bureau, hook, "petition.classified")
    case = bureau.petitions(DAY)[0]
    bureau.casework.handle(case, commands.Classify("suggestion"), bureau.clerk(DAY))
    assert pushed(bureau, clock) == Counts(delivered=1)
    assert [body["type"] for body in hook.bodies()] == ["shixian.petition.classified"]


def test_a_receiver_that_is_down_gets_everything_in_order_afterwards(
    bureau: Bureau, hook: Hook, clock: Clock
) -> None:
    subscribed(bureau, hook)
    bureau.petitions(DAY, 2)
    hook.status = 503
    for pause in DELAYS[:3]:
        assert pushed(bureau, clock) == Counts(failed=1)
        wait(clock, pause - timedelta(seconds=1))
        assert pushed(bureau, clock) == Counts()
        wait(clock, timedelta(seconds=1))
    assert len(set(hook.ids())) == 1, "the second event waits behind the first"
    hook.status = 200
    assert pushed(bureau, clock) == Counts(delivered=2)
    assert positions(hook)[-2:] == sorted(set(positions(hook)))
    shown = subscriptions.one_of(bureau.database, "oa")
    assert (shown.attempts, shown.error, shown.delivered_at) == (0, None, clock())


def test_a_slow_receiver_is_given_up_in_time_and_holds_up_no_other(
    bureau: Bureau, hook: Hook, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    hook.silent_until = threading.Event()
    slow = subscribed(bureau, hook, id="slow")
    quick = subscribed(bureau, hook, id="quick")
    subscriptions.replace(bureau.database, [(slow, 0), (quick, 0)], 0)
    bureau.petitions(DAY)

    def sender(one: Subscription, message: push.Message, at: datetime) -> Delivery:
        return push.send(one, message, at) if one.id == "slow" else Delivery(True)

    counts = push.push(bureau.database, bureau.casework, clock, sender=sender)
    hook.silent_until.set()
    assert counts == Counts(delivered=1, failed=1)
    assert subscriptions.one_of(bureau.database, "slow").error == "timeout"


def test_an_answer_that_came_too_late_only_means_the_same_id_again(
    bureau: Bureau, hook: Hook, clock: Clock
) -> None:
    """The receiver answers twice: once after the sender had given up, once to the repeat."""
    subscribed(bureau, hook)
    bureau.petitions(DAY, 2)
    late = True

    def sender(one: Subscription, message: push.Message, at: datetime) -> Delivery:
        nonlocal late
        answer = push.send(one, message, at)
        late, was_late = False, late
        return Delivery(False, "timeout") if was_late else answer

    assert push.push(bureau.database, bureau.casework, clock, sender=sender) == Counts(failed=1)
    wait(clock, DELAYS[0])
    assert push.push(bureau.database, bureau.casework, clock, sender=sender) == Counts(delivered=2)
    first, again, second = hook.ids()
    assert first == again != second


def test_whoever_lost_the_turn_moves_nothing_on(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    """Two rounds at once, the first one stuck for longer than its lease: what both sent, they sent under one id."""
    subscribed(bureau, hook)
    bureau.petitions(DAY, 3)

    def stuck(one: Subscription, message: push.Message, at: datetime) -> Delivery:
        wait(clock, LEASE)
        assert pushed(bureau, clock) == Counts(delivered=3)
        return Delivery(True)

    counts = push.push(bureau.database, bureau.casework, clock, sender=stuck)
    assert counts.delivered == 1
    assert positions(hook) == sorted(set(positions(hook)))
    assert len(positions(hook)) == 3
    assert pushed(bureau, clock) == Counts()


def test_what_is_refused_too_often_is_a_dead_letter_and_the_rest_goes_on(
    bureau: Bureau, hook: Hook, clock: Clock
) -> None:
    subscribed(bureau, hook)
    case, other = bureau.petitions(DAY, 2)

    def picky(one: Subscription, message: push.Message, at: datetime) -> Delivery:
        return Delivery(False, "http_422") if message.subject == str(case) else push.send(one, message, at)

    for n in range(1, MAX_REFUSALS + 1):
        counts = push.push(bureau.database, bureau.casework, clock, sender=picky)
        wait(clock, DELAYS[min(n, len(DELAYS)) - 1])
    assert counts == Counts(delivered=1, dead=1)
    assert hook.ids() == [f"{other}.1.{positions(hook)[0]}"]
    [letter] = letters(bureau)
    assert letter["event"].startswith(f"{case}.1.")
    assert (letter["error"], letter["attempts"]) == ("http_422", MAX_REFUSALS)
    hook.status = 500
    assert push.resend(bureau.database, bureau.casework, letter["id"], clock()).error == "http_500"
    assert letters(bureau)[0]["attempts"] == MAX_REFUSALS + 1
    hook.status = 200
    assert push.resend(bureau.database, bureau.casework, letter["id"], clock()).ok
    assert hook.ids()[-1] == letter["event"] == f"{case}.1.{positions(hook)[-1]}"
    assert letters(bureau) == []
    with pytest.raises(Unknown):
        push.resend(bureau.database, bureau.casework, letter["id"], clock())


def test_a_dead_letter_of_a_case_that_turned_confidential_is_never_sent(
    bureau: Bureau, hook: Hook, clock: Clock
) -> None:
    subscribed(bureau, hook)
    case = bureau.petitions(DAY)[0]
    hook.status = 500
    for _ in range(MAX_ATTEMPTS):
        pushed(bureau, clock)
        wait(clock, DELAYS[-1])
    [letter] = letters(bureau)
    hook.got.clear()
    bureau.casework.handle(case, commands.Classify("accusation"), bureau.clerk(DAY))
    assert push.resend(bureau.database, bureau.casework, letter["id"], clock()).error == "withheld"
    assert (letters(bureau), hook.got) == ([], [])


def test_a_private_address_is_only_written_to_where_that_was_allowed(
    bureau: Bureau, hook: Hook, clock: Clock
) -> None:
    subscribed(bureau, hook, allow_private=False)
    bureau.petitions(DAY)
    assert pushed(bureau, clock) == Counts(failed=1)
    assert subscriptions.one_of(bureau.database, "oa").error == "private_address"
    assert hook.got == []


def test_it_resumes_from_the_place_it_is_given(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    before = bureau.petitions(DAY, 2)
    one = subscribed(bureau, hook, place=None)
    assert pushed(bureau, clock) == Counts(), "a new one begins with what comes"
    after = bureau.petitions(DAY)
    assert pushed(bureau, clock) == Counts(delivered=1)
    subscriptions.replace(bureau.database, [(one, None)], 0)
    assert pushed(bureau, clock) == Counts()
    subscriptions.replace(bureau.database, [(one, 0)], 0)
    assert pushed(bureau, clock) == Counts(delivered=3)
    assert [body["subject"] for body in hook.bodies()] == [str(case) for case in (*after, *before, *after)]


def test_tree_heads_are_told_to_whoever_subscribes(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    head = {"origin": "office", "size": 7, "root": "00ff"}

    def publish(id: str) -> None:
        with bureau.database.transaction() as connection:
            announce(connection, SEAL_HEAD, id, head, morning(DAY))

    publish("head-0")
    subscribed(bureau, hook, SEAL_HEAD)
    for id in ("head-1", "head-2", "head-2"):
        publish(id)
    assert pushed(bureau, clock) == Counts(delivered=2)
    assert pushed(bureau, clock) == Counts()
    assert [(body["id"], body["type"], body["data"]) for body in hook.bodies()] == [
        ("head-1", "shixian.seal.head", head),
        ("head-2", "shixian.seal.head", head),
    ]
    with pytest.raises(ValueError, match="not announced"), bureau.database.transaction() as connection:
        announce(connection, "seal.tail", "x", head, morning(DAY))


def test_one_switched_off_waits(bureau: Bureau, hook: Hook, clock: Clock) -> None:
    subscribed(bureau, hook, enabled=False)
    bureau.petitions(DAY)
    assert pushed(bureau, clock) == Counts()
    subscribed(bureau, hook)
    assert pushed(bureau, clock) == Counts(delivered=1)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True), ("10.1.2.3", True), ("192.168.0.9", True), ("100.64.0.1", True), ("::1", True),
        ("fd12::1", True), ("::ffff:10.0.0.1", True), ("64:ff9b::a00:1", True), ("2002:a00:1::", True),
        ("8.8.8.8", False), ("2001:4860:4860::8888", False), ("oa.example.test", False),
    ],
)  # fmt: skip
def test_which_addresses_are_private(address: str, inside: bool) -> None:
    assert hosts.inside(address) is inside
