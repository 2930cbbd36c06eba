"""What is refused before a page's own route is reached is a page too; and links from elsewhere open no file unasked."""

from collections.abc import Callable

import pytest

from tests.api.conftest import Town
from tests.api.lives import ACCEPTED
from tests.console.pages import Page, Pages

Open = Callable[[str], Pages]


def said(page: Page, status: int, code: str) -> str:
    assert page.status == status
    assert page.answer.headers["content-type"].startswith("text/html")
    assert code in page.one("//details[@class='support']").text_content()
    [told] = page.all("//article[@class='fault']/p[not(a)]")
    assert code not in told.text_content()
    return str(told.text_content())


@pytest.mark.parametrize("address", ["/console", "/progress", "/reception", "/console/register"])
def test_a_method_that_an_address_does_not_know(town_pages: Open, address: str):
    refused = town_pages("office").send("DELETE", address)
    assert "不支持" in said(refused, 405, "request.method_not_allowed")
    assert "GET" in refused.answer.headers["allow"]


@pytest.mark.parametrize("address", ["/console/register", "/progress"])
def test_a_form_of_another_site(town_pages: Open, address: str):
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.test"}
    refused = town_pages("office").post(address, {}, headers=headers)
    assert "其他网站" in said(refused, 403, "request.cross_site")


def test_programs_are_answered_as_ever(town: Town):
    answer = town.client.request("DELETE", "/v1/petitions")
    assert answer.headers["content-type"] == "application/problem+json"
    assert town.client.get("/console/static/none.js").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("file", ["papers/acceptance.pdf", "attachments/" + "0" * 64, "dossier.zip"])
def test_a_link_from_elsewhere_opens_no_file_and_leaves_no_trace(
    town: Town, town_pages: Open, site: str, file: str
):
    case, clerk = town.walker.walk(ACCEPTED), town_pages("unit-a-clerk")
    before = town.head()
    refused = clerk.get(f"/console/petitions/{case}/{file}", headers={"Sec-Fetch-Site": site})
    assert "会留下您的查阅记录" in said(refused, 403, "request.cross_site")
    assert refused.one("//a[@role='button']").get("href") == f"/console/petitions/{case}/{file}"
    assert town.head() == before
    by_program = clerk.get(f"/v1/petitions/{case}/{file}", headers={"Sec-Fetch-Site": site})
    assert by_program.answer.json()["code"] == "request.cross_site"


def test_from_our_own_page_and_by_hand_it_is_opened(town: Town, town_pages: Open):
    case, clerk = town.walker.walk(ACCEPTED), town_pages("unit-a-clerk")
    for site in ("same-origin", "none"):
        address = f"/console/petitions/{case}/attachments/{'0' * 64}"
        assert clerk.get(address, headers={"Sec-Fetch-Site": site}).status == 404
    page = clerk.get(f"/console/petitions/{case}", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 200
