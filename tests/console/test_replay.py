"""重放页: step by step without a script, then beside now, what every party saw and was told (C4)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.conftest import Town, signing_in
from tests.api.item_lives import HANDLING, ItemWalker
from tests.api.lives import SERVED, TRANSFERRED, Walker
from tests.console.pages import Page, Pages

Open = Callable[[str], Pages]


def there(case: str, rest: str = "", folder: str = "petitions") -> str:
    return f"/console/{folder}/{case}/replay{rest}"


def heading(page: Page) -> str:
    return " ".join(page.one("//h2[contains(@class,'stop')]").text_content().split())


def test_the_steps_lead_from_one_to_the_next(town: Town, town_pages: Open) -> None:
    """Links and a form are all it takes; the last step is now."""
    case = town.walker.walk(SERVED)
    pages = town_pages("auditor")
    assert there(case) in {one.get("href") for one in pages.get(f"/console/petitions/{case}").all("//a")}
    page = pages.get(there(case))
    seen = [heading(page)]
    while following := page.all("//nav[contains(@class,'walk')]//a[@rel='next']"):
        page = pages.get(following[0].get("href"))
        seen.append(heading(page))
    slider = page.one("//input[@id='replay-step']")
    assert (slider.get("type"), slider.get("max")) == ("range", str(len(seen)))
    assert [one.split()[1] for one in seen] == ["登记", "转办", "受理", "答复", "送达", "现在"]
    assert slider.get("value") == str(len(seen))
    assert not page.all("//a[@rel='last']")


def test_a_step_shows_both_clocks_and_every_party(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(SERVED)
    page = town_pages("auditor").get(there(case, "?step=5"))
    assert "发生于 2026-03-02，录入于 2026-03-02" in page.text
    parties = {
        one.xpath("h4")[0].text_content(): one.xpath("p")[0].text_content().strip()
        for one in page.all("//article")
    }
    assert parties["信访人"] == "可见：凭查询码可见的办理进度"
    assert parties["清江区住房和城乡建设局"] == "可见：全部内容，含身份信息"
    assert parties["督查员"] == "可见：全部内容，身份信息遮盖"
    told = [" ".join(one.text_content().split()) for one in page.all("//article//li[@class='new']")]
    assert any("处理意见书 本步" in one for one in told)
    assert page.all("//table//th[text()='当时所知']")
    assert "王秀兰" not in page.text


def test_what_ran_out_between_events_is_a_step(town: Town, town_pages: Open) -> None:
    """Then nobody knew of the acceptance, which was entered weeks later: the difference is marked."""
    before = town.clock.now
    try:
        case = town.walker.walk(TRANSFERRED)
        town.clock.set(datetime(2026, 3, 30, 2, tzinfo=UTC))
        late = Walker(signing_in(town.services, town.client))
        assert late.do(case, "unit-a-clerk", "accept", {"on": "2026-03-09"}).status_code == 200
        pages = town_pages("auditor")
        steps = pages.get(there(case)).all("//details[@class='all-steps']//li")
        due = [one for one in steps if one.get("class") == "due"]
        assert due, "limits ran out before it was entered"
        page = pages.get(due[-1].xpath("a")[0].get("href"))
        assert "没有办理记录，下列期限在前一日届满" in page.text
        assert page.all("//tr[@class='differs']//strong[text()='不同']")
        entered = [one for one in steps if "受理" in one.text_content()]
        assert "补录：晚 21 日录入" in pages.get(entered[0].xpath("a")[0].get("href")).text
    finally:
        town.clock.set(before)


def test_the_slider_asks_for_a_piece(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    piece = town_pages("office").get(there(case, "?step=2"), headers={"HX-Request": "true"})
    assert piece.one("/html/body/div | /div").get("data-step") == "2"
    assert not piece.all("//header")


@pytest.mark.parametrize("step", ["999", "1000000"])
def test_a_step_beyond_the_last_is_the_last(town: Town, town_pages: Open, step: str) -> None:
    case = town.walker.walk(TRANSFERRED)
    page = town_pages("office").get(there(case, f"?step={step}"))
    assert heading(page).split()[1] == "现在"


def test_who_may_not_read_a_case_may_not_replay_it(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    assert town_pages("unit-b-clerk").get(there(case)).status == 404


def test_items_have_the_page_too(town: Town, town_pages: Open, item_walker: ItemWalker) -> None:
    item = item_walker.walk(HANDLING)
    page = town_pages("inspector").get(there(item, "?step=5", "supervision-items"))
    assert page.status == 200
    assert "可见：全部内容，含附件" in page.text
