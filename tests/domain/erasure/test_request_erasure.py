"""申请销毁 (A20, C4): on which ground what of a closed file may be destroyed, and when not yet or never."""

from dataclasses import replace

import pytest

from domain.erasure import events
from domain.erasure.commands import ALL, RequestErasure
from domain.erasure.files import the_file
from domain.errors import NotNow
from domain.petition.events import Against, Petitioner
from tests.builders import OFFICE, a_petition, at, clerk, head, in_handling
from tests.custody import LEGAL, TODAY, erased, lent, requested
from tests.domain.erasure.shelves import SHELF, kept
from tests.items import INSPECTORS
from tests.spec import given, who_may

WHOLE = RequestErasure("保管期限届满", "鉴定小组意见：无须继续保存")
TEXTS = RequestErasure(LEGAL, "本人书面申请", texts=True)
TWO = (Petitioner("p1"), Petitioner("p2"))
kinds = pytest.mark.parametrize("kind", SHELF)


@kinds
def test_a20_who_keeps_the_file_asks(kind: str):
    assert who_may(SHELF[kind][0], TEXTS) == (INSPECTORS if kind == "item" else OFFICE)


@kinds
def test_a20_the_texts_of_a_closed_case_on_a_ground_of_law(kind: str):
    story, keeper = SHELF[kind]
    found = given(story).when(TEXTS, keeper, on=TODAY).then(events.ErasureRequested, texts=True)
    assert found.state.custody.request.by == (keeper.id,)


def test_a20_a_matter_that_is_still_open_has_no_file():
    given(in_handling()).when(TEXTS, clerk).refused("petition.wrong_stage")


def test_a20_once_the_retention_has_run_out_the_whole_file_goes():
    given(kept("10-years", petitioners=TWO)).when(WHOLE, clerk, on=TODAY).then(
        events.ErasureRequested, people=("p1", "p2"), texts=True, ground="retention-expired"
    )


def test_a20_the_last_day_of_the_last_year_still_counts():
    file = kept("10-years", 2015)
    given(file).when(WHOLE, clerk, on="2025-12-31").refused("erasure.not_expired", basis="档案法")
    given(file).when(WHOLE, clerk, on="2026-01-01").then(events.ErasureRequested)


def test_a20_what_is_kept_for_ever_is_never_out_of_date():
    given(kept("permanent", 1999)).when(WHOLE, clerk, on=TODAY).refused("erasure.permanent")
    given(kept("permanent", 1999)).when(TEXTS, clerk, on=TODAY).then(events.ErasureRequested)


def test_a20_a_record_without_a_class_is_kept_as_the_table_has_it():
    given(kept(None, 2010)).when(WHOLE, clerk, on=TODAY).refused("erasure.not_expired")
    given(kept(None, 1995)).when(WHOLE, clerk, on=TODAY).then(events.ErasureRequested)


def test_a20_what_was_never_archived_has_no_retention_that_could_run_out():
    story = a_petition("2010-03-02").declined()
    given(story).when(WHOLE, clerk, on=TODAY).refused("erasure.not_archived")


def test_c4_one_petitioner_of_several():
    file = kept("30-years", petitioners=TWO)
    one = RequestErasure(LEGAL, "本人书面申请", people=("p2",))
    given(file).when(one, clerk, on=TODAY).then(events.ErasureRequested, people=("p2",), texts=False)
    everybody = RequestErasure(LEGAL, "本人书面申请", people=(ALL,))
    given(erased(file, ("p2",), texts=False)).when(everybody, clerk, on=TODAY).then(
        events.ErasureRequested, people=("p1",)
    )
    given(erased(file, ("p2",), texts=False)).when(one, clerk, on=TODAY).refused("erasure.person_gone")


def test_c4_nobody_unknown_and_not_nothing():
    for people, code in ((("p9",), "erasure.person_unknown"), ((), "erasure.nothing_chosen")):
        command = RequestErasure(LEGAL, "申请", people=people)
        given(kept("30-years")).when(command, clerk, on=TODAY).refused(code)
    unknown = RequestErasure("觉得没用", "申请", texts=True)
    given(kept("30-years")).when(unknown, clerk, on=TODAY).refused("erasure.unknown_ground")


@kinds
def test_a20_one_request_at_a_time_and_none_of_what_is_lent_or_gone(kind: str):
    story, keeper = SHELF[kind]
    given(requested(story)).when(TEXTS, keeper, on=TODAY).refused("erasure.request_open")
    given(lent(story)).when(TEXTS, keeper, on=TODAY).refused("archive.file_lent")
    gone = erased(story, () if kind == "item" else ("p1", "v1"))
    assert given(gone).when(TEXTS, keeper, on=TODAY).refusal() is not None


def test_a20_a_linked_case_must_be_closed_first():
    before = given(kept("30-years"))
    other = replace(the_file(SHELF["item"][0].state), closed=False)
    situation = replace(before.situation(clerk, at(TODAY)), linked=(other,))
    with pytest.raises(NotNow) as refused:
        before.story.kind.decide(TEXTS, situation)
    assert refused.value.code == "erasure.linked_open"


def test_a20_whom_the_matter_is_about_has_no_part_in_it():
    story = kept("30-years", against=(Against(person="林小雨"),))
    given(story).when(TEXTS, clerk, on=TODAY).refused("erasure.accused")
    given(story).when(TEXTS, head, on=TODAY).then(events.ErasureRequested)


@kinds
def test_a20_no_destruction_before_the_closing(kind: str):
    story, keeper = SHELF[kind]
    early = RequestErasure(LEGAL, "申请", texts=True, on=story.facts[0].on.replace(year=2009))
    given(story).when(early, keeper, on=TODAY).refused("date.before_antecedent")
