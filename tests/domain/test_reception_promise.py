"""承诺限期答复 (A10): a date is promised, once moved with the reason while it hasn't passed, and it is a limit."""

from domain.reception import events
from domain.reception.commands import Promise, Settle
from tests.builders import handler, leader, on
from tests.reception_samples import a_visit, a_visit_in
from tests.spec import given, open_in

COMMAND = Promise(on("2026-03-13"), reason="需要现场核实")


def test_a10_a_promise_is_a_limit_of_its_own_and_ends_the_week():
    made = given(a_visit()).when(Promise(on("2026-03-13")), handler, on="2026-03-03").then(events.Promised)
    assert (made.stage, made.due("promise")) == ("promised", "2026-03-13")
    assert made.clock("settle").state == "stopped"
    done = given(made).when(Settle("已答复"), handler, on="2026-03-16").then(events.Settled)
    assert done.clock("promise").stopped_on == on("2026-03-16")


def test_a10_promised_when_received_is_the_same():
    assert a_visit("promised").due("promise") == "2026-03-13"


def test_a10_once_more_only_with_the_reason_and_before_it_has_passed():
    first = a_visit("promised")
    given(first).when(Promise(on("2026-03-20")), handler).refused("reception.no_reason", basis="接访下访制度")
    given(first).when(Promise(on("2026-03-13"), reason="改期"), handler).refused("reception.same_date")
    moved = given(first).when(Promise(on("2026-03-20"), reason="待第三方检测"), handler).then(events.Promised)
    assert moved.due("promise") == "2026-03-20"
    given(moved).when(Promise(on("2026-03-27"), reason="再等"), handler).refused("reception.promised_twice")
    late = Promise(on("2026-03-27"), reason="忘了")
    given(first).when(late, handler, on="2026-03-14").refused("reception.promise_passed")


def test_a10_a_promised_date_lies_ahead_and_not_beyond_all_reason():
    given(a_visit()).when(Promise(on("2026-03-01")), handler).refused("petition.due_before_start")
    given(a_visit()).when(Promise(on("2099-03-01")), handler).refused("date.too_far")


def test_a10_open_while_nobody_is_answered_and_to_nobody_else():
    assert open_in(COMMAND, told=a_visit_in) == {"unsettled", "promised"}
    given(a_visit()).when(COMMAND, leader).refused("reception.not_yours")
