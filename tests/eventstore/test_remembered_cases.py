"""What is remembered of a case is followed from the log, never believed (C1, C4, issue 6): whoever wrote, erased or restored."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError

from domain.casework import Asked, Case, Casework
from domain.casework.remembering import KILOBYTE, Kept, Memory, Remembered, weight_of
from domain.casework.storing import own_key
from domain.erasure import commands as custody
from domain.petition.commands import PetitionerEntry, Propose, Urge, Withdraw
from domain.secrets import CLEARED, TEXTS
from domain.store import Stored
from eventstore.database import library_env
from eventstore.keys import Keys
from tests.keys import own_keys
from tests.projections.office import Office
from tests.surroundings import WholeLog

DAY = "2026-03-02"
WORDS = "欧阳雪反映地下室渗水多年。"


@pytest.fixture
def process(database_dsn: str) -> Iterator[Callable[[], Casework]]:
    """Makes the casework of one more process: its own connections, its own look at the key file, its own memory."""
    folder = own_keys().folder
    with ExitStack() as open:

        def one_more() -> Casework:
            made = open.enter_context(Casework(library_env(database_dsn), keys=Keys.open(folder)))
            made.surroundings = WholeLog(made)
            return made

        yield one_more


@pytest.fixture
def casework(process: Callable[[], Casework]) -> Casework:
    return process()


@pytest.fixture
def other(process: Callable[[], Casework]) -> Casework:
    return process()


@pytest.fixture
def office(other: Casework) -> Office:
    """It acts in the other process."""
    return Office(other)


def read(casework: Casework, case: UUID) -> Case:
    found = casework.case(case)
    assert found is not None
    return found


def remembers(casework: Casework, case: UUID) -> bool:
    """Whether the first fact isn't opened anew."""
    return read(casework, case).history[0].fact is read(casework, case).history[0].fact


def another_look(casework: Casework) -> Keys:
    """The keys as another process has them."""
    assert isinstance(casework.keys, Keys)
    return Keys.open(casework.keys.folder)


def petition(office: Office) -> UUID:
    return office.register(DAY, content=WORDS, petitioners=(PetitionerEntry("欧阳雪"),))


def test_c1_what_another_process_wrote_is_there_and_what_was_read_is_not_read_again(
    casework: Casework, office: Office, process: Callable[[], Casework]
) -> None:
    cases = [*office.varied(), *office.items()]
    for round in (1, 2):
        first = {case: read(casework, case) for case in cases}
        office.do_urge(cases[0])
        cold = process()
        for case in cases:
            again = read(casework, case)
            assert again == read(cold, case), round
            assert again.history[0].fact is first[case].history[0].fact
            assert len(again.history) - len(first[case].history) == (case == cases[0])
    assert casework.petition(cases[0]) == process().petition(cases[0])


def test_c1_a_history_that_is_handed_out_is_the_callers_own(casework: Casework, office: Office) -> None:
    case = petition(office)
    for _ in range(3):
        found = read(casework, case)
        assert len(found.history) == 1
        found.history.clear()


def test_c1_a_command_is_decided_on_what_others_recorded(casework: Casework, office: Office) -> None:
    case = petition(office)
    assert remembers(casework, case)
    office.do_urge(case)
    asked = Asked(case, Propose("拟转区住建局办理"), office.act("clerk", DAY), expects=1)
    (stale,) = casework.handle_many([asked])
    assert isinstance(stale, Exception)
    (done,) = casework.handle_many([asked._replace(expects=2)])
    assert not isinstance(done, Exception)
    assert done.version == 3
    assert len(read(casework, case).history) == 3


def test_c4_what_another_process_erased_is_not_shown_and_not_kept(casework: Casework, office: Office) -> None:
    case = petition(office)
    office.do(case, "clerk", DAY, Propose("建议不予受理：欧阳雪反映渗水"))
    assert WORDS in repr(read(casework, case))
    asked = custody.RequestErasure(
        ground="petitioner-request", reason="本人书面申请", people=("all",), texts=True
    )
    office.do(case, "clerk", DAY, Urge("phone", "请抓紧"))
    office.do(case, "clerk", DAY, Withdraw("本人书面撤回"))
    office.do(case, "clerk", DAY, asked)
    office.do(case, "leader", DAY, custody.ApproveErasure())
    office.do(case, "head", DAY, custody.WitnessErasure())
    assert WORDS in repr(read(casework, case))
    office.do(case, "inspector", DAY, custody.WitnessErasure())
    assert "欧阳雪" not in repr(read(casework, case))
    assert "欧阳雪" not in repr(casework.petition(case))
    assert read(casework, case) == read(office.casework, case)
    assert not remembers(casework, case)


def test_c4_with_a_key_or_a_generation_all_is_forgotten(casework: Casework, office: Office) -> None:
    """Also where no fact of the case tells of it."""
    one, two = petition(office), petition(office)
    before = read(casework, two)
    assert remembers(casework, one)
    another_look(casework).destroy([(str(one), TEXTS)])
    assert read(casework, one).state.content == CLEARED
    assert read(casework, two) == before
    assert read(casework, two).history[0].fact is not before.history[0].fact
    before = read(casework, two)
    another_look(casework).rotate()
    assert read(casework, two).history[0].fact is not before.history[0].fact
    assert remembers(casework, two)


def test_c1_a_log_that_became_shorter_or_another_is_noticed(
    casework: Casework, office: Office, database_dsn: str, process: Callable[[], Casework]
) -> None:
    """As after a restore, or when a standby took over: also where the lost place was taken by another fact."""
    case, whole = petition(office), petition(office)
    kept = [office.do_urge(case) for _ in range(3)]
    read(casework, case)
    assert remembers(casework, whole)

    def restored(to: int) -> None:
        with psycopg.connect(database_dsn) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute("DELETE FROM casework_events WHERE notification_id > %s", (to,))

    restored(kept[1])
    assert read(casework, case) == read(process(), case)
    assert len(read(casework, case).history) == 3
    restored(kept[0])
    office.do(case, "clerk", DAY, Propose("拟转区住建局办理"))
    found = read(casework, case)
    assert found == read(process(), case)
    assert len(found.history) == 3
    with psycopg.connect(database_dsn) as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(
            "UPDATE casework_events SET notification_id = %s WHERE notification_id = %s",
            (kept[1], found.history[-1].position),
        )
    assert read(casework, case).history[-1].position == kept[1]
    restored(0)
    assert casework.case(case) is None
    assert casework.petition(whole) is None


def test_c1_after_a_conflict_the_case_is_read_anew(casework: Casework, office: Office) -> None:
    case = petition(office)
    before = read(casework, case).history[0].fact
    asked = Asked(case, Propose("拟转区住建局办理"), office.act("clerk", DAY))
    prepared = casework._decided(asked, own_key(), casework.at_hand([case]))
    office.do_urge(case)
    with pytest.raises(IntegrityError):
        casework._stored(prepared)
    assert read(casework, case).history[0].fact is not before
    assert len(read(casework, case).history) == 2


def test_c1_many_threads_of_two_processes_read_and_write(
    casework: Casework, office: Office, process: Callable[[], Casework]
) -> None:
    cases = [petition(office) for _ in range(4)]
    casework._forget(kept=12)

    def work(number: int) -> int:
        case, own = cases[number % 4], (casework, office.casework)[number % 2]
        own.handle(case, Urge("phone", f"第{number}次"), office.act("head", DAY))
        return len(read(casework, case).history)

    with ThreadPoolExecutor(8) as pool:
        assert all(length > 1 for length in pool.map(work, range(40)))
    cold = process()
    for case in cases:
        assert read(casework, case) == read(cold, case)
        assert len(read(casework, case).history) == 11


def test_c1_memory_is_bounded_and_what_was_used_longest_ago_goes_first() -> None:
    kept: Kept[str] = Kept(10)
    ids = [uuid4() for _ in range(4)]
    for id in ids[:3]:
        kept.keep(id, "one", 3)
    assert kept.get(ids[0]) == "one"
    kept.keep(ids[3], "another", 4)
    assert [kept.get(id) for id in ids] == ["one", None, "one", "another"]
    kept.keep(ids[0], "larger", 11)
    assert [kept.get(id) for id in ids] == [None] * 4
    kept.keep(ids[0], "one", 10)
    assert kept.get(ids[0]) == "one"
    kept.drop(ids[0])
    kept.clear()
    kept.keep(ids[1], "one", 10)
    assert kept.get(ids[1]) == "one"


def test_c1_a_long_fact_weighs_more() -> None:
    rows = [
        Stored(1, uuid4(), 1, "test.noted.1", b"{}" + bytes(KILOBYTE * kilobytes)) for kilobytes in (0, 7)
    ]
    assert weight_of(rows) == 1 + 8


def test_c4_what_was_opened_with_the_former_keys_is_not_kept(casework: Casework, office: Office) -> None:
    """A read that began before a key was destroyed may end after it."""
    case = read(casework, petition(office))
    last = Stored(1, case.state.id, 1, "test.noted.1", b"{}")
    memory, former, later = Memory(), object(), object()
    memory.recall([], former)
    memory.recall([], later)
    memory.keep(case.state.id, Remembered(case, last, 1), former)
    assert memory.recall([case.state.id], later) == {}
    memory.keep(case.state.id, Remembered(case, last, 1), later)
    assert list(memory.recall([case.state.id], later)) == [case.state.id]
