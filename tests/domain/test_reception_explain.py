"""说明解释 (A10): what can't be done is explained to the visitor."""

from domain.reception import events
from domain.reception.commands import Explain
from tests.builders import OFFICE, handler
from tests.reception_samples import a_visit, a_visit_in
from tests.spec import given, open_in, who_may

COMMAND = Explain("依现行政策不能办理，已说明理由")


def test_a10_explained_is_done():
    done = given(a_visit("promised")).when(COMMAND, handler, on="2026-03-05").then(events.Explained)
    assert (done.stage, done.state.text) == ("explained", COMMAND.text)
    assert done.clock("promise").state == "stopped"


def test_a10_by_whom_and_when():
    assert who_may(a_visit(), COMMAND) == {"handler", "a-head"} | OFFICE
    assert open_in(COMMAND, told=a_visit_in) == {"unsettled", "promised"}


def test_a10_not_before_what_was_recorded_last():
    back = Explain("补录", on=a_visit(day="2026-03-01").facts[0].on)
    given(a_visit()).when(back, handler).refused("date.before_antecedent")
