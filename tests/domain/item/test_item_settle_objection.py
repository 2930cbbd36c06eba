"""协调异议 (B3): the inspector lets the unit off – another takes over or the item waits – or holds it to its task."""

from domain.supervision import events
from domain.supervision.commands import SettleObjection
from domain.supervision.stages import Stage
from tests.builders import inspector, on
from tests.items import INSPECTORS, against_unit_b, an_item_in, handled, leader
from tests.spec import given, open_in, who_may

AGREE = SettleObjection(True, "属实")
ALONE = handled().objected()
BOTH = handled("2026-03-02", "2026-04-30", "unit-b").objected().objected("unit-b")


def test_b3_only_the_inspector_settles():
    assert who_may(ALONE, AGREE) == INSPECTORS


def test_b3_while_the_item_is_handled_and_somebody_objected():
    assert open_in(AGREE, told=an_item_in) == {"handling"}
    given(handled()).when(AGREE, inspector).refused("item.no_objection", basis="第十七条")
    given(ALONE.settled(False)).when(AGREE, inspector).refused("item.no_objection")


def test_b3_not_agreed_the_unit_keeps_its_task_and_its_clock():
    no = SettleObjection(False, "属于该单位职责")
    story = given(ALONE).when(no, inspector).then(events.ObjectionSettled, agree=False)
    assert story.item.share("unit-a").objection_settled
    assert story.clock("unit-limit").state == "running"


def test_b3_agreed_the_lead_is_let_off_and_the_item_waits():
    story = given(ALONE).when(AGREE, inspector).then(events.ObjectionSettled)
    assert story.stage is Stage.ISSUED
    assert story.item.units == ("unit-a",)
    assert story.clock("unit-limit").state == "cancelled"
    assert story.clock("item").state == "running"


def test_b3_agreed_another_may_take_over_the_lead_at_once():
    to_b = SettleObjection(True, "属实", to_unit="清江区民政局")
    story = (
        given(ALONE).when(to_b, inspector, on="2026-03-04").then(events.ObjectionSettled, to_unit="unit-b")
    )
    assert story.stage is Stage.HANDLING
    assert story.item.lead_unit == "unit-b"
    assert story.clock("item").unit == "unit-b"
    assert story.clock("unit-limit", part="unit-b").started_on == on("2026-03-04")
    assert story.due("unit-limit", part="unit-b") == "2026-04-27"


def test_b3_a_date_that_was_set_passes_to_the_successor():
    story = handled().add(events.Allocated, inspector, lead_unit="unit-a", unit_due_on=on("2026-04-10"))
    done = given(story.objected()).when(SettleObjection(True, "属实", "unit-b"), inspector)
    assert done.then(events.ObjectionSettled).due("unit-limit", part="unit-b") == "2026-04-10"


def test_b3_where_the_usual_limit_is_over_the_successor_has_the_items():
    late = handled("2026-03-02", "2026-03-06").objected()
    to_b = SettleObjection(True, "属实", "unit-b")
    story = given(late).when(to_b, inspector, on="2026-03-04").then(events.ObjectionSettled)
    assert story.due("unit-limit", part="unit-b") == "2026-03-06"
    later = given(late).when(to_b, inspector, on="2026-03-10").then(events.ObjectionSettled)
    assert later.due("unit-limit", part="unit-b") == "2026-03-10"


def test_b3_an_assistant_let_off_leaves_the_rest_as_it_was():
    story = (
        given(BOTH)
        .when(SettleObjection(True, "属实", unit="unit-b"), inspector)
        .then(events.ObjectionSettled)
    )
    assert story.stage is Stage.HANDLING
    assert [share.unit for share in story.item.holding] == ["unit-a"]


def test_b3_of_several_one_is_named():
    given(BOTH).when(AGREE, inspector).refused("item.which_unit")
    named = SettleObjection(True, "属实", unit="petition-office")
    given(BOTH).when(named, inspector).refused("item.unit_not_in_question")


def test_b3_the_successor_is_another_and_no_assistants_assistant():
    same = SettleObjection(True, "属实", "unit-a", "unit-a")
    given(BOTH).when(same, inspector).refused("item.already_handling")
    assistant = SettleObjection(True, "属实", "unit-a", "unit-b")
    given(BOTH).when(assistant, inspector).refused("item.already_handling")
    lead = SettleObjection(True, "属实", "unit-b", "unit-a")
    assert given(BOTH).when(lead, inspector).then(events.ObjectionSettled).item.lead_unit == "unit-b"


def test_b3_an_assistant_that_takes_the_lead_submits_again():
    done = handled("2026-03-02", "2026-04-30", "unit-b").result("unit-b").objected()
    lead = SettleObjection(True, "属实", "unit-b")
    story = given(done).when(lead, inspector, on="2026-03-05").then(events.ObjectionSettled)
    assert story.item.share("unit-b").result_on is None
    assert story.clock("unit-limit", part="unit-b").started_on == on("2026-03-05")


def test_b3_without_agreement_nobody_takes_over():
    odd = SettleObjection(False, "属于该单位职责", to_unit="unit-b")
    given(ALONE).when(odd, inspector).refused("item.successor_without_release")


def test_a13_never_whom_the_item_accuses():
    story = against_unit_b().submitted(leader).instructed().issued().allocated().objected()
    given(story).when(SettleObjection(True, "属实", "unit-b"), inspector).refused("item.accused_unit")


def test_b3_not_before_the_objection():
    story = handled("2026-03-02").objected(on="2026-03-04")
    early = SettleObjection(True, "属实", on=on("2026-03-03"))
    given(story).when(early, inspector, on="2026-03-05").refused("date.before_antecedent")
