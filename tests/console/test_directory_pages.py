"""Units and officers on pages: everybody reads, who may changes, and a refusal stands beside what was filled in."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Town
from tests.api.town import NAMES
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]
HOME = "/console/directory"
OFFICER = f"{HOME}/officers/unit-a-officer"
UNIT = f"{HOME}/units/unit-a"


@pytest.mark.parametrize("address", [HOME, UNIT, OFFICER])
def test_nobody_signed_out_reads_it(town: Town, address: str):
    assert nobody(town.client).get(address).goes_to.startswith("/console/sign-in")


@pytest.mark.parametrize("name", NAMES)
def test_everybody_signed_in_reads_and_only_managers_are_offered_changes(town_pages: Open, name: str):
    page = town_pages(name).get(HOME)
    assert (page.status, "孙三立" in page.text, "清江区住房和城乡建设局" in page.text) == (200, True, True)
    offered = page.all("//details/@id")
    assert offered == (["slip-found-unit", "slip-take-on"] if name in {"admin", "inspector"} else [])
    assert ("变动记录" in town_pages(name).get(UNIT).text) == (name in {"admin", "inspector", "auditor"})


def test_a_unit_and_an_officer_that_are_none(town_pages: Open):
    assert town_pages("admin").get(f"{HOME}/units/none").status == 404
    assert town_pages("admin").get(f"{HOME}/officers/none").status == 404
    assert town_pages("admin").post(f"{OFFICER}/none").status == 404


def test_a_name_is_looked_for_and_never_stands_in_an_address(town_pages: Open):
    page = town_pages("office").post(f"{HOME}/search", {"name": "孙三"})
    assert "找到 1 人" in page.text
    assert page.all("//table//a[contains(@href, '/officers/')]/@href") == [OFFICER]
    assert page.one("//form[@id='search']").method == "POST"


def test_a_unit_is_founded_an_officer_taken_on_renamed_moved_and_dismissed(pages: Open):
    admin = pages("admin")
    form = admin.get(HOME).form(f"{HOME}/units")
    sent = form | {"name": "清江区民政局", "id": "mzj", "kind": "unit", "code": "MZ", "parent": ""}
    assert admin.post(f"{HOME}/units", sent).goes_to == HOME
    assert "清江区民政局" in admin.get(HOME).text
    again = admin.post(f"{HOME}/units", sent)
    assert again.goes_to == HOME, "the same key does it once"
    there = admin.get(f"{HOME}/units/mzj")
    taken = there.form(f"{HOME}/officers") | {"name": "王新来", "id": "mzj-wang", "post": "unit_clerk"}
    assert taken["unit"] == "mzj"
    assert admin.post(f"{HOME}/officers", taken).goes_to == HOME
    renamed = admin.get(f"{HOME}/units/mzj").form(f"{HOME}/units/mzj/rename") | {"name": "清江区民政和社会局"}
    assert admin.post(f"{HOME}/units/mzj/rename", renamed).goes_to == f"{HOME}/units/mzj"
    assert "更名为清江区民政和社会局" in admin.get(f"{HOME}/units/mzj").text
    gone = admin.get(f"{HOME}/officers/mzj-wang").form(f"{HOME}/officers/mzj-wang/dismiss") | {
        "reason": "调出"
    }
    assert admin.post(f"{HOME}/officers/mzj-wang/dismiss", gone).status == 303
    assert "王新来离任：调出" in admin.get(f"{HOME}/officers/mzj-wang").text
    assert "已离任" in admin.get(HOME).text


def test_what_is_wrong_stands_beside_what_was_filled_in(pages: Open):
    admin = pages("admin")
    form = admin.get(HOME).form(f"{HOME}/units") | {
        "name": "新单位",
        "id": "大写",
        "kind": "unit",
        "parent": "",
    }
    refused = admin.post(f"{HOME}/units", form)
    assert (refused.status, "标识只能用小写英文字母" in refused.text) == (422, True)
    assert refused.form(f"{HOME}/units")["name"] == "新单位"
    assert refused.one("//details[@id='slip-found-unit']/@open") is not None
    blank = admin.post(f"{HOME}/units", form | {"name": ""})
    assert (blank.status, len(blank.all("//p[@class='problem']"))) == (422, 1)


def test_who_opened_the_page_before_another_change_is_told(pages: Open):
    admin = pages("admin")
    old = admin.get(f"{OFFICER}").form(f"{OFFICER}/absences")
    first = old | {"from_on": "2026-03-09", "to_on": "2026-03-10", "reason": "培训"}
    assert admin.post(f"{OFFICER}/absences", first).status == 303
    late = admin.post(f"{OFFICER}/absences", first | {"from_on": "2026-03-16", "to_on": "", "once": "other"})
    assert (late.status, "已有新的记录" in late.text) == (412, True)
    again = late.form(f"{OFFICER}/absences")
    assert again["version"] != old["version"]
    assert admin.post(f"{OFFICER}/absences", again).status == 303


def test_a_head_orders_stand_ins_and_a_clerk_takes_leave_and_comes_back(pages: Open):
    head, clerk = pages("unit-a-head"), pages("unit-a-clerk")
    here = f"{HOME}/officers/unit-a-clerk"
    slips = head.get(here).all("//details/@id")
    assert slips == ["slip-absences", "slip-return", "slip-stand-ins"]
    order = head.get(here).form(f"{here}/stand-ins") | {"stand_ins.0": "unit-a-officer"}
    assert head.post(f"{here}/stand-ins", order).status == 303
    away = clerk.get(here).form(f"{here}/absences") | {"from_on": "2026-03-02", "reason": "探亲"}
    assert clerk.post(f"{here}/absences", away).status == 303
    assert "离岗 ，由孙三立顶岗" in clerk.get(here).text.replace("离岗，", "离岗 ，")
    assert "代 钱多多" in clerk.get(OFFICER).text
    assert "探亲" not in pages("unit-b-clerk").get(here).text
    assert clerk.post(f"{here}/return", clerk.get(here).form(f"{here}/return")).status == 303
    assert "由孙三立顶岗" not in clerk.get(here).text


@pytest.mark.parametrize("name", ["office", "leader", "unit-b-head", "auditor"])
def test_others_are_neither_offered_nor_allowed_a_change(town_pages: Open, name: str):
    browser = town_pages(name)
    assert browser.get(OFFICER).all("//details") == []
    for address in (
        f"{OFFICER}/dismiss",
        f"{OFFICER}/absences",
        f"{UNIT}/rename",
        f"{HOME}/units",
        f"{HOME}/officers",
    ):
        assert browser.post(address, {"name": "x", "from_on": "2026-03-02", "reason": "x"}).status == 403, (
            address
        )


def test_nobody_appoints_himself(town_pages: Open):
    admin = town_pages("admin")
    here = f"{HOME}/officers/admin"
    form = admin.get(here).form(f"{here}/give-post") | {"unit": "leadership", "post": "leader"}
    refused = admin.post(f"{here}/give-post", form)
    assert (refused.status, "不得由本人" in refused.text) == (403, True)
