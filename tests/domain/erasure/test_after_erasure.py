"""清除之后 (A20, C4): what is gone, what stays, and what can no longer be done."""

import pytest

from domain.erasure.commands import ALL, RequestErasure
from domain.erasure.events import ERASED
from domain.erasure.files import the_file
from domain.petition.commands import Reopen
from domain.petition.events import Petitioner
from domain.review.commands import RequestReview
from tests.builders import clerk, head
from tests.custody import LEGAL, TODAY, erased
from tests.domain.erasure.shelves import SHELF, kept
from tests.spec import given

TWO = (Petitioner("p1"), Petitioner("p2"))


def test_c4_the_petition_keeps_all_that_is_counted():
    story = kept("30-years")
    before, after = story.state, erased(story, ("p1",)).state
    assert (after.subject, after.content) == (ERASED, ERASED)
    assert after.personal.people == ()
    for name in (
        "petitioners",
        "headcount",
        "number",
        "category",
        "channel",
        "stage",
        "closed_on",
        "units",
        "against",
    ):
        assert getattr(after, name) == getattr(before, name), name
    assert not after.anonymous


@pytest.mark.parametrize("kind", SHELF)
def test_c4_nothing_that_was_written_is_left_in_the_state(kind: str):
    story = SHELF[kind][0]
    texts = [story.state.subject, getattr(story.state, "content", story.state.subject)]
    told = repr(erased(story, the_file(story.state).people).state)
    assert not [text for text in texts if text in told]


def test_a20_what_is_gone_is_not_handled_again():
    gone = erased(kept("30-years"), ("p1",))
    given(gone).when(Reopen("出现新的事实"), head, on=TODAY).refused("erasure.gone", basis="档案法")
    given(erased(kept("30-years"), ("p1",), texts=False)).when(
        Reopen("出现新的事实"), head, on=TODAY
    ).refused("erasure.gone")


def test_c4_while_somebody_is_left_the_matter_lives():
    one_left = erased(kept("30-years", petitioners=TWO), ("p1",), texts=False)
    assert given(one_left).when(Reopen("出现新的事实"), head, on=TODAY).refusal() is None
    rest = RequestErasure(LEGAL, "申请", people=(ALL,), texts=True)
    assert given(one_left).when(rest, clerk, on=TODAY).refusal() is None


def test_a20_nor_is_a_review_of_it_asked_for():
    gone = erased(kept("30-years"), ("p1",))
    command = RequestReview("不服处理意见")
    assert given(gone).when(command, clerk, on=TODAY).refused("erasure.gone").message.count("清江信档销")
