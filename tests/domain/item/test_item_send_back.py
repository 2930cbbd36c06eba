"""退办 (B7): to be done again, with reason and date; the inspector where no leader is needed, else the leader."""

from domain.supervision import events
from domain.supervision.commands import Report, SendBack, SubmitResult
from domain.supervision.stages import Stage
from tests.builders import a_clerk, a_head, handler, inspector, leader, on
from tests.items import INSPECTORS, LEADERS, an_item_in, b_head, handled, with_leader, with_result
from tests.spec import given, open_in, who_may

COMMAND = SendBack("结论不完整", on("2026-03-20"))


def test_b8_the_inspector_where_no_leader_is_needed():
    assert who_may(with_result(), COMMAND) == INSPECTORS
    reviewed = with_result(leader_review=True)
    assert who_may(reviewed, COMMAND) == LEADERS - LEADERS
    given(reviewed).when(COMMAND, inspector).refused("item.not_yours", basis="第十条")


def test_b8_the_leader_what_was_submitted_to_the_leader():
    assert who_may(with_leader(), COMMAND) == LEADERS
    given(with_result().vetted()).when(COMMAND, leader).refused("item.not_yours")


def test_b8_either_what_the_superior_reviewed():
    assert who_may(with_leader().to_superior(), COMMAND) == LEADERS | INSPECTORS
    assert who_may(with_leader(leader_review=True).to_superior(), COMMAND) == LEADERS


def test_b7_while_it_is_reviewed():
    assert open_in(COMMAND, told=an_item_in) == {"result", "vetted", "with_leader", "with_superior"}


def test_b7_the_units_result_is_open_again_until_the_date():
    story = (
        given(with_result()).when(COMMAND, inspector, on="2026-03-05").then(events.SentBack, of_unit="unit-a")
    )
    assert story.stage is Stage.HANDLING
    assert story.due("redo") == "2026-03-20"
    assert story.clock("result-review").state == "stopped"
    again = given(story).when(SubmitResult("补充完毕"), a_head, on="2026-03-19").then(events.ResultSubmitted)
    assert again.stage is Stage.RESULT
    assert again.clock("redo").stopped_on == on("2026-03-19")


def test_b7_a_clerk_needs_a_new_signature():
    story = given(with_result()).when(COMMAND, inspector).then(events.SentBack)
    given(story).when(SubmitResult("补充完毕"), a_clerk).refused("item.report_not_signed")
    signed = given(story).when(Report("补充情况"), handler).then(events.Reported).report_signed()
    given(signed).when(SubmitResult("补充完毕"), a_clerk).then(events.ResultSubmitted)


class TestAssistants:
    DONE = handled("2026-03-02", "2026-04-30", "unit-b").result("unit-b").result()
    TO_B = SendBack("协办部分不全", on("2026-03-20"), unit="清江区民政局")

    def test_b7_an_assistants_part_alone_is_redone_and_the_lead_submits_after_it(self):
        story = given(self.DONE).when(self.TO_B, inspector).then(events.SentBack, of_unit="unit-b")
        assert story.clock("redo", part="unit-b").state == "running"
        assert [c.part for c in story.clocks() if c.clock == "redo"] == ["unit-b"]
        given(story).when(SubmitResult("已完成"), a_head).refused("item.assistants_pending")
        redone = given(story).when(SubmitResult("已补"), b_head).then(events.ResultSubmitted)
        assert (
            given(redone).when(SubmitResult("已完成"), a_head).then(events.ResultSubmitted).stage
            is Stage.RESULT
        )

    def test_b7_an_assistant_that_was_not_waited_for_is_waited_for_then(self):
        waived = handled("2026-03-02", "2026-04-30", "unit-b").result(without="不等待")
        story = given(waived).when(self.TO_B, inspector).then(events.SentBack)
        given(story).when(SubmitResult("已完成"), a_head).refused("item.assistants_pending")

    def test_b7_only_a_unit_that_handles_the_item(self):
        odd = SendBack("不全", on("2026-03-20"), unit="petition-office")
        given(self.DONE).when(odd, inspector).refused("item.unit_not_in_question")


def test_b7_by_a_date_not_yet_past():
    past = SendBack("结论不完整", on("2026-03-01"))
    given(with_result()).when(past, inspector).refused("petition.due_before_start", basis="第二十二条第三项")


def test_b7_beyond_the_items_own_limit_only_a_leader():
    last, beyond = SendBack("结论不完整", on("2026-04-30")), SendBack("结论不完整", on("2026-05-06"))
    given(with_result()).when(last, inspector).then(events.SentBack)
    given(with_result()).when(beyond, inspector).refused("item.beyond_item_limit", basis="第九条")
    given(with_leader()).when(beyond, leader).then(events.SentBack)
