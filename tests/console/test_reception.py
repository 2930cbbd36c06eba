"""接访值班各页: the counter, the rota, the duty log and the ledger, as the clerk at the counter uses them."""

from collections.abc import Callable

import pytest

from projections import runner
from tests.api.caller import Caller
from tests.console.conftest import Town
from tests.console.pages import Pages, nobody
from tests.traces import noted

ADDRESS = "/console/reception"
PLACES = (ADDRESS, f"{ADDRESS}/rota", f"{ADDRESS}/shifts", f"{ADDRESS}/log")
Opens = Callable[[str], Pages]
VISIT = {
    "form": "visit",
    "visitors.0.name": "王秀英",
    "visitors.0.phone": "13800001234",
    "content": "反映楼道照明损坏",
    "result": "unsettled",
}
ENTRY = {
    "entries.0.on": "2099-03-16",
    "entries.0.from_time": "08:30",
    "entries.0.to_time": "11:30",
    "entries.0.place": "一号接待室",
    "entries.0.post": "分管副县长",
    "entries.0.officer": "leader",
}


def catch_up(town: Town) -> None:
    """The read models as they stand after all that was recorded."""
    runner.catch_up(town.services.database, town.services.casework)


def logged(pages: Pages, once: str, **given: str) -> str:
    """The address of a new record."""
    sent = pages.post(ADDRESS, VISIT | {"once": once} | given)
    assert sent.goes_to == ADDRESS, sent.text
    note = pages.get(ADDRESS).text
    return note[note.index("已登记 ") + 4 :].split("。")[0]


@pytest.mark.parametrize("place", PLACES)
def test_a10_every_page_asks_who_is_there(client: Caller, place: str) -> None:
    assert "/console/sign-in" in (nobody(client).get(place).goes_to or "")


@pytest.mark.parametrize("who", ["office", "unit-a-clerk", "leader", "auditor"])
@pytest.mark.parametrize("place", PLACES)
def test_a10_every_page_opens_with_one_heading(town_pages: Opens, who: str, place: str) -> None:
    page = town_pages(who).get(place)
    assert page.status == 200
    assert len(page.all("//h1")) == 1


def test_a10_a_visit_is_logged_in_one_go_and_only_once(town_pages: Opens) -> None:
    office = town_pages("office")
    number = logged(office, "first-visit")
    assert number.startswith("JF-")
    again = office.post(ADDRESS, VISIT | {"once": "first-visit"})
    assert again.goes_to == ADDRESS
    assert number in office.get(ADDRESS).text


def test_a10_what_is_missing_is_said_and_what_was_typed_stays(town_pages: Opens) -> None:
    office = town_pages("office")
    page = office.post(ADDRESS, VISIT | {"once": "no-date", "result": "promised"})
    assert page.status == 422
    assert "应当写明答复日期" in page.text
    assert page.one("//input[@name='visitors.0.name']").get("value") == "王秀英"
    blank = office.post(ADDRESS, {"once": "blank", "form": "visit", "result": "unsettled"})
    assert blank.status == 422
    assert "反映内容" in blank.one("//*[@id='form-faults']").text_content()


def test_a10_who_has_no_part_in_cases_sees_no_form(town_pages: Opens) -> None:
    assert not town_pages("auditor").get(ADDRESS).all("//form[@id='log']")


def test_a11_what_is_handed_over_waits_on_the_counter_of_the_named_officer(
    town: Town, town_pages: Opens
) -> None:
    office, named = town_pages("office"), town_pages("unit-a-clerk")
    number = logged(office, "to-hand-over", content="反映工伤待遇核定有误")
    catch_up(town)
    link = office.get(ADDRESS).one(f"//a[text()='{number}']").get("href")
    assert named.get(link).status == 404
    form = office.get(f"{link}/acts/hand-over")
    fields = form.form(f"{link}/acts/hand-over") | {"officer": "unit-a-clerk", "text": "请查阅档案"}
    assert office.post(f"{link}/acts/hand-over", fields).status in {200, 204, 303}
    catch_up(town)
    assert number in named.get(ADDRESS).one("//section[@aria-labelledby='waiting-title']").text_content()
    assert number not in office.get(ADDRESS).one("//section[@aria-labelledby='waiting-title']").text_content()
    confirm = named.get(f"{link}/acts/confirm-hand-over")
    named.post(f"{link}/acts/confirm-hand-over", confirm.form(f"{link}/acts/confirm-hand-over"))
    catch_up(town)
    assert number not in named.get(ADDRESS).one("//section[@aria-labelledby='waiting-title']").text_content()


def readings_of(town: Town) -> list[str]:
    return [row["what"] for row in noted(town.services)]


def test_a10_a_petition_is_registered_from_the_record_and_the_reading_is_kept(
    town: Town, town_pages: Opens
) -> None:
    office = town_pages("office")
    number = logged(office, "to-register", content="反映拖欠工资")
    catch_up(town)
    link = office.get(ADDRESS).one(f"//a[text()='{number}']").get("href")
    assert office.get(f"{link}/register").goes_to == link
    assert readings_of(town) == []
    assert office.get(link).all(f"//form[@action='{link}/register' and @method='post']//button")
    page = office.post(f"{link}/register")
    assert page.status == 200
    assert len(readings_of(town)) == 1
    assert page.one("//input[@name='petitioners.0.name']").get("value") == "王秀英"
    fields = page.form("/console/register") | {"category": "appeal"}
    done = office.post("/console/register", fields)
    assert "已记入接访登记。" in done.text
    registered = done.all("//article[contains(@class, 'receipt')]//dd/strong")[0].text_content()
    catch_up(town)
    assert registered in office.get(link).text
    again = office.post("/console/register", fields)
    assert registered in again.text, "sent twice it is done once"
    assert town_pages("leader").post(f"{link}/register").status == 403
    assert town_pages("unit-b-clerk").post(f"{link}/register").status == 404


def test_a10_the_office_publishes_and_amends_the_rota(town_pages: Opens, client: Caller) -> None:
    office = town_pages("office")
    rota = f"{ADDRESS}/rota"
    bad = office.post(rota, ENTRY | {"once": "bad", "entries.0.from_time": "8点"})
    assert bad.status == 422
    assert "08:30" in bad.one("//*[@id='form-faults']").text_content()
    assert office.post(rota, ENTRY | {"once": "rota"}).goes_to == rota
    page = office.get(f"{rota}?from=2099-03-01")
    [entry] = page.all("//td/a[text()='已公布']/@href")
    changed = {"once": "amend", "reason": "会议冲突", "place": "二号接待室"}
    assert office.post(entry, changed).goes_to == rota
    assert "会议冲突" in office.get(entry).text
    assert "二号接待室" in office.get(f"{rota}?from=2099-03-01").text
    head = town_pages("unit-a-head")
    assert not head.get(f"{rota}?from=2099-03-01").all(
        "//form[@method='post'][@action='/console/reception/rota']"
    )
    assert head.post(rota, ENTRY | {"once": "not-mine"}).status == 403
    assert office.get(f"{rota}/nothing").status == 404


def test_a10_a_shift_is_handed_over_before_it_is_closed(town: Town, town_pages: Opens) -> None:
    office, named = town_pages("office"), town_pages("unit-a-clerk")
    shifts = f"{ADDRESS}/shifts"
    today = town.clock.now.date().isoformat()
    given = {"once": "shift", "on": today, "from_time": "08:30", "to_time": "17:30", "officers": "office"}
    assert office.post(shifts, given).goes_to == shifts
    link = office.get(shifts).all("//tbody//th/a/@href")[0]
    number = logged(office, "on-shift", form="duty", shift=link.rpartition("/")[2])
    assert office.post(f"{link}/note", {"once": "n", "text": "上级来电"}).goes_to == link
    page = office.get(link)
    assert "上级来电" in page.text
    assert "不能交班" in page.text
    assert office.post(f"{link}/close", {"once": "c"}).status == 422
    matter = page.one("//input[@name='matter']").get("value")
    assert (
        office.post(f"{link}/hand-over", {"once": "h", "officer": "unit-a-clerk", "text": "请接"}).status
        == 422
    )
    sent = {"once": "h", "matter": matter, "officer": "unit-a-clerk", "text": "请接续"}
    assert office.post(f"{link}/hand-over", sent).goes_to == link
    confirm = f"{ADDRESS}/{matter}/acts/confirm-hand-over"
    named.post(confirm, named.get(confirm).form(confirm))
    assert office.post(f"{link}/close", {"once": "c2"}).goes_to == link
    assert number in office.get(link).text
    assert named.get(link).status == 404


def test_a10_the_ledger_is_filtered_and_words_are_sent_not_put_in_an_address(
    town: Town, town_pages: Opens
) -> None:
    office = town_pages("office")
    logged(office, "ledger", content="反映夜间施工噪声")
    catch_up(town)
    log = f"{ADDRESS}/log"
    found = office.post(log, {"q": "噪声"})
    assert "夜间施工噪声" in found.text
    assert "噪声" not in office.get(log, params={"q": "查无此词"}).one("//input[@name='q']").get("value", "")
    assert "没有符合条件的记录" in office.post(log, {"q": "查无此词"}).text
    assert "夜间施工噪声" not in office.get(f"{log}?form=outreach").text
    assert "夜间施工噪声" in office.get(f"{log}?form=bogus").text


def test_a10_the_public_page_needs_no_session(client: Caller) -> None:
    page = nobody(client).get("/reception")
    assert page.status == 200
    assert len(page.all("//h1")) == 1
    assert page.all("//a[@href='/progress']")
