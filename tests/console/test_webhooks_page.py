"""事件推送页 (C7): set up, tried out, changed and removed on its page; the secret goes in and never comes out."""

from tests.api.conftest import Town
from tests.console.pages import Page, Pages

HOME = "/console/webhooks"
SECRET = "long-enough-secret"


def send(browser: Pages, action: str, **fields: str) -> Page:
    return browser.post(action, browser.get(HOME).form(action) | fields)


def test_others_have_no_such_page(town_pages):
    for name in ("inspector", "auditor", "office-head"):
        assert town_pages(name).get(HOME).status == 403
        assert town_pages(name).post(f"{HOME}/new", {"id": "x"}).status == 403


def test_a_webhook_from_beginning_to_end(town: Town, town_pages):
    admin = town_pages("admin")
    assert "还没有设置推送" in admin.get(HOME).text
    faulty = send(admin, f"{HOME}/new", id="oa", url="ftp://x", secret=SECRET, kinds="petition.*")
    assert faulty.status == 422
    given = {"id": "oa", "url": "http://127.0.0.1:9/in?key=hush-hush", "kinds": "petition.*"}
    added = send(admin, f"{HOME}/new", secret=SECRET, **given)
    assert added.goes_to == HOME, added.text
    page = admin.get(HOME)
    assert "信访事项：全部" in page.text
    assert SECRET not in page.answer.text
    assert "hush-hush" not in page.answer.text
    assert admin.post(f"{HOME}/of/oa/test").goes_to == HOME
    assert "private_address" in admin.get(HOME).text
    kept = send(admin, f"{HOME}/of/oa", kinds="seal.head", allow_private="true")
    assert kept.goes_to == HOME, kept.text
    assert admin.post(f"{HOME}/of/oa/test").goes_to == HOME
    said = admin.get(HOME).text
    assert "未能送达（refused）" in said
    assert "存证：存证树头" in said
    assert admin.post(f"{HOME}/of/none/remove").status == 404
    assert admin.post(f"{HOME}/of/oa/remove").goes_to == HOME
    assert "还没有设置推送" in admin.get(HOME).text
