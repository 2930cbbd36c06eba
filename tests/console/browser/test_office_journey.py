"""信访工作机构: a petition from its registration to the ledger's export – by mouse alone and again by keyboard alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.console.browser.acting import Keyboard, Mouse, number_on
from tests.console.browser.conftest import Open
from tests.console.browser.office import Office

PRINTED = "address => fetch(address).then(one => [one.status, one.headers.get('content-type')])"
Hand = Callable[[Any], Any]
EVENTS = [
    "Registered",
    "Transferred",
    "Accepted",
    "ExtensionRequested",
    "ExtensionGranted",
    "Replied",
    "NoticeIssued",
    "Served",
    "SignedOff",
]


def by_mouse(hand: Mouse, subject: str, content: str) -> None:
    page = hand.page
    hand.to("登记")
    page.get_by_role("group", name="信访形式").get_by_label("来信").click()
    page.get_by_role("group", name="类别").get_by_label("申诉求决").click()
    form = page.locator("#register-form")
    people = form.locator("[data-entries=petitioners]")
    hand.write(people.get_by_label("姓名"), "龙𬱖")
    hand.write(people.get_by_label("联系电话"), "13912345678")
    hand.fill(form, "内容摘要", subject)
    hand.fill(form, "信访内容", content)
    form.get_by_role("button", name="登记", exact=True).click()


def by_keyboard(hand: Keyboard, subject: str, content: str) -> None:
    page = hand.page
    hand.to("登记")
    hand.reach(page.get_by_role("group", name="信访形式").get_by_role("radio").first)
    hand.press("1")
    hand.reach(page.get_by_role("group", name="类别").get_by_role("radio").first)
    hand.press("3")
    form = page.locator("#register-form")
    people = form.locator("[data-entries=petitioners]")
    hand.write(people.get_by_label("姓名"), "龙𬱖")
    hand.write(people.get_by_label("联系电话"), "13912345679")
    hand.fill(form, "内容摘要", subject)
    hand.fill(form, "信访内容", content)
    hand.press("Control+Enter")


def issued(hand: Any, notice: str) -> None:
    """A paper of the case, given its number and printed."""
    papers = hand.page.locator("#papers")
    hand.push(papers.get_by_role("button", name=f"出具{notice}", exact=True))
    link = papers.get_by_role("link", name=re.compile(f"^打印 PDF：{notice}"))
    expect(link).to_be_visible()
    address = link.get_attribute("href")
    assert address is not None
    assert hand.page.evaluate(PRINTED, address) == [200, "application/pdf"]


def find_again(hand: Any, word: str, number: str) -> None:
    """By two characters of its text, in the ledger."""
    hand.to("信访事项")
    filters = hand.page.locator("#filters")
    hand.write(filters.get_by_role("searchbox"), word)
    hand.push(filters.get_by_role("button", name="查询"))
    expect(hand.page.get_by_role("link", name=number)).to_be_visible()
    assert word not in hand.page.url


def exported(hand: Any, subject: str, folder: Path) -> None:
    """The ledger as it is shown, as a sheet."""
    with hand.page.expect_download() as download:
        hand.push(hand.page.get_by_role("button", name="导出 Excel"))
    sheet = folder / "ledger.xlsx"
    download.value.save_as(sheet)
    rows = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    assert [row for row in rows if subject in row]


@pytest.mark.parametrize(
    ("hand", "register", "subject"),
    [
        pytest.param(Mouse, by_mouse, "楼顶漏雨三年无人维修", id="mouse"),
        pytest.param(Keyboard, by_keyboard, "菜场夜间噪声扰民", id="keyboard"),
    ],
)
def test_a_petition_from_registration_to_sign_off(
    open_page: Open, demo: Office, tmp_path: Path, hand: Hand, register: Callable[..., None], subject: str
):
    office = hand(open_page()).sign_in("office")
    register(office, subject, f"{subject}，多次反映没有结果，请求派人查看并书面答复。")
    number = number_on(office.page)
    demo.catch_up()
    case = demo.case(subject)
    address = f"/console/petitions/{case}"

    office.page.goto(address)
    office.act("transfer", {"to_unit": "unit-a"})

    clerk = hand(open_page()).sign_in("unit-a-clerk")
    clerk.page.goto(address)
    clerk.act("accept")
    clerk.act("request-extension", {"days": "15", "reason": "需要专业机构检测"})

    leader = hand(open_page()).sign_in("leader")
    leader.page.goto(address)
    leader.act("grant-extension")

    clerk.page.goto(address)
    clerk.act("reply", {"result": "support", "text": "经查属实，已安排维修，本月底完工。"})
    issued(clerk, "处理意见书")
    clerk.act("serve", {"notice": "opinion", "method": "post"})

    office.page.goto(address)
    office.act("sign-off", {"reason": "办理到位，信访人没有异议。"})
    expect(office.page.locator(".case-line .stage")).to_have_text("已办结")

    demo.catch_up()
    find_again(office, subject[:2], number)
    exported(office, subject, tmp_path)

    assert demo.events(case) == EVENTS
    petition = demo.services.casework.petition(case)
    assert petition is not None
    assert (petition.number, petition.extension_days) == (number, 15)
