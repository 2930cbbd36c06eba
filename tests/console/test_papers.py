"""The papers of a case and the templates they are printed from, as pages (C6)."""

from collections.abc import Callable

import pytest

from tests.api import files
from tests.api.conftest import Town
from tests.api.item_lives import JOINT as JOINT_ITEM
from tests.api.item_lives import ItemWalker
from tests.api.lives import ACCEPTED, SUPERVISED, TRANSFERRED
from tests.console.pages import Pages, nobody

Open = Callable[[str], Pages]
HTMX = {"HX-Request": "true"}


def test_c6_a_paper_is_issued_printed_and_led_on_to_service(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(ACCEPTED)
    here, pages = f"/console/petitions/{case}", town_pages("unit-a-clerk")
    before = pages.get(f"{here}/papers", headers=HTMX)
    assert before.one("//h2").text == "文书"
    assert "草稿" in before.text
    forms = before.all(f"//form[@action='{here}/acts/issue-notice']")
    [form] = [one for one in forms if one.form_values()[0] == ("notice", "acceptance")]
    sent = pages.post(f"{here}/acts/issue-notice", dict(form.form_values()))
    assert sent.goes_to == here
    after = pages.get(f"{here}/papers", headers=HTMX)
    assert "〔2026〕" in after.text
    [link] = [one.get("href") for one in after.all("//a[contains(text(), '打印 PDF')]")]
    assert pages.get(link).answer.content.startswith(b"%PDF-")
    word = pages.get(link.replace(".pdf", ".docx")).answer
    assert word.headers["content-disposition"].startswith("attachment; ")
    assert after.one(f"//a[starts-with(@href, '{here}/acts/serve')]") is not None


def test_c6_the_form_of_service_names_the_paper_one_came_from(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(ACCEPTED)
    form, pages = f"/console/petitions/{case}/acts/serve", town_pages("unit-a-clerk")
    chosen = "//select[@name='notice']/option[@selected]"
    first, *_ = [one.get("value") for one in pages.get(form).all(chosen)]
    codes = [
        one.get("value") for one in pages.get(form).all("//select[@name='notice']/option") if one.get("value")
    ]
    other = next(one for one in codes if one != first)
    assert [one.get("value") for one in pages.get(f"{form}?notice={other}").all(chosen)] == [other]
    assert [one.get("value") for one in pages.get(f"{form}?notice=nothing").all(chosen)] == [first]


def test_a13_who_may_not_open_a_paper_is_told_so_instead_of_given_a_link(
    town: Town, town_pages: Open
) -> None:
    case = town.walker.walk(SUPERVISED)
    page = town_pages("leader").get(f"/console/petitions/{case}/papers", headers=HTMX)
    assert "只对正在办理该事项的单位和人员开放" in page.text
    links = [one.get("href") for one in page.all("//a[contains(@href, '.pdf') or contains(@href, '.docx')]")]
    assert links
    assert not [one for one in links if "acceptance" in one]
    assert {town_pages("leader").get(one).status for one in links} == {200}


def test_c6_missing_characters_are_told_before_issuing(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(ACCEPTED, petitioners=[{"name": "𠮷田秀"}])
    page = town_pages("unit-a-clerk").get(f"/console/petitions/{case}/papers", headers=HTMX)
    assert "字形缺失：PDF 的字库没有“𠮷”，请改用 Word 文件打印。" in page.text


def test_c6_the_page_alone_is_a_whole_page(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    page = town_pages("office").get(f"/console/petitions/{case}/papers")
    assert page.status == 200
    assert "的文书" in page.one("//h1").text_content()


def test_c6_the_papers_of_an_item(item_walker: ItemWalker, town_pages: Open) -> None:
    item = item_walker.walk(JOINT_ITEM)
    pages = town_pages("inspector")
    page = pages.get(f"/console/supervision-items/{item}/papers", headers=HTMX)
    assert "督查通知" in page.text
    assert pages.get(f"/console/supervision-items/{item}/papers/supervision-notice.pdf").status == 200


def test_a13_a_hidden_case_is_an_unknown_one(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(ACCEPTED)
    absent = "00000000-0000-4000-8000-00000000ffff"
    for tail in ("papers", "papers/acceptance.pdf"):
        told = [town_pages("unit-b-clerk").get(f"/console/petitions/{id}/{tail}") for id in (case, absent)]
        assert {one.status for one in told} == {404}
        assert told[0].text == told[1].text
    closed = town_pages("leader").get(f"/console/petitions/{case}/papers/acceptance.pdf")
    assert closed.status == 403
    assert town_pages("office").get(f"/console/petitions/{case}/papers/acceptance.txt").status == 404


@pytest.mark.parametrize("path", ["/console/templates", "/console/templates/acceptance"])
def test_c6_templates_are_for_the_office_and_the_administrator(
    town: Town, town_pages: Open, path: str
) -> None:
    assert (nobody(town.client).get(path).goes_to or "").startswith("/console/sign-in")
    for who in ("leader", "unit-a-head", "inspector"):
        assert town_pages(who).get(path).status == 403
    for who in ("office", "office-head", "admin", "auditor"):
        assert town_pages(who).get(path).status == 200
    assert town_pages("office").get("/console/templates/nothing").status == 404


def upload(pages: Pages, address: str, content: bytes, name: str):
    """The file sent with the page's form."""
    body = (
        b'--form\r\nContent-Disposition: form-data; name="file"; filename="' + name.encode() + b'"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--form--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=form"}
    return pages.send("POST", address, content=body, headers={**headers, "Origin": "http://office.test"})


def test_c6_a_template_is_replaced_with_faults_in_place_and_restored(town: Town, town_pages: Open) -> None:
    here, head = "/console/templates/delay", town_pages("office-head")
    typ = head.get(f"{here}/typ").answer.content
    wrong = upload(head, f"{here}/typ", typ + b"\n#data.surname\n", "delay.typ")
    assert wrong.status == 422
    assert "没有“surname”这个字段" in wrong.one("//div[@role='alert'][@class='fault']").text_content()
    assert upload(head, f"{here}/typ", typ, "delay.typ").goes_to == here
    assert "本机关模板" in head.get(here).text
    assert head.get(f"{here}/pdf").answer.content.startswith(b"%PDF-")
    assert head.post(f"{here}/typ/restore").goes_to == here
    assert head.post(f"{here}/typ/restore").status == 409
    assert (
        upload(head, f"{here}/docx", files.office(**{"word__vbaProject.bin": b"x"}), "delay.docx").status
        == 422
    )
    assert upload(town_pages("office"), f"{here}/typ", typ, "delay.typ").status == 403
