"""The frame of the console: who may open it, as whom, and what it says when it refuses."""

from collections.abc import Callable

import pytest

from api.console import navigation
from api.console.visitors import CAPACITY
from domain.directory.decisions import POSTS
from tests.api import town as small_town
from tests.api.conftest import Town
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]


def test_who_is_not_signed_in_is_sent_to_the_sign_in_and_back(town: Town):
    page = nobody(town.client).get("/console/capacity?a=1")
    assert (page.status, page.goes_to) == (303, "/console/sign-in?next=%2Fconsole%2Fcapacity%3Fa%3D1")
    form = nobody(town.client).follow(page).form("/console/sign-in")
    assert form["next"] == "/console/capacity?a=1"


def test_a_piece_of_a_page_sends_the_whole_browser_to_the_sign_in(town: Town):
    page = nobody(town.client).get("/console/capacity", headers={"HX-Request": "true"})
    assert (page.status, page.goes_to) == (204, "/console/sign-in")


@pytest.mark.parametrize(
    "elsewhere", ["//evil.test/console", "https://evil.test", "/v1/petitions", "/console\\x", "/consolex"]
)
def test_signing_in_never_leads_to_another_site(town: Town, elsewhere: str):
    page = nobody(town.client).get("/console/sign-in", params={"next": elsewhere})
    assert page.form("/console/sign-in")["next"] == "/console"


def test_a_password_opens_the_desk_and_signing_out_closes_it(pages: Open, client, quick_hashes):
    browser = nobody(client)
    wrong = browser.post("/console/sign-in", {"username": "office", "password": "wrong"})
    assert (wrong.status, "用户名或口令不正确。" in wrong.text) == (401, True)
    right = browser.post(
        "/console/sign-in",
        {"username": "office", "password": small_town.PASSWORD, "next": "/console/capacity"},
    )
    assert right.goes_to == "/console/capacity"
    assert "工作台" in browser.get("/console").text
    assert browser.post("/console/sign-out").goes_to == "/console/sign-in"
    assert browser.get("/console").goes_to == "/console/sign-in"


def test_a_page_loads_nothing_but_our_own_files(town_pages: Open):
    page = town_pages("office").get("/console")
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    loaded = page.all("//link/@href | //script/@src | //img/@src")
    assert loaded
    assert [one for one in loaded if not one.startswith("/console/static/")] == []
    assert page.all("//*[@style or @onclick or @onload] | //script[not(@src)] | //style") == []


def test_static_files_are_kept_and_named_by_what_they_hold(town_pages: Open):
    browser = town_pages("office")
    for address in browser.get("/console").all("//link/@href | //script/@src"):
        found = browser.get(address)
        assert (found.status, "immutable" in found.answer.headers["cache-control"]) == (200, True), address


def test_an_address_without_a_page_says_so_in_a_page(town_pages: Open):
    page = town_pages("office").get("/console/no/such/page")
    assert (page.status, "没有这个页面。" in page.text) == (404, True)


def test_another_sites_form_is_refused(town_pages: Open):
    page = town_pages("office").post("/console/capacity", {}, headers={"Origin": "http://evil.test"})
    assert page.status == 403


def test_a_capacity_that_is_not_held_is_neither_taken_nor_kept(town_pages: Open):
    browser = town_pages("office")
    assert browser.post("/console/capacity", {"for_whom": "leader"}).status == 403
    browser.cookies[CAPACITY] = "for=leader"
    assert "代 周" not in browser.get("/console").text


def test_every_entry_is_for_posts_that_exist():
    assert {post for one in navigation.ENTRIES for post in one.posts or ()} <= set(POSTS)
