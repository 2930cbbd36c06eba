"""职权 (B8): every role × every stage × every act, against Articles 8–12 and 23 written out once more, by hand.

A line reads: who may in which stages. `head`, `clerk` and `officer` are those of the unit that handles the item, the
officer being the one designated. Nobody else does anything; whoever may not read the item isn't told that it exists.
"""

import re

import pytest

from domain.directory.fold import Officer
from domain.rules import item_powers
from domain.supervision.conditions import refusal
from domain.supervision.situation import standing_of
from domain.supervision.stages import OPENINGS, Stage
from tests.builders import (
    a_clerk,
    a_head,
    a_officer,
    act,
    admin,
    at,
    auditor,
    b_clerk,
    b_head,
    clerk,
    handler,
    head,
    inspector,
    leader,
)
from tests.items import DIRECTORY, Matter, against_unit_b, an_item, an_item_in, b_officer, handled
from tests.spec import given

ARTICLES = {
    # 第十条：督查事项立项权
    "submit": "inspector opened",
    "amend": "inspector opened approved",
    "issue": "inspector approved",
    "allocate": "inspector approved issued",
    "settle-objection": "inspector handling",
    "archive": "inspector signed_off withdrawn",
    "report-to-body": "inspector signed_off",
    # 第九条：分局督查事项批示权；第十一条第一项：本部门承办事项批示权
    "instruct": "leader submitted; head handling; clerk handling",
    "countersign": "leader submitted approved",
    "withdraw": "leader opened submitted approved issued handling result vetted with_leader with_superior; "
    "inspector opened submitted approved",
    # 第十一条：部门承办事项
    "designate": "head handling; clerk handling",
    "object": "head handling; clerk handling",
    "sign-report": "head handling",
    "submit-result": "head handling; clerk handling",
    # 第十二条：本人承办事项的延期申请权、办理结果反馈权
    "report": "officer handling",
    "request-extension": "officer handling",
    # 第十一条：延期申请的审批和审核上报权；第十条：延期事项审核权；第九条：延期事项审批权
    "vet-extension": "head handling; clerk handling; inspector handling",
    "grant-extension": "inspector handling; leader handling",
    "refuse-extension": "head handling; inspector handling; leader handling",
    # 第十条：催办权、办理结果初审权；第九条：办理结果复审权
    "urge": "inspector handling",
    "vet": "inspector result",
    # 第十条：分办、催办、退办由督查员办理，其通知由督查员出具
    "issue-notice": "inspector handling result vetted with_leader with_superior",
    "submit-to-leader": "inspector vetted",
    "send-back": "inspector result vetted with_superior; leader with_leader with_superior",
    "sign-off": "inspector vetted with_superior; leader with_leader with_superior",
    "submit-to-superior": "inspector vetted; leader with_leader",
    # 第十条、第十一条第三项：考核
    "score": "inspector handling result vetted with_leader with_superior signed_off archived; "
    "head handling result vetted with_leader with_superior signed_off archived; "
    "clerk handling result vetted with_leader with_superior signed_off archived",
    # 第十四条：流经的人员阅读
    "send-for-reading": "inspector *; leader *; head *",
    # 第二十三条：立卷归档的由督查员保管；销毁由领导批准，可以查阅案卷的人员监销
    "lend-file": "inspector signed_off withdrawn archived",
    "return-file": "inspector *",
    "request-erasure": "inspector signed_off withdrawn archived",
    "approve-erasure": "leader signed_off withdrawn archived",
    "refuse-erasure": "leader signed_off withdrawn archived",
    "witness-erasure": "leader signed_off withdrawn archived; inspector signed_off withdrawn archived; "
    "head signed_off withdrawn archived; clerk signed_off withdrawn archived",
}
NEEDS_THE_LEADER = {
    # 第十条：督查员只对不需要领导复审的事项有退办权、核销权和报上级机关审核权
    "send-back": "leader with_leader with_superior",
    "sign-off": "leader with_leader with_superior",
    "submit-to-superior": "leader with_leader",
}
ROLES: dict[str, Officer] = {
    "leader": leader,
    "inspector": inspector,
    "head": a_head,
    "clerk": a_clerk,
    "officer": handler,
    "officer of the unit": a_officer,
    "head elsewhere": b_head,
    "clerk elsewhere": b_clerk,
    "officer elsewhere": b_officer,
    "petition office": clerk,
    "petition office's head": head,
    "auditor": auditor,
    "admin": admin,
}
HOLDING = {"head", "clerk", "officer"}
TOLD_THE_DOOR = re.compile(r"item\.(unknown|not_yours|wrong_stage)$")


def cells(table: dict[str, str]) -> set[tuple[str, str, str]]:
    """Role, stage, act: the cells that are open by the table."""
    found = set()
    for slug, line in table.items():
        for grant in line.split(";"):
            role, *stages = grant.split()
            named = [stage.value for stage in Stage] if stages == ["*"] else stages
            found |= {(role, stage, slug) for stage in named}
    return found


def reached(story: Matter) -> dict[tuple[str, str, str], str]:
    """Role, stage, act: the code of the door that is shut, or nothing if the act is asked what it is about."""
    found = {}
    for role, officer in ROLES.items():
        situation = given(story).situation(officer, at("2026-03-02"))
        for slug in OPENINGS:
            if slug == "acknowledge-alert":
                continue
            no = refusal(situation, slug)
            shut = no is not None and TOLD_THE_DOOR.match(no.code)
            found[role, story.stage.value, slug] = no.code if shut and no is not None else ""
    return found


def before_units_came_in(stage: Stage) -> bool:
    return stage in {Stage.OPENED, Stage.SUBMITTED, Stage.APPROVED, Stage.ISSUED}


def not_there_yet(cell: tuple[str, str, str]) -> bool:
    """Of a unit's people nobody has a part in an item that was not allocated yet."""
    role, stage, _ = cell
    return role in HOLDING and before_units_came_in(Stage(stage))


@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("review", [False, True], ids=["alone", "leader reviews"])
@pytest.mark.parametrize("public", [False, True], ids=["closed", "public"])
def test_b8_every_cell_is_as_the_articles_say(stage: Stage, review: bool, public: bool):
    table = ARTICLES | (NEEDS_THE_LEADER if review else {})
    allowed = {cell for cell in cells(table) if cell[1] == stage and not not_there_yet(cell)}
    found = reached(an_item_in(stage, leader_review=review, public=public))
    assert {cell for cell, code in found.items() if not code} == allowed


@pytest.mark.parametrize("stage", Stage)
def test_b9_whoever_may_not_read_the_item_is_not_told_of_it(stage: Stage):
    readers = {"leader", "inspector", "auditor"} | (set() if before_units_came_in(stage) else HOLDING)
    found = reached(an_item_in(stage))
    unknown = {role for role, _, _ in found} - {
        role for (role, _, _), code in found.items() if code != "item.unknown"
    }
    assert unknown == set(ROLES) - readers


@pytest.mark.parametrize("stage", Stage)
def test_b9_a_public_item_is_read_by_all_staff_and_by_no_administrator(stage: Stage):
    found = reached(an_item_in(stage, public=True))
    assert {role for (role, _, _), code in found.items() if code == "item.unknown"} == {"admin"}


class TestReading:
    def may_read(self, story: Matter) -> set[str]:
        standing = standing_of(story.item, DIRECTORY)
        return {o.id for o in story.officers if item_powers.may_read(standing, act(o, "2026-03-02"))}

    def test_b9_a_unit_that_was_let_off_has_seen_it(self):
        let_off = handled().objected().settled(True, to_unit="unit-b")
        assert {"a-head", "a-clerk", "handler", "b-head", "b-clerk"} <= self.may_read(let_off)
        assert {"a-officer", "b-officer"} & self.may_read(let_off) == set()

    def test_a13_a_confidential_item_is_read_by_those_it_passed_through_alone(self):
        story = against_unit_b().submitted(leader)
        office = {"clerk", "head"}
        assert self.may_read(story) == {"inspector", "leader", "auditor"} | office
        with_a = story.instructed().issued().allocated().designated()
        assert (
            self.may_read(with_a)
            == {"inspector", "leader", "auditor", "a-head", "a-clerk", "handler"} | office
        )

    def test_a13_the_accused_are_not_in_it_even_if_it_passed_through_them(self):
        sent = against_unit_b().sent_for_reading(b_officer)
        assert "b-officer" not in self.may_read(sent)

    def test_a13_nor_while_standing_in_for_somebody_else(self):
        story = against_unit_b().submitted(leader)
        for doer, for_whom in ((b_head, leader), (b_clerk, inspector)):
            situation = given(story).situation(doer, at("2026-03-02"), for_whom)
            no = refusal(situation, "instruct")
            assert no is not None
            assert no.code == "item.unknown"

    def test_every_power_has_its_article(self):
        assert set(item_powers.ARTICLES) == set(item_powers.POWERS) == set(item_powers.LABELS)
        elsewhere = {"alert_recipient": "第二十条", "witness": "第二十三条"}
        for power, article in item_powers.ARTICLES.items():
            assert re.search(elsewhere.get(power, r"第(九|十|十一|十二)条"), article), power

    def test_b8_a_petition_office_that_handles_an_item_is_a_unit_like_others(self):
        story = an_item().submitted().instructed().issued().allocated("petition-office")
        found = reached(story)
        assert found["petition office's head", "handling", "submit-result"] == ""
        assert found["petition office", "handling", "designate"] == ""
        assert found["head", "handling", "designate"] == "item.unknown"
