"""当场办结 (A10): what was asked for is done; nobody waits any more, and an open hand-over lapses."""

from domain.reception import events
from domain.reception.commands import Settle
from tests.builders import OFFICE, a_head, a_officer, act, clerk, handler, leader, on
from tests.reception_samples import Visit, a_visit, a_visit_in, accusing
from tests.spec import given, open_in, who_may

COMMAND = Settle("已当场退还费用")


def test_a10_the_first_contact_the_heads_and_the_office_settle():
    assert who_may(a_visit(), COMMAND) == {"handler", "a-head"} | OFFICE
    assert open_in(COMMAND, told=a_visit_in) == {"unsettled", "promised"}


def test_a10_settled_is_done_and_stops_the_clocks():
    done = given(a_visit()).when(COMMAND, handler, on="2026-03-04").then(events.Settled, on="2026-03-04")
    assert (done.stage, done.state.closed_on) == ("settled", on("2026-03-04"))
    assert done.clock("settle").state == "stopped"
    given(done).when(COMMAND, handler).refused("reception.wrong_stage")


def test_a10_a_week_from_the_visit_rolled_to_a_working_day():
    assert a_visit(day="2026-03-02").due("settle") == "2026-03-09"
    assert a_visit(day="2026-02-13").due("settle") == "2026-02-24"


def test_a11_settled_by_the_first_contact_an_open_hand_over_lapses():
    waiting = a_visit().handed_over()
    done = given(waiting).when(COMMAND, handler).then(events.Settled)
    assert done.state.pending is None
    assert done.clock("hand-over").state == "cancelled"


def test_a13_whom_it_accuses_never_reads_it():
    told = accusing("清江区住建局")
    assert _readers(told) == {"clerk", "head", "auditor"}
    assert not {o.id for o in told.officers if told.kind.may_be_told(o.id, told.state, told.directory)} & {
        "a-head",
        "a-clerk",
        "leader",
    }
    given(told).when(COMMAND, a_head).refused("reception.unknown")
    given(told).when(COMMAND, clerk).then(events.Settled)


def test_a10_what_accuses_nobody_is_read_by_those_it_passed_through_and_who_oversees():
    told = a_visit()
    assert _readers(told) == OFFICE | {"handler", "a-head", "a-clerk", "inspector", "leader", "auditor"}
    given(told).when(COMMAND, a_officer).refused("reception.unknown")
    given(told).when(COMMAND, leader).refused("reception.not_yours")


def _readers(told: Visit) -> set[str]:
    return {
        o.id for o in told.officers if told.kind.may_read(told.state, told.directory, act(o, "2026-03-02"))
    }
