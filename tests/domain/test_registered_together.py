"""Those who wait for a number are registered in one transaction, with numbers as if they had come one by one (C1, issue 6)."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from eventsourcing.persistence import DataError, IntegrityError, OperationalError

from domain.acts import Receipt
from domain.casework import Casework, Key
from domain.petition.commands import Register
from domain.supervision.commands import Open
from tests.builders import act, clerk, inspector
from tests.domain.item.test_item_machine import ItemLife
from tests.domain.test_many_commands import LETTER, told

DAY = "2026-03-02"


class Store:
    """The store, with what is stored in one go remembered; `refuse` says what becomes of a submission instead, if anything."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.sizes: list[int] = []
        self.refuse: Callable[[Any], Exception | None] = lambda _: None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def append_all(self, submissions: Sequence[Any]) -> list[Any]:
        (one,) = submissions
        self.sizes.append(len(one.receipts))
        refused = self.refuse(one)
        return [refused] if refused is not None else self._store.append_all(submissions)


@pytest.fixture
def casework() -> Casework:
    return ItemLife().casework


@pytest.fixture
def store(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> Store:
    seen = Store(casework.store)
    monkeypatch.setattr(type(casework), "store", property(lambda _: seen))
    return seen


def together(casework: Casework, *calls: Callable[[], Receipt]) -> list[Receipt | Exception]:
    """All of them wait when the first is let in."""
    with ThreadPoolExecutor(len(calls)) as threads:
        with casework._registering:
            futures = [_waiting(casework, threads, call, count) for count, call in enumerate(calls, 1)]
        return [_outcome(one) for one in futures]


def _outcome(of: Future[Receipt]) -> Receipt | Exception:
    try:
        return of.result(10)
    except Exception as refused:
        return refused


def _waiting(
    casework: Casework, threads: ThreadPoolExecutor, call: Callable[[], Receipt], count: int
) -> Future[Receipt]:
    future = threads.submit(call)
    while len(casework._entrants) < count and not future.done():
        pass
    return future


def registers(
    casework: Casework, command: Register = LETTER, key: Key | None = None
) -> Callable[[], Receipt]:
    return lambda: casework.register(command, act(clerk, DAY), key=key)


def serials(outcomes: Sequence[Receipt | Exception]) -> Iterator[int]:
    for one in outcomes:
        assert isinstance(one, Receipt), one
        yield int(dict(one.extra)["number"].rsplit("-", 1)[1])


def test_they_are_stored_in_one_go_each_with_its_own_number_and_position(casework: Casework, store: Store):
    (before,) = serials([registers(casework)()])
    store.sizes.clear()
    outcomes = together(casework, *[registers(casework)] * 8)
    assert list(serials(outcomes)) == list(range(before + 1, before + 9))
    assert store.sizes == [8]
    assert len({one.id for one in outcomes}) == 8
    for one in outcomes:
        assert casework.history(one.id)[-1].position == one.position
        assert one.version == len(casework.history(one.id))


def test_who_is_refused_takes_no_number_and_touches_no_other(casework: Casework, store: Store):
    nowhere = registers(casework, replace(LETTER, rulebook="no-such-book"))
    fine, refused, last = together(casework, registers(casework), nowhere, registers(casework))
    first, second = serials([fine, last])
    assert second == first + 1
    assert isinstance(refused, Exception)
    assert store.sizes == [2]


def test_one_key_sent_twice_at_once_is_one_petition(casework: Casework, store: Store):
    key = Key("letter-1", "digest")
    first, again, other = together(
        casework, registers(casework, key=key), registers(casework, key=key), registers(casework)
    )
    assert first == again
    (one, two) = serials([first, other])
    assert two == one + 1


def test_two_items_from_one_petition_at_once_are_decided_one_after_the_other(
    casework: Casework, store: Store
):
    petition = casework.register(LETTER, act(clerk, DAY)).id
    opens = Open("petition", "livelihood", "供暖督查", "限期整改", date(2026, 4, 30), petition=petition)
    outcomes = together(casework, *[lambda: casework.open_item(opens, act(inspector, DAY))] * 2)
    assert sorted(told(one) for one in outcomes) == ["Receipt", "item.petition_has_item"]


def test_a_petition_that_others_keep_writing_in_holds_up_nobody_but_the_item_from_it(
    casework: Casework, store: Store
):
    petition = casework.register(LETTER, act(clerk, DAY)).id
    opens = Open("petition", "livelihood", "供暖督查", "限期整改", date(2026, 4, 30), petition=petition)
    store.sizes.clear()

    def written_meanwhile(submission: Any) -> Exception | None:
        ours = {str(event.originator_id) for event in submission.events}
        return IntegrityError("somebody was first") if str(petition) in ours else None

    store.refuse = written_meanwhile
    item, *others = together(
        casework, lambda: casework.open_item(opens, act(inspector, DAY)), *[registers(casework)] * 3
    )
    assert told(item) == "store.busy"
    one, two, three = serials(others)
    assert (two, three) == (one + 1, one + 2)
    assert store.sizes[:2] == [3, 1]
    assert max(store.sizes[2:]) == 1


def test_others_who_store_first_are_followed_and_no_number_is_given_twice(casework: Casework, store: Store):
    conflicts: list[Exception | None] = [IntegrityError("somebody was first"), None]
    store.refuse = lambda _: conflicts.pop(0)
    one, two, three = serials(together(casework, *[registers(casework)] * 3))
    assert (two, three) == (one + 1, one + 2)
    assert store.sizes == [3, 3]


def test_what_cannot_be_stored_is_refused_by_itself(casework: Casework, store: Store):
    bad = Key("bad", "digest")
    unfit = DataError("unfit")
    store.refuse = lambda s: unfit if any(one.key == "bad" for one in s.receipts) else None
    outcomes = together(casework, registers(casework), registers(casework, key=bad), registers(casework))
    assert outcomes[1] is unfit
    one, two = serials([outcomes[0], outcomes[2]])
    assert two == one + 1


def test_a_store_that_is_away_is_said_to_everybody_and_nobody_waits_for_ever(
    casework: Casework, store: Store
):
    def away(_: Any) -> None:
        raise OperationalError("away")

    store.refuse = away
    outcomes = together(casework, *[registers(casework)] * 3)
    assert [told(one) for one in outcomes] == ["OperationalError"] * 3
    store.refuse = lambda _: None
    assert isinstance(registers(casework)(), Receipt)
