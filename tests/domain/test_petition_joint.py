"""联合办理 (A14): a lead and assisting units, each with its own clocks; the lead waits for the others or says why not."""

from domain.petition import events
from domain.petition.commands import Assign, HandBack, KeepWithUnit, Object, Reply, Report, Reschedule, Urge
from tests.builders import a_clerk, a_head, a_petition, b_clerk, b_head, clerk, head, jointly, leader, on
from tests.spec import given, who_may

REPORT, REPLY = Report("协办意见"), Reply("support", "处理意见")
LATER = Reply("support", "处理意见", without_assistants="民政局已派员参加联合会商")


def clocks(story, name):
    return {c.unit: (c.part, c.due_on.isoformat(), c.state) for c in story.clocks() if c.clock == name}


def test_a14_each_unit_has_its_own_clocks():
    story = jointly("2026-03-02", due_on="2026-04-30")
    assert clocks(story, "assist") == {"unit-b": ("unit-b", "2026-05-06", "running")}
    assert clocks(story, "assigned-report") == {
        "unit-a": ("", "2026-04-30", "running"),
        "unit-b": ("unit-b", "2026-04-30", "running"),
    }
    assert clocks(story, "finish")["unit-a"][0] == ""
    names = [(c.clock, c.start_version, c.part) for c in story.clocks()]
    assert len(names) == len(set(names))


def test_a14_an_assisting_units_report_ends_its_own_clocks_alone():
    story = given(jointly(due_on="2026-04-30")).when(REPORT, b_clerk, on="2026-04-01").then(events.Reported)
    assert story.petition.assisted == ("unit-b",)
    assert clocks(story, "assist")["unit-b"][2] == "stopped"
    assert {u: c[2] for u, c in clocks(story, "assigned-report").items()} == {
        "unit-a": "running",
        "unit-b": "stopped",
    }
    assert story.clock("finish").state == "running"


def test_a14_both_units_report():
    assert who_may(jointly(), REPORT) == {"a-head", "a-clerk", "handler", "b-head", "b-clerk"}


def test_a14_the_leads_reply_waits_for_the_assisting_units():
    refusal = (
        given(jointly()).when(REPLY, a_clerk).refused("petition.assistants_not_heard", basis="第四条第五项")
    )
    assert "清江区民政局" in refusal.message
    assert refusal.details["units"] == ["unit-b"]
    heard = jointly().reported(by=b_clerk)
    given(heard).when(REPLY, a_clerk).then(events.Replied, without_assistants=None)
    given(heard).when(LATER, a_clerk).refused("petition.assistants_heard")


def test_a14_or_gives_the_reason_why_it_does_not_wait():
    story = given(jointly(due_on="2026-04-30")).when(LATER, a_clerk).then(events.Replied)
    assert story.facts[-1].without_assistants == "民政局已派员参加联合会商"
    assert clocks(story, "assist")["unit-b"][2] == "cancelled"
    assert clocks(story, "assigned-report")["unit-b"][2] == "cancelled"
    assert clocks(story, "assigned-report")["unit-a"][2] == "running"


def test_a14_the_assisting_units_clock_starts_when_the_lead_accepts():
    assigned = a_petition("2026-03-02").assigned(assisting=("unit-b",))
    assert not clocks(assigned, "assist")
    assert clocks(assigned.accepted("2026-03-09"), "assist")["unit-b"][1] == "2026-05-08"


def test_a14_an_extension_is_the_assisting_units_too():
    story = jointly("2026-03-02", due_on="2026-04-30").extended(10, on="2026-04-20")
    assert clocks(story, "assist")["unit-b"][1] == "2026-05-11"
    assert clocks(story, "assigned-report")["unit-b"][1] == "2026-04-30"


def test_a14_a_later_date_is_set_for_all_who_still_owe_a_report():
    story = jointly("2026-03-02", due_on="2026-04-30")
    later = given(story).when(Reschedule(on("2026-05-20"), "需要检测"), clerk).then(events.Rescheduled)
    assert {c[1] for c in clocks(later, "assigned-report").values()} == {"2026-05-20"}


def test_a14_in_a_new_round_the_assisting_units_are_heard_again():
    story = (
        jointly().reported(by=b_clerk).replied().served().review_requested().review_concluded(result="redo")
    )
    assert story.petition.assistants_not_heard == ("unit-b",)
    assert clocks(story, "assist")["unit-b"][2] == "running"
    given(story).when(REPLY, a_clerk).refused("petition.assistants_not_heard")


class TestNotOurDuty:
    """An assisting unit objects; the lead's own objection is as it was."""

    command = Object("不属于本单位职权范围")

    def test_a14_also_after_the_lead_has_accepted(self):
        story = (
            given(jointly("2026-03-02"))
            .when(self.command, b_head, on="2026-03-09")
            .then(events.Objected, late=False)
        )
        assert story.petition.objected_on is None
        given(story).when(self.command, b_clerk).refused("petition.objection_open")
        given(story).when(self.command, a_head).refused("petition.wrong_stage")

    def test_a14_after_five_working_days_it_is_late(self):
        given(jointly("2026-03-02")).when(self.command, b_head, on="2026-03-10").then(
            events.Objected, late=True
        )

    def test_a14_the_office_agrees_and_the_unit_is_released(self):
        story = jointly(due_on="2026-04-30").objected(by=b_head)
        released = given(story).when(HandBack("情况属实"), head).then(events.HandedBack, from_unit="unit-b")
        assert released.stage == "handling"
        assert released.petition.assisting_units == ()
        assert clocks(released, "assist")["unit-b"][2] == "cancelled"
        assert clocks(released, "assigned-report")["unit-b"][2] == "cancelled"
        assert clocks(released, "assigned-report")["unit-a"][2] == "running"
        given(released).when(REPLY, a_clerk).then(events.Replied)
        given(released).when(REPORT, b_clerk).refused("petition.not_yours")

    def test_a14_the_office_does_not_agree_and_that_is_the_end_of_it(self):
        story = jointly().objected(by=b_head)
        kept = (
            given(story)
            .when(KeepWithUnit("属于职权范围"), head)
            .then(events.KeptWithUnit, from_unit="unit-b")
        )
        given(kept).when(self.command, b_head).refused("petition.objection_answered")
        given(kept).when(HandBack("同意"), head).refused("petition.no_objection")

    def test_a14_of_two_objections_one_is_named(self):
        assigned = a_petition().assigned(assisting=("unit-b",)).objected().objected(by=b_head)
        given(assigned).when(HandBack("同意"), head).refused("petition.which_unit")
        one = given(assigned).when(HandBack("同意", "unit-b"), head).then(events.HandedBack)
        assert (one.petition.holder, one.petition.assisting_units) == ("unit-a", ())
        lead = given(assigned).when(HandBack("同意", "清江区住建局"), head).then(events.HandedBack)
        assert (lead.stage, lead.petition.assisting_units) == ("registered", ())


def test_a14_when_the_lead_gives_the_case_back_nobody_assists_any_more():
    story = a_petition().assigned(due_on="2026-04-30", assisting=("unit-b",)).objected().handed_back()
    assert clocks(story, "assigned-report")["unit-b"][2] == "cancelled"
    again = given(story).when(Assign("unit-b", assisting_units=("unit-a",)), clerk).then(events.Assigned)
    assert clocks(again.accepted(), "assist")["unit-a"][2] == "running"


def test_a15_an_assisting_unit_is_urged_by_name():
    given(jointly()).when(Urge("on_site", "请反馈", "unit-b"), leader).then(events.Urged, to_unit="unit-b")
    given(jointly()).when(Urge("phone", "请反馈"), leader).then(events.Urged, to_unit="unit-a")
    given(jointly()).when(Urge("phone", "请反馈", "supervision"), leader).refused("petition.not_with_unit")
