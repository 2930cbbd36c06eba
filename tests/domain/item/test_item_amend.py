"""修改事项 (B2): a draft freely, after the leaders' notes the requirements alone."""

import pytest

from domain.supervision import events
from domain.supervision.commands import Amend
from tests.builders import inspector, on
from tests.items import INSPECTORS, a_document, against_unit_b, an_item, an_item_in, approved
from tests.spec import given, open_in, who_may

COMMAND = Amend(requirements="按批示意见，增加两个小区")


def test_b2_only_the_inspector_amends():
    assert who_may(an_item(), COMMAND) == INSPECTORS


def test_b2_before_the_issue_and_not_while_the_leaders_read_it():
    assert open_in(COMMAND, told=an_item_in) == {"opened", "approved"}


def test_b2_what_is_given_replaces_what_stood_there():
    change = Amend(
        subject="供暖改造", category="会议决定", due_on=on("2026-05-29"), public=True, leader_review=True
    )
    item = given(an_item()).when(change, inspector).then(events.Amended, category="meeting").item
    assert (item.subject, item.category, item.public, item.leader_review) == (
        "供暖改造",
        "meeting",
        True,
        True,
    )
    assert (item.due_on, item.requirements) == (on("2026-05-29"), "完成改造并报告结果")


def test_b2_after_the_instruction_the_inspector_amends_the_requirements():
    item = given(approved()).when(COMMAND, inspector).then(events.Amended).item
    assert item.requirements == "按批示意见，增加两个小区"


@pytest.mark.parametrize(
    "change",
    [
        Amend(due_on=on("2026-05-29")),
        Amend(subject="另一件事"),
        Amend(public=True),
        Amend(cadence="monthly"),
        Amend(requirements="好", leader_review=True),
    ],
)
def test_b2_and_nothing_else(change):
    given(approved()).when(change, inspector).refused("item.approved_content", basis="第十五条")


def test_b2_something_must_change_and_make_sense():
    given(an_item()).when(Amend(), inspector).refused("item.nothing_to_amend")
    given(an_item()).when(Amend(due_on=on("2026-03-01")), inspector).refused("petition.due_before_start")
    given(a_document()).when(Amend(cadence="monthly"), inspector).refused("item.cadence_not_for_documents")


def test_a13_what_is_confidential_is_never_made_public():
    given(against_unit_b()).when(Amend(public=True), inspector).refused("item.confidential_not_public")
    given(against_unit_b()).when(Amend(public=False), inspector).then(events.Amended)
