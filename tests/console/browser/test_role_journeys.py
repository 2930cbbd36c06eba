"""一人一程: each of the other roles does its own job with nothing but the pages, ending in what was recorded."""

import re

from playwright.sync_api import expect

from tests.console.browser.acting import Mouse
from tests.console.browser.conftest import Open
from tests.console.browser.office import Office
from tests.console.browser.places import ANSWERED, HANDLED


def test_a_unit_clerk_reports_on_a_case_from_the_desk(open_page: Open, demo: Office):
    clerk = Mouse(open_page()).sign_in("unit-a-clerk")
    clerk.to("信访事项")
    clerk.write(clerk.page.locator("#filters").get_by_role("searchbox"), HANDLED[:3])
    clerk.page.locator("#filters").get_by_role("button", name="查询").click()
    clerk.page.get_by_role("link", name=demo.number_of(HANDLED)).click()
    clerk.act("report", {"text": "过渡费台账已核对完毕，本周内补发。"})
    case = demo.case(HANDLED)
    assert demo.events(case)[-1] == "Reported"
    [*_, last] = demo.services.casework.history(case)
    assert (last.fact.by, last.fact.unit) == ("unit-a-clerk", "unit-a")


def test_a_leader_writes_an_instruction(open_page: Open, demo: Office):
    leader = Mouse(open_page()).sign_in("leader")
    leader.page.goto(f"/console/petitions/{demo.case(HANDLED)}")
    leader.act("instruct", {"text": "请住建局会同财政局研究，月底前报结果。"})
    assert "Instructed" in demo.events(demo.case(HANDLED))


def test_an_inspector_opens_a_supervision_item(open_page: Open, demo: Office):
    inspector = Mouse(open_page()).sign_in("inspector")
    inspector.to("督查事项")
    inspector.page.get_by_role("main").get_by_role("link", name="立项", exact=True).click()
    form = inspector.page.locator("main form").filter(has=inspector.page.get_by_label("事项名称"))
    inspector.fill(form, "事项名称", "老旧小区消防通道整治")
    category = form.get_by_label(re.compile("^来源类别"))
    if category.evaluate("one => one.tagName") == "SELECT":
        category.select_option(index=1)
    else:
        inspector.write(category, "领导交办")
    inspector.fill(form, "来源说明", "区政府第12次常务会议")
    inspector.fill(form, "工作要求", "逐小区排查，占用通道的限期清理。")
    inspector.fill(form, "办结期限", "2026-12-25")
    form.get_by_role("button", name="立项").click()
    expect(inspector.page.get_by_role("heading", level=1)).to_have_text("老旧小区消防通道整治")
    demo.catch_up()
    assert demo.events(demo.case("老旧小区消防通道整治"))[0] == "Opened"


def test_an_auditor_reads_everything_and_changes_nothing(open_page: Open, demo: Office):
    auditor = Mouse(open_page()).sign_in("auditor")
    case = demo.case(ANSWERED)
    before = demo.events(case)
    auditor.page.goto(f"/console/petitions/{case}")
    expect(auditor.page.get_by_role("heading", name="办理经过")).to_be_visible()
    expect(auditor.page.locator("ul.acts")).to_have_count(0)
    auditor.page.get_by_role("textbox", name="查阅理由").fill("核对答复是否按期送达")
    auditor.page.get_by_role("button", name="说明理由").click()
    auditor.page.get_by_role("button", name="查看完整信息").click()
    expect(auditor.page.get_by_role("heading", name="完整信息")).to_be_visible()
    demo.catch_up()
    read = demo.rows(
        "SELECT officer, what FROM readings WHERE case_id = %s ORDER BY position DESC LIMIT 1", case
    )
    assert read == [{"officer": "auditor", "what": "petitioners"}]
    assert demo.events(case) == before


def test_an_administrator_enters_the_holidays_of_a_year_after_seeing_what_moves(
    open_page: Open, demo: Office
):
    admin = Mouse(open_page()).sign_in("admin")
    page = admin.page
    admin.to("规则日历")
    page.goto("/console/rules/calendars/2027")
    expect(page.get_by_role("heading", level=1)).to_contain_text("暂定")
    form = page.locator("form[action$='/preview']")
    expect(form).to_be_attached()
    if not form.is_visible():
        page.get_by_text("录入2027年放假安排").click()
    admin.fill(form, "来源", "演示用通知（办发〔2026〕1号）")
    admin.fill(form, "公布日期", "2026-11-19")
    admin.fill(form, "放假日期", "1月1日至3日\n2月5日至11日\n10月1日至7日")
    admin.fill(form, "调休上班日", "2月13日")
    form.get_by_role("button", name="试算").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2027年放假安排试算")
    before = demo.rows("SELECT count(*) AS n FROM deadlines WHERE provisional")[0]["n"]
    page.get_by_role("button", name="确认录入").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("2027年放假安排调整的期限")
    demo.catch_up()
    assert demo.rows("SELECT count(*) AS n FROM deadlines WHERE provisional")[0]["n"] <= before
    decrees = [one for one in demo.services.casework.rulebase().decrees if one.year == 2027]
    assert [one.source for one in decrees] == ["演示用通知（办发〔2026〕1号）"]
