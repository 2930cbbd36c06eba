"""出具文书 (C6): notices to the units on what was allocated, urged and sent back."""

from domain.papers.commands import IssueNotice
from domain.supervision import events
from tests.builders import a_head, inspector, leader, on
from tests.items import INSPECTORS, an_item_in, handled, with_result
from tests.spec import given, open_in, who_may

COMMAND = IssueNotice("supervision-notice")


def printed(story) -> dict[str, str]:
    """What the last paper prints, by the names of the dates."""
    return {one.name: one.on.isoformat() for one in story.facts[-1].dates}


def test_c6_inspectors_issue_it_once_the_item_is_with_units():
    assert who_may(handled(), COMMAND) == INSPECTORS
    assert open_in(COMMAND, told=an_item_in) == {
        "handling", "result", "vetted", "with_leader", "with_superior",
    }  # fmt: skip
    given(handled()).when(COMMAND, leader).refused("item.not_yours", basis="第十条")
    given(handled()).when(COMMAND, a_head).refused("item.not_yours")


def test_c6_the_notice_names_lead_assistants_and_limits():
    story = (
        given(handled("2026-03-02", "2026-04-30", "unit-b"))
        .when(COMMAND, inspector)
        .then(events.NoticeIssued, organ="supervision", addressees=("unit-a",), copies=("unit-b",))
    )
    told = printed(story)
    assert (told["item_due_on"], told["due_on"], told["object_by"]) == (
        "2026-04-30", "2026-04-27", "2026-03-04",
    )  # fmt: skip
    given(story).when(COMMAND, inspector).refused("notice.nothing_to_issue")
    given(story.urged()).when(COMMAND, inspector).refused("notice.already_issued")


def test_c6_an_urging_goes_to_all_that_were_urged():
    story = given(handled("2026-03-02", "2026-04-30", "unit-b").urged(units=("unit-a", "unit-b"))).when(
        IssueNotice("supervision-urging"), inspector
    )
    assert set(story.then(events.NoticeIssued).facts[-1].addressees) == {"unit-a", "unit-b"}


def test_c6_a_sending_back_prints_the_date_to_redo_it_by():
    story = with_result()
    given(story).when(IssueNotice("sending-back"), inspector).refused("notice.without_decision")
    back = story.sent_back(redo_by="2026-03-20")
    made = given(back).when(IssueNotice("督查退办通知"), inspector).then(events.NoticeIssued)
    assert printed(made)["due_on"] == on("2026-03-20").isoformat()
