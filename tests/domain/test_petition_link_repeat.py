"""认定重复信访 (A1, A5): the same facts as an earlier petition."""

from domain.petition import events
from domain.petition.commands import LinkRepeat
from tests.builders import CASE, EARLIER, OFFICE, a_petition, answered, clerk, with_unit
from tests.spec import given, open_in, who_may

COMMAND = LinkRepeat(EARLIER)
FIRST = answered("2025-09-01", id=EARLIER, number="XF-2025-000007")


def test_a1_only_the_office_links():
    assert who_may(with_unit(), COMMAND, earlier=FIRST) == OFFICE


def test_a1_while_the_petition_is_active():
    assert open_in(COMMAND) == {"registered", "with_unit", "handling"}


def test_a1_the_repeat_knows_the_earlier_petition():
    story = (
        given(a_petition(), earlier=FIRST)
        .when(COMMAND, clerk)
        .then(events.LinkedAsRepeat, earlier=EARLIER, earlier_number="XF-2025-000007")
    )
    assert story.petition.repeat_of == EARLIER
    assert story.petition.repeat_of_number == "XF-2025-000007"


def test_a1_once():
    linked = a_petition().linked_as_repeat()
    given(linked, earlier=FIRST).when(COMMAND, clerk).refused("petition.already_linked")


def test_a1_the_earlier_petition_must_exist():
    given(a_petition()).when(COMMAND, clerk).refused("petition.earlier_unknown")


def test_a1_nothing_repeats_itself():
    given(a_petition(), earlier=a_petition()).when(LinkRepeat(CASE), clerk).refused(
        "petition.repeat_of_itself"
    )


def test_a1_the_earlier_petition_came_no_later():
    later = a_petition("2026-03-03", id=EARLIER)
    given(a_petition("2026-03-02"), earlier=later).when(COMMAND, clerk, on="2026-03-04").refused(
        "petition.earlier_is_later"
    )
    same_day = a_petition("2026-03-02", id=EARLIER)
    given(a_petition("2026-03-02"), earlier=same_day).when(COMMAND, clerk).then(events.LinkedAsRepeat)
