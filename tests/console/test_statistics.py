"""The pages of statistics: the overview, each report with plot data, table, links and periods; whose they are; as they read
without any script."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api.console.statistics import presets
from api.statistics_reports import REPORTS
from tests.api.caller import Caller
from tests.api.cases import accusation, done, registered
from tests.api.conftest import SignIn
from tests.api.item_lives import DESIGNATED, ItemWalker
from tests.api.lives import EXTENDED, OBJECTED, SERVED, Walker
from tests.console.pages import Page, Pages, nobody

HOME = "/console/statistics"
Opening = Callable[[str], Pages]
CatchUp = Callable[[], None]


def plot(page: Page, report: str) -> dict[str, Any]:
    """What the plot is drawn from."""
    found: dict[str, Any] = json.loads(page.one(f"//script[@id='{report}-data']").text)
    return found


def table(page: Page, report: str) -> list[list[str]]:
    """The table's rows as read, the totals last."""
    rows = page.all(f"//table[@id='{report}-table']//tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in rows]


@pytest.fixture
def busy(walker: Walker, sign_in: SignIn, catch_up: CatchUp) -> None:
    """Petitions on their ways, and an item."""
    for way in (SERVED, EXTENDED, OBJECTED):
        walker.walk(way)
    registered(sign_in("office"), channel="visit")
    ItemWalker(sign_in).walk(DESIGNATED)
    catch_up()


def test_who_is_not_signed_in_goes_to_the_sign_in(client: Caller) -> None:
    for path in (HOME, f"{HOME}/timeliness"):
        assert str(nobody(client).get(path).goes_to).startswith("/console/sign-in?next=")


@pytest.mark.usefixtures("busy")
def test_every_report_is_a_page_for_everybody_concerned(pages: Opening) -> None:
    for officer in ("office", "inspector", "leader", "auditor", "unit-a-head", "unit-b-officer"):
        mine = pages(officer)
        for report, words in REPORTS.items():
            for by in words.keys:
                page = mine.get(f"{HOME}/{report}?by={by}")
                assert page.status == 200, (officer, report, by)
                assert page.one("//h1").text_content().startswith(words.label)
    assert pages("leader").get(HOME).status == 200


def test_who_reads_no_cases_sees_only_how_items_stand(pages: Opening) -> None:
    admin = pages("admin")
    assert admin.get(f"{HOME}/scores").status == 200
    for path in (HOME, f"{HOME}/receipts"):
        page = admin.get(path)
        assert page.status == 403
        assert "statistics.not_yours" in page.text


def test_what_there_is_not_or_can_not_be_is_said_on_a_page(pages: Opening) -> None:
    leader = pages("leader")
    for path, status in (
        (f"{HOME}/nothing", 404),
        (f"{HOME}/receipts?by=officer", 422),
        (f"{HOME}/receipts?from=gestern", 422),
        (f"{HOME}?from=2026-03-02&to=2026-03-01", 422),
        (f"{HOME}?as_of=2027-01-01", 422),
    ):
        page = leader.get(path)
        assert page.status == status, path
        assert page.one("//h1").text_content()


@pytest.mark.usefixtures("busy")
def test_the_plot_the_table_and_the_interface_say_the_same(pages: Opening, sign_in: SignIn) -> None:
    page = pages("leader").get(f"{HOME}/timeliness?by=channel")
    told = sign_in("leader").get("/v1/statistics/timeliness", params={"by": "channel"}).json()
    [head, *rows, totals] = table(page, "timeliness")
    assert head == [one["label"] for one in told["columns"]]
    assert [row[0] for row in rows] == [row["label"] for row in told["rows"]] == ["来信"]
    assert rows[0][1:4] == [str(told["rows"][0][name]) for name in ("total", "met", "met_late")]
    assert totals == ["合计", "2", "1", "0", "1", "0", "0", "100.0%"]
    drawn = plot(page, "timeliness")
    assert drawn["labels"] == ["来信"]
    assert {one["name"]: one["data"] for one in drawn["series"]} == {
        "按期办结": [1],
        "逾期办结": [0],
        "在办未逾期": [1],
        "在办已逾期": [0],
    }
    assert all(text in page.text for text in told["definition"])
    assert page.one("//figure").get("aria-describedby") == "timeliness-table"


@pytest.mark.usefixtures("busy")
def test_the_overview_tells_the_meeting_what_it_asks(pages: Opening) -> None:
    page = pages("leader").get(HOME)
    marks = [" ".join(one.text_content().split()) for one in page.all("//dl[@class='marks']/div")]
    assert marks[0].endswith("4 件")
    assert marks[1] == "办理期限按期率100.0%"
    assert "目标不高于 10%（按全年计）" in marks[4]
    assert "25.0% 未达标" in marks[5]
    panels = [one.text_content().strip() for one in page.all("//section//h2")]
    assert panels == ["办理时效（办理期限）", "在办工作量", "重复信访和结案", "延期情况", "退办情况"]
    assert [one["label"] for one in plot(page, "repeats")["targets"]] == [
        "重复信访率目标 10%",
        "结案率目标 90%",
    ]
    assert "延期率 50.0%（延期件数 1，已受理 2）" in page.text
    assert plot(page, "extensions")["percent"] is True
    assert len(page.all("//a[contains(@href, '.xlsx')]")) == 5


@pytest.mark.usefixtures("busy")
def test_a_row_leads_to_the_list_of_just_its_cases(pages: Opening, sign_in: SignIn) -> None:
    leader = sign_in("leader")
    for report, by in (
        ("receipts", "unit"),
        ("receipts", "channel"),
        ("repeats", "month"),
        ("receipts", "category"),
    ):
        told = leader.get(f"/v1/statistics/{report}", params={"by": by, "from": "2026-01-15"}).json()
        page = pages("leader").get(f"{HOME}/{report}?by={by}&from=2026-01-15")
        links = page.all("//table//tbody//th/a/@href")
        assert len(links) == len(told["rows"]) > 0
        assert plot(page, report)["links"] == links
        for link, row in zip(links, told["rows"], strict=True):
            assert urlsplit(link).path == "/console/petitions"
            query = {name: value[0] for name, value in parse_qs(urlsplit(link).query).items()}
            assert leader.get("/v1/petitions", params=query).json()["total"] == row["received"], link
    page = pages("leader").get(f"{HOME}/risks")
    links = page.all("//table//tbody//td/a")
    assert links
    for one in links:
        query = {name: value[0] for name, value in parse_qs(urlsplit(one.get("href")).query).items()}
        assert leader.get("/v1/deadlines", params=query).json()["total"] == int(one.text_content()), query


@pytest.mark.usefixtures("busy")
def test_choices_keep_the_period_and_say_which_is_chosen(pages: Opening) -> None:
    page = pages("leader").get(f"{HOME}/timeliness?from=2026-01-01&to=2026-03-02&clock=notify&by=month")
    chosen = [one.text_content() for one in page.all("//nav[@class='choices']/a[@aria-current]")]
    assert chosen == ["本年", "月份", "告知期限", "按收到日期"]
    for href in page.all("//nav[@class='choices'][position() > 1]/a/@href"):
        assert "from=2026-01-01" in href
        assert "to=2026-03-02" in href
    assert page.form(f"{HOME}/timeliness") | {"as_of": ""} == {
        "by": "month",
        "clock": "notify",
        "from": "2026-01-01",
        "to": "2026-03-02",
        "as_of": "",
    }
    [sheet] = page.all("//a[contains(@href, '.xlsx')]/@href")
    assert parse_qs(urlsplit(sheet).query) == {
        "from": ["2026-01-01"],
        "to": ["2026-03-02"],
        "by": ["month"],
        "clock": ["notify"],
        "basis": ["received"],
    }


def test_the_usual_periods() -> None:
    def named(today: date) -> dict[str, tuple[str, str]]:
        return {label: (str(since), str(until)) for label, since, until in presets(today)}

    assert named(date(2026, 3, 2)) == {
        "本月": ("2026-03-01", "2026-03-02"),
        "本季": ("2026-01-01", "2026-03-02"),
        "本年": ("2026-01-01", "2026-03-02"),
        "上年": ("2025-01-01", "2025-12-31"),
    }
    assert named(date(2026, 12, 31))["本季"] == ("2026-10-01", "2026-12-31")
    assert named(date(2026, 4, 1))["本季"] == ("2026-04-01", "2026-04-01")


def test_an_empty_office_is_told_so_in_words(pages: Opening, catch_up: CatchUp) -> None:
    catch_up()
    page = pages("leader").get(HOME)
    assert page.status == 200
    assert page.all("//table") == page.all("//table[@id='repeats-table']")
    assert "没有可以统计的事项" in page.text
    for report in REPORTS:
        assert pages("leader").get(f"{HOME}/{report}").all("//script[@type='application/json']") == []


def test_a_hidden_case_changes_nothing_on_the_pages(
    pages: Opening, sign_in: SignIn, catch_up: CatchUp, walker: Walker
) -> None:
    walker.walk(SERVED)
    catch_up()
    watched = [HOME, *(f"{HOME}/{report}?by=category" for report in REPORTS)]
    officers = ("unit-a-head", "unit-a-officer", "inspector", "leader")
    before = {(one, path): pages(one).get(path).text for one in officers for path in watched}
    office = sign_in("office")
    hidden = accusation(office, unit="unit-a")
    done(office, hidden, "transfer", to_unit="unit-b")
    catch_up()
    assert {(one, path): pages(one).get(path).text for one in officers for path in watched} == before
    assert "检举控告" in pages("office").get(f"{HOME}/receipts?by=category").text


@pytest.mark.usefixtures("busy")
def test_nothing_on_the_pages_breaks_the_policy(pages: Opening) -> None:
    for path in (HOME, f"{HOME}/workload"):
        page = pages("leader").get(path)
        assert page.all("//*[@style]") == []
        assert page.all("//script[not(@src) and not(@type='application/json')]") == []
        assert all(src.startswith("/console/static/") for src in page.all("//script/@src"))
        assert page.all("//@*[starts-with(name(), 'on')]") == []


@pytest.mark.usefixtures("busy")
def test_a_past_day_is_shown_as_it_was(pages: Opening) -> None:
    page = pages("leader").get(f"{HOME}?as_of=2026-03-01")
    assert page.status == 200
    assert "截至 2026-03-01 的情形" in page.text
    assert page.all("//dl[@class='marks']//a") == []
    assert page.one("//dl[@class='marks']/div[1]/dd").text_content().strip() == "0 件"
