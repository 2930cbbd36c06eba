"""列入月清单 (A17): every "no" of a petition gets on the list of its month in the same transaction, or not at all."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from domain.acts import envelope
from domain.casework import Casework, Key
from domain.directory import events as directory
from domain.directory.fold import DIRECTORY_ID
from domain.facts import Fact
from domain.filing.commands import Send
from domain.filing.month import stream_of
from domain.petition.commands import Decline, Reply
from tests.builders import OFFICERS, UNITS, Story, a_clerk, act, case_named, clerk, in_handling, with_unit
from tests.memory import a_casework

NO = Decline("N4", "请依法申请行政复议")


@pytest.fixture
def casework() -> Casework:
    made = a_casework()
    founding = act(clerk, "2025-01-02")

    def facts(version: int) -> Sequence[Fact]:
        told = [
            (directory.UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code})
            for u in UNITS
        ] + [
            (directory.OfficerAppointed, {"officer": o.id, "name": o.name, "unit_id": o.unit, "post": o.post})
            for o in OFFICERS
        ]
        return [
            kind(**envelope(DIRECTORY_ID, version + n, founding), **own)
            for n, (kind, own) in enumerate(told, 1)
        ]

    made.publish(DIRECTORY_ID, facts, founding)
    return made


def begun(casework: Casework, story: Story, name: str) -> UUID:
    """The story as a case of its own."""
    id = case_named(name)
    facts = [
        type(f)(**{n: getattr(f, n) for n in f.__struct_fields__} | {"originator_id": id})
        for f in story.facts
    ]
    casework.save(*facts)
    return id


def names(casework: Casework, stream: UUID) -> list[str]:
    return [type(one.fact).__name__ for one in casework.history(stream)]


def test_a17_the_first_no_of_a_month_puts_up_its_list(casework: Casework):
    one, two = (begun(casework, with_unit("2026-03-02"), name) for name in ("one", "two"))
    receipt = casework.handle(one, NO, act(a_clerk, "2026-03-04"))
    assert receipt.events == ("Declined",)
    march = stream_of("petition-office", "2026-03")
    assert names(casework, march) == ["MonthListOpened", "RefusalNoted"]
    casework.handle(two, NO, act(a_clerk, "2026-03-05"))
    found = casework.case(march)
    assert found is not None
    assert found.state.number == "XF-2026-03"
    assert [entry.case for entry in found.state.entries] == [one, two]
    assert {entry.decided_in for entry in found.state.entries} == {"unit-a"}


def test_a17_a_reply_that_says_no_too_and_no_other(casework: Casework):
    for result, listed in (
        ("support", []),
        ("explain", []),
        ("not_support", ["MonthListOpened", "RefusalNoted"]),
    ):
        case = begun(casework, in_handling("2026-03-02"), result)
        casework.handle(case, Reply(result, "处理意见"), act(a_clerk, "2026-04-07"))
        assert names(casework, stream_of("petition-office", "2026-04")) == listed


def test_a17_the_legal_date_tells_the_month(casework: Casework):
    case = begun(casework, with_unit("2026-03-02"), "one")
    dated = Decline("N4", "说明", on=act(a_clerk, "2026-03-31").today)
    casework.handle(case, dated, act(a_clerk, "2026-04-01"))
    assert names(casework, stream_of("petition-office", "2026-03")) == ["MonthListOpened", "RefusalNoted"]
    assert not names(casework, stream_of("petition-office", "2026-04"))


def test_a17_done_once_it_is_listed_once(casework: Casework):
    case = begun(casework, with_unit("2026-03-02"), "one")
    key, doer = Key("k", "digest"), act(a_clerk, "2026-03-04")
    assert casework.handle(case, NO, doer, key=key) == casework.handle(case, NO, doer, key=key)
    assert len(names(casework, stream_of("petition-office", "2026-03"))) == 2


def test_a17_the_list_is_a_case_of_its_own_kind(casework: Casework):
    casework.handle(begun(casework, with_unit("2026-03-02"), "one"), NO, act(a_clerk, "2026-03-04"))
    march = stream_of("petition-office", "2026-03")
    receipt = casework.handle(march, Send("街道纪工委"), act(clerk, "2026-04-02"))
    assert receipt.events == ("MonthListSent",)
    assert casework.readable(march, act(a_clerk, "2026-04-02")) is None
