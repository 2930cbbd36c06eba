"""A form that is sent after the session ended: what was filled in comes back after the sign-in, and stands in no address."""

from tests.api.town import PASSWORD
from tests.console.pages import Page, Pages, nobody

FORM = {"days": "10", "reason": "案情复杂\n需要检测", "version": "7", "notice": ["opinion", "refusal"]}
AT = "/console/petitions/00000000-0000-4000-8000-000000000001/acts/request-extension"


def signed_out(client) -> tuple[Pages, Page]:
    browser = nobody(client)
    return browser, browser.post(AT, FORM)


def test_what_was_filled_in_comes_back(client, services, quick_hashes):
    browser, page = signed_out(client)
    assert (page.status, page.goes_to) == (401, None)
    assert "没有丢失" in page.text
    assert page.answer.headers["cache-control"] == "no-store"
    form = page.form("/console/sign-in")
    wrong = browser.post("/console/sign-in", form | {"username": "office", "password": "not this one"})
    assert wrong.status == 401
    again = wrong.form("/console/sign-in") | {"username": "office", "password": PASSWORD}
    back = browser.post("/console/sign-in", again)
    assert (back.status, back.goes_to) == (200, None)
    assert back.answer.headers["cache-control"] == "no-store"
    [kept] = back.all("//form[@method='post']")
    assert kept.get("action") == AT
    fields = [(one.get("name"), one.text_content().strip("\n")) for one in kept.iter("textarea")]
    assert fields == [
        ("days", "10"), ("reason", "案情复杂\n需要检测"), ("version", "7"),
        ("notice", "opinion"), ("notice", "refusal"),
    ]  # fmt: skip
    assert browser.get("/console/account").status == 200, "signed in"


def test_it_never_goes_to_another_site_nor_breaks(client, services, quick_hashes):
    browser = nobody(client)
    signing = {"username": "office", "password": PASSWORD}
    for kept, to in (('[["a", "b"]]', "https://elsewhere.test/x"), ("no list", AT), ("[1]", AT)):
        back = browser.post("/console/sign-in", signing | {"kept": kept, "to": to})
        assert back.status == 200
        assert back.one("//form[@method='post']").get("action") in {"/console", AT}


def test_with_nothing_filled_in_it_is_the_sign_in_as_ever(client):
    browser = nobody(client)
    assert browser.post(AT, {}).goes_to == "/console/sign-in"
    piece = browser.post(AT, FORM, headers={"HX-Request": "true"})
    assert (piece.status, "仍在本页" in piece.text) == (401, True)
