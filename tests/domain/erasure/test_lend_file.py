"""借出案卷 (A20): of a closed case, to whom, for what and until when; nothing that is out or gone."""

import pytest

from domain.erasure import events
from domain.erasure.commands import LendFile
from tests.builders import OFFICE, clerk, in_handling, on
from tests.custody import TODAY, erased, lent
from tests.domain.erasure.shelves import SHELF
from tests.items import INSPECTORS
from tests.spec import given, who_may

COMMAND = LendFile("清江区审计局", "专项审计", on("2026-04-01"))
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_who_keeps_the_file_lends_it(kind: str):
    assert who_may(SHELF[kind][0], COMMAND, on=TODAY) == (INSPECTORS if kind == "item" else OFFICE)


@kinds
def test_a20_where_it_is_and_until_when(kind: str):
    story, keeper = SHELF[kind]
    out = given(story).when(COMMAND, keeper, on=TODAY).then(events.FileLent, due_back="2026-04-01")
    assert out.state.custody.loan.borrower == "清江区审计局"
    given(out).when(COMMAND, keeper, on=TODAY).refused("archive.file_lent")


@kinds
def test_a20_not_back_before_it_went(kind: str):
    story, keeper = SHELF[kind]
    early = LendFile("清江区审计局", "专项审计", on("2026-03-01"))
    given(story).when(early, keeper, on=TODAY).refused("petition.due_before_start")


@kinds
def test_a20_nothing_is_lent_whose_texts_are_gone(kind: str):
    story, keeper = SHELF[kind]
    given(erased(story)).when(COMMAND, keeper, on=TODAY).refused("archive.file_gone")


def test_a20_an_open_case_is_no_file_yet():
    given(in_handling()).when(COMMAND, clerk).refused("petition.wrong_stage")
    assert lent(SHELF["petition"][0]).state.custody.loan is not None
