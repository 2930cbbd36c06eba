"""Commands in one batch: one read and one append for all, and each outcome as if the command had come alone (C1, issue 6)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import OperationalError

from domain.acts import Receipt
from domain.casework import Asked, Casework, Key
from domain.casework.storing import own_key
from domain.errors import Refused, Stale
from domain.facts import name_of
from domain.papers.commands import IssueNotice
from domain.petition.commands import Propose, Register, Urge
from tests.builders import a_clerk, act, clerk, head, in_handling
from tests.domain.item.test_item_machine import ItemLife
from tests.domain.test_filing_month import begun
from tests.memory import MemoryRecorder

DAY = "2026-03-03"
LETTER = Register(channel="letter", category="appeal", subject="供暖", content="温度不达标")
PROPOSE = Propose("拟转区住建局办理")


class Watched:
    """The store, with its trips counted; `before` is done once, right before something is stored."""

    def __init__(self, store: MemoryRecorder) -> None:
        self._store = store
        self.trips: list[str] = []
        self.before: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("select", "find", "append")):
            self.trips.append(name)
        if name == "append_all" and self.before is not None:
            meanwhile, self.before = self.before, None
            meanwhile()
        return getattr(self._store, name)


@pytest.fixture
def casework() -> Casework:
    return ItemLife().casework


@pytest.fixture
def watched(casework: Casework, monkeypatch: pytest.MonkeyPatch) -> Watched:
    store = Watched(casework.store)
    monkeypatch.setattr(type(casework), "store", property(lambda _: store))
    return store


def letters(casework: Casework, count: int) -> list[UUID]:
    return [casework.register(LETTER, act(clerk, "2026-03-02")).id for _ in range(count)]


def names(casework: Casework, case: UUID) -> list[str]:
    return [name_of(one.fact) for one in casework.history(case)]


def told(outcome: Receipt | Exception) -> str:
    return outcome.code if isinstance(outcome, Refused) else type(outcome).__name__


def test_each_is_answered_by_itself_after_one_read_and_one_append(casework: Casework, watched: Watched):
    one, two, hidden = letters(casework, 3)
    nobodys, by = uuid4(), act(clerk, DAY)
    watched.trips.clear()
    outcomes = casework.handle_many(
        [
            Asked(one, PROPOSE, by),
            Asked(nobodys, PROPOSE, by),
            Asked(two, Urge("phone", "请抓紧办理"), act(head, DAY)),
            Asked(hidden, PROPOSE, act(a_clerk, DAY)),
        ]
    )
    assert watched.trips == ["select_tails", "append_all"]
    assert [told(one) for one in outcomes] == ["Receipt", "petition.unknown", "Receipt", "petition.unknown"]
    first, second = outcomes[0], outcomes[2]
    assert (first.id, first.version, first.events) == (one, 2, ("Proposed",))
    assert (second.id, second.version, second.events) == (two, 2, ("Urged",))
    assert second.position == first.position + 1
    assert names(casework, hidden) == ["Registered"]


def test_two_on_one_case_are_decided_one_after_the_other(casework: Casework):
    (case,) = letters(casework, 1)
    by = act(clerk, DAY)
    first, second, third = casework.handle_many(
        [Asked(case, PROPOSE, by), Asked(case, PROPOSE, by, expects=1), Asked(case, PROPOSE, by)]
    )
    assert (first.version, third.version) == (2, 3)
    assert isinstance(second, Stale)
    assert second.details["events"] == ["Proposed"]


def test_papers_of_one_series_are_numbered_one_after_the_other(casework: Casework):
    cases = [begun(casework, in_handling(), name) for name in ("one", "two", "three", "four", "five")]
    asked = [Asked(one, IssueNotice("acceptance"), act(a_clerk, DAY)) for one in cases]
    outcomes = casework.handle_many(asked)
    numbers = [dict(one.extra)["number"] for one in outcomes]
    assert len(set(numbers)) == 5
    assert numbers == sorted(numbers)


def test_a_key_is_good_for_one_command_in_the_batch_and_after_it(casework: Casework, watched: Watched):
    one, two = letters(casework, 2)
    key, by = Key("k-1", "digest"), act(clerk, DAY)
    first, again = casework.handle_many([Asked(one, PROPOSE, by, key=key), Asked(one, PROPOSE, by, key=key)])
    assert first == again
    watched.trips.clear()
    outcomes = casework.handle_many(
        [
            Asked(one, PROPOSE, by, key=key),
            Asked(two, PROPOSE, by, key=Key("k-1", "another")),
            Asked(two, PROPOSE, by, key=Key("k-2", "digest")),
        ]
    )
    assert watched.trips.count("find_receipts") == 1
    assert outcomes[0] == first
    assert [told(one) for one in outcomes[1:]] == ["idempotency.key_reused", "Receipt"]
    assert names(casework, one) == ["Registered", "Proposed"]


def test_what_somebody_else_stored_first_is_decided_again_and_the_others_stand(
    casework: Casework, watched: Watched
):
    one, two = letters(casework, 2)
    by = act(clerk, DAY)
    urge = Urge("phone", "请抓紧办理")
    watched.before = lambda: casework._stored(
        casework._decided(Asked(two, urge, act(head, DAY)), own_key(), casework.at_hand([two]))
    )
    watched.trips.clear()
    first, second = casework.handle_many([Asked(one, PROPOSE, by), Asked(two, PROPOSE, by)])
    assert (first.version, second.version) == (2, 3)
    assert names(casework, two) == ["Registered", "Urged", "Proposed"]
    assert names(casework, one) == ["Registered", "Proposed"]


def test_a_case_that_cannot_be_read_spoils_no_other(casework: Casework, watched: Watched):
    one, two = letters(casework, 2)
    event = casework.recorder._stored_events[-1]
    casework.recorder._stored_events[-1] = replace(event, state=b"{")
    broken, fine = casework.handle_many(
        [Asked(two, PROPOSE, act(clerk, DAY)), Asked(one, PROPOSE, act(clerk, DAY))]
    )
    assert isinstance(fine, Receipt)
    assert not isinstance(broken, Receipt | Refused)


def test_a_store_that_is_away_is_said_to_all_that_are_not_stored(casework: Casework, watched: Watched):
    (case,) = letters(casework, 1)

    def away() -> None:
        raise OperationalError("away")

    watched.before = away
    outcomes = casework.handle_many(
        [Asked(case, PROPOSE, act(clerk, DAY)), Asked(uuid4(), PROPOSE, act(clerk, DAY))]
    )
    assert [told(one) for one in outcomes] == ["OperationalError", "petition.unknown"]
