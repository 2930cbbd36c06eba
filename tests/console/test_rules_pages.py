"""Rule books, the calculator and calendars on pages: everybody reads, the administrator enters after seeing what moves."""

import json
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from api.console import day_ranges, previews, rule_words
from domain.errors import Invalid
from domain.rules.rows import ANSWERABLE, CONDITIONS, KINDS, MOMENTS, SCOPES, UNITS
from tests.api.cases import registered
from tests.api.conftest import Town
from tests.api.town import NAMES
from tests.console.pages import Page, Pages, nobody

Open = Callable[[str], Pages]
HOME = "/console/rules"
BOOK = f"{HOME}/books/petition-2022"
YEARS = f"{HOME}/calendars"
READ = (HOME, f"{HOME}/calculator", BOOK, f"{YEARS}/2026")


@pytest.mark.parametrize("address", READ)
def test_nobody_signed_out_reads_them(town: Town, address: str):
    assert nobody(town.client).get(address).goes_to.startswith("/console/sign-in")


@pytest.mark.parametrize("name", NAMES)
def test_everybody_signed_in_reads_and_only_the_administrator_enters(town_pages: Open, name: str):
    browser, status = town_pages(name), 200 if name == "admin" else 403
    assert [browser.get(one).status for one in READ] == [200] * 4
    assert browser.get(f"{BOOK}/new").status == status
    assert bool(browser.get(f"{YEARS}/2026").all("//details")) == (name == "admin")
    if name != "admin":
        for address in (f"{BOOK}/preview", f"{BOOK}/versions", f"{YEARS}/2026", f"{YEARS}/2026/preview"):
            assert browser.post(address, {"text": "{}"}).status == 403, address


def test_every_word_of_a_rule_book_has_a_chinese_one():
    words = tomllib.loads((Path(rule_words.__file__).with_suffix(".toml")).read_text("utf-8"))
    assert words["moments"].keys() >= MOMENTS
    assert set(ANSWERABLE) <= words["answerable"].keys()
    assert set(SCOPES) <= words["scope"].keys()
    assert set(CONDITIONS) <= words["only"].keys()
    assert set(KINDS) <= words["kinds"].keys()
    assert set(UNITS) - {"date"} <= words["units"].keys()


def test_a_book_is_shown_in_words(town_pages: Open):
    text = town_pages("office").get(BOOK).text
    for said in (
        "60日（末日逢休息日顺延）",
        "自按普通程序受理",
        "至多30日",
        "《信访工作条例》第三十四条",
        "适用于今日",
    ):
        assert said in text, said
    assert town_pages("office").get(f"{HOME}/books/none").status == 404


def test_the_calculator_explains_the_date(town_pages: Open):
    page = town_pages("unit-a-clerk").get(
        f"{HOME}/calculator", params={"clock": "petition-2022/finish", "started_on": "2026-08-05"}
    )
    assert ("2026-10-08" in page.text, "2026-10-04" in page.text) == (True, True)
    assert len(page.all("//ol[@class='steps']/li")) >= 2
    wrong = town_pages("office").get(
        f"{HOME}/calculator", params={"clock": "petition-2022/none", "started_on": "2026-08-05"}
    )
    assert (wrong.status, "没有这个时限" in wrong.text) == (422, True)
    assert town_pages("office").get(f"{HOME}/calculator?clock=x&started_on=x").status == 422


def test_a_year_without_a_decree_is_provisional(town_pages: Open):
    assert "暂定" in town_pages("office").get(f"{YEARS}/2027").text
    page = town_pages("office").get(f"{YEARS}/2026")
    assert page.all("//td[@class='work']/text()")[0] == "4"
    assert "班 元旦" in page.text
    assert len(page.all("//table[@class='month']")) == 12
    assert town_pages("office").get(YEARS).goes_to == f"{YEARS}/2026"
    assert town_pages("office").get(f"{YEARS}/1800").status == 422


CHANGES = "/console/rules/changes"
DECREE = {
    "source": "《国务院办公厅关于2027年部分节假日安排的通知》",
    "published_at": "2026-03-01",
    "off": "1月1日至3日\n2027-02-05 至 2027-02-11、10月1日至7日",
    "work": "2027-02-14",
}


def entered(admin: Pages, **changed: str) -> Page:
    form = admin.get(f"{YEARS}/2027").form(f"{YEARS}/2027/preview")
    return admin.post(f"{YEARS}/2027/preview", form | DECREE | changed)


def test_a_decree_is_looked_at_and_then_entered(pages: Open, sign_in, catch_up):
    catch_up()
    admin = pages("admin")
    shown = entered(admin)
    assert (shown.status, "均不变动" in shown.text) == (200, True)
    assert "暂定" in admin.get(f"{YEARS}/2027").text, "a preview enters nothing"
    kept = shown.form(f"{YEARS}/2027")
    back = admin.post(f"{YEARS}/2027/edit", shown.form(f"{YEARS}/2027/edit"))
    assert back.form(f"{YEARS}/2027/preview")["source"] == DECREE["source"]
    assert admin.post(f"{YEARS}/2027", kept).goes_to == f"{CHANGES}/1"
    page = admin.get(f"{YEARS}/2027")
    assert ("已公布" in page.text, DECREE["source"] in page.text) == (True, True)
    assert admin.post(f"{YEARS}/2027", kept).goes_to == f"{CHANGES}/1", "a double click enters it once"
    assert entered(admin).status == 422


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"off": "国庆节"}, "无法识别"),
        ({"off": "2月30日"}, "没有这一天"),
        ({"off": "2026-10-01"}, "不在2027年内"),
        ({"work": "2027-02-15"}, "不是星期六"),
        ({"source": ""}, "来源"),
        ({"published_at": "2026-12-01"}, "公布时间晚于现在"),
        ({"published_at": ""}, "应为带时区的时刻"),
    ],
)
def test_a_wrong_decree_is_told_and_kept(town_pages: Open, changed: dict[str, str], says: str):
    page = entered(town_pages("admin"), **changed)
    assert (page.status, says in page.text) == (422, True)
    assert page.form(f"{YEARS}/2027/preview")["off"].split() == (DECREE | changed)["off"].split()


def test_a_changed_year_moves_open_cases_page_by_page(pages: Open, sign_in, catch_up, monkeypatch):
    monkeypatch.setattr(previews, "PER_PAGE", 2)
    office = sign_in("office")
    cases = [registered(office) for _ in range(3)]
    numbers = [office.get(f"/v1/petitions/{case}").json()["number"] for case in cases]
    catch_up()
    admin = pages("admin")
    form = admin.get(f"{YEARS}/2026").form(f"{YEARS}/2026/preview")
    changed = form | {"source": "更正通知", "published_at": "2026-03-01"}
    changed["off"] += "\n2026-03-17"
    shown = admin.post(f"{YEARS}/2026/preview", changed)
    assert "3 件" in shown.text
    assert "2026-03-18" in shown.text
    assert "推后 1 天" in shown.text
    seen = shown.all("//tbody[tr/td/@class='day']/tr/td[1]/text()")
    following = shown.all(f"//form[@action='{YEARS}/2026/preview']")[-1]
    further = admin.post(f"{YEARS}/2026/preview", dict(following.form_values()))
    seen += further.all("//tbody[tr/td/@class='day']/tr/td[1]/text()")
    assert set(numbers) == set(seen)
    assert "（续）" in further.text


def test_a_new_version_by_fields(pages: Open, sign_in, catch_up):
    registered(sign_in("office"))
    catch_up()
    admin = pages("admin")
    form = admin.get(f"{BOOK}/new").all(f"//form[@action='{BOOK}/preview']")[0].form_values()
    changed = dict(form) | {
        "version": "2",
        "source": "修订决定",
        "published_at": "2026-02-01",
        "in_force_from": "2026-03-01",
        "running_clocks_move": "true",
        "length-route": "10",
    }
    refused = admin.post(f"{BOOK}/preview", changed | {"length-route": "x"})
    assert (refused.status, "期限应为正整数" in refused.text) == (422, True)
    shown = admin.post(f"{BOOK}/preview", changed)
    assert shown.status == 200, shown.text
    assert "提前" in shown.text
    assert '"version": "2"' in admin.post(f"{BOOK}/edit", shown.form(f"{BOOK}/edit")).one("//textarea").text
    assert admin.post(f"{BOOK}/versions", shown.form(f"{BOOK}/versions")).goes_to == f"{CHANGES}/1"
    assert "10日" in admin.get(BOOK).text


def test_a_new_version_by_text_and_the_line_of_its_fault(town_pages: Open):
    admin = town_pages("admin")
    text = admin.get(f"{BOOK}/new").one("//textarea").text
    broken = admin.post(f"{BOOK}/preview", {"way": "text", "text": text.replace('"title":', '"title"', 1)})
    line = text[: text.index('"title":')].count("\n") + 1
    assert (broken.status, f"第{line}行" in broken.text) == (422, True)
    toml = admin.post(
        f"{BOOK}/preview", {"way": "text", "text": 'id = "petition-2022"\nversion = \ntitle = 1'}
    )
    assert (toml.status, "第2行" in toml.text) == (422, True)
    table = json.loads(text) | {
        "version": "9",
        "published_at": "2026-02-01T00:00:00+08:00",
        "in_force_from": "2026-03-01",
    }
    table["clocks"][0]["starts"] = ["nonsense"]
    named = admin.post(f"{BOOK}/preview", {"way": "text", "text": json.dumps(table, ensure_ascii=False)})
    assert (named.status, "nonsense" in named.text or "starts" in named.text) == (422, True)
    other = admin.post(f"{BOOK}/preview", {"way": "text", "text": '{"id": "other"}'})
    assert other.status == 422


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("10月1日至3日", ["2027-10-01", "2027-10-02", "2027-10-03"]),
        ("2027-12-31", ["2027-12-31"]),
        ("2027年1月1日（星期五）", ["2027-01-01"]),
        ("1.30～2.1", ["2027-01-30", "2027-01-31", "2027-02-01"]),
        ("", []),
    ],
)
def test_days_as_a_decree_writes_them(text: str, days: list[str]):
    found = day_ranges.read(text, 2027, "放假日期")
    assert [str(one) for one in found] == days
    assert day_ranges.read(day_ranges.write(found), 2027, "放假日期") == found


@pytest.mark.parametrize("text", ["3日", "13月1日", "10月7日至1日", "1月1日至12月31日", "x"])
def test_days_that_are_none(text: str):
    with pytest.raises(Invalid) as refused:
        day_ranges.read(text, 2027, "放假日期")
    assert "放假日期" in refused.value.message


def test_a_run_of_days_is_written_as_one():
    assert day_ranges.write([date(2027, 1, 2), date(2027, 1, 1), date(2027, 1, 5)]) == (
        "2027-01-01 至 2027-01-02\n2027-01-05"
    )
