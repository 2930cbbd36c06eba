"""调整报结日期 (A3): only the assigner moves the date to report back, later, and before it has passed."""

import pytest

from domain.petition import events
from domain.petition.commands import Reschedule
from tests.builders import OFFICE, a_petition, clerk, on, with_unit
from tests.spec import given, open_in, who_may

COMMAND = Reschedule(on("2026-05-20"), "需要现场检测")


def assigned():
    return a_petition().assigned(due_on="2026-04-30")


def test_a3_only_the_assigner_moves_the_date():
    assert who_may(assigned(), COMMAND) == OFFICE


def test_a3_while_the_unit_has_the_matter():
    assert open_in(COMMAND, lambda story: story) <= {"with_unit", "handling"}


def test_a3_the_report_is_due_on_the_new_date():
    moved = given(assigned()).when(COMMAND, clerk, on="2026-04-30").then(events.Rescheduled)
    assert moved.due("assigned-report") == "2026-05-20"
    assert moved.clock("assigned-report").started_on.isoformat() == "2026-03-02"
    again = given(moved).when(Reschedule(on("2026-06-10"), "等待鉴定"), clerk, on="2026-05-06")
    assert again.then(events.Rescheduled).due("assigned-report") == "2026-06-10"


def test_a3_the_units_own_limits_stay_where_they_are():
    before = assigned().accepted("2026-03-05")
    moved = given(before).when(COMMAND, clerk, on="2026-03-06").then(events.Rescheduled)
    assert moved.due("finish") == before.due("finish")


def test_a3_not_after_the_date_has_passed():
    given(assigned()).when(COMMAND, clerk, on="2026-05-01").refused(
        "petition.extension_too_late", basis="第二十二条第一款第三项"
    )


@pytest.mark.parametrize("earlier", ["2026-04-29", "2026-04-30"])
def test_a3_only_to_a_later_date(earlier: str):
    given(assigned()).when(Reschedule(on(earlier), "提前"), clerk).refused("petition.not_later")


def test_a3_only_where_a_date_was_set():
    given(with_unit()).when(COMMAND, clerk).refused("petition.no_report_date")
    reported = assigned().accepted().reported()
    given(reported).when(COMMAND, clerk).refused("petition.no_report_date")
