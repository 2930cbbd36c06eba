"""初审 (B7): the inspector's opinion of the result."""

from domain.supervision import events
from domain.supervision.commands import Vet
from domain.supervision.stages import Stage
from tests.builders import inspector, on
from tests.items import INSPECTORS, an_item_in, handled, inspector2, with_result
from tests.spec import given, open_in, who_may

COMMAND = Vet("符合要求")


def test_b7_only_the_inspector_vets():
    assert who_may(with_result(), COMMAND) == INSPECTORS


def test_b7_only_a_result():
    assert open_in(COMMAND, told=an_item_in) == {"result"}


def test_b7_it_waits_for_what_becomes_of_it():
    story = given(with_result()).when(COMMAND, inspector).then(events.Vetted)
    assert story.stage is Stage.VETTED
    assert story.clock("result-review").state == "running"


def test_b7_nobody_vets_a_result_submitted_in_person():
    own = handled().result(by=inspector)
    given(own).when(COMMAND, inspector).refused("item.own_result", basis="第二十二条")
    given(own).when(COMMAND, inspector2).then(events.Vetted)


def test_b7_not_before_the_result():
    story = handled("2026-03-02").result(on="2026-03-05")
    given(story).when(Vet("符合", on=on("2026-03-04")), inspector, on="2026-03-06").refused(
        "date.before_antecedent"
    )
