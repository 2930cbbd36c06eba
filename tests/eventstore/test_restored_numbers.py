"""After a restoration no number is given that may have been given before it: the first process leaves them out, and says so."""

from collections.abc import Iterator
from datetime import date
from threading import Barrier, Thread

import pytest

from api.restored import leave_numbers_out
from domain.acts import legal_date
from domain.numbering import NumbersTaken, stream_of
from domain.petition import commands
from eventstore.database import Database
from eventstore.restoring import GAP, LEAVE_OUT
from tests.conftest import Clock
from tests.owner import as_owner
from tests.scheduler.bureau import Bureau, morning

MONDAY = date(2026, 3, 2)
LATER = date(2026, 6, 1)
NEXT_YEAR = date(2027, 3, 1)


@pytest.fixture
def bureau(database: Database) -> Iterator[Bureau]:
    made = Bureau(database, MONDAY)
    yield made
    made.close()


def registered(bureau: Bureau, day: date, category: str = "appeal") -> str:
    """The number that a petition of that day gets."""
    what = commands.Register("letter", category, "供暖", "温度不达标", (commands.PetitionerEntry("某某"),))
    return dict(bureau.casework.register(what, bureau.clerk(day)).extra)["number"]


def put_back(bureau: Bureau, lost: int = 0) -> None:
    """What a restoration leaves: the log goes on a million positions behind what is known to be lost."""
    with as_owner(bureau.database) as connection:
        connection.execute(LEAVE_OUT.format(position=end_of(bureau) + lost + GAP))


def end_of(bureau: Bureau) -> int:
    return bureau.casework.store.max_notification_id() or 0


def opened(bureau: Bureau, day: date = LATER) -> bool:
    return leave_numbers_out(bureau.database, bureau.casework, Clock(morning(day)))


def test_c1_a_restored_log_gives_no_number_a_second_time_and_says_why(bureau: Bureau):
    """C1: once a restoration, in every series, with a ground that an auditor can read."""
    assert registered(bureau, MONDAY) == "XF-2026-000001"
    assert not opened(bureau), "nothing was restored"
    position = end_of(bureau)
    put_back(bureau)
    assert (opened(bureau), opened(bureau)) == (True, False)
    (mark,) = bureau.casework.restorations()
    assert (mark.position, mark.following, mark.left_out) == (position, position + GAP + 1, 10_000)
    assert (
        mark.basis == f"日志自备份恢复到第{position}位，其后可能发出过的编号不再使用，各编号系列空出10000个"
    )
    assert [registered(bureau, day) for day in (MONDAY, LATER)] == ["XF-2026-010002", "XF-2026-010003"]
    gap = bureau.casework.facts(bureau.casework.store.select_stream(stream_of("office", 2026)))[1]
    assert isinstance(gap, NumbersTaken)
    assert (gap.first, gap.count, gap.basis, gap.by) == (2, 10_000, mark.basis, "system")


def test_c1_a_series_that_was_begun_after_the_moment_begins_behind_what_it_may_have_given(bureau: Bureau):
    """C1: its beginning is lost, so that nothing tells of it; a series of a later year can't have been begun."""
    put_back(bureau)
    assert opened(bureau)
    assert [registered(bureau, MONDAY) for _ in range(2)] == ["XF-2026-010001", "XF-2026-010002"]
    put_back(bureau)
    assert opened(bureau)
    assert registered(bureau, LATER) == "XF-2026-020003", "also where it was left out before"
    assert registered(bureau, NEXT_YEAR) == "XF-2027-000001"


def test_c1_more_is_left_out_where_more_is_known_to_be_lost(bureau: Bureau):
    """C1: as many numbers as positions are lost, for none is given without one."""
    registered(bureau, MONDAY)
    put_back(bureau, lost=123_456)
    assert opened(bureau)
    assert registered(bureau, MONDAY) == "XF-2026-124002"


def test_numbers_drawn_by_chance_leave_no_gap(bureau: Bureau):
    """A gap of theirs would tell how many there are."""
    registered(bureau, MONDAY, "accusation")
    put_back(bureau)
    before = len(bureau.casework.store.select_log(0, 100))
    assert opened(bureau)
    assert len(bureau.casework.store.select_log(0, 100)) == before + 1, "the mark alone"


def test_two_processes_that_open_a_restored_log_at_once_note_it_once(bureau: Bureau):
    registered(bureau, MONDAY)
    put_back(bureau)
    other, both, done = Bureau.reopened(bureau.database), Barrier(2), []

    def open_it(one: Bureau) -> None:
        both.wait(10)
        done.append(opened(one))

    threads = [Thread(target=open_it, args=(one,)) for one in (bureau, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    other.close()
    assert sorted(done) == [False, True]
    assert [one.on for one in bureau.casework.restorations()] == [legal_date(morning(LATER))]
    assert registered(bureau, MONDAY) == "XF-2026-010002"
