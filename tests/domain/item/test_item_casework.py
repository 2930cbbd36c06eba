"""督查事项经一门办理: numbers, the link to the petition, attachments looked up, and who is told nothing."""

from dataclasses import replace
from typing import Any

import pytest

from domain.attachments import Attachment, AttachmentEntry, Held
from domain.casework import Casework
from domain.directory.fold import Officer
from domain.errors import Invalid, NotNow, Stale, Unknown
from domain.kinds import ITEM, PETITION
from domain.petition.events import Against, PutUnderSupervision
from domain.rules.signals import signal
from domain.supervision import commands as c
from domain.supervision.events import Opened
from domain.supervision.stages import Stage
from tests.builders import a_clerk, a_head, a_petition, act, at, b_head, handler, inspector, leader, on
from tests.domain.item.test_item_machine import ItemLife
from tests.items import handled

OPEN = c.Open(
    source="区长信箱",
    category="petition",
    subject="老旧小区供暖改造",
    requirements="完成改造并报告结果",
    due_on=on("2026-04-30"),
)
HASH = "a" * 64


@pytest.fixture
def casework() -> Casework:
    return ItemLife().casework


def test_b1_items_are_numbered_by_the_register_of_their_department(casework):
    doer = act(inspector, "2026-03-02")
    numbers = [dict(casework.open_item(OPEN, doer).extra)["number"] for _ in range(2)]
    assert numbers == ["DC-2026-000001", "DC-2026-000002"]
    other = casework.open_item(replace(OPEN, opened_by_unit="unit-a"), doer)
    assert dict(other.extra)["number"] == "A-2026-000001"


def test_b1_items_of_a_petition_office_are_not_on_the_register_of_its_petitions(casework):
    doer = act(inspector, "2026-03-02")
    opening = replace(OPEN, opened_by_unit="petition-office")
    numbers = [dict(casework.open_item(opening, doer).extra)["number"] for _ in range(2)]
    assert numbers == ["DC-XF-2026-000001", "DC-XF-2026-000002"]


def test_a15_an_item_and_the_petition_it_is_made_from_know_each_other(casework):
    petition = a_petition()
    casework.save(*petition.facts)
    made = casework.open_item(replace(OPEN, petition=petition.id), act(inspector, "2026-03-02"))
    item = casework.case(made.id)
    assert item.kind is ITEM
    assert item.state.petition == petition.id
    last = casework.case(petition.id).facts[-1]
    assert isinstance(last, PutUnderSupervision)
    assert casework.case(petition.id).kind is PETITION


def test_a15_a_petition_has_one_open_item_at_most(casework):
    petition, today = a_petition(), "2026-03-02"
    casework.save(*petition.facts)
    opening = replace(OPEN, petition=petition.id)
    first = casework.open_item(opening, act(inspector, today))
    with pytest.raises(NotNow, match=r"item\.petition_has_item"):
        casework.open_item(opening, act(inspector, today))
    casework.handle(first.id, c.Withdraw("任务取消"), act(inspector, today), kind=ITEM)
    second = casework.open_item(opening, act(inspector, today))
    assert casework.case(petition.id).state.supervision_item == second.id


def test_a13_of_an_accusation_hidden_from_the_inspector_nothing_is_made(casework):
    accusation = a_petition(category="accusation", against=(Against(person="郑督"),))
    casework.save(*accusation.facts)
    before = len(casework.store.select_log(0, 1000))
    command = replace(OPEN, petition=accusation.id)
    with pytest.raises(Invalid, match=r"item\.petition_unknown"):
        casework.open_item(command, act(inspector, "2026-03-02"))
    assert len(casework.store.select_log(0, 1000)) == before


def test_b4_attachments_are_looked_up_among_the_officers_own_uploads(casework):
    story = handled("2026-03-02")
    casework.save(*story.facts)
    casework.store.uploaded[handler.id, HASH] = Held(1024, "application/pdf")
    command = c.Report("进展情况", (AttachmentEntry("进度.pdf", HASH), AttachmentEntry("进度表")))
    casework.handle(story.id, command, act(handler, "2026-03-03"), kind=ITEM)
    kept = casework.case(story.id).facts[-1].attachments
    assert kept == (Attachment("进度.pdf", HASH, 1024, "application/pdf"), Attachment("进度表"))


def test_each_fact_of_an_item_names_its_article(casework):
    receipt = casework.open_item(OPEN, act(inspector, "2026-03-02"))
    casework.handle(receipt.id, c.Submit(), act(inspector, "2026-03-02"))
    casework.handle(receipt.id, c.Instruct("同意"), act(leader, "2026-03-02"))
    facts = casework.case(receipt.id).facts
    assert isinstance(facts[0], Opened)
    assert all("《机关单位督查督办工作制度》" in (fact.basis or "") for fact in facts)


def test_b6_a_whole_course_of_past_dates_may_be_entered_in_one_day(casework):
    def enter(doer: Officer, command: Any) -> None:
        casework.handle(opened.id, command, act(doer, "2026-11-22"), kind=ITEM)

    opening = replace(OPEN, due_on=on("2026-09-30"), on=on("2026-09-01"))
    opened = casework.open_item(opening, act(inspector, "2026-11-22"))
    enter(inspector, c.Submit(on=on("2026-09-01")))
    enter(leader, c.Instruct("同意", on=on("2026-09-02")))
    enter(inspector, c.Issue(on=on("2026-09-02")))
    units = {"lead_unit": "unit-a", "assisting_units": ("unit-b",), "unit_due_on": on("2026-09-22")}
    enter(inspector, c.Allocate(**units, on=on("2026-09-02")))
    enter(a_head, c.Designate("handler", on=on("2026-09-02")))
    enter(a_head, c.Object("非本单位职责", on=on("2026-09-04")))
    enter(inspector, c.SettleObjection(False, "属于本单位职责", on=on("2026-09-07")))
    enter(handler, c.RequestExtension("施工受天气影响", "完成八成", on("2026-09-24"), on=on("2026-09-16")))
    enter(a_head, c.VetExtension("情况属实", on=on("2026-09-16")))
    enter(inspector, c.GrantExtension(on("2026-09-24"), on=on("2026-09-17")))
    enter(b_head, c.SubmitResult("协办部分已完成", on=on("2026-09-23")))
    enter(handler, c.Report("已全部完成", on=on("2026-09-24")))
    enter(a_head, c.SignReport(on=on("2026-09-24")))
    enter(a_clerk, c.SubmitResult("已全部完成", on=on("2026-09-24")))
    enter(inspector, c.Vet("符合要求", on=on("2026-09-28")))
    enter(inspector, c.SignOff("合格", on=on("2026-10-08")))
    enter(inspector, c.Archive("材料齐全", on=on("2026-10-09")))

    case = casework.case(opened.id)
    assert case.state.stage is Stage.ARCHIVED
    known, today = casework.known(at("2026-11-22")), on("2026-11-22")
    statuses = {
        (clock.clock, clock.part): signal(
            clock.state, clock.due_on, clock.stopped_on, today, known.calendar, clock.window
        ).status
        for clock in ITEM.clocks(case.facts, case.state, known, today)
    }
    assert statuses == {
        ("item", ""): "met_late",
        ("unit-limit", "unit-a"): "met",
        ("unit-limit", "unit-b"): "met_late",
        ("objection", "unit-a"): "met",
        ("objection", "unit-b"): "cancelled",
        ("extension-answer", "unit-a"): "met",
        ("result-review", ""): "met",
    }


def test_a_hidden_item_is_as_unknown_as_one_that_is_not_there(casework):
    receipt = casework.open_item(OPEN, act(inspector, "2026-03-02"))
    for officer in (a_head, b_head):
        with pytest.raises(Unknown, match=r"item\.unknown"):
            casework.handle(receipt.id, c.Urge("phone", "请"), act(officer, "2026-03-02"), kind=ITEM)


def test_an_item_that_moved_on_is_stale(casework):
    receipt = casework.open_item(OPEN, act(inspector, "2026-03-02"))
    casework.handle(receipt.id, c.Submit(), act(inspector, "2026-03-02"), expects=1)
    with pytest.raises(Stale, match=r"item\.stale"):
        casework.handle(receipt.id, c.Instruct("同意"), act(leader, "2026-03-02"), expects=1)
