"""Alerts at the console: whose, how many, acknowledged in place or several at once; the badge counts what is seen."""

import json
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

import httpx
import pytest

from api import lists
from api.alert_shapes import Wording
from api.console.alerts import heard_of
from api.cookies import SESSION
from api.sessions import open_session
from domain.directory.capacity import act_of
from projections import alerts as view
from projections import runner
from tests.api.caller import serving
from tests.api.conftest import Town, signing_in
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]
URL = "/console/alerts"
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module", autouse=True)
def raised(town: Town) -> None:
    """Three petitions that nobody passed on in time, and one accusation of the kind; the alerts of ten days later."""
    cases = [town.walker.register(subject=f"第{at}件") for at in range(3)]
    cases.append(town.walker.register(subject="检举", category="accusation"))
    town.clock.now = datetime.fromisoformat("2026-03-20T10:00:00+08:00")
    runner.catch_up(town.services.database, town.services.casework)
    with town.services.database.connection() as connection:
        ids = [row["case_id"] for row in connection.execute("SELECT case_id FROM ledger")]
    assert len(ids) == len(cases)
    assert town.services.casework.raise_alerts(ids, town.clock())
    runner.catch_up(town.services.database, town.services.casework)


def caught_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)


def waiting(browser: Pages) -> list[str]:
    return [str(one) for one in browser.get(URL).all("//tbody//input[@name='alert']/@value")]


def badge(browser: Pages) -> int:
    found = browser.get(f"{URL}/badge").answer.text
    return int(found.partition('data-open="')[2].partition('"')[0] or 0)


class TestTheList:
    """预警清单."""

    def test_mine_stand_there_at_first(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        page = browser.get(URL)
        total = signing_in(town.services, town.client)("office").get("/v1/alerts?to=me").json()["total"]
        assert (len(waiting(browser)), badge(browser), f"共 {total} 条" in page.text) == (total, total, True)
        assert "系统内：已到达" in page.text

    def test_tabs_and_filters(self, town_pages: Open):
        browser = town_pages("office")
        assert "没有符合条件的预警" in browser.get(f"{URL}?status=acknowledged").text
        assert "没有符合条件的预警" in browser.get(f"{URL}?light=green").text
        assert browser.get(f"{URL}?to=all").status == 200
        assert [
            browser.get(f"{URL}?{bad}").status for bad in ("to=x", "status=x", "light=x", "cursor=x")
        ] == [422] * 4

    def test_all_are_for_those_who_oversee(self, town: Town, town_pages: Open):
        assert nobody(town.client).get(URL).status == 303
        assert town_pages("unit-a-clerk").get(f"{URL}?to=all").status == 403
        assert "全部" not in town_pages("unit-a-clerk").get(URL).all("//nav[@class='tabs']/a/text()")

    def test_an_accusation_is_told_to_nobody_else(self, town: Town, town_pages: Open):
        def seen(who: str) -> set[str]:
            page = town_pages(who).get(f"{URL}?to=all&status=")
            return {str(one) for one in page.all("//tbody//td[3]/a/text()")}

        assert len(seen("office") - seen("leader")) == 1

    def test_the_badge_is_for_who_is_signed_in(self, town: Town, town_pages: Open):
        assert badge(town_pages("unit-b-officer")) == 0
        assert nobody(town.client).get(f"{URL}/badge", headers=HTMX).status == 204

    def test_the_badge_keeps_no_session_awake(self, town: Town, town_pages: Open):
        browser = town_pages("office-head")

        def seen() -> list[datetime]:
            with town.services.database.connection() as connection:
                rows = connection.execute("SELECT last_seen_at FROM sessions WHERE officer = 'office-head'")
                return [row["last_seen_at"] for row in rows]

        before = seen()
        now = town.clock.now
        town.clock.now = now.replace(hour=11)
        try:
            assert browser.get(f"{URL}/badge").status == 200
            assert seen() == before
            assert browser.get(URL).status == 200
            assert seen() != before
        finally:
            town.clock.now = now


class TestAcknowledging:
    """签收."""

    def test_in_place_with_a_remark(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        [first, *_] = waiting(browser)
        count = badge(browser)
        page = browser.post(f"{URL}/{first}/acknowledge", {"remark": "今日转办", "once": "a"}, headers=HTMX)
        assert (page.status, page.one("//tr").get("id")) == (200, f"alert-{first}")
        assert ("林小雨" in page.text, "今日转办" in page.text, page.answer.headers["hx-trigger"]) == (
            True,
            True,
            "alerts-changed",
        )
        caught_up(town)
        assert (badge(browser), first in waiting(browser)) == (count - 1, False)

    def test_a_double_click_acknowledges_once(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        [first, *_] = waiting(browser)
        fields = {"remark": "已转办", "once": "b"}
        answers = [browser.post(f"{URL}/{first}/acknowledge", fields).goes_to for _ in range(2)]
        assert answers == [URL, URL]
        caught_up(town)

    def test_without_a_remark_it_is_refused(self, town_pages: Open):
        browser = town_pages("office")
        [first, *_] = waiting(browser)
        page = browser.post(f"{URL}/{first}/acknowledge", {"remark": " "})
        assert (page.status, "请填写签收意见" in page.text) == (422, True)

    def test_several_at_once(self, town: Town, town_pages: Open):
        browser = town_pages("office")
        chosen = waiting(browser)[:2]
        page = browser.post(f"{URL}/acknowledge", {"alert": chosen, "remark": "统一处理", "once": "c"})
        assert "已签收 2 条。" in browser.follow(page).text
        caught_up(town)
        assert not set(chosen) & set(waiting(browser))
        again = browser.post(f"{URL}/acknowledge", {"alert": chosen, "remark": "再次", "once": "d"})
        assert "2 条未签收" in browser.follow(again).text

    def test_none_chosen_is_said(self, town_pages: Open):
        browser = town_pages("office")
        assert "请先勾选" in browser.follow(browser.post(f"{URL}/acknowledge", {"remark": "x"})).text

    def test_anothers_alert_is_none(self, town: Town, town_pages: Open):
        [first, *_] = waiting(town_pages("office"))
        unknown = "6c0f5d1e-3c5f-4b8e-9a51-0d2f6f0c7e11"
        answers = [
            town_pages("unit-b-clerk").post(f"{URL}/{id}/acknowledge", {"remark": "x"})
            for id in (first, unknown)
        ]
        assert [(one.status, one.text) for one in answers] == [(404, answers[0].text)] * 2


def test_what_a_page_hears_of_a_new_alert_tells_nothing_of_the_matter(town: Town, town_pages: Open):
    act = act_of(town.services.casework.directory(), "office", town.clock())
    with town.services.database.transaction() as connection:
        page = view.alerts(
            connection, lists.eyes(town.services, act), lists.lights(town.services, act), limit=1
        )
    heard = heard_of(Wording(town.services, town.clock()).shown(page.items[0]), 3)
    assert set(heard) == {"case_number", "step_label", "clock_label", "due_on", "light", "open"}


def test_the_stream_of_the_pages_says_what_is_new_and_how_many_are_open(town: Town):
    token, _ = open_session(town.services, "office-head")
    headers = {"Cookie": f"{SESSION}={token}", "Last-Event-ID": "0"}
    with (
        serving(town.app) as address,
        httpx.stream("GET", f"{address}{URL}/stream", headers=headers, timeout=20.0) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        data = next(line for line in answer.iter_lines() if line.startswith("data: "))
    heard = json.loads(data.removeprefix("data: "))
    waiting_now = (
        signing_in(town.services, town.client)("office-head").get("/v1/alerts?to=me").json()["items"]
    )
    open_now = [one for one in waiting_now if "acknowledged_by" not in one]
    assert (heard["open"], heard["case_number"] in {one["case_number"] for one in waiting_now}) == (
        len(open_now),
        True,
    )


def test_a_stream_of_nobody_is_none(town: Town):
    assert (
        nobody(town.client).get(f"{URL}/stream").goes_to
        == f"/console/sign-in?next={URL.replace('/', '%2F')}%2Fstream"
    )


def test_the_steps_of_one_limit_stand_together_beside_how_it_stands_now(town: Town, town_pages: Open):
    """Rows of a limit follow its newest one, which alone tells how the limit stands today."""
    page = town_pages("office").get(f"{URL}?status=")
    rows = page.all("//table[@class='alerts']/tbody/tr")
    limits = [(row.xpath("string(td[3]/a)"), "earlier" in (row.get("class") or "")) for row in rows]
    firsts = [number for number, earlier in limits if not earlier]
    assert len(rows) > len(firsts) > 0
    for (before, _), (number, earlier) in pairwise(limits):
        assert not earlier or number == before
    told = [row.xpath("string(td[2]//small[@class='now'])") for row in rows]
    assert all(bool(text) is not earlier for text, (_, earlier) in zip(told, limits, strict=True))
    assert any("现已超期" in text for text in told)
