"""Ledgers as files: the rows that the list has for the same officer and filters, and nothing typed becomes a formula."""

import csv
from collections.abc import Callable
from datetime import date
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
from python_calamine import CalamineWorkbook

from api import sheets
from api.ledgers import LEDGERS
from projections import ledger_list
from tests.api.caller import Caller
from tests.api.cases import accusation, done, registered

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
URL = "/v1/exports"
SLUGS = tuple(LEDGERS)


def sheet(client: Caller, path: str, **filters: str) -> tuple[str, list[dict[str, object]]]:
    """The title and the rows of an export, by the names of the columns."""
    answer = client.get(f"{URL}/{path}.xlsx", params=filters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == sheets.XLSX
    [first] = CalamineWorkbook.from_filelike(BytesIO(answer.content)).sheet_names
    lines = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_name(first).to_python()
    return str(lines[0][0]), [dict(zip(map(str, lines[1]), line, strict=True)) for line in lines[2:]]


def plain(client: Caller, path: str, **filters: str) -> list[dict[str, str]]:
    """The rows of a CSV export."""
    answer = client.get(f"{URL}/{path}.csv", params=filters)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith("\ufeff".encode())
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
@pytest.mark.parametrize("slug", SLUGS)
def test_every_ledger_is_handed_out_under_the_name_of_the_office(
    sign_in: SignIn, client: Caller, slug: str, ending: str
) -> None:
    assert client.get(f"{URL}/{slug}.{ending}").status_code == 401
    answer = sign_in("office").get(f"{URL}/{slug}.{ending}")
    assert answer.status_code == 200, answer.text
    name = unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2])
    assert name == f"清江区信访局{LEDGERS[slug].title}_20260302.{ending}"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["petition.xlsx", "petitions.pdf", "petitions.xls", "petitions", "..xlsx"])
def test_an_unknown_ledger_or_format_is_not_found(sign_in: SignIn, path: str) -> None:
    assert sign_in("office").get(f"{URL}/{path}").status_code == 404


def test_a_sheet_tells_what_the_list_tells_with_days_as_days_and_names_masked(
    sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    case = registered(office, subject="反映供暖温度不达标", petitioners=[{"name": "欧阳长风"}])
    done(office, case, "transfer", to_unit="unit-a")
    catch_up()
    title, [row] = sheet(office, "petitions")
    [listed] = office.get("/v1/petitions").json()["items"]
    assert title == "清江区信访局信访事项台账（2026-03-02 10:00 导出）"
    assert (row["编号"], row["内容摘要"]) == (listed["number"], "反映供暖温度不达标")
    assert row["信访人（遮盖）"] == "欧*"
    assert row["收到日期"] == date.fromisoformat(listed["received_on"])
    assert row["最近期限"] == date.fromisoformat(listed["next_due_on"])
    assert (row["责任单位"], row["状态灯"]) == ("清江区住房和城乡建设局", sheets.LIGHTS[listed["light"]])
    assert "欧阳" not in str(row)
    [same] = plain(office, "petitions")
    assert same["最近期限"] == listed["next_due_on"]


@pytest.mark.parametrize(
    "typed", ["=1+1", '=HYPERLINK("http://x")', "+86", "-1", "@SUM(A1)", "http://x.test"]
)
def test_what_was_typed_stays_text(sign_in: SignIn, catch_up: CatchUp, typed: str) -> None:
    office = sign_in("office")
    registered(office, subject=typed)
    catch_up()
    _, [row] = sheet(office, "petitions")
    assert row["内容摘要"] == typed
    [line] = plain(office, "petitions")
    assert line["内容摘要"].removeprefix("'") == typed
    assert not line["内容摘要"].startswith(("=", "+", "-", "@"))


def test_filters_are_those_of_the_list(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    registered(office, subject="反映供暖", channel="visit")
    registered(office, subject="反映噪声", content="夜间施工扰民。")
    catch_up()
    for filters in ({"channel": "visit"}, {"q": "扰民"}, {"q": "没有"}, {"state": "open"}):
        listed = [one["number"] for one in office.get("/v1/petitions", params=filters).json()["items"]]
        assert [row["编号"] for row in sheet(office, "petitions", **filters)[1]] == listed
    assert office.get(f"{URL}/petitions.xlsx", params={"channel": "pigeon"}).status_code == 422


def test_c1_a_list_says_where_it_stopped_counting_and_a_file_has_them_all(
    sign_in: SignIn, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: `total_is_exact` is false beyond what a page counts; nothing is left out for that."""
    office = sign_in("office")
    subjects = [f"反映噪声{one}" for one in range(4)]
    for subject in subjects:
        registered(office, subject=subject)
    catch_up()
    monkeypatch.setattr(ledger_list, "COUNTED", 3)
    page = office.get("/v1/petitions", params={"limit": 1}).json()
    assert (page["total"], page["total_is_exact"], len(page["items"])) == (3, False, 1)
    some = office.get("/v1/petitions", params={"limit": 1, "q": "噪声2"}).json()
    assert (some["total"], some["total_is_exact"]) == (1, True)
    assert sorted(str(row["内容摘要"]) for row in plain(office, "petitions")) == subjects


def test_an_export_has_what_its_officer_may_see(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    with_a = registered(office)
    done(office, with_a, "transfer", to_unit="unit-a")
    hidden = accusation(office, unit="unit-a")
    catch_up()
    numbers = {one["id"]: one["number"] for one in office.get("/v1/petitions").json()["items"]}
    seen = {"office": {with_a, hidden}, "unit-a-head": {with_a}, "unit-b-head": set(), "admin": set()}
    for officer, cases in seen.items():
        found = {row["编号"] for row in plain(sign_in(officer), "petitions")}
        assert found == {numbers[case] for case in cases}, officer
        clocks = {row["事项编号"] for row in plain(sign_in(officer), "deadlines")}
        assert clocks == found, officer


def test_alerts_to_everybody_are_for_those_who_read_every_case(sign_in: SignIn) -> None:
    assert sign_in("unit-a-head").get(f"{URL}/alerts.csv", params={"to": "all"}).status_code == 403
    assert sign_in("inspector").get(f"{URL}/alerts.csv", params={"to": "all"}).status_code == 200
