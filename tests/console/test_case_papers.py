"""What lies with a case: attachments opened by whom it concerns, and records of receptions with their visitors."""

from collections.abc import Callable
from typing import Any

from projections import runner
from tests.api import files
from tests.api.conftest import Town
from tests.api.lives import ACCEPTED
from tests.api.uploading import sent
from tests.console.pages import Pages

Open = Callable[[str], Pages]


def readings_of(town: Town, case: str) -> list[tuple[str, str]]:
    runner.catch_up(town.services.database, town.services.casework)
    read = town.walker.as_("auditor").get(f"/v1/readings?case={case}").json()["items"]
    return [(one["officer"], one["what"]) for one in read]


def test_an_attachment_is_opened_by_whom_it_concerns_and_that_is_recorded(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    digest = sent(town.walker.as_("unit-a-clerk"), name="现场照片说明.pdf")
    listed = {"text": "已测温", "attachments": [{"name": "现场照片说明.pdf", "sha256": digest}]}
    assert town.walker.do(case, "unit-a-clerk", "report", listed).status_code == 200
    browser = town_pages("unit-a-clerk")
    [link] = browser.get(f"/console/petitions/{case}").all("//ul[@class='attached']//a/@href")
    opened = browser.get(link)
    assert (opened.status, opened.answer.content) == (200, files.PDF)
    assert opened.answer.headers["content-disposition"].startswith("attachment;")
    assert readings_of(town, case) == [("unit-a-clerk", "attachment")]
    closed = town_pages("inspector")
    page = closed.get(f"/console/petitions/{case}")
    assert page.all("//ul[@class='attached']//a") == []
    assert "附件可能载明信访人身份信息" in page.text
    assert closed.get(link).status == 403
    assert closed.get(f"{link[:-64]}{'0' * 64}").status == 403
    assert browser.get(f"{link[:-64]}{'0' * 64}").status == 404


def test_what_was_uploaded_stays_with_the_form_when_something_else_is_wrong(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    digest = sent(town.walker.as_("unit-a-clerk"), name="检测报告.pdf")
    browser, at = town_pages("unit-a-clerk"), f"/console/petitions/{case}/acts/report"
    given = {"attachments.0.name": "检测报告.pdf", "attachments.0.sha256": digest, "text": ""}
    wrong = browser.post(at, browser.get(at).form(at) | given)
    assert wrong.status == 422
    assert "检测报告.pdf 已上传" in wrong.one("//ul[@class='picked']").text_content()
    done = browser.post(at, wrong.form(at) | {"text": "已检测"})
    assert done.status == 303
    events = town.walker.as_("office").get(f"/v1/petitions/{case}/history").json()["items"]
    assert [one["sha256"] for one in events[-1]["data"]["attachments"]] == [digest]


def received(town: Town, **more: Any) -> str:
    visit = {
        "form": "visit",
        "content": "反映楼下污水井外溢，要求尽快疏通。",
        "visitors": [{"name": "王秀英", "phone": "13800001234"}],
        "place": "接访一室",
    }
    answer = town.walker.as_("office").post("/v1/reception", json=visit | more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_reception_has_its_page_with_visitors_masked_and_acts_by_form(town: Town, town_pages: Open):
    record = received(town)
    browser, address = town_pages("office"), f"/console/reception/{record}"
    page = browser.get(address)
    assert (page.status, page.one("//h1").text_content()) == (200, "反映楼下污水井外溢，要求尽快疏通。")
    assert "接访一室" in page.text
    assert "王*" in page.text
    assert "王秀英" not in page.answer.text
    whole = browser.post(f"{address}/petitioners")
    assert ("王秀英" in whole.text, readings_of(town, record)) == (True, [("office", "visitors")])
    at = f"{address}/acts/settle"
    done = browser.post(at, browser.get(at).form(at) | {"text": "已疏通"})
    assert done.goes_to == address
    assert "已办结" in browser.get(address).one("//p[@class='case-line']").text_content()


def test_a_reception_is_joined_to_a_petition_by_its_number(town: Town, town_pages: Open):
    record, case = received(town), town.walker.register()
    runner.catch_up(town.services.database, town.services.casework)
    number = town.walker.as_("office").get(f"/v1/petitions/{case}").json()["number"]
    browser, at = town_pages("office"), f"/console/reception/{record}/acts/register-petition"
    done = browser.post(at, browser.get(at).form(at) | {"petition": number})
    assert done.status == 303
    assert browser.follow(done).all(f"//a[@href='/console/petitions/{case}'][.='{number}']")


def test_a20_the_whole_file_is_had_from_the_page_of_a_case(town: Town, town_pages: Open):
    case = town.walker.walk(ACCEPTED)
    browser = town_pages("unit-a-clerk")
    [link] = browser.get(f"/console/petitions/{case}").all("//a[@download]/@href")
    answer = browser.get(link)
    assert (answer.status, answer.answer.headers["content-type"]) == (200, "application/zip")
    assert answer.answer.headers["content-disposition"].startswith("attachment;")
    assert answer.answer.content.startswith(b"PK")
    assert ("unit-a-clerk", "dossier") in readings_of(town, case)
    assert town_pages("unit-b-clerk").get(link).status == 404
