"""信访人 (A19): on a telephone, with what stands on the receipt and nothing else."""

import pytest
from playwright.sync_api import Page, expect

from api import progress_shapes
from api.case_reading import in_full
from tests.console.browser.conftest import DESKTOP, PHONE, Open
from tests.console.browser.office import Office


@pytest.fixture(scope="module")
def subject(demo: Office) -> str:
    """The subject of a petition that may be rated today."""
    rows = demo.rows("SELECT case_id, subject FROM ledger WHERE kind = 'petition' ORDER BY number")
    seen = [(row["subject"], in_full(demo.services, row["case_id"], demo.clock())) for row in rows]
    return next(subject for subject, one in seen if progress_shapes.ratings(one)["open"])


def test_a19_a_citizen_looks_up_and_rates(open_page: Open, demo: Office, subject: str):
    number, code = demo.receipt(subject)
    page = open_page(viewport=PHONE, has_touch=True)
    page.goto("/progress")
    page.get_by_label("信访编号").fill(number.lower())
    page.get_by_label("查询码").fill(code.lower())
    page.get_by_role("button", name="查询", exact=True).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    assert page.url == f"{demo.address}/progress"
    expect(page.locator("ol.steps > li strong").first).to_have_text("已登记")
    page.get_by_role("group", name="责任单位（办理、答复）").get_by_label("基本满意").check()
    page.get_by_role("group", name="信访工作机构（接待、登记、受理）").get_by_label(
        "满意", exact=False
    ).first.check()
    page.get_by_label("您的意见（可以不填）").fill("答复清楚，时间稍长。")
    page.get_by_role("button", name="提交评价").tap()
    expect(page.get_by_role("status")).to_have_text("评价已经提交，谢谢您。")
    assert number not in page.url
    assert demo.events(demo.case(subject))[-2:] == ["Rated", "Rated"]


def test_a19_a_wrong_code_is_told_kindly(open_page: Open, demo: Office, subject: str):
    number, _ = demo.receipt(subject)
    page = open_page(viewport=PHONE)
    page.goto("/progress")
    page.get_by_label("信访编号").fill(number)
    page.get_by_label("查询码").fill("AAAAAAAAAA")
    page.watch.expect_refusal()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("编号或者查询码不正确，请核对后再试。")


def test_a19_large_letters_by_one_touch_and_without_script(open_page: Open, demo: Office, subject: str):
    number, code = demo.receipt(subject)
    page = open_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/progress")
    page.get_by_label("信访编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询", exact=True).click()
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html.large")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    page.get_by_role("button", name="标准字号").click()
    expect(page.locator("html.large")).to_have_count(0)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a19_every_target_is_large_enough_for_a_thumb(
    open_page: Open, demo: Office, subject: str, viewport: dict[str, int]
):
    number, code = demo.receipt(subject)
    page = open_page(viewport=viewport)
    page.goto("/progress")
    small = too_small(page)
    page.get_by_label("信访编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    page.wait_for_load_state("load")  # the style sheet gives everything its size
    assert small + too_small(page) == []


TOO_SMALL = """() => {
  const targets = "button, input:not([type=hidden], [type=radio]), label.score, textarea, footer a, .size a";
  const low = one => one.getBoundingClientRect().height < 44;
  return [...document.querySelectorAll(targets)].filter(low).map(one => one.outerHTML.slice(0, 80));
}"""


def too_small(page: Page) -> list[str]:
    """Controls less than 44 pixels high; a radio button's label is its target."""
    found: list[str] = page.evaluate(TOO_SMALL)
    return found
