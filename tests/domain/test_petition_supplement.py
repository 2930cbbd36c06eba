"""补正 (A16): what was missing came in."""

from domain.petition import events
from domain.petition.commands import Supplement
from tests.builders import OFFICE, UNIT_A, clerk, handler, in_handling, on
from tests.spec import given, open_in, who_may

ASKED = in_handling("2026-03-02").asked_for_more("2026-03-04")


def test_a16_the_office_the_holder_or_the_handler_takes_it_in():
    assert who_may(ASKED, Supplement()) == OFFICE | UNIT_A | {"handler"}


def test_a16_only_while_the_petition_is_active():
    assert open_in(Supplement()) == {"registered", "with_unit", "handling"}


def test_a16_the_day_of_receipt_is_on_record():
    command = Supplement(received_on=on("2026-03-09"))
    story = given(ASKED).when(command, handler, on="2026-03-10").then(events.Supplemented, on="2026-03-09")
    assert story.petition.supplemented_on == on("2026-03-09")


def test_a16_only_what_was_asked_for_and_once():
    given(in_handling()).when(Supplement(), clerk).refused("petition.nothing_asked_for")
    given(ASKED.supplemented()).when(Supplement(), clerk).refused("petition.nothing_asked_for")


def test_a16_not_before_it_was_asked_for_and_not_tomorrow():
    early = Supplement(received_on=on("2026-03-03"))
    given(ASKED).when(early, clerk, on="2026-03-10").refused("date.before_antecedent")
    later = Supplement(received_on=on("2026-03-11"))
    given(ASKED).when(later, clerk, on="2026-03-10").refused("date.in_future")
