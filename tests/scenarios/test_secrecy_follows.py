"""保密 (A13): an item is as secret as its petition; an accusation never ends with whom it accuses, and never nowhere."""

import pytest

from domain.errors import Unknown
from domain.facts import name_of
from domain.petition.commands import AgainstEntry, Classify, Instruct, Transfer
from domain.supervision.commands import Open
from tests.builders import act, auditor, b_head, clerk, head, inspector, leader, on
from tests.scenarios.office import Office

DAY = "2026-03-02"


def test_a13_an_item_is_as_secret_as_its_petition(office: Office):
    casework = office.casework
    petition = office.registers(DAY, "反映某局违规发包", against=(AgainstEntry(unit="清江区民政局"),))
    command = Open(
        source="人民来信",
        category="petition",
        subject="核查发包情况",
        requirements="查清事实。",
        due_on=on("2026-04-30"),
        public=True,
        petition=petition.id,
    )
    item = casework.open_item(command, act(inspector, DAY)).id
    assert casework.readable(item, act(b_head, DAY)) is not None
    receipt = petition.on(DAY, clerk, Classify("accusation"))
    assert (receipt.id, receipt.events) == (petition.id, ("Classified",))
    case = casework.case(item)
    assert case is not None
    assert [name_of(fact) for fact in case.facts] == ["Opened", "MadeConfidential"]
    assert (case.state.confidential, case.state.public) == (True, False)
    assert casework.readable(item, act(b_head, DAY)) is None
    with pytest.raises(Unknown):
        casework.situation(item, act(b_head, DAY))
    petition.on(DAY, clerk, Classify("accusation", topic="发包"))
    assert len(casework.history(item)) == 2


def test_a13_an_accusation_of_the_petition_office_goes_to_the_leaders(office: Office):
    case = office.registers(
        DAY, "反映信访局压件", category="accusation", against=(AgainstEntry(unit="清江区信访局"),)
    )
    assert case.story == ["Registered", "SentForReading"]
    readers = [o.id for o in (clerk, head, leader, auditor) if office.casework.readable(case.id, act(o, DAY))]
    assert readers == ["leader", "auditor"]
    case.on(DAY, leader, Instruct("由住建局纪检组核查。"))
    case.on(DAY, leader, Transfer("unit-a"))
    assert case.stage == "with_unit"


def test_a13_an_accusation_never_goes_to_the_unit_that_the_accused_heads(office: Office):
    case = office.registers(
        DAY, "反映某局长", category="accusation", against=(AgainstEntry(person=b_head.name),)
    )
    assert case.refused(DAY, clerk, Transfer("unit-b")) == "petition.accused_unit"
    case.on(DAY, clerk, Transfer("unit-a"))
