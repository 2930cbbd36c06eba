"""立项 (B1): the inspector opens items; category, limit, openness; documents and meetings; items made from petitions."""

from dataclasses import replace

import pytest

from domain.errors import NotYours, Refused
from domain.petition.events import Against
from domain.rules.grounds import source_categories
from domain.supervision import opening
from domain.supervision.commands import Open
from tests.builders import a_petition, act, clerk, inspector, leader, on
from tests.items import DIRECTORY, OFFICERS, b_head

OPEN = Open(
    source="区政府常务会议纪要第3期",
    category="decision",
    subject="老旧小区供暖改造",
    requirements="完成改造并报告结果",
    due_on=on("2026-04-30"),
)


def opened(command=OPEN, by=inspector, day="2026-03-02", petition=None):
    return opening.opened(command, act(by, day), DIRECTORY, "DC-2026-000001", petition)


def refused(command=OPEN, by=inspector, day="2026-03-02", petition=None) -> str:
    with pytest.raises(Refused) as no:
        opened(command, by, day, petition)
    return no.value.code


@pytest.mark.parametrize("officer", OFFICERS, ids=lambda officer: officer.id)
def test_b8_only_the_inspector_opens_items(officer):
    if officer.post == "inspector":
        assert opened(by=officer)["number"] == "DC-2026-000001"
        return
    with pytest.raises(NotYours, match=r"item\.not_yours") as no:
        opened(by=officer)
    assert "第十条" in (no.value.basis or "")


def test_b1_what_was_entered_is_what_is_recorded():
    fields = opened()
    assert fields["number"] == "DC-2026-000001"
    assert fields["opened_by_unit"] == "supervision"
    assert (fields["category"], fields["due_on"], fields["public"]) == ("decision", on("2026-04-30"), False)


def test_b1_the_source_categories_are_the_seven_of_article_14():
    assert len(source_categories()) == 7
    numbered = [f"第十四条第{n}项" for n in "一二三四五六七"]
    assert [entry.basis.partition("》")[2] for entry in source_categories()] == numbered


@pytest.mark.parametrize("given", ["meeting", "重要会议确定的重要工作事项", "会议决定", " Meeting "])
def test_b1_a_category_is_known_by_code_label_or_other_spelling(given):
    assert opened(replace(OPEN, category=given))["category"] == "meeting"


def test_b1_a_category_of_the_offices_own_is_kept_as_written():
    assert opened(replace(OPEN, category=" 民生实事 "))["category"] == "民生实事"


def test_b1_the_opening_department_may_be_named_by_id_or_name():
    assert opened(replace(OPEN, opened_by_unit="清江区住建局"))["opened_by_unit"] == "unit-a"
    assert refused(replace(OPEN, opened_by_unit="财政局")) == "unit.unknown"


def test_b1_an_item_has_a_limit():
    assert refused(replace(OPEN, due_on=None)) == "item.no_limit"
    assert refused(replace(OPEN, due_on=on("2026-03-01"))) == "petition.due_before_start"
    assert refused(replace(OPEN, due_on=on("2040-03-01"))) == "date.too_far"


def test_b1_dates_are_neither_in_the_future_nor_too_long_ago():
    assert refused(replace(OPEN, on=on("2026-03-03"))) == "date.in_future"
    assert refused(replace(OPEN, on=on("1990-03-03"))) == "date.before_antecedent"
    assert opened(replace(OPEN, on=on("2026-03-01")))["due_on"] == on("2026-04-30")


class TestDocuments:
    DOCUMENT = replace(OPEN, form="document", due_on=None, limit_class="ordinary", body="清江市政府办公室")

    def test_b11_a_document_leaves_its_limit_to_its_class(self):
        fields = opened(self.DOCUMENT)
        assert (fields["form"], fields["limit_class"], fields["due_on"]) == ("document", "ordinary", None)

    def test_b11_received_today_unless_said_otherwise(self):
        assert opened(self.DOCUMENT)["received_on"] == on("2026-03-02")
        earlier = replace(self.DOCUMENT, received_on=on("2026-02-28"))
        assert opened(earlier)["received_on"] == on("2026-02-28")
        assert refused(replace(self.DOCUMENT, received_on=on("2026-03-03"))) == "item.received_after_opening"
        assert refused(replace(self.DOCUMENT, received_on=on("1990-03-03"))) == "date.too_early"

    def test_b11_without_class_and_without_date_it_is_refused(self):
        assert refused(replace(self.DOCUMENT, limit_class=None)) == "item.no_limit"
        assert opened(replace(self.DOCUMENT, limit_class=None, due_on=on("2026-03-10")))["due_on"]

    def test_b11_a_class_is_a_documents_and_a_cadence_is_not(self):
        assert refused(replace(OPEN, limit_class="read")) == "item.limit_class_not_for_items"
        assert refused(replace(self.DOCUMENT, cadence="monthly")) == "item.cadence_not_for_documents"


class TestMeetings:
    def test_b13_a_meetings_decision_names_the_body(self):
        decided = replace(OPEN, form="meeting", category="meeting")
        assert refused(decided) == "item.body_missing"
        assert opened(replace(decided, body="区政府常务会议"))["body"] == "区政府常务会议"


class TestFromAPetition:
    FROM = replace(OPEN, petition=a_petition().id, category="petition")

    def test_a15_it_is_linked_by_number_and_office(self):
        fields = opened(self.FROM, petition=a_petition().petition)
        assert fields["petition_number"] == "XF-2026-000001"
        assert fields["petition_office"] == "petition-office"
        assert not fields["confidential"]
        assert fields["against"] == ()

    def test_a13_of_an_accusation_it_is_confidential_and_keeps_whom_it_is_against(self):
        petition = accusation_of_unit_b()
        fields = opened(self.FROM, petition=petition)
        assert fields["confidential"]
        assert fields["against"] == petition.against

    def test_a13_of_an_accusation_it_is_never_public(self):
        public = replace(self.FROM, public=True)
        assert refused(public, petition=accusation_of_unit_b()) == "item.confidential_not_public"
        assert opened(public, petition=a_petition().petition)["public"]

    def test_a13_the_accused_unit_is_not_the_opening_department(self):
        named = replace(self.FROM, opened_by_unit="unit-b")
        assert refused(named, petition=accusation_of_unit_b()) == "item.accused_unit"

    def test_a_petition_that_is_not_there_or_hidden_is_not_found(self):
        assert refused(self.FROM) == "item.petition_unknown"


def accusation_of_unit_b():
    return a_petition(category="accusation", against=(Against(unit="清江区民政局"),)).petition


def test_others_are_refused_before_anything_is_read():
    for officer in (leader, clerk, b_head):
        assert refused(replace(OPEN, category="闲事"), by=officer) == "item.not_yours"
