"""归还案卷 (A20): what is out comes back, in whichever stage the case is by then."""

import pytest

from domain.erasure import events
from domain.erasure.commands import ReturnFile
from tests.builders import OFFICE, clerk
from tests.custody import TODAY, lent
from tests.domain.erasure.shelves import SHELF
from tests.items import INSPECTORS
from tests.spec import given, who_may

COMMAND = ReturnFile("完好")
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_who_keeps_the_file_takes_it_back(kind: str):
    story, keeper = SHELF[kind]
    assert who_may(lent(story), COMMAND) == (INSPECTORS if kind == "item" else OFFICE)
    back = given(lent(story)).when(COMMAND, keeper, on=TODAY).then(events.FileReturned, remark="完好")
    assert back.state.custody.loan is None
    given(back).when(COMMAND, keeper, on=TODAY).refused("archive.file_not_lent")


def test_a20_also_when_the_case_is_handled_again():
    given(lent(SHELF["petition"][0]).reopened(TODAY)).when(COMMAND, clerk, on=TODAY).then(events.FileReturned)
