"""拟办 (A8): a proposal on how to handle the matter."""

from domain.directory.fold import Directory, Officer
from domain.petition import events
from domain.petition.commands import Instruct, Propose
from tests.builders import DIRECTORY, OFFICE, UNIT_A, a_petition, clerk, in_handling, leader
from tests.spec import given, open_in, who_may

COMMAND = Propose("拟转住建局调查处理")


def test_a8_the_office_the_holder_and_the_handler_propose():
    assert who_may(in_handling(), COMMAND) == OFFICE | UNIT_A | {"handler"}


def test_a8_only_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a8_the_proposal_is_on_record_and_moves_nothing():
    before = a_petition()
    after = given(before).when(COMMAND, clerk).then(events.Proposed, opinion="拟转住建局调查处理")
    assert after.stage == before.stage


def test_a8_it_is_put_to_the_leaders_named_or_to_all_who_may_be_shown_it():
    other = Officer("other", "秦二", "leadership", "leader")
    directory = Directory(DIRECTORY.version, DIRECTORY.units, DIRECTORY.officers | {"other": other})
    secret = a_petition(category="accusation", against=(events.Against(person="秦二"),))
    given(a_petition(), directory=directory).when(COMMAND, clerk).then(
        events.Proposed, to=("leader", "other")
    )
    given(secret, directory=directory).when(COMMAND, clerk).then(events.Proposed, to=("leader",))
    named = given(a_petition(), directory=directory).when(Propose("拟办", ("other",)), clerk)
    assert named.then(events.Proposed, to=("other",)).petition.people == ("other",)
    given(secret, directory=directory).when(Propose("拟办", ("other",)), clerk).refused(
        "petition.accused_officer"
    )
    given(a_petition()).when(Propose("拟办", ("a-head",)), clerk).refused("petition.not_a_leader")


def test_a13_an_accusation_reaches_a_leader_only_this_way():
    secret = a_petition(category="accusation")
    given(secret).when(Instruct("请查处"), leader).refused("petition.unknown")
    proposed = given(secret).when(COMMAND, clerk).then(events.Proposed)
    given(proposed).when(Instruct("请查处"), leader).then(events.Instructed)
