"""The desk: what waits for each officer, the most urgent first, with the act one click away; and what is kept from whom."""

from collections.abc import Callable

import pytest

from api.console.desk_work import GROUPS
from domain.petition.petition import COMMANDS
from projections import runner
from projections.awaited import DUTIES
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, EXTENSION_ASKED, OBJECTED, REPLIED, TRANSFERRED
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
URL = "/console"


@pytest.fixture(scope="module")
def cases(town: Town) -> dict[str, str]:
    """One petition of each stand, by what it is."""
    found = {
        "new": town.walker.register(subject="新登记的"),
        "older": town.walker.register(subject="上月登记的", received_on="2026-02-09"),
        "passed": town.walker.walk(TRANSFERRED, subject="已转办的"),
        "handled": town.walker.walk(ACCEPTED, subject="在办的"),
        "objected": town.walker.walk(OBJECTED, subject="有异议的"),
        "longer": town.walker.walk(EXTENSION_ASKED, subject="要延期的"),
        "replied": town.walker.walk(REPLIED, subject="已答复的"),
        "secret": town.walker.walk(
            TRANSFERRED, subject="检举某科", category="accusation", against=[{"unit": "某科"}]
        ),
    }
    runner.catch_up(town.services.database, town.services.casework)
    return found


def acts(page: Page, case: str) -> list[str]:
    """The acts that the desk offers for a case, by their slugs."""
    found = page.all(f"//td[@class='todo']/a[starts-with(@href, '/console/petitions/{case}?act=')]/@href")
    return [str(one).partition("?act=")[2].partition("#")[0] for one in found]


def order(page: Page) -> list[str]:
    return [str(one).rpartition("/")[2] for one in page.all("//table[@class='tasks']//td[2]/a/@href")]


class TestWhatWaits:
    """今日待办."""

    def test_the_office_passes_on_and_answers_objections(self, cases: dict[str, str], town_pages: Open):
        page = town_pages("office").get(URL)
        assert {"transfer", "assign", "accept"} <= set(acts(page, cases["new"]))
        assert {"hand-back", "keep-with-unit"} <= set(acts(page, cases["objected"]))
        assert acts(page, cases["handled"]) == acts(page, cases["longer"]) == []

    def test_the_most_urgent_comes_first(self, cases: dict[str, str], town_pages: Open):
        found = order(town_pages("office").get(URL))
        assert found.index(cases["older"]) < found.index(cases["new"])

    def test_a_unit_has_its_own_cases_and_nobody_elses(self, cases: dict[str, str], town_pages: Open):
        page = town_pages("unit-a-clerk").get(URL)
        assert {"accept", "decline", "designate"} <= set(acts(page, cases["passed"]))
        assert "reply" in acts(page, cases["handled"])
        assert "serve" in acts(page, cases["replied"])
        assert acts(page, cases["new"]) == []
        assert order(town_pages("unit-b-clerk").get(URL)) == []

    def test_the_officer_designated_has_the_case(self, town: Town, cases: dict[str, str], town_pages: Open):
        case = town.walker.walk([*ACCEPTED, ("unit-a-head", "designate", {"officer": "unit-a-officer"})])
        runner.catch_up(town.services.database, town.services.casework)
        assert order(town_pages("unit-a-officer").get(URL)) == [case]
        assert order(town_pages("unit-b-officer").get(URL)) == []

    def test_a_leader_decides_on_more_time(self, cases: dict[str, str], town_pages: Open):
        page = town_pages("leader").get(URL)
        assert acts(page, cases["longer"]) == ["grant-extension", "refuse-extension"]
        assert order(page) == [cases["longer"]]

    def test_every_act_offered_is_open_and_every_row_has_one(
        self, town: Town, cases: dict[str, str], town_pages: Open
    ):
        for who in ("office", "unit-a-clerk", "leader"):
            page = town_pages(who).get(URL)
            for case in order(page):
                shown = town.walker.as_(who).get(f"/v1/petitions/{case}/acts").json()["items"]
                offered = acts(page, case)
                assert offered
                assert set(offered) <= {one["act"] for one in shown if one["open"]}

    def test_a_group_shows_its_own(self, cases: dict[str, str], town_pages: Open):
        page = town_pages("office").get(f"{URL}?group=objections")
        assert order(page) == [cases["objected"]]
        assert page.all("//nav[@class='groups']/a[@aria-current]/text()")[0].startswith("职权异议")

    def test_every_duty_stands_in_one_group(self):
        grouped = [slug for _, slugs in GROUPS.values() for slug in slugs]
        duties = {slug for kind in DUTIES.values() for slug in kind}
        assert (sorted(set(grouped)), len(set(grouped))) == (sorted(duties), len(grouped))
        assert set(DUTIES["petition"]) <= set(COMMANDS)


class TestWhoSees:
    """可见范围."""

    def test_who_isnt_signed_in_goes_to_the_sign_in(self, town: Town):
        assert nobody(town.client).get(URL).goes_to == "/console/sign-in"

    def test_an_accusation_is_nobodys_but_those_it_passed_through(
        self, cases: dict[str, str], town_pages: Open
    ):
        assert cases["secret"] in order(town_pages("unit-a-clerk").get(URL))
        for who in ("leader", "inspector", "unit-b-clerk"):
            assert "检举某科" not in town_pages(who).get(URL).text

    def test_counts_leave_out_what_is_hidden(self, cases: dict[str, str], town_pages: Open):
        def running(who: str) -> int:
            page = town_pages(who).get(URL)
            return sum(int(one) for one in page.all("//p[@class='lights']//span/text()"))

        assert running("auditor") == running("leader") + 1

    def test_each_post_has_a_desk_of_its_own(self, town_pages: Open):
        heads = {who: town_pages(who).get(URL).text for who in ("auditor", "admin", "inspector", "leader")}
        assert ("近期查阅身份信息" in heads["auditor"], "今日待办" in heads["auditor"]) == (True, False)
        assert ("维护事项" in heads["admin"], "待签收预警" in heads["admin"]) == (True, False)
        assert "超期单位" in heads["inspector"]
        assert "今日待办" in heads["leader"]

    def test_one_first_heading_and_rows_with_headings(self, town_pages: Open):
        page = town_pages("office").get(URL)
        assert len(page.all("//h1")) == 1
        assert page.all("//table//thead//th[not(@scope)]") == []


class TestWhatElse:
    """其他栏目."""

    def test_a_year_without_holidays_is_missed_from_october_on(self, town: Town, town_pages: Open):
        assert "日历提醒" not in town_pages("office").get(URL).text
        before = town.clock.now
        town.clock.now = before.replace(month=11)
        try:
            page = town_pages("office").get(URL)
        finally:
            town.clock.now = before
        assert "2027 年放假安排尚未公布" in page.text

    def test_the_next_page_begins_where_this_one_ended(self, town: Town, town_pages: Open):
        for at in range(32):
            town.walker.register(subject=f"第{at}件")
        runner.catch_up(town.services.database, town.services.casework)
        browser = town_pages("office")
        first = browser.get(f"{URL}?group=routing")
        second = browser.get(
            f"{URL}{first.one('//a[@rel=$next]'.replace('$next', repr('next'))).get('href')}"
        )
        assert len(order(first)) == 30
        assert order(second)
        assert not set(order(first)) & set(order(second))
