"""考核计分 (B10): a unit reports its own, the inspector confirms or adjusts it and scores any."""

import pytest

from domain.errors import Invalid
from domain.supervision import events
from domain.supervision.commands import Score
from tests.builders import a_clerk, a_head, inspector, on
from tests.items import INSPECTORS, an_item_in, handled, inspector2, with_leader, with_result
from tests.spec import given, open_in, who_may

COMMAND = Score("unit-a", -2, "逾期上报")


def test_b8_inspector_and_the_units_head_and_clerk():
    assert who_may(with_result(), COMMAND) == INSPECTORS | {"a-head", "a-clerk"}


def test_b8_a_unit_its_own_alone():
    two = handled("2026-03-02", "2026-04-30", "unit-b")
    other = Score("清江区民政局", 1, "材料被采用")
    given(two).when(other, a_head).refused("item.not_yours", basis="第十一条第三项")
    given(two).when(other, inspector).then(events.Scored, of_unit="unit-b", points=1)
    given(two).when(Score("petition-office", 1, "采用"), inspector).refused("item.unit_not_in_question")


def test_b10_from_the_allocation_on_and_after_the_archive():
    expected = {"handling", "result", "vetted", "with_leader", "with_superior", "signed_off", "archived"}
    assert open_in(COMMAND, told=an_item_in) == expected


def test_b10_what_a_unit_reports_counts_once_the_inspector_answered_it():
    story = given(with_leader()).when(COMMAND, a_head).then(events.Scored, confirmed=False)
    assert [(p.points, p.by, p.confirmed) for p in story.item.scores] == [(-2, "a-head", False)]
    adjusted = (
        given(story).when(Score("unit-a", 1, "有客观原因"), inspector).then(events.Scored, confirmed=True)
    )
    (score,) = adjusted.item.scores
    assert (score.points, score.by, score.confirmed) == (1, "inspector", True)
    assert (score.reported, score.reported_by) == (-2, ("a-head",))


def test_b10_a_unit_may_correct_its_report_until_then_and_report_again_after():
    twice = with_leader()
    for points in (5, -1):
        twice = given(twice).when(Score("unit-a", points, "自评"), a_clerk).then(events.Scored)
    assert [(p.points, p.confirmed) for p in twice.item.scores] == [(-1, False)]
    answered = given(twice).when(COMMAND, inspector).then(events.Scored)
    again = given(answered).when(Score("unit-a", 3, "材料被采用"), a_head).then(events.Scored)
    assert [(p.points, p.confirmed) for p in again.item.scores] == [(-2, True), (3, False)]


def test_b10_each_of_the_inspectors_is_kept_with_its_reason():
    story = (
        given(with_leader().scored(-2)).when(Score("unit-a", 1, "材料被采用"), inspector).then(events.Scored)
    )
    assert [(p.points, p.reason) for p in story.item.scores] == [(-2, "逾期"), (1, "材料被采用")]


def test_b10_nobody_confirms_in_the_inspectors_place_what_the_own_unit_reported():
    story = given(with_leader()).when(COMMAND, a_head).then(events.Scored)
    for somebody in (a_head, a_clerk):
        given(story).when(COMMAND, somebody, for_whom=inspector).refused("item.own_score", basis="第十条")
    given(with_leader()).when(COMMAND, a_clerk, for_whom=inspector).refused("item.own_score")
    lent = (
        given(with_leader()).when(COMMAND, inspector2, for_whom=a_head).then(events.Scored, confirmed=False)
    )
    given(lent).when(COMMAND, inspector2).refused("item.own_score")
    given(lent).when(COMMAND, inspector).then(events.Scored, confirmed=True)


@pytest.mark.parametrize("points", [0, 101, -101])
def test_b10_points_are_within_a_hundred_and_not_none(points):
    with pytest.raises(Invalid, match=r"item\.points_out_of_range"):
        Score("unit-a", points, "逾期")


def test_b10_not_before_the_issue():
    given(handled("2026-03-02")).when(Score("unit-a", -1, "迟", on=on("2026-03-01")), inspector).refused(
        "date.before_antecedent"
    )
