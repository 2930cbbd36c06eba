"""Accounts, tokens and channels on pages: who reads them, what takes two, and secrets that are shown once or never."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Town
from tests.api.town import NAMES
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
HOME, TOKENS, CHANNELS = "/console/accounts", "/console/tokens", "/console/channels"
MANAGERS = {"admin", "inspector"}


@pytest.mark.parametrize("address", [HOME, f"{HOME}/of/office", TOKENS, CHANNELS])
def test_nobody_signed_out_reads_them(town: Town, address: str):
    assert nobody(town.client).get(address).goes_to.startswith("/console/sign-in")


@pytest.mark.parametrize("name", NAMES)
def test_who_reads_what(town_pages: Open, name: str):
    browser = town_pages(name)
    reads = 200 if name in MANAGERS | {"auditor"} else 403
    assert [browser.get(one).status for one in (HOME, f"{HOME}/of/office", TOKENS)] == [reads] * 3
    assert browser.get(CHANNELS).status == (200 if name == "admin" else 403)


@pytest.mark.parametrize("name", [name for name in NAMES if name not in MANAGERS])
def test_who_may_not_changes_nothing(town_pages: Open, name: str):
    browser = town_pages(name)
    assert browser.post(f"{HOME}/of/unit-b-clerk/lock").status == 403
    assert browser.post(HOME, {"officer": "leader"}).status == 403
    assert browser.post(CHANNELS + "/new/mail", {"id": "x"}).status == 403


def send(browser: Pages, page: str, action: str, **fields: str) -> Page:
    return browser.post(action, browser.get(page).form(action) | fields)


def test_an_account_is_opened_and_its_link_shown_once(pages: Open, client):
    inspector, admin = pages("inspector"), pages("admin")
    directory = "/console/directory"
    taken = {"name": "王新来", "id": "b-new", "unit": "unit-b", "post": "unit_clerk"}
    assert send(inspector, directory, f"{directory}/officers", **taken).status == 303
    refused = send(inspector, HOME, HOME, officer="b-new")
    assert (refused.status, "由您任命" in refused.text) == (403, True)
    opened = send(admin, HOME, HOME, officer="b-new", username="")
    address = opened.one("//code").text_content()
    assert address.startswith("http://office.test/setup?code=")
    assert client.get(address.removeprefix("http://office.test")).status_code == 200
    assert address not in admin.get(f"{HOME}/of/b-new").text
    assert "待本人设置口令" in admin.get(HOME).text
    assert "开户" in admin.get(f"{HOME}/of/b-new").text


def test_an_account_is_locked_and_unlocked(pages: Open):
    admin, here = pages("admin"), f"{HOME}/of/unit-b-clerk"
    assert send(admin, here, f"{here}/lock").goes_to == here
    assert "已锁定" in admin.get(here).text
    assert admin.post(f"{here}/lock").status == 409
    assert send(admin, here, f"{here}/unlock").goes_to == here
    assert "已锁定" not in admin.get(here).one("//dl").text_content()


def test_sessions_end_at_once(pages: Open):
    clerk, admin, here = pages("unit-b-clerk"), pages("admin"), f"{HOME}/of/unit-b-clerk"
    assert clerk.get("/console/directory").status == 200
    assert send(admin, here, f"{here}/sessions").goes_to == here
    assert clerk.get("/console/directory").goes_to.startswith("/console/sign-in")


def test_a_leaders_password_takes_two_managers(pages: Open):
    admin, inspector, here = pages("admin"), pages("inspector"), f"{HOME}/of/leader"
    asked = send(admin, here, f"{here}/reset")
    assert asked.goes_to == here
    assert "正等待另一名管理人员" in admin.get(here).text
    assert "等待其他管理人员" in admin.get(HOME).text
    assert f"{here}/confirm-reset" not in admin.get(here).answer.text
    own = admin.post(f"{here}/confirm-reset")
    assert (own.status, "申请由您提出" in own.text) == (403, True)
    assert inspector.get(HOME).one("//a[text()='去确认']/@href") == here
    confirmed = send(inspector, here, f"{here}/confirm-reset")
    assert "/setup?code=" in confirmed.one("//code").text_content()
    assert "待另一名管理人员确认" not in admin.get(HOME).text


def test_ones_own_account_is_for_others(town_pages: Open):
    page = town_pages("admin").get(f"{HOME}/of/admin")
    assert page.all("//details") == []
    assert town_pages("admin").post(f"{HOME}/of/admin/lock").status == 403
    assert town_pages("admin").get(f"{HOME}/of/none").status == 404


def machine(pages: Open) -> None:
    """An officer who stands for another system, taken on by the inspector."""
    directory = "/console/directory"
    taken = {"name": "省平台", "id": "province", "unit": "petition-office", "post": "office_clerk"}
    assert send(pages("inspector"), directory, f"{directory}/officers", **taken).status == 303


def test_a_token_is_made_shown_once_and_revoked(pages: Open, client):
    machine(pages)
    admin = pages("admin")
    wrong = send(admin, TOKENS, TOKENS, name="对接", officer="province", expires_on="2020-01-01")
    assert wrong.status == 422
    made = send(admin, TOKENS, TOKENS, name="对接", officer="province", scopes="read:cases", expires_on="")
    token = made.one("//code").text_content()
    assert client.signed(token).get("/v1/petitions").status_code == 200
    listed = admin.get(TOKENS)
    assert ("查询事项、期限、规则、日历和机构人员" in listed.text, token in listed.text) == (True, False)
    action = listed.one("//form[contains(@action, '/revoke')]/@action")
    assert admin.post(action).goes_to == TOKENS
    assert client.signed(token).get("/v1/petitions").status_code == 401


def test_a_channel_is_added_tested_changed_and_removed_and_tells_no_secret(pages: Open):
    admin = pages("admin")
    new = f"{CHANNELS}/new/webhook"
    faulty = send(admin, CHANNELS, new, id="hook", url="not-an-address", secret="long-enough-secret")
    assert faulty.status == 422
    added = send(
        admin, CHANNELS, new, id="hook", url="http://127.0.0.1:9/x?key=private", secret="long-enough-secret"
    )
    assert added.goes_to == CHANNELS, added.text
    page = admin.get(CHANNELS)
    assert "long-enough-secret" not in page.answer.text
    assert "private" not in page.answer.text
    kept = send(admin, CHANNELS, f"{CHANNELS}/of/hook")
    assert kept.goes_to == CHANNELS, kept.text
    assert admin.post(f"{CHANNELS}/of/hook/test").goes_to == CHANNELS
    assert "未能送达" in admin.get(CHANNELS).text
    assert admin.post(f"{CHANNELS}/of/none/remove").status == 404
    assert admin.post(f"{CHANNELS}/of/hook/remove").goes_to == CHANNELS
    assert "还没有设置渠道" in admin.get(CHANNELS).text
