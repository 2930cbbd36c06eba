"""立项页: who may open a supervision item, empty or from a petition, and what the form says when it is wrong."""

from collections.abc import Callable

import pytest

from projections import runner
from tests.api.conftest import Town
from tests.api.item_lives import ITEM
from tests.api.lives import ACCEPTED
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]
NEW = "/console/supervision-items/new"
FIELDS = {name: value for name, value in ITEM.items() if name != "public"}


@pytest.mark.parametrize("who", ["office", "leader", "unit-a-head", "auditor", "admin"])
def test_who_opens_no_items_is_told_who_does(town_pages: Open, who: str):
    for answer in (town_pages(who).get(NEW), town_pages(who).post(NEW, FIELDS)):
        assert (answer.status, "督查事项由督查员立项" in answer.text) == (403, True)


def test_who_is_not_signed_in_is_sent_to_the_sign_in(town: Town):
    assert (
        nobody(town.client).get(NEW).goes_to == "/console/sign-in?next=%2Fconsole%2Fsupervision-items%2Fnew"
    )


def test_the_limit_is_marked_as_needed_though_a_document_may_leave_it_open(town_pages: Open):
    page = town_pages("inspector").get(NEW)
    label = page.one("//label[@for='open-due_on']")
    assert label.text_content().strip() == "办结期限*"
    assert page.one("//input[@name='due_on']").get("required") is None
    assert "只有选择了期限类别的公文可以不填" in page.one("//*[@id='open-due_on-help']").text_content()


def test_an_item_is_opened_once_however_often_the_button_is_pressed(town: Town, town_pages: Open):
    browser = town_pages("inspector")
    form = browser.get(NEW).form(NEW) | FIELDS
    first, second = browser.post(NEW, form), browser.post(NEW, form)
    assert first.status == 303
    assert first.goes_to == second.goes_to
    page = browser.follow(first)
    assert page.one("//h1").text_content() == ITEM["subject"]
    assert "已立项，编号DC-" in page.one("//p[@class='note']").text_content()


def test_an_item_is_opened_from_a_petition_by_its_number(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    runner.catch_up(town.services.database, town.services.casework)
    browser = town_pages("inspector")
    link = browser.get(f"/console/petitions/{case}").one("//a[.='立项督查']/@href")
    form = browser.get(link).form(NEW)
    number = town.walker.as_("office").get(f"/v1/petitions/{case}").json()["number"]
    assert (form["petition"], form["subject"], form["category"]) == (
        number,
        "反映小区冬季供暖温度不达标",
        "petition",
    )
    done = browser.post(NEW, form | {"requirements": "限期办结", "due_on": "2026-04-30"})
    assert done.status == 303
    page = browser.get(f"/console/petitions/{case}")
    assert page.all(f"//a[@href='{done.goes_to}']")


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(town_pages: Open):
    browser = town_pages("inspector")
    wrong = browser.post(NEW, {"subject": "老旧小区改造", "petition": "XF-2026-999999", "source": "会议"})
    assert wrong.status == 422
    assert wrong.one("//input[@name='subject']").get("value") == "老旧小区改造"
    assert wrong.one("//input[@name='petition']").get("aria-invalid") == "true"
    assert wrong.one("//textarea[@name='requirements']").get("aria-invalid") == "true"
    refused = browser.post(NEW, FIELDS | {"due_on": ""})
    assert refused.status == 422
    assert (
        "立项时应当写明完成期限"
        in refused.one("//div[@role='alert'][contains(@class,'fault')]").text_content()
    )


def test_an_item_from_a_petition_that_is_hidden_is_not_prefilled(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED, category="accusation", against=[{"unit": "unit-b"}])
    unknown = "00000000-0000-4000-8000-000000000009"
    browser = town_pages("inspector")
    hidden, absent = browser.get(f"{NEW}?petition={case}"), browser.get(f"{NEW}?petition={unknown}")
    assert (hidden.status, hidden.text) == (absent.status, absent.text) == (404, absent.text)
