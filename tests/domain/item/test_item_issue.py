"""下发 (B2): only after approval, and with the limit still ahead."""

from domain.supervision import events
from domain.supervision.commands import Issue
from domain.supervision.stages import Stage
from tests.builders import inspector, on
from tests.items import INSPECTORS, an_item_in, approved
from tests.spec import given, open_in, who_may


def test_b2_only_the_inspector_issues():
    assert who_may(approved(), Issue()) == INSPECTORS


def test_b2_only_what_is_approved():
    assert open_in(Issue(), told=an_item_in) == {"approved"}


def test_b2_the_items_limit_runs_from_the_issue():
    story = given(approved(due_on="2026-04-30")).when(Issue(), inspector).then(events.Issued)
    assert story.stage is Stage.ISSUED
    assert story.due("item") == "2026-04-30"


def test_b2_not_after_its_own_limit():
    late = approved("2026-03-02", due_on="2026-03-13")
    given(late).when(Issue(), inspector, on="2026-03-13").then(events.Issued)
    given(late).when(Issue(), inspector, on="2026-03-14").refused("item.due_passed", basis="第十五条")


def test_b2_not_before_the_approval():
    story = approved("2026-03-02")
    given(story).when(Issue(on=on("2026-03-01")), inspector, on="2026-03-03").refused(
        "date.before_antecedent"
    )
