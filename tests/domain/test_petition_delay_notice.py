"""滞办告知 (A16): matter, reason, approver, contact and the new date promised."""

import pytest

from domain.petition import events
from domain.petition.commands import DelayNotice
from tests.builders import UNIT_A, a_clerk, a_head, handler, in_handling, on
from tests.spec import given, open_in, who_may


def notice(approver: str | None = "a-head", new_date: str = "2026-06-30") -> DelayNotice:
    return DelayNotice("等待鉴定", "010-12345678", on(new_date), approver)


def test_a16_the_holding_unit_or_the_handler_tells():
    assert who_may(in_handling(), notice()) == UNIT_A | {"handler"}


def test_a16_while_the_unit_has_the_matter():
    assert open_in(notice()) == {"with_unit", "handling"}


def test_a16_the_promise_is_on_record_and_moves_no_limit():
    before = in_handling("2026-03-02")
    story = (
        given(before)
        .when(notice(), handler, on="2026-05-06")
        .then(
            events.DelayNoticed,
            reason="等待鉴定",
            contact="010-12345678",
            new_date="2026-06-30",
            approver="a-head",
        )
    )
    assert story.clocks() == before.clocks()


def test_a16_the_head_approves_by_signing():
    given(in_handling()).when(notice(approver=None), a_head).then(events.DelayNoticed, approver="a-head")


@pytest.mark.parametrize("approver", ["a-clerk", "stranger"])
def test_a16_nobody_else_approves(approver):
    refusal = given(in_handling()).when(notice(approver), a_clerk)
    refusal.refused("petition.approver_missing", basis="滞办反馈告知制度")


def test_a16_a_clerks_notice_is_the_heads_of_the_unit():
    given(in_handling()).when(notice(approver=None), a_clerk).then(events.DelayNoticed, approver="a-head")


def test_a16_the_head_must_be_of_the_unit_or_a_leader():
    given(in_handling()).when(notice("b-head"), a_clerk).refused("petition.approver_not_of_unit")
    given(in_handling()).when(notice("leader"), a_clerk).then(events.DelayNoticed, approver="leader")


def test_a16_the_new_date_may_be_today_and_no_earlier():
    given(in_handling()).when(notice(new_date="2026-03-02"), a_clerk).then(events.DelayNoticed)
    yesterday = notice(new_date="2026-03-01")
    given(in_handling()).when(yesterday, a_clerk).refused("petition.due_before_start")
