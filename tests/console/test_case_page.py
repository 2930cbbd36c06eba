"""The page of one case: what it shows to whom, and what it never shows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.alerts.events import AlertAcknowledged
from projections import runner
from tests.api.conftest import Town
from tests.api.item_lives import ASKED, ItemWalker
from tests.api.lives import ACCEPTED, DECLINED, EXTENDED, REVIEWED, TRANSFERRED
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
UNKNOWN = "00000000-0000-4000-8000-000000000009"
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"


def page_of(case: str, folder: str = "petitions") -> str:
    return f"/console/{folder}/{case}"


def pairs(page: Page) -> dict[str, str]:
    """Every label on the page with what stands beside it; of several the last."""
    labels = [one.text_content() for one in page.all("//dl/div/dt")]
    values = [" ".join(one.text_content().split()) for one in page.all("//dl/div/dd")]
    return dict(zip(labels, values, strict=True))


def test_a_petitions_page_shows_facts_clocks_and_course(town: Town, town_pages: Open):
    case = town.walker.walk(EXTENDED)
    page = town_pages("office").get(page_of(case))
    assert page.status == 200
    assert page.one("//h1").text_content() == "反映小区冬季供暖温度不达标"
    shown = pairs(page)
    assert (shown["信访形式"], shown["类别"]) == ("来信", "申诉求决")
    assert shown["承办单位"] == "清江区住房和城乡建设局"
    assert shown["已延期"] == "10日"
    assert [one.text_content() for one in page.all("//ol[@class='course']//strong")] == [
        "批准延期", "申请延期", "受理", "转办", "登记",
    ]  # fmt: skip
    oldest = town_pages("office").get(f"{page_of(case)}?order=oldest")
    assert oldest.all("//ol[@class='course']//strong")[0].text_content() == "登记"


def test_a_clocks_bar_marks_nominal_and_effective_due_date_and_is_said_in_words(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    page = town_pages("office").get(page_of(case))
    due = town.walker.as_("office").get(f"/v1/petitions/{case}/deadlines").json()["items"]
    finish = next(one for one in due if one["clock"] == "finish")
    assert finish["nominal_due_on"] != finish["due_on"]
    row = page.one(f"//table[@class='clocks']//tr[th[contains(., '{finish['label']}')]]")
    said = row.xpath(".//svg/@aria-label")[0]
    assert finish["nominal_due_on"] in said
    assert finish["due_on"] in said
    assert len(row.xpath(".//svg/*[@class='nominal' or @class='due' or @class='today']")) == 3
    steps = [one.text_content() for one in row.xpath(".//details//li")]
    assert steps == finish["explanation"]


def test_petitioners_are_masked_until_somebody_who_may_asks_and_that_is_recorded(
    town: Town, town_pages: Open
):
    case = town.walker.walk(TRANSFERRED)
    browser = town_pages("unit-a-clerk")
    masked = browser.get(page_of(case))
    assert "王*" in masked.text
    assert "王秀兰" not in masked.answer.text
    assert "13900000001" not in masked.answer.text
    whole = browser.post(f"{page_of(case)}/petitioners", headers={"HX-Request": "true"})
    assert (whole.status, "王秀兰" in whole.text, "13900000001" in whole.text) == (200, True, True)
    read = readings_of(town, case)
    assert [(one["officer"], one["what"]) for one in read] == [("unit-a-clerk", "petitioners")]


def test_who_is_not_concerned_sees_no_button_and_gets_no_names(town: Town, town_pages: Open):
    case = town.walker.walk(TRANSFERRED)
    browser = town_pages("inspector")
    page = browser.get(page_of(case))
    assert page.all(f"//form[@action='{page_of(case)}/petitioners']") == []
    assert "身份信息只对正在办理该事项的单位和人员开放" in page.text
    assert browser.post(f"{page_of(case)}/petitioners").status == 403
    assert readings_of(town, case) == []


def readings_of(town: Town, case: str) -> Any:
    runner.catch_up(town.services.database, town.services.casework)
    return town.walker.as_("auditor").get(f"/v1/readings?case={case}").json()["items"]


@pytest.mark.parametrize("folder", ["petitions", "supervision-items", "negative-lists", "reception"])
def test_who_is_not_signed_in_is_sent_to_the_sign_in(town: Town, folder: str):
    answer = nobody(town.client).get(page_of(UNKNOWN, folder))
    assert (answer.status, answer.goes_to) == (
        303,
        f"/console/sign-in?next=%2Fconsole%2F{folder}%2F{UNKNOWN}",
    )


@pytest.mark.parametrize("who", ["unit-b-head", "unit-b-clerk", "unit-b-officer", "unit-a-officer", "admin"])
def test_a_hidden_petition_is_answered_like_an_unknown_one(town: Town, town_pages: Open, who: str):
    case = town.walker.walk(TRANSFERRED, category="accusation", against=[{"unit": "unit-b"}])
    browser = town_pages(who)
    for tail in ("", "/acts/urge", f"/attachments/{'0' * 64}"):
        hidden, absent = browser.get(page_of(case) + tail), browser.get(page_of(UNKNOWN) + tail)
        assert (hidden.status, hidden.answer.text) == (404, absent.answer.text), tail
    hidden = browser.post(f"{page_of(case)}/petitioners")
    assert (hidden.status, hidden.text) == (404, browser.post(f"{page_of(UNKNOWN)}/petitioners").text)


def test_a_case_of_another_kind_is_not_there(town: Town, town_pages: Open):
    case = town.walker.register()
    assert town_pages("office").get(page_of(case, "supervision-items")).status == 404


def test_nothing_that_was_typed_becomes_markup(town: Town, town_pages: Open):
    case = town.walker.register(
        subject=f"反映{EVIL}",
        content=f"{EVIL}\n第二行",
        purpose=EVIL,
        petitioners=[{"name": EVIL}],
        against=[{"person": EVIL}],
    )
    town.walker.do(case, "office", "propose", {"opinion": EVIL})
    browser = town_pages("office")
    for page in (browser.get(page_of(case)), browser.post(f"{page_of(case)}/petitioners")):
        assert page.status == 200
        assert page.all("//script[not(@src)] | //img | //*[@onerror]") == []
    wrong = browser.post(f"{page_of(case)}/acts/urge", {"method": EVIL, "text": EVIL, "version": EVIL})
    assert (wrong.status, wrong.all("//script[not(@src)] | //img")) == (422, [])


def test_a_page_has_nothing_inline(town: Town, town_pages: Open):
    for way in (EXTENDED, REVIEWED, DECLINED):
        page = town_pages("office").get(page_of(town.walker.walk(way)))
        assert page.all("//*[@style] | //style | //*[@*[starts-with(name(), 'on')]]") == []
        assert len(page.all("//h1")) == 1
        ids = page.all("//@id")
        assert len(ids) == len(set(ids))


def test_the_page_as_of_another_time_says_so_and_offers_no_act(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    page = town_pages("office").get(f"{page_of(case)}?at=2026-03-02")
    banner = page.one("//p[@class='then']").text_content()
    assert "2026-03-02 23:59" in banner
    assert page.all("//ul[@class='acts'] | //form[contains(@action, '/acts/')]") == []
    assert page.all("//form[contains(@action, '/petitioners')]") == []
    turned = town_pages("office").get(page.one("//p[contains(@class, 'course-order')]/a/@href"))
    assert turned.one("//p[@class='then']").text_content() == banner
    local = town_pages("office").get(f"{page_of(case)}?known_at=2026-03-02T23:00&at=")
    assert (local.status, "2026-03-02 23:00" in local.text) == (200, True)
    assert town_pages("office").get(f"{page_of(case)}?at=2026-03-01").status == 404
    assert town_pages("office").get(f"{page_of(case)}?at=yesterday").status == 422


def test_closed_acts_say_why_and_who_may_do_them(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    page = town_pages("unit-a-clerk").get(page_of(case))
    closed = {
        one.xpath("./b")[0].text_content(): one.text_content() for one in page.all("//ul[@class='closed']/li")
    }
    told = {
        one["term"]: one
        for one in town.walker.as_("unit-a-clerk").get(f"/v1/petitions/{case}/acts").json()["items"]
    }
    assert {term for term, one in told.items() if not one["open"]} == set(closed)
    assert [term for term, text in closed.items() if told[term]["reason"] not in text] == []
    assert {one.text_content() for one in page.all("//ul[@class='acts']//a")} == {
        term for term, one in told.items() if one["open"]
    }


def test_an_items_page_shows_the_part_of_every_unit(item_walker: ItemWalker, town_pages: Open):
    item = item_walker.walk(ASKED)
    page = town_pages("inspector").get(page_of(item, "supervision-items"))
    row = " ".join(page.one("//table[thead//th[.='职责']]/tbody/tr").text_content().split())
    assert "清江区住房和城乡建设局" in row
    assert "申请延期至2026-04-29" in row
    assert pairs(page)["立项部门"] == "清江区督查室"


def test_a_months_list_shows_its_entries(town: Town, town_pages: Open):
    case = town.walker.walk(DECLINED)
    number = town.walker.as_("office").get(f"/v1/petitions/{case}").json()["number"]
    found = month_list(town, town.walker.as_("office"))
    page = town_pages("office").get(page_of(found, "negative-lists"))
    assert page.status == 200
    assert page.all(f"//a[@href='{page_of(case)}'][.='{number}']")
    assert "month.not_over" not in page.text


def month_list(town: Town, caller: Any) -> str:
    runner.catch_up(town.services.database, town.services.casework)
    return str(caller.get("/v1/negative-lists").json()["items"][0]["id"])


def test_an_open_alert_is_acknowledged_on_the_page_by_its_recipient(
    pages: Open, walker: Any, services: Any, clock: Any
):
    case = walker.walk(ACCEPTED)
    clock.now = datetime(2026, 5, 7, 2, 0, tzinfo=UTC)
    services.casework.raise_alerts([UUID(case)], clock.now)
    other = pages("auditor").get(page_of(case))
    assert other.all("//section[contains(@class, 'alerts')]//li")
    assert other.all("//section[contains(@class, 'alerts')]//form") == []
    browser = pages("unit-a-clerk")
    page = browser.get(page_of(case))
    offered = page.all("//input[@name='alert_id']/@value")
    form = page.form(f"{page_of(case)}/acts/acknowledge-alert")
    assert len(offered) > 1
    silent = browser.post(f"{page_of(case)}/acts/acknowledge-alert", form | {"alert_id": offered})
    assert (silent.status, "写明如何处理" in silent.text) == (422, True)
    some = form | {"alert_id": offered[1:], "remark": "正在催办"}
    for _ in range(2):
        done = browser.post(f"{page_of(case)}/acts/acknowledge-alert", some)
        assert done.goes_to == page_of(case)
    assert browser.get(page_of(case)).all("//input[@name='alert_id']/@value") == offered[:1]
    facts = [one.fact for one in services.casework.history(UUID(case))]
    assert sum(isinstance(one, AlertAcknowledged) for one in facts) == len(offered) - 1
