"""督查事项经一门办理: numbers, the link to the petition, attachments looked up, and who is told nothing."""

from dataclasses import replace

import pytest

from domain.attachments import Attachment, AttachmentEntry, Held
from domain.casework import Casework
from domain.errors import Invalid, Stale, Unknown
from domain.kinds import ITEM, PETITION
from domain.petition.events import Against, PutUnderSupervision
from domain.supervision import commands as c
from domain.supervision.events import Opened
from tests.builders import a_head, a_petition, act, b_head, handler, inspector, leader, on
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
