"""The ledgers' pages: what each officer finds, filters that stay, words that never stand in an address, views of one's own."""

from collections.abc import Callable
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook

from api.console import ledger_asked
from api.console.ledger_controls import LABELS
from api.console.ledgers import SHOWN
from tests.api.cases import accusation, done, registered
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
HERE = "/console/petitions"
LEDGERS = (HERE, "/console/supervision-items", "/console/deadlines", "/console/negative-lists")


def numbers(page: Page) -> list[str]:
    """The numbers of the rows, as they stand on the page."""
    assert page.status == 200, page.answer.text
    return [one.text_content().strip() for one in page.all("//table//td[contains(@class, 'of-number')]//a")]


def heads(page: Page) -> list[str]:
    return [one.text_content() for one in page.all("//table/thead//th")]


@pytest.fixture
def filled(sign_in, catch_up) -> dict[str, str]:
    """Three petitions, one of them hidden from unit-a, by what they are about; each with its number."""
    office = sign_in("office")
    heat = registered(office, subject="反映供暖", content="室内温度长期偏低。")
    done(office, heat, "transfer", to_unit="unit-a")
    noise = registered(office, subject="反映噪声", content="夜间施工扰民。", channel="visit")
    hidden = accusation(office, unit="unit-a")
    catch_up()
    found = {one["id"]: one["number"] for one in office.get("/v1/petitions").json()["items"]}
    return {"heat": found[heat], "noise": found[noise], "hidden": found[hidden]}


@pytest.mark.parametrize("address", LEDGERS)
def test_nobody_reads_a_ledger_without_signing_in(town_pages: Open, town, address: str):
    assert nobody(town.client).get(address).goes_to.startswith("/console/sign-in")
    assert nobody(town.client).post(f"{address}/exports").goes_to.startswith("/console/sign-in")


@pytest.mark.parametrize("address", LEDGERS)
def test_an_empty_ledger_says_so_in_words(town_pages: Open, address: str):
    page = town_pages("office").get(address)
    assert (page.status, "还没有您可以查看的" in page.text) == (200, True)
    assert page.all("//table") == []
    assert len(page.all("//h1")) == 1


def test_c1_a_page_says_where_it_stopped_counting(pages: Open, filled, monkeypatch: pytest.MonkeyPatch):
    """C1: of more than a page counts it says so, and neither the pages that follow nor a file leave one out."""
    monkeypatch.setattr(ledger_asked, "SIZE", 1)
    monkeypatch.setattr(ledger_asked, "COUNTED", 2)
    page, found = pages("office").get(HERE), []
    while True:
        assert "共 2 项以上" in " ".join(page.text.split())
        found += numbers(page)
        onwards = page.all("//a[@rel='next']/@href")
        if not onwards:
            break
        page = pages("office").get(onwards[0])
    assert found == [filled["hidden"], filled["noise"], filled["heat"]]
    monkeypatch.setattr(ledger_asked, "COUNTED", 3)
    assert "共 3 项" in " ".join(pages("office").get(HERE).text.split())
    assert "项以上" not in pages("office").get(HERE).text


def test_rows_have_the_columns_offices_know_and_lead_to_their_case(pages: Open, filled):
    page = pages("office").get(HERE)
    assert numbers(page) == [filled["hidden"], filled["noise"], filled["heat"]]
    assert heads(page) == [
        "编号", "信访形式", "类别", "信访人（遮盖）", "内容摘要", "收到日期", "受理日期", "责任单位", "承办人",
        "应办结日期", "办结日期", "环节", "状态灯",
    ]  # fmt: skip
    assert "王*" in page.text
    assert "共 3 项" in page.text
    link = page.all("//table//td/a/@href")[0]
    assert UUID(link.removeprefix(f"{HERE}/"))
    assert pages("office").get(link).status == 200


def test_a_ledger_shows_what_its_officer_may_see(pages: Open, filled):
    assert numbers(pages("unit-a-head").get(HERE)) == [filled["heat"]]
    assert numbers(pages("unit-b-head").get(HERE)) == []
    clocks = pages("unit-a-head").get("/console/deadlines")
    assert set(numbers(clocks)) == {filled["heat"]}


def test_filters_stand_in_the_address_and_stay(pages: Open, filled):
    browser = pages("office")
    sent = browser.post(f"{HERE}/filter", {"channel": "visit", "state": "open", "stage": ""})
    assert sent.goes_to == f"{HERE}?state=open&channel=visit"
    page = browser.follow(sent)
    assert numbers(page) == [filled["noise"]]
    assert page.form(f"{HERE}/filter")["channel"] == "visit"
    assert "符合条件" in page.text


def test_words_are_looked_for_in_the_content_and_never_stand_in_an_address(pages: Open, filled, client):
    browser = pages("office")
    sent = browser.post(f"{HERE}/filter", {"q": "扰民"})
    assert set(sent.goes_to.partition("?")[2].partition("=")[::2]) != {"q", "扰民"}
    assert "%" not in sent.goes_to
    page = browser.follow(sent)
    assert numbers(page) == [filled["noise"]]
    assert page.form(f"{HERE}/filter")["q"] == "扰民"
    other = pages("office-head").get(sent.goes_to)
    assert len(numbers(other)) == 3
    assert "检索词已过期" in other.text
    nothing = browser.follow(browser.post(f"{HERE}/filter", {"q": "没有这个词"}))
    assert "没有符合条件的信访事项" in nothing.text


def test_nobody_finds_a_hidden_case_by_its_text(pages: Open, filled):
    for who, found in (("office", [filled["hidden"]]), ("unit-a-head", [])):
        browser = pages(who)
        assert numbers(browser.follow(browser.post(f"{HERE}/filter", {"q": "违规"}))) == found


def test_a_filter_that_makes_no_sense_is_named_and_left_out(pages: Open, filled):
    page = pages("office").get(f"{HERE}?stage=nowhere&received_from=yesterday&state=open")
    assert len(numbers(page)) == 3
    assert [one.text_content().partition("：")[0] for one in page.all("//p[@role='alert']")] == [
        "环节", "收到日期自"
    ]  # fmt: skip


def test_columns_are_chosen_and_kept_while_turning(pages: Open, filled, monkeypatch):
    monkeypatch.setattr(ledger_asked, "SIZE", 1)
    browser = pages("office")
    page = browser.follow(browser.post(f"{HERE}/filter", {"columns": ["number", "urgent"], "state": "open"}))
    seen = []
    while True:
        seen += numbers(page)
        assert heads(page) == ["编号", "紧急"]
        following = page.all("//a[@rel='next']/@href")
        if not following:
            break
        page = browser.get(following[0])
    assert seen == [filled["hidden"], filled["noise"], filled["heat"]]
    back = browser.get(page.one("//a[@rel='prev']/@href"))
    assert numbers(back) == [filled["noise"]]
    first = browser.get(back.one("//a[@rel='prev']/@href"))
    assert numbers(first) == [filled["hidden"]]
    assert first.all("//a[@rel='prev']") == []


def test_sorting_by_limit_puts_what_falls_due_first(pages: Open, filled, monkeypatch):
    monkeypatch.setattr(ledger_asked, "SIZE", 2)
    browser = pages("office")
    page = browser.get(f"{HERE}?order=due&columns=number&columns=next_due_on")
    days = [one.text_content().strip() for one in page.all("//td[contains(@class, 'of-next_due_on')]")]
    following = browser.get(page.one("//a[@rel='next']/@href"))
    days += [one.text_content().strip() for one in following.all("//td[contains(@class, 'of-next_due_on')]")]
    assert len(days) == 3
    assert days == sorted(days)
    assert numbers(browser.get(following.one("//a[@rel='prev']/@href"))) == numbers(page)


def test_a_view_is_kept_renamed_made_default_and_deleted(pages: Open, filled):
    browser = pages("office")
    narrowed = browser.follow(browser.post(f"{HERE}/filter", {"q": "供暖", "columns": ["number", "light"]}))
    form = narrowed.form(f"{HERE}/views")
    saved = browser.post(f"{HERE}/views", form | {"name": "供暖类", "default": "true"})
    view = browser.follow(saved)
    assert (numbers(view), heads(view)) == ([filled["heat"]], ["编号", "状态灯"])
    assert view.one("//nav[@class='views noprint']/a[@aria-current]").text.strip() == "供暖类"
    assert numbers(browser.get(HERE)) == [filled["heat"]]
    assert len(numbers(browser.get(f"{HERE}?all=1"))) == 3
    one = saved.goes_to.replace("?view=", "/views/")
    assert "供暖全部" in browser.follow(browser.post(one, {"do": "rename", "name": "供暖全部"})).text
    browser.post(one, {"do": "no-default"})
    assert len(numbers(browser.get(HERE))) == 3
    browser.post(one, {"do": "delete"})
    assert "供暖全部" not in browser.get(HERE).text


def test_views_are_ones_own(pages: Open, filled):
    mine, theirs = pages("office"), pages("office-head")
    saved = mine.post(f"{HERE}/views", {"query": "state=open", "name": "在办"})
    one = saved.goes_to.replace("?view=", "/views/")
    assert "在办" not in [link.text for link in theirs.get(HERE).all("//nav/a")]
    assert theirs.get(saved.goes_to).all("//nav[@class='views noprint']/a[.='在办']") == []
    for fields in ({"do": "rename", "name": "x"}, {"do": "default"}, {"do": "delete"}):
        assert theirs.post(one, fields).status == 404
    assert mine.post(f"{HERE}/views", {"name": "在办"}).status == 422
    assert mine.post(f"{HERE}/views", {"name": " "}).status == 422
    assert "在办" in mine.get(HERE).text


def test_a_view_whose_name_is_refused_leaves_the_ledger_as_it_was(pages: Open, filled):
    browser = pages("office")
    kept = {"query": "channel=visit", "name": "来访"}
    saved = browser.post(f"{HERE}/views", kept)
    again = browser.post(f"{HERE}/views", kept)
    assert (again.status, again.one("//p[@role='alert']").text) == (422, "已有名为“来访”的视图，请另取名称。")
    assert again.one("//select[@name='channel']").value == "visit"
    assert filled["noise"] in again.text
    assert filled["heat"] not in again.text
    renamed = browser.post(saved.goes_to.replace("?view=", "/views/"), {"do": "rename", "name": " "})
    assert (renamed.status, renamed.one("//p[@role='alert']").text) == (422, "视图名称应为1至20个字。")
    assert filled["noise"] in renamed.text
    assert filled["heat"] not in renamed.text


def test_a_filter_that_is_none_is_told_without_codes(pages: Open, filled):
    told = pages("office").get(f"{HERE}?stage=nowhere").one("//p[@role='alert']").text
    assert told == "环节：没有这个选项，请在筛选条件中重新选择"


def test_an_export_has_the_rows_and_columns_of_the_page(pages: Open, filled):
    browser = pages("office")
    page = browser.follow(browser.post(f"{HERE}/filter", {"q": "供暖", "columns": ["number", "subject"]}))
    sent = browser.post(f"{HERE}/exports", page.form(f"{HERE}/exports") | {"format": "xlsx"})
    assert sent.goes_to.endswith("/file")
    assert pages("office-head").get(sent.goes_to).status == 404
    file = browser.follow(sent).answer
    [title, head, *rows] = (
        CalamineWorkbook.from_filelike(BytesIO(file.content)).get_sheet_by_index(0).to_python()
    )
    assert title[0].startswith("清江区信访局信访事项台账")
    assert (head, rows) == (["编号", "内容摘要"], [[filled["heat"], "反映供暖"]])
    assert browser.get(sent.goes_to).status == 404


def test_an_export_can_be_watched_and_cancelled(pages: Open, filled, monkeypatch):
    browser = pages("office")
    sent = browser.post(f"{HERE}/exports", {"query": "", "format": "csv"})
    watched = sent.goes_to.removesuffix("/file")
    page = browser.get(watched)
    assert "已完成，共 3 行。" in page.text
    piece = browser.get(watched, headers={"HX-Request": "true"})
    assert piece.all("//html/head/title") == []
    assert browser.follow(browser.post(f"{watched}/cancel")).status == 200
    assert browser.get(watched).status == 404
    assert browser.get(f"/console/exports/{uuid4()}").status == 404


def test_every_filter_has_a_name():
    names = {one for ledger in SHOWN for one in ledger.filters.__dataclass_fields__}
    assert names <= set(LABELS)


def test_clocks_that_run_come_first_unless_all_are_asked_for(pages: Open, filled):
    browser = pages("office")
    running = browser.get("/console/deadlines")
    assert running.one("//nav[@class='views noprint']/a[@aria-current]").text == "进行中"
    assert set(numbers(running)) == set(filled.values())
    states = {one.text_content().strip() for one in running.all("//td[contains(@class, 'of-status')]")}
    assert states <= {"进行中", "已逾期"}
    everything = browser.get("/console/deadlines?all=1")
    assert len(numbers(everything)) >= len(numbers(running))
