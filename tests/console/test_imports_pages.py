"""Imports on pages: a file is sent, its progress shows, refused lines are told; who may not, learns nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.ledgers import as_csv, as_xlsx, item, line
from tests.api.test_imports import work_off
from tests.api.town import NAMES
from tests.console.pages import OURS, Page, Pages, nobody

Open = Callable[[str], Pages]
HOME = "/console/imports"
SENDS = {"office", "office-head", "inspector"}


def upload(browser: Pages, content: bytes, kind: str = "petitions", name: str = "旧台账.xlsx") -> Page:
    headers: dict[str, Any] = {"Origin": OURS}
    return browser.send("POST", HOME, data={"kind": kind}, files={"file": (name, content)}, headers=headers)


def test_a_stranger_is_sent_to_the_sign_in(town: Town):
    stranger = nobody(town.client)
    assert stranger.get(HOME).goes_to.startswith("/console/sign-in")
    assert upload(stranger, as_csv(line())).goes_to == "/console/sign-in"


@pytest.mark.parametrize("name", NAMES)
def test_who_opens_the_page_and_who_may_send(town_pages: Open, name: str):
    page = town_pages(name).get(HOME)
    assert page.status == (200 if name in SENDS | {"auditor"} else 403)
    assert bool(page.all("//form[@enctype]")) == (name in SENDS)
    kinds = page.all("//select/option/@value")
    assert kinds == (
        ["supervision-items"] if name == "inspector" else ["petitions", "letters"] if name in SENDS else []
    )
    listed = "/console/imports" in page.all("//nav//a/@href")
    assert listed == (page.status == 200)


def test_a_file_is_sent_and_its_lines_told(pages: Open, services):
    office = pages("office")
    sent = upload(office, as_xlsx(line(), line(编号="旧-2", 类别="")))
    assert sent.goes_to.startswith(f"{HOME}/")
    waiting = office.follow(sent)
    assert "等待处理" in waiting.text
    assert waiting.one("//div[@id='progress']/@hx-get") == sent.goes_to
    work_off(services)
    piece = office.get(sent.goes_to, headers={"HX-Request": "true"})
    assert piece.all("//h1") == []
    assert piece.all("//div[@id='progress']/@hx-get") == []
    assert ("已完成" in piece.text, "类别" in piece.text, "没有填写" in piece.text) == (True, True, True)
    assert piece.one("//progress").get("value") == piece.one("//progress").get("max") == "2"
    assert office.get(f"{sent.goes_to}/refused.csv").answer.text.splitlines()[1] == "3,类别,没有填写"
    assert office.get(f"{sent.goes_to}/refused.xlsx").answer.content.startswith(b"PK")
    assert "旧台账.xlsx" in office.get(HOME).text


@pytest.mark.parametrize(
    ("content", "kind", "says"),
    [
        (b"", "petitions", "文件是空的"),
        (b"a,b\n", "petitions", "没有找到表头"),
        (as_csv(line(领导="x")), "petitions", "不认识的列"),
        (as_csv(line()), "minutes", "请选择导入种类"),
    ],
)
def test_a_wrong_file_is_refused_beside_the_form(town_pages: Open, content: bytes, kind: str, says: str):
    page = upload(town_pages("office"), content, kind)
    assert (page.status, says in page.one("//*[@role='alert' and @class='fault']").text_content()) == (
        422,
        True,
    )


def test_no_file_chosen(town_pages: Open):
    page = upload(town_pages("office"), b"", name="")
    assert page.status == 422


def test_cancelled_and_run_again(pages: Open, services):
    inspector = pages("inspector")
    sent = upload(inspector, as_csv(item()), "supervision-items")
    page = inspector.follow(sent)
    assert page.form(f"{sent.goes_to}/cancel") == {}
    assert inspector.post(f"{sent.goes_to}/cancel").goes_to == sent.goes_to
    work_off(services)
    cancelled = inspector.get(sent.goes_to)
    assert "已取消" in cancelled.text
    assert inspector.post(f"{sent.goes_to}/cancel").status == 409
    assert inspector.post(f"{sent.goes_to}/resume").goes_to == sent.goes_to
    work_off(services)
    assert "已完成" in inspector.get(sent.goes_to).text


def test_what_others_imported_is_as_if_it_were_not(pages: Open):
    sent = upload(pages("inspector"), as_csv(item()), "supervision-items")
    assert pages("office").get(sent.goes_to).status == 404
    assert pages("office").get(f"{sent.goes_to}/refused.csv").status == 404
    assert pages("auditor").get(sent.goes_to).status == 200
    assert pages("auditor").post(f"{sent.goes_to}/cancel").status == 403
    assert pages("unit-a-head").get(sent.goes_to).status == 403
    assert upload(pages("office"), as_csv(item()), "supervision-items").status == 403


def test_a_files_name_is_shown_as_its_owner_wrote_it(pages: Open) -> None:
    office = pages("office")
    upload(office, as_xlsx(line()), name="旧\r\n台账.xlsx")
    upload(office, as_xlsx(line()), name="旧%0D%0A账.xlsx")
    shown = office.get(HOME)
    assert "%0D" not in shown.text
    assert "旧 台账.xlsx" in shown.text
    assert "旧 账.xlsx" in shown.text
