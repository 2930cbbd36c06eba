"""巡查: every due step becomes one alert in its case – late, early, twice at a time or interrupted."""

import threading
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from domain.casework import Casework
from domain.petition import commands
from eventstore.database import Database, library_env
from scheduler import roster
from scheduler.channels import parse_channel
from scheduler.outbox import dispatch
from scheduler.sweep import ANY_DUE, sweep, waiting
from tests.conftest import Clock
from tests.keys import run_keys
from tests.scheduler.bureau import Bureau, morning
from tests.scheduler.receivers import Hook

MONDAY = date(2026, 3, 2)
LONG_AFTER = date(2026, 12, 1)


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    one = Bureau(database, MONDAY)
    yield one
    one.close()


def days(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def test_nothing_is_raised_before_its_day_and_each_step_once_on_it(bureau: Bureau, clock: Clock) -> None:
    bureau.petitions(MONDAY, 3)
    fire_days = set()
    for day in days(MONDAY, MONDAY + timedelta(days=40)):
        clock.set(morning(day))
        if sweep(bureau.database, bureau.casework, clock).alerts:
            fire_days.add(day)
        assert set(bureau.raised()) == bureau.due_by(day), day
        assert bureau.unraised(day) == 0
    assert len(fire_days) >= 5
    assert set(bureau.raised().values()) == {1}
    assert {alert.recorded_at.date() for alert in bureau.alerts()} == fire_days


def test_c3_whether_anything_is_due_is_asked_of_the_index(bureau: Bureau) -> None:
    """C3: however many clocks are open, one look at the earliest day tells."""
    with bureau.database.transaction() as connection:
        connection.execute("SET LOCAL enable_sort = off")
        plan = connection.execute(f"EXPLAIN {ANY_DUE}", (MONDAY,)).fetchall()
    assert "deadline_steps_fire_on_idx" in str(plan)
    assert "Seq Scan" not in str(plan)


def test_a_step_fires_at_midnight_in_shanghai(bureau: Bureau, clock: Clock) -> None:
    bureau.petitions(MONDAY)
    first = next(day for day in days(MONDAY, LONG_AFTER) if bureau.due_by(day))
    midnight = morning(first) - timedelta(hours=10)
    clock.set(midnight - timedelta(seconds=1))
    assert sweep(bureau.database, bureau.casework, clock).alerts == 0
    clock.set(midnight)
    assert sweep(bureau.database, bureau.casework, clock).alerts == len(bureau.due_by(first))


def test_after_days_of_downtime_every_missed_step_is_raised_once(bureau: Bureau, clock: Clock) -> None:
    bureau.petitions(MONDAY, 3)
    expected = bureau.due_by(LONG_AFTER)
    clock.set(morning(LONG_AFTER))
    count = sweep(bureau.database, bureau.casework, clock, batch=4)
    assert count.failed == []
    assert set(bureau.raised()) == expected
    assert set(bureau.raised().values()) == {1}
    bureau.project()
    assert sweep(bureau.database, bureau.casework, clock).alerts == 0
    assert waiting(bureau.database, LONG_AFTER)["steps"] == 0


def test_a_moved_due_date_is_armed_anew_and_the_old_one_is_silent(bureau: Bureau, clock: Clock) -> None:
    (case,) = bureau.petitions(MONDAY)
    bureau.casework.handle(case, commands.Accept(), bureau.clerk(MONDAY))
    bureau.project()
    before = {key for key in bureau.due_by(LONG_AFTER) if key[1] == "finish"}
    old, new = date(2026, 5, 6), date(2026, 6, 1)  # 60 and 90 days on, past Labour Day and a Sunday
    assert {due for *_, due in before} == {old}
    eve = old - timedelta(days=1)
    clock.set(morning(eve))
    sweep(bureau.database, bureau.casework, clock)
    asked = commands.RequestExtension(days=30, reason="案情复杂")
    bureau.casework.handle(case, asked, bureau.clerk(eve))
    bureau.casework.handle(case, commands.GrantExtension(days=30), bureau.leader(eve))
    bureau.project()
    for day in days(eve, LONG_AFTER):
        clock.set(morning(day))
        sweep(bureau.database, bureau.casework, clock)
    raised = {key: times for key, times in bureau.raised().items() if key[1] == "finish"}
    assert set(raised.values()) == {1}
    assert {step for *_, step, due in raised if due == old} == {"due_soon_5", "due_soon_2"}
    assert {step for *_, step, due in raised if due == new} == {step for *_, step, _ in before}
    assert {due for *_, due in raised} == {old, new}


def test_a_case_closed_before_the_view_knew_raises_nothing(bureau: Bureau, clock: Clock) -> None:
    (case,) = bureau.petitions(MONDAY)
    bureau.casework.handle(case, commands.Withdraw("信访人撤回"), bureau.clerk(MONDAY))
    assert bureau.due_by(LONG_AFTER), "the view is behind on purpose"
    clock.set(morning(LONG_AFTER))
    count = sweep(bureau.database, bureau.casework, clock)
    assert count.steps > 0
    assert bureau.alerts() == []


def test_rebuilt_views_raise_nothing_again(bureau: Bureau, clock: Clock) -> None:
    bureau.petitions(MONDAY, 2)
    clock.set(morning(LONG_AFTER))
    sweep(bureau.database, bureau.casework, clock)
    before = bureau.raised()
    with bureau.database.transaction() as connection:
        connection.execute("UPDATE deadline_steps SET raised = false")
    assert sweep(bureau.database, bureau.casework, clock).alerts == 0
    assert bureau.raised() == before


class Troubled:
    """The real door, except that one case can't be decided."""

    def __init__(self, casework: Casework, case: UUID) -> None:
        self.casework, self.case = casework, case

    def raise_alerts(self, case_ids: Sequence[UUID], at: datetime) -> int:
        """As the real one, but fails with this case among the others."""
        if self.case in case_ids:
            raise ValueError("unreadable")
        return self.casework.raise_alerts(case_ids, at)


def test_a_failing_case_blocks_no_other_and_is_tried_again(bureau: Bureau, clock: Clock) -> None:
    cases = bureau.petitions(MONDAY, 5)
    clock.set(morning(LONG_AFTER))
    troubled = Troubled(bureau.casework, cases[2])
    for batch in (3, 200):
        assert sweep(bureau.database, troubled, clock, batch=batch).failed == [cases[2]]
        assert {key[0] for key in bureau.raised()} == set(cases) - {cases[2]}
        assert bureau.unraised(LONG_AFTER) > 0
    assert sweep(bureau.database, bureau.casework, clock).failed == []
    assert set(bureau.raised()) == bureau.due_by(LONG_AFTER)
    assert set(bureau.raised().values()) == {1}


def test_two_schedulers_raise_each_alert_once_while_the_view_follows(bureau: Bureau, clock: Clock) -> None:
    bureau.petitions(MONDAY, 40)
    expected = bureau.due_by(LONG_AFTER)
    clock.set(morning(LONG_AFTER))
    other = Casework(library_env(bureau.database.dsn), keys=run_keys())
    ready = threading.Barrier(3)
    failed: list[UUID] = []

    def work(casework: Casework) -> None:
        ready.wait(10)
        failed.extend(sweep(bureau.database, casework, clock, batch=7).failed)

    def follow() -> None:
        ready.wait(10)
        for _ in range(10):
            bureau.project()

    threads = [
        threading.Thread(target=work, args=(bureau.casework,)),
        threading.Thread(target=work, args=(other,)),
        threading.Thread(target=follow),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert failed == []
    assert set(bureau.raised()) == expected
    assert set(bureau.raised().values()) == {1}
    sweep(bureau.database, bureau.casework, clock)
    bureau.project()
    assert bureau.unraised(LONG_AFTER) == 0
    assert sum(bureau.raised().values()) == len(expected)


def test_an_alert_reaches_the_outside_once_on_each_channel(bureau: Bureau, clock: Clock, hook: Hook) -> None:
    off = {"url": "http://127.0.0.1:1/", "secret": "not-a-real-secret"}
    for channel in (hook.channel("one"), hook.channel("two"), parse_channel("off", "webhook", off, False)):
        roster.keep(bureau.database, channel)
    bureau.petitions(MONDAY, 2)
    clock.set(morning(LONG_AFTER))
    for _ in range(2):
        sweep(bureau.database, bureau.casework, clock)
        dispatch(bureau.database, clock, worker="w")
    alerts = {str(alert.alert_id) for alert in bureau.alerts()}
    assert len(hook.got) == 2 * len(alerts)
    assert {body["alert_id"] for body in hook.bodies()} == alerts
    assert len(set(hook.ids())) == len(hook.got)
