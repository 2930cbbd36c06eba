"""转为保密 (A13): when a petition becomes an accusation, the item made from it is kept from whom it accuses, too."""

import pytest

from domain.errors import Unknown
from domain.facts import name_of
from domain.petition.commands import AgainstEntry, Classify
from domain.supervision.commands import Open
from tests.builders import act, b_head, clerk, inspector, on
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
