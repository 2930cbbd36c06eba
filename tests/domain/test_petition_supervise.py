"""督办 (A15): formal supervision on a typed ground, with advice and an answer date."""

import pytest

from domain.petition import events
from domain.petition.commands import Supervise
from tests.builders import OFFICE, in_handling, inspector, on
from tests.spec import given, open_in, who_may

COMMAND = Supervise("S6", "限期办结", answer_by=on("2026-04-10"))


def test_a15_the_office_the_inspector_or_a_leader_supervises():
    assert who_may(in_handling(), COMMAND) == OFFICE | {"inspector", "leader"}


def test_a15_in_every_stage_but_after_withdrawal_and_archiving():
    stages = {"registered", "with_unit", "handling", "replied", "declined", "forwarded", "under_review"}
    stages |= {"reviewed", "under_reexamination", "terminated", "signed_off"}
    assert open_in(COMMAND) == stages


def test_a15_the_answer_is_due_on_the_day_set():
    story = given(in_handling("2026-03-02")).when(COMMAND, inspector, on="2026-03-16").then(events.Supervised)
    assert story.due("advice-reply") == "2026-04-10"
    assert story.clock("advice-reply").unit == "unit-a"


def test_a15_without_a_date_thirty_days_as_before_2022():
    story = (
        given(in_handling())
        .when(Supervise("S6", "限期办结"), inspector)
        .then(events.Supervised, answer_by=None)
    )
    assert story.due("advice-reply") == "2026-04-01"
    assert "条例未定天数" in "".join(story.clock("advice-reply").explanation)


def test_a15_the_regulation_of_2005_gave_thirty_days():
    story = given(in_handling("2021-03-01")).when(Supervise("S6", "限期办结"), inspector, on="2021-03-15")
    assert story.then(events.Supervised).due("advice-reply") == "2021-04-14"


@pytest.mark.parametrize(("ground", "code"), [("S1", "S1"), ("s9", "S9"), ("办理信访事项推诿", "S4")])
def test_a15_the_ground_is_kept_by_its_code(ground, code):
    given(in_handling()).when(Supervise(ground, "改进"), inspector).then(events.Supervised, ground=code)


def test_a15_an_unknown_ground_is_refused():
    given(in_handling()).when(Supervise("S10", "改进"), inspector).refused("ground.unknown")


def test_a15_one_supervision_at_a_time():
    supervised = in_handling().supervised()
    given(supervised).when(COMMAND, inspector).refused("petition.supervision_open")
    given(supervised.supervision_answered()).when(COMMAND, inspector).then(events.Supervised)


def test_a15_the_answer_may_be_wanted_the_same_day_and_no_earlier():
    same = Supervise("S6", "限期办结", answer_by=on("2026-03-02"))
    given(in_handling()).when(same, inspector, on="2026-03-02").then(events.Supervised)
    given(in_handling()).when(same, inspector, on="2026-03-03").refused("petition.due_before_start")
