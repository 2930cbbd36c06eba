"""The auditor's page of who looked at what, and how a reason is stated at a case's page (A13)."""

from collections.abc import Callable

from projections import runner
from tests.api.conftest import Town
from tests.api.lives import TRANSFERRED
from tests.console.pages import Pages
from tests.traces import WHY

Open = Callable[[str], Pages]
HERE = "/console/readings"


def catch_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)


def page_of(case: str) -> str:
    return f"/console/petitions/{case}"


def test_a13_who_oversees_states_a_reason_and_is_shown_the_names(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    auditor = town_pages("auditor")
    page = auditor.get(page_of(case))
    assert page.all(f"//form[@action='{page_of(case)}/petitioners']") == []
    assert "审计监督" in page.text
    assert auditor.post(f"{page_of(case)}/petitioners").status == 403
    assert auditor.post(f"{page_of(case)}/reason", {"reason": "查"}).status == 422
    sent = auditor.post(f"{page_of(case)}/reason", page.form(f"{page_of(case)}/reason") | {"reason": WHY})
    assert sent.goes_to == page_of(case)
    opened = auditor.get(page_of(case))
    assert "查阅理由已记录" in opened.text
    assert opened.all(f"//form[@action='{page_of(case)}/reason']") == []
    assert "王秀兰" in auditor.post(f"{page_of(case)}/petitioners").text


def test_a13_who_handles_it_is_asked_for_no_reason(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    for who in ("office", "unit-a-clerk", "inspector"):
        assert town_pages(who).get(page_of(case)).all(f"//form[@action='{page_of(case)}/reason']") == []


def test_a13_the_auditors_page_lists_narrows_counts_and_exports(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    number = town.walker.as_("office").get(f"/v1/petitions/{case}").json()["number"]
    for _ in range(12):
        town.walker.as_("unit-a-clerk").get(f"/v1/petitions/{case}/petitioners")
    town.walker.as_("unit-a-head").get(f"/v1/petitions/{case}/petitioners")
    catch_up(town)
    auditor = town_pages("auditor")
    found = auditor.get(f"{HERE}?number={number}")
    assert len(found.all("//table[@class='reading-list']/tbody/tr")) == 13
    assert "明显偏多" in found.one("//tr[@class='stands-out']").text_content()
    assert found.all("//a[contains(@href, '/proof')]")
    head = auditor.get(f"{HERE}?number={number}&officer=unit-a-head")
    assert len(head.all("//table[@class='reading-list']/tbody/tr")) == 1
    assert "没有符合条件的记录" in auditor.get(f"{HERE}?number={number}&read_to=2020-01-01").text
    assert auditor.get(f"{HERE}?number={number}&read_from=nonsense").status == 200
    sheet = auditor.get(f"{HERE}/export?number={number}")
    assert (sheet.status, sheet.answer.content[:2]) == (200, b"PK")
    own = auditor.get(page_of(case)).one("//section[@aria-labelledby='case-readings-title']")
    assert "13 次" in own.text_content()


def test_a13_nobody_else_has_the_page_or_the_cases_list(town: Town, town_pages: Open) -> None:
    case = town.walker.walk(TRANSFERRED)
    for who in ("office", "leader", "inspector", "admin", "unit-a-head"):
        browser = town_pages(who)
        assert browser.get(HERE).status == 403
        assert browser.get(f"{HERE}/export").status == 403
        assert not [one for one in browser.get("/console").all("//nav//a/@href") if one == HERE]
    assert "case-readings-title" not in town_pages("office").get(page_of(case)).answer.text
