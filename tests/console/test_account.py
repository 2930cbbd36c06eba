"""One's own account: password, sessions, absences; nobody else's."""

from collections.abc import Callable

import pytest

from api.console.visitors import CAPACITY
from api.sessions import open_session
from tests.api import town as small_town
from tests.api.conftest import Town
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]
URL = "/console/account"
NEW = "八月里的新口令-2026"


class TestThePage:
    """本人账户."""

    def test_it_shows_ones_own(self, town: Town, town_pages: Open):
        assert nobody(town.client).get(URL).status == 303
        page = town_pages("unit-a-officer").get(URL)
        assert ("孙三立" in page.text, "清江区住房和城乡建设局" in page.text, "本次登录" in page.text) == (
            True,
            True,
            True,
        )

    def test_another_session_of_mine_is_ended_and_nobody_elses(self, town: Town, town_pages: Open):
        open_session(town.services, "unit-b-head")
        browser = town_pages("unit-b-head")
        [action] = browser.get(URL).all("//form[contains(@action, '/sessions/')]/@action")
        assert town_pages("unit-b-clerk").post(action).status == 404
        assert "该登录已退出" in browser.follow(browser.post(action)).text
        assert browser.get(URL).all("//form[contains(@action, '/sessions/')]/@action") == []


class TestThePassword:
    """修改口令."""

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"current": small_town.PASSWORD, "new": NEW, "again": "别的"}, "不一致"),
            ({"current": "不对的口令", "new": NEW, "again": NEW}, "原口令不正确"),
            ({"current": small_town.PASSWORD, "new": "123", "again": "123"}, "10"),
            ({}, "请填写"),
        ],
    )
    def test_what_is_wrong_is_said(self, pages: Open, quick_hashes, fields: dict[str, str], said: str):
        page = pages("unit-a-officer").post(f"{URL}/password", fields)
        assert (page.status, said in page.text) == (422, True)

    def test_it_is_changed_and_other_sessions_end(self, pages: Open, quick_hashes):
        other, browser = pages("unit-a-officer"), pages("unit-a-officer")
        done = browser.post(f"{URL}/password", {"current": small_town.PASSWORD, "new": NEW, "again": NEW})
        assert "口令已修改" in browser.follow(done).text
        assert other.get(URL).status == 303

    def test_not_while_standing_in_for_somebody(self, town: Town, town_pages: Open):
        town.walker.as_("admin").post(
            "/v1/directory/officers/unit-a-clerk/stand-ins", json={"stand_ins": ["unit-a-head"]}
        )
        away = {"from_on": "2026-03-02", "to_on": "2026-03-02", "reason": "培训"}
        town.walker.as_("unit-a-clerk").post("/v1/directory/officers/unit-a-clerk/absences", json=away)
        browser = town_pages("unit-a-head")
        browser.cookies[CAPACITY] = "for=unit-a-clerk"
        page = browser.get(URL)
        assert (page.status, "代人办理时不显示本人的登录" in page.text) == (200, True)
        fields = {"current": small_town.PASSWORD, "new": NEW, "again": NEW}
        assert browser.post(f"{URL}/password", fields).status == 403


class TestAbsences:
    """离岗和返岗."""

    def test_recorded_and_ended(self, town: Town, town_pages: Open):
        browser = town_pages("unit-b-officer")
        away = {"from_on": "2026-03-02", "to_on": "", "reason": "病假"}
        page = browser.follow(browser.post(f"{URL}/absences", away))
        assert ("离岗已登记" in page.text, "2026-03-02 至 返岗之日：病假" in page.text) == (True, True)
        assert town.services.casework.directory().is_absent("unit-b-officer", town.clock().date())
        again = browser.post(f"{URL}/absences", away)
        assert (again.status, "重叠" in again.text) == (422, True)
        assert "已返岗" in browser.follow(browser.post(f"{URL}/return")).text
        assert not town.services.casework.directory().is_absent("unit-b-officer", town.clock().date())

    def test_one_that_has_not_begun_is_cancelled(self, town: Town, town_pages: Open):
        browser = town_pages("unit-b-officer")
        browser.post(f"{URL}/absences", {"from_on": "2026-04-01", "to_on": "2026-04-03", "reason": "休假"})
        form = browser.get(URL).form(f"{URL}/return")
        assert form["on"] == "2026-04-01"
        browser.post(f"{URL}/return", form)
        assert town.services.casework.directory().officers["unit-b-officer"].absences == ()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"from_on": "", "reason": "x"}, "起始日期"),
            ({"from_on": "2026-05-02", "to_on": "2026-05-01", "reason": "x"}, "早于"),
            ({"from_on": "2026-05-02", "reason": ""}, "事由"),
        ],
    )
    def test_what_is_wrong_is_said(self, town_pages: Open, fields: dict[str, str], said: str):
        page = town_pages("unit-b-officer").post(f"{URL}/absences", fields)
        assert (page.status, said in page.text) == (422, True)

    def test_back_without_having_been_away_is_refused(self, town_pages: Open):
        page = town_pages("auditor").post(f"{URL}/return")
        assert (page.status, "没有离岗登记" in page.text) == (422, True)
