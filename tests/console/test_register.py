"""Registration at the console: once, with nothing lost; what is alike is found while it is typed."""

from collections.abc import Callable
from typing import Any

import pytest

from api.console.visitors import SIGN_IN
from projections import runner
from tests.api.conftest import Town
from tests.api.lives import LETTER
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
URL = "/console/register"
HTMX = {"HX-Request": "true"}

TYPED = {
    "channel": "letter",
    "category": "appeal",
    "subject": "反映河滨小区电梯停运",
    "content": "河滨小区三号楼电梯自上月起停运，老人出行困难，多次报修没有结果。",
    "petitioners.0.name": "马秀英",
    "petitioners.0.id_number": "110101195003071234",
    "petitioners.0.phone": "13800000008",
    "received_on": "2026-03-02",
}


def typed(browser: Pages, **fields: Any) -> dict[str, Any]:
    return {"once": browser.get(URL).form(URL)["once"], **TYPED, **fields}


def catch_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)


def done(page: Page) -> tuple[str, str]:
    """The number and the query code that the page says."""
    assert page.status == 200, page.text
    number, code, *_ = page.all("//article[contains(@class, 'receipt')]//dd/strong/text()")
    return str(number), str(code)


class TestThePage:
    """登记页."""

    def test_it_is_for_those_who_register(self, town: Town, town_pages: Open):
        assert nobody(town.client).get(URL).goes_to == f"{SIGN_IN}?next=%2Fconsole%2Fregister"
        assert [town_pages(who).get(URL).status for who in ("leader", "inspector", "auditor", "admin")] == [
            403
        ] * 4
        assert town_pages("unit-a-clerk").get(URL).status == 200

    def test_today_and_i_stand_there_at_first(self, town_pages: Open):
        form = town_pages("office").get(URL).form(URL)
        assert (form["received_on"], form["first_contact"]) == ("2026-03-02", "office")

    def test_every_control_is_named(self, town_pages: Open):
        page = town_pages("office").get(URL)
        named = set(page.all("//label/@for"))
        controls = page.all(
            "//form[@id='register-form']//*[self::input or self::select or self::textarea][not(@type='hidden')]"
        )
        unnamed = [
            one.get("name")
            for one in controls
            if one.get("id") not in named and not one.xpath("ancestor::label")
        ]
        assert (len(controls) > 20, unnamed) == (True, [])

    def test_units_are_suggested(self, town_pages: Open):
        assert "清江区住房和城乡建设局" in town_pages("office").get(URL).all("//datalist/option/@value")


class TestRegistering:
    """登记."""

    def test_number_and_code_are_said_and_the_api_knows_it(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        page = browser.post(URL, typed(browser, urgent="true", headcount="2"))
        number, code = done(page)
        assert (len(code), page.answer.headers["cache-control"]) == (10, "no-store")
        [href] = page.all("//a[starts-with(@href, '/console/petitions/')]/@href")
        found = town.walker.as_("office").get(f"/v1/petitions/{href.rpartition('/')[2]}").json()
        assert (found["number"], found["urgent"], found["headcount"]) == (number, True, 2)
        assert (found["subject"], found["first_contact"]) == (TYPED["subject"], None)

    def test_sent_twice_it_is_registered_once(self, town_pages: Open):
        browser = town_pages("office")
        fields = typed(browser)
        assert done(browser.post(URL, fields)) == done(browser.post(URL, fields))

    def test_the_same_page_registers_no_second_matter(self, town_pages: Open):
        browser = town_pages("office")
        fields = typed(browser)
        done(browser.post(URL, fields))
        again = browser.post(URL, fields | {"subject": "另一件"})
        assert (again.status, "本页已经登记过一件" in again.text) == (422, True)

    def test_a_mistake_is_said_and_all_that_was_typed_stays(self, town_pages: Open):
        browser = town_pages("office")
        fields = typed(
            browser,
            received_on="2026-03-09",
            **{"petitioners.1.phone": "13900000007", "against.0.unit": "某局"},
        )
        page = browser.post(URL, fields)
        assert (page.status, "信访人第2项姓名" in page.text) == (422, True)
        form = page.form(URL)
        assert {name: form[name] for name in fields} == fields

    def test_a_date_in_the_future_is_refused_by_the_rule(self, town_pages: Open):
        browser = town_pages("office")
        page = browser.post(URL, typed(browser, received_on="2026-03-09"))
        assert (page.status, "不得填写将来的日期" in page.text) == (422, True)

    def test_a_sixth_representative_is_refused_with_the_article(self, town_pages: Open):
        browser = town_pages("office")
        people = {
            f"petitioners.{at}.{field}": value
            for at in range(6)
            for field, value in (("name", f"代表{at}"), ("representative", "true"))
        }
        page = browser.post(URL, typed(browser, channel="visit", **people))
        assert (page.status, "不得超过5人" in page.text, "第二十条第三款" in page.text) == (422, True, True)
        assert len(page.all("//input[contains(@name, '.representative')][@checked]")) == 6

    def test_nobody_named_is_an_anonymous_letter(self, town_pages: Open):
        browser = town_pages("office")
        fields = {name: value for name, value in typed(browser).items() if not name.startswith("petitioners")}
        done(browser.post(URL, fields))

    def test_another_may_not(self, town: Town, town_pages: Open):
        kept = nobody(town.client).post(URL, TYPED)
        assert (kept.status, kept.form(SIGN_IN)["to"]) == (401, URL)
        assert nobody(town.client).post(URL, {}).goes_to == SIGN_IN
        assert town_pages("leader").post(URL, TYPED).status == 403

    def test_a_session_that_ended_leaves_the_page_as_it_is(self, town: Town):
        page = nobody(town.client).post(URL, TYPED, headers=HTMX)
        assert (page.status, page.answer.headers["hx-retarget"], page.goes_to) == (401, "#faults", None)
        assert "没有丢失" in page.text


class TestWhatIsAlike:
    """相似信访事项."""

    def test_the_same_person_is_found_and_linked_with_one_click(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        number, _ = done(
            browser.post(URL, typed(browser, **{"petitioners.0.id_number": "110101196001011111"}))
        )
        catch_up(town)
        fields = typed(
            browser, content="又来反映", subject="电梯", **{"petitioners.0.id_number": "110101196001011111"}
        )
        found = browser.post(f"{URL}/similar", fields, headers=HTMX)
        assert (number in found.text, "同一证件号" in found.text) == (True, True), found.answer.text
        [first, *_] = found.all("//ol/li//input[@name='repeat_of']/@value")
        page = browser.post(URL, fields | {"repeat_of": first})
        assert "已认定为重复信访" in page.text
        [href] = page.all("//a[starts-with(@href, '/console/petitions/')]/@href")
        state = town.walker.as_("office").get(f"/v1/petitions/{href.rpartition('/')[2]}").json()
        assert state["repeat_of"] == first

    def test_what_cannot_be_linked_is_registered_all_the_same(self, town_pages: Open):
        browser = town_pages("office")
        page = browser.post(URL, typed(browser, repeat_of="6c0f5d1e-3c5f-4b8e-9a51-0d2f6f0c7e11"))
        done(page)
        assert "未能认定为重复信访" in page.text

    def test_it_is_asked_for_by_who_registers_and_never_in_an_address(self, town_pages: Open):
        assert town_pages("leader").post(f"{URL}/similar", TYPED).status == 403
        assert town_pages("office").get(f"{URL}/similar").status in {404, 405, 422}


class TestLimits:
    """期限预览."""

    def test_the_limit_that_will_run_is_shown(self, town: Town, town_pages: Open):
        page = town_pages("office").post(f"{URL}/limits", TYPED, headers=HTMX)
        case = town.walker.register()
        items = town.walker.as_("office").get(f"/v1/petitions/{case}/deadlines").json()["items"]
        running = {one["due_on"] for one in items if one["status"] == "running" and one["light"] != "grey"}
        shown = set(page.all("//dd/strong/text()"))
        assert shown
        assert shown <= running

    @pytest.mark.parametrize("fields", [{}, {"channel": "letter"}, {**TYPED, "received_on": "2027-01-01"}])
    def test_what_cannot_be_counted_yet_shows_none(self, town_pages: Open, fields: dict[str, str]):
        page = town_pages("office").post(f"{URL}/limits", fields, headers=HTMX)
        assert (page.status, "填妥后" in page.text) == (200, True)


def test_the_letter_of_the_api_tests_is_a_form_too(town_pages: Open):
    browser = town_pages("office")
    fields = typed(browser) | {name: LETTER[name] for name in ("channel", "category", "subject", "content")}
    done(browser.post(URL, fields))
