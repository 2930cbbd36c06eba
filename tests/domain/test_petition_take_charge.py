"""包案 (A12): a leader takes the case on."""

from domain.petition import events
from domain.petition.commands import TakeCharge
from tests.builders import head, in_handling, leader
from tests.spec import given, open_in, who_may

COMMAND = TakeCharge("leader")


def test_a12_a_leader_or_the_head_of_the_office_names_the_leader():
    assert who_may(in_handling(), COMMAND) == {"leader", "head"}


def test_a12_while_the_matter_is_not_off_the_list():
    stages = {"registered", "with_unit", "handling", "replied", "under_review", "reviewed"}
    assert open_in(COMMAND) == stages | {"under_reexamination"}


def test_a12_the_leader_in_charge_is_on_record():
    story = given(in_handling()).when(COMMAND, leader).then(events.TakenCharge, leader="leader")
    assert story.petition.leader_in_charge == "leader"


def test_a12_only_a_leader_of_the_directory_takes_charge():
    for nobody in ("a-head", "stranger"):
        given(in_handling()).when(TakeCharge(nobody), head).refused("petition.not_a_leader")


def test_a13_nobody_takes_charge_of_an_accusation_of_themselves():
    secret = in_handling(category="accusation", against=(events.Against(person="周明远"),))
    given(secret).when(COMMAND, head).refused("petition.accused_officer")
