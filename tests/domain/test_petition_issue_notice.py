"""出具文书 (C6): on a decision that stands, once, in the name of whoever took it, with the dates of that day."""

import pytest

from domain.papers.commands import IssueNotice
from domain.papers.issuing import current
from domain.papers.shapes import PrintedDate
from domain.petition import events
from domain.petition.commands import Serve
from domain.rules import grounds, papers
from tests.builders import (
    OFFICE,
    UNIT_A,
    a_clerk,
    a_head,
    a_petition,
    answered,
    auditor,
    b_clerk,
    clerk,
    handler,
    in_handling,
    inspector,
    leader,
    on,
    reviewed,
    under_reexamination,
    with_unit,
)
from tests.spec import given, who_may

ACCEPTANCE = IssueNotice("acceptance")


def printed(story) -> dict[str, str]:
    """What the last paper prints, by the names of the dates."""
    return {one.name: one.on.isoformat() for one in story.facts[-1].dates}


def test_c6_the_acceptance_is_issued_by_the_unit_that_accepted():
    assert who_may(in_handling(), ACCEPTANCE) == UNIT_A | {"handler"}
    assert who_may(a_petition().accepted(), ACCEPTANCE) == OFFICE
    given(in_handling().designated(handler)).when(ACCEPTANCE, handler).then(events.NoticeIssued)


def test_c6_the_acceptance_prints_the_limit_of_that_day():
    story = (
        given(in_handling("2026-01-05"))
        .when(ACCEPTANCE, a_clerk)
        .then(events.NoticeIssued, notice="acceptance", organ="unit-a", rests_on=3, addressees=())
    )
    assert printed(story) == {
        "received_on": "2026-01-05", "accepted_on": "2026-01-05", "due_on": "2026-03-06",
    }  # fmt: skip


def test_c6_a_limit_that_moved_since_is_told():
    story = given(in_handling("2026-01-05")).when(ACCEPTANCE, a_clerk).then(events.NoticeIssued)
    due = story.facts[-1].dates[-1]
    assert current(due, story.clocks()) is None
    assert current(due, story.extended(days=30).clocks()) == on("2026-04-07")
    assert current(PrintedDate("received_on", on("2026-01-05")), story.clocks()) is None


def test_c6_not_before_the_decision_nor_twice_on_one_decision():
    given(with_unit()).when(ACCEPTANCE, a_clerk).refused("notice.without_decision", basis="第二十三条")
    story = given(in_handling()).when(ACCEPTANCE, a_clerk).then(events.NoticeIssued)
    refused = given(story).when(ACCEPTANCE, a_head).refused("notice.already_issued")
    assert "请直接打印" in refused.message


def test_c6_a_new_decision_has_a_new_paper():
    urging, story = IssueNotice("urging"), in_handling().urged()
    story = given(story).when(urging, clerk).then(events.NoticeIssued, organ="petition-office")
    given(story).when(urging, clerk).refused("notice.already_issued")
    again = given(story.urged()).when(urging, clerk).then(events.NoticeIssued)
    assert again.facts[-1].rests_on > story.facts[-1].rests_on


def test_c6_what_was_declined_and_opened_again_has_no_refusal():
    story = with_unit().declined()
    given(story).when(IssueNotice("refusal"), a_clerk).then(events.NoticeIssued, organ="unit-a")
    given(story.reopened()).when(IssueNotice("refusal"), a_clerk).refused("notice.without_decision")


def test_c6_the_extension_tells_the_old_limit_and_the_new_one():
    story = given(in_handling("2026-01-05").extended(days=30)).when(IssueNotice("extension"), a_clerk)
    told = printed(story.then(events.NoticeIssued, organ="unit-a"))
    assert (told["previous_due_on"], told["due_on"]) == ("2026-03-06", "2026-04-07")


def test_c6_the_office_signs_what_it_passes_on_and_the_unit_signs_nothing_of_it():
    story = a_petition("2026-03-02").add(
        events.Assigned, clerk, to_unit="unit-a", due_on=on("2026-04-30"), assisting_units=("unit-b",)
    )
    given(story).when(IssueNotice("assignment"), a_clerk).refused("notice.not_yours", basis="第二十二条")
    made = (
        given(story)
        .when(IssueNotice("assignment"), clerk)
        .then(events.NoticeIssued, organ="petition-office", addressees=("unit-a",), copies=("unit-b",))
    )
    told = printed(made)
    assert told["due_on"] == "2026-04-30"
    assert told["object_by"] == "2026-03-09"


def test_c6_a_letter_to_an_organ_outside_is_addressed_to_it():
    story = a_petition().forwarded()
    given(story).when(IssueNotice("forwarding"), clerk).then(
        events.NoticeIssued, addressees=(story.facts[-1].to_organ,), copies=()
    )


def test_c6_the_receipt_is_each_organs_own():
    receipt, story = IssueNotice("receipt"), with_unit("2026-03-02")
    office = given(story).when(receipt, clerk).then(events.NoticeIssued, organ="petition-office", rests_on=1)
    unit = given(office).when(receipt, a_clerk).then(events.NoticeIssued, organ="unit-a", rests_on=2)
    assert printed(unit)["due_on"] == "2026-03-17"
    given(unit).when(receipt, a_head).refused("notice.nothing_to_issue")


def test_c6_a_receipt_is_none_of_those_who_did_not_receive_it():
    for story in (a_petition(), in_handling()):
        given(story).when(IssueNotice("receipt"), inspector).refused("notice.not_yours", basis="第二十三条")
    urged = a_petition().add(
        events.Urged, inspector, method="letter", text="请尽快办结", to_unit="petition-office"
    )
    given(urged).when(IssueNotice("receipt"), inspector).refused("notice.not_yours")


def test_c6_nobody_is_told_where_nobody_is_named():
    story = in_handling(petitioners=(), personal=events.Personal())
    given(story).when(ACCEPTANCE, a_clerk).refused("notice.nothing_to_issue")
    urged = given(story.urged()).when(ACCEPTANCE, clerk)
    assert urged.refused("notice.not_yours").message == "该文书由清江区住建局出具。"
    kept = given(a_petition(petitioners=(), personal=events.Personal()).accepted().urged())
    kept.when(ACCEPTANCE, clerk).refused("notice.nobody_to_notify", basis="第二款")


def test_c6_an_inspector_issues_only_what_oversees():
    story = in_handling().add(events.Urged, inspector, method="letter", text="请尽快办结", to_unit="unit-a")
    given(story).when(IssueNotice("urging"), inspector).then(events.NoticeIssued, organ="supervision")
    given(in_handling()).when(ACCEPTANCE, inspector).refused("notice.not_yours")
    for other in (leader, b_clerk, auditor):
        assert given(in_handling()).when(ACCEPTANCE, other).refusal() is not None


@pytest.mark.parametrize(
    ("story", "notice", "by"),
    [
        (in_handling().replied(), "opinion", a_clerk),
        (reviewed(), "复查意见书", clerk),
        (under_reexamination().reexamination_concluded(), "复核意见书", clerk),
        (in_handling().asked_for_more(), "一次性告知书", a_clerk),
        (in_handling().supervised(), "督办函", inspector),
        (answered().review_requested().review_concluded(result="redo"), "review", clerk),
    ],
)
def test_c6_each_decision_has_its_paper(story, notice, by):
    decided = next(fact for fact in reversed(story.facts) if not isinstance(fact, events.Served))
    given(story).when(IssueNotice(notice), by).then(events.NoticeIssued, rests_on=decided.originator_version)


def test_c6_papers_of_supervision_items_are_none_of_a_petition():
    given(in_handling()).when(IssueNotice("supervision-notice"), a_clerk).refused("notice.unknown")
    given(in_handling()).when(IssueNotice("罚款通知"), a_clerk).refused("notice.unknown")


def test_c6_not_dated_before_the_decision():
    early = IssueNotice("acceptance", on("2026-03-01"))
    given(in_handling("2026-03-02")).when(early, a_clerk).refused("date.before_antecedent")


def test_c6_only_what_goes_to_petitioners_is_served():
    assert {one.code for one in grounds.notices()} == {
        one.code for one in papers.of_case("petition") if one.personal
    }
    given(in_handling().urged()).when(Serve("urging", "post"), clerk).refused("notice.unknown")
    given(in_handling()).when(Serve("supplement", "post"), a_clerk).refused("petition.notice_not_issued")
    given(in_handling().asked_for_more()).when(Serve("supplement", "post"), a_clerk).then(events.Served)


@pytest.mark.parametrize(
    ("name", "code", "short"),
    [
        ("云溪县信访局", "XF", "云溪信"),
        ("云溪县住房和城乡建设局", "ZJ", "云溪建"),
        ("东区信访局", "DX", "东区信"),
        ("巴音自治州人民政府", "BY", "巴音政"),
        ("市政协提案委", "TA", "TA"),
        ("住建局房屋安全科", "", "住建局房屋安全科"),
    ],
)
def test_c6_an_organ_is_abbreviated_as_in_its_document_numbers(name, code, short):
    assert papers.abbreviation(name, code) == short
