"""信访人查询页 (A19): one form, the answer on the same page, a rating – without script, cookie or address that tells."""

from uuid import UUID

import pytest

from projections import runner
from tests.api.conftest import Town
from tests.api.lives import REVIEWED, SERVED, TRANSFERRED, Step
from tests.console.pages import Page, Pages, nobody


@pytest.fixture
def citizen(town: Town) -> Pages:
    """Somebody at home, signed in nowhere."""
    return nobody(town.client)


def receipt(town: Town, way: list[Step]) -> dict[str, str]:
    """Number and query code of a petition that went this way."""
    case = town.walker.walk(way)
    runner.catch_up(town.services.database, town.services.casework)
    rows = town.walker.as_("office").get(f"/v1/petitions/{case}").json()
    petition = next(
        one.fact for one in town.services.casework.history(UUID(case)) if hasattr(one.fact, "query_code")
    )
    return {"number": rows["number"], "query_code": petition.query_code}


def looked_up(citizen: Pages, town: Town, way: list[Step]) -> Page:
    return citizen.post("/progress", receipt(town, way))


def test_a19_the_form_needs_nothing_but_itself(citizen: Pages):
    page = citizen.get("/progress")
    assert (page.status, page.one("//h1").text) == (200, "查询办理进度")
    assert page.answer.headers["cache-control"] == "no-store"
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert "set-cookie" not in page.answer.headers
    assert page.all("//script") == []
    labelled = {one.get("for") for one in page.all("//label")}
    assert {one.get("id") for one in page.all("//input[not(@type='hidden')]")} == labelled
    assert set(page.all("//footer//a/@href")) == {"/reception", "/console/sign-in"}


def test_a19_the_answer_stands_on_the_page_and_not_in_an_address(citizen: Pages, town: Town):
    page = looked_up(citizen, town, SERVED)
    assert (page.status, page.goes_to) == (200, None)
    assert page.answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in page.answer.headers
    steps = page.all("//ol[@class='steps']/li//strong/text()")
    assert steps == ["已登记", "已转办", "已受理", "已答复", "已送达文书"]
    assert "对处理意见不服的，可以书面请求复查，最迟 2026-04-01（星期三）提出。" in page.text


@pytest.mark.parametrize("way", [TRANSFERRED, REVIEWED], ids=["transferred", "reviewed"])
def test_a19_no_link_of_the_page_carries_number_or_code(citizen: Pages, town: Town, way: list[Step]):
    told = receipt(town, way)
    page = citizen.post("/progress", told)
    addresses = page.all("//@href | //@action | //@src")
    assert [one for one in addresses if any(value in one for value in told.values())] == []
    assert {one.get("method") for one in page.all("//form")} == {"post"}


def test_a19_wrong_number_and_wrong_code_are_told_alike(citizen: Pages, town: Town):
    told = receipt(town, [])
    pages = [
        citizen.post("/progress", told | {"query_code": "AAAAAAAAAA"}),
        citizen.post("/progress", told | {"number": "XF-2026-999999"}),
    ]
    assert {(one.status, one.answer.text) for one in pages} == {(404, pages[0].answer.text)}
    assert "编号或者查询码不正确" in pages[0].one("//*[@role='alert']").text


def test_a19_an_empty_form_says_what_is_missing(citizen: Pages):
    page = citizen.post("/progress", {"number": "XF-2026-000001", "query_code": " "})
    assert (page.status, page.one("//*[@role='alert']").text) == (422, "请填写查询码。")
    assert page.form("/progress")["number"] == "XF-2026-000001"
    assert citizen.post("/progress", {"number": "x" * 300, "query_code": "y"}).status == 422


def test_a19_both_are_rated_at_once_and_only_once(citizen: Pages, town: Town):
    page = looked_up(citizen, town, SERVED)
    form = page.form("/progress/rating") | {"office": "satisfied", "unit": "basically", "comment": "谢谢"}
    done = citizen.post("/progress/rating", form)
    assert (done.status, "评价已经提交，谢谢您。" in done.text) == (200, True)
    assert done.all("//section[h2[@id='rating']]/p/strong/text()") == ["满意", "基本满意"]
    assert done.all("//form[@action='/progress/rating']") == []
    twice = citizen.post("/progress/rating", form)
    assert "评价已经提交，谢谢您。" in twice.text  # a double click: the same form, done once
    later = citizen.post("/progress/rating", form | {"once": "another form", "office": "dissatisfied"})
    assert (later.status, "该评价对象已经评价。" in later.text) == (409, True)


def test_a19_a_rating_without_a_choice_is_asked_for_one(citizen: Pages, town: Town):
    page = looked_up(citizen, town, SERVED)
    asked = citizen.post("/progress/rating", page.form("/progress/rating"))
    assert (asked.status, "请先选择满意程度。" in asked.text) == (422, True)


def test_a19_before_an_answer_nothing_is_rated(citizen: Pages, town: Town):
    assert looked_up(citizen, town, TRANSFERRED).all("//form[@action='/progress/rating']") == []


def test_a19_large_letters_stay_large(citizen: Pages, town: Town):
    form = citizen.get("/progress?text=large")
    assert form.one("/html").get("class") == "large"
    told = receipt(town, []) | {"text": form.form("/progress")["text"]}
    page = citizen.post("/progress", told)
    assert page.one("/html").get("class") == "large"


def test_a19_another_sites_form_is_refused(citizen: Pages, town: Town):
    page = citizen.post("/progress", receipt(town, []), headers={"Origin": "http://evil.test"})
    assert page.status == 403
