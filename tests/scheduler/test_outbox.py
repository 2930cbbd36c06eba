"""发件箱: at least once, with a stable id; back-off, dead letters and their revival."""

import threading
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb

from domain.errors import Unknown
from eventstore.database import Database
from scheduler import outbox, roster
from scheduler.backoff import DELAYS, LEASE, MAX_ATTEMPTS
from scheduler.channels import Channel, Delivery
from tests.conftest import Clock
from tests.scheduler.receivers import Hook, Postbox

START = datetime(2026, 10, 9, 1, 0, tzinfo=UTC)
PAYLOAD = {"case_number": "信〔2026〕00017", "label": "办理期限", "step": "overdue", "due_on": "2026-10-08"}


@pytest.fixture
def time(clock: Clock) -> Clock:
    clock.set(START)
    return clock


def wait(time: Clock, long: timedelta) -> None:
    """Time passes."""
    time.set(time() + long)


def waiting(database: Database, channel: str, number: int = 1) -> list[UUID]:
    """So many rows on their way out."""
    ids = [uuid4() for _ in range(number)]
    with database.transaction() as connection:
        connection.cursor().executemany(
            "INSERT INTO outbox (id, alert_id, case_id, channel, payload) VALUES (%s, %s, %s, %s, %s)",
            [(id, uuid4(), uuid4(), channel, Jsonb(PAYLOAD)) for id in ids],
        )
    return ids


def row(database: Database, id: UUID) -> dict[str, Any]:
    """The row as it is now."""
    with database.transaction() as connection:
        found = connection.execute("SELECT * FROM outbox WHERE id = %s", (id,)).fetchone()
    assert found is not None
    return found


def states(database: Database) -> Counter[str]:
    """How many rows are in which state."""
    with database.transaction() as connection:
        return Counter(one["state"] for one in connection.execute("SELECT state FROM outbox").fetchall())


def test_a_yes_delivers(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel())
    (id,) = waiting(database, "hook")
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=1)
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
    assert hook.ids() == [str(id)]
    assert hook.bodies()[0]["case_number"] == "信〔2026〕00017"
    assert (row(database, id)["state"], row(database, id)["delivered_at"]) == ("delivered", START)


def test_http_200_with_a_no_in_it_is_not_delivered(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel())
    (id,) = waiting(database, "hook")
    hook.answer = b'{"errcode":93000}'
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(failed=1)
    found = row(database, id)
    assert (found["state"], found["attempts"], found["error"]) == ("pending", 1, "errcode_93000")


def test_retries_wait_longer_each_time_and_end_in_a_dead_letter(
    database: Database, hook: Hook, time: Clock
) -> None:
    roster.keep(database, hook.channel())
    (id,) = waiting(database, "hook")
    hook.status = 503
    waits = [*DELAYS, *[DELAYS[-1]] * (MAX_ATTEMPTS - 1 - len(DELAYS))]
    for pause in waits:
        assert outbox.dispatch(database, time, worker="w").failed == 1
        wait(time, pause - timedelta(seconds=1))
        assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
        wait(time, timedelta(seconds=1))
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(dead=1)
    found = row(database, id)
    assert (found["state"], found["attempts"], found["error"]) == ("dead", MAX_ATTEMPTS, "http_503")
    wait(time, timedelta(days=30))
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
    assert hook.ids() == [str(id)] * MAX_ATTEMPTS


def test_a_dead_letter_can_be_revived_once(database: Database, hook: Hook, time: Clock) -> None:
    (id,) = waiting(database, "hook")
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
    assert (row(database, id)["state"], row(database, id)["error"]) == ("dead", "channel_missing")
    roster.keep(database, hook.channel())
    outbox.revive(database, id)
    with pytest.raises(Unknown):
        outbox.revive(database, id)
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=1)
    with pytest.raises(Unknown):
        outbox.revive(database, uuid4())


def test_a_channel_switched_off_keeps_its_alerts_waiting(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel(enabled=False))
    waiting(database, "hook", 3)
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
    roster.keep(database, hook.channel(enabled=True))
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=3)


def test_a_crash_between_send_and_mark_repeats_the_same_id(
    database: Database, hook: Hook, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster.keep(database, hook.channel())
    (id,) = waiting(database, "hook")
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "mark_delivered", lambda *_: crash())
        with pytest.raises(KeyboardInterrupt):
            outbox.dispatch(database, time, worker="w")
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts()
    wait(time, LEASE)
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=1)
    assert hook.ids() == [str(id), str(id)]


def crash() -> None:
    """What no handler stops."""
    raise KeyboardInterrupt


def test_two_dispatchers_send_each_row_once(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel())
    ids = waiting(database, "hook", 60)
    counts: list[outbox.Counts] = []
    threads = [
        threading.Thread(target=lambda name=name: counts.append(outbox.dispatch(database, time, worker=name)))
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(count.delivered for count in counts) == 60
    assert Counter(hook.ids()) == Counter(str(id) for id in ids)


def test_a_late_no_does_not_undo_another_dispatchers_yes(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel())
    (id,) = waiting(database, "hook")

    def slow(
        channel: Channel, outbox_id: UUID, payload: Mapping[str, Any], at: datetime, had: Collection[str]
    ) -> Delivery:
        wait(time, LEASE)
        assert outbox.dispatch(database, time, worker="quick").delivered == 1
        return Delivery(False, "http_500")

    outbox.dispatch(database, time, worker="slow", sender=slow)
    assert row(database, id)["state"] == "delivered"


def test_one_channel_that_hangs_or_breaks_does_not_hold_up_another(
    database: Database, hook: Hook, time: Clock
) -> None:
    for id in ("hanging", "breaking", "fine"):
        roster.keep(database, hook.channel(id))
        waiting(database, id, 3)
    asked: Counter[str] = Counter()

    def sender(
        channel: Channel, outbox_id: UUID, payload: Mapping[str, Any], at: datetime, had: Collection[str]
    ) -> Delivery:
        asked[channel.id] += 1
        if channel.id == "breaking":
            raise ValueError
        return Delivery(channel.id == "fine", "timeout")

    counts = outbox.dispatch(database, time, worker="w", sender=sender)
    assert asked == {"hanging": 1, "breaking": 3, "fine": 3}
    assert counts == outbox.Counts(delivered=3, failed=4)


def test_no_more_than_asked_for_and_none_after_being_told_to_stop(
    database: Database, hook: Hook, time: Clock
) -> None:
    roster.keep(database, hook.channel())
    waiting(database, "hook", 5)
    assert outbox.dispatch(database, time, limit=2, worker="w").delivered == 2
    answers = [False, True]
    assert outbox.dispatch(database, time, worker="w", go_on=answers.pop).delivered == 1
    assert states(database) == {"delivered": 3, "pending": 2}


def test_the_deliveries_of_an_alert(database: Database, hook: Hook, time: Clock) -> None:
    roster.keep(database, hook.channel())
    (sent,) = waiting(database, "hook")
    (lost,) = waiting(database, "gone")
    outbox.dispatch(database, time, worker="w")
    (held,) = waiting(database, "hook")
    alerts = [row(database, id)["alert_id"] for id in (sent, lost, held)]
    found = outbox.deliveries(database, [*alerts, uuid4()])
    assert {alert: [(one.state, one.attempts, one.at) for one in of] for alert, of in found.items()} == {
        alerts[0]: [("delivered", 1, START)],
        alerts[1]: [("dead", 0, None)],
        alerts[2]: [("pending", 0, None)],
    }
    assert outbox.deliveries(database, []) == {}


def test_one_refused_address_does_not_repeat_the_mail_to_the_others(
    database: Database, postbox: Postbox, time: Clock
) -> None:
    roster.keep(database, postbox.channel(["li@office.test", "wang@office.test", "wu@office.test"]))
    (id,) = waiting(database, "mail")
    postbox.refuses = {"wang@office.test", "wu@office.test"}
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(failed=1)
    postbox.refuses = {"wu@office.test"}
    for _ in range(4):
        wait(time, DELAYS[-1])
        assert outbox.dispatch(database, time, worker="w") == outbox.Counts(failed=1)
    assert row(database, id)["delivered_to"] == ["li@office.test", "wang@office.test"]
    postbox.refuses = set()
    wait(time, DELAYS[-1])
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=1)
    assert [one.rcpt_tos for one in postbox.got] == [
        ["li@office.test"], ["wang@office.test"], ["wu@office.test"],
    ]  # fmt: skip


def test_an_officer_without_an_address_is_a_dead_letter_at_once_and_mails_nobody_twice(
    database: Database, postbox: Postbox, time: Clock
) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO outbox (id, alert_id, case_id, channel, payload) VALUES (%s, %s, %s, %s, %s)",
            (id := uuid4(), uuid4(), uuid4(), "mail", Jsonb({**PAYLOAD, "recipients": ["li", "wang"]})),
        )
    roster.keep(database, postbox.channel({"li": "li@office.test"}))
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(dead=1)
    found = row(database, id)
    assert (found["state"], found["attempts"], found["error"]) == ("dead", 1, "no_address")
    roster.keep(database, postbox.channel({"li": "li@office.test", "wang": "wang@office.test"}))
    outbox.revive(database, id)
    assert outbox.dispatch(database, time, worker="w") == outbox.Counts(delivered=1)
    assert [one.rcpt_tos for one in postbox.got] == [["li@office.test"], ["wang@office.test"]]


def test_a_test_message_goes_out_at_once(database: Database, hook: Hook) -> None:
    roster.keep(database, hook.channel(enabled=False))
    assert outbox.enqueue_test(database, "hook") == Delivery(True)
    assert hook.bodies()[0]["test"] is True
    hook.answer = b'{"code":19001}'
    assert outbox.enqueue_test(database, "hook", START) == Delivery(False, "errcode_19001")
    assert states(database) == {}
    with pytest.raises(Unknown):
        outbox.enqueue_test(database, "nowhere")
