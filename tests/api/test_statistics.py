"""The reports of statistics: whose figures each officer gets, what they say, their periods and keys, and as Excel."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from python_calamine import load_workbook

from api import demo, letters, scopes
from api.bootstrap import Services
from api.statistics_reports import REPORTS
from domain.acts import system_act
from tests.api.caller import Caller
from tests.api.cases import accusation, done, registered
from tests.api.item_lives import DESIGNATED, JOINT, ItemWalker
from tests.api.lives import EXTENDED, OBJECTED, SERVED, Walker
from tests.api.problems import refused
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
URL = "/v1/statistics"
UNTOLD = "不可查阅的检举控告未列入；其概数仅在已结束的自然季度、自然年度达到10件以上的列出。"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def told(caller: Caller, report: str, **asked: Any) -> dict[str, Any]:
    answer = caller.get(f"{URL}/{report}", params=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def figures(caller: Caller, report: str, measure: str, **asked: Any) -> dict[str, Any]:
    """One measure by label."""
    return {row["label"]: row[measure] for row in told(caller, report, **asked)["rows"]}


@pytest.mark.parametrize("report", REPORTS)
def test_nobody_counts_without_signing_in(client: Caller, report: str) -> None:
    for url in (f"{URL}/{report}", f"{URL}/{report}.xlsx"):
        refused(client.get(url), 401, "session.missing")


@pytest.mark.parametrize("report", REPORTS)
def test_an_empty_office_is_told_in_zeros(sign_in: SignIn, catch_up: CatchUp, report: str) -> None:
    catch_up()
    for by in REPORTS[report].keys:
        body = told(sign_in("leader"), report, by=by)
        assert body["report"] == report
        assert body["by"] == by
        names = [one["name"] for one in body["columns"]]
        assert names[0] == "label"
        assert set(names[1:]) == set(body["totals"])
        for column in body["columns"][1:]:
            assert body["totals"][column["name"]] == (None if column["kind"] == "rate" else 0)
        assert body["definition"]
        assert by == "month" or body["rows"] == []


def test_the_administrator_sees_no_petitions_but_how_items_stand(sign_in: SignIn, catch_up: CatchUp) -> None:
    catch_up()
    admin = sign_in("admin")
    for report in REPORTS:
        if report == "scores":
            told(admin, report)
        else:
            refused(admin.get(f"{URL}/{report}"), 403, "statistics.not_yours")
            refused(admin.get(f"{URL}/{report}.xlsx"), 403, "statistics.not_yours")


def test_a_unit_gets_its_own_figures_and_the_office_all(
    walker: Walker, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    for step in ("unit-a", "unit-a", "unit-b"):
        done(office, registered(office), "transfer", to_unit=step)
    registered(office, channel="visit")
    catch_up()
    whole = {"清江区住房和城乡建设局": 2, "清江区信访局": 1, "清江区人力资源和社会保障局": 1}
    for officer in ("office", "office-head", "inspector", "leader", "auditor"):
        assert figures(sign_in(officer), "receipts", "received", by="unit") == whole, officer
    assert figures(sign_in("unit-a-head"), "receipts", "received") == {"清江区住房和城乡建设局": 2}
    assert figures(sign_in("unit-b-clerk"), "receipts", "received") == {"清江区人力资源和社会保障局": 1}
    assert told(sign_in("unit-a-officer"), "receipts")["totals"]["received"] == 0
    assert figures(sign_in("leader"), "receipts", "received", by="channel") == {"来信": 3, "来访": 1}


def test_an_accusation_is_in_the_figures_of_those_alone_who_may_read_it(
    sign_in: SignIn, catch_up: CatchUp
) -> None:
    office = sign_in("office")
    registered(office)
    hidden = [accusation(office, unit="unit-a"), accusation(office, person="inspector")]
    done(office, hidden[1], "transfer", to_unit="unit-a")
    catch_up()
    counted = {"office": 3, "auditor": 3, "leader": 1, "inspector": 1, "unit-a-head": 1, "unit-b-head": 0}
    for officer, number in counted.items():
        body = told(sign_in(officer), "receipts", by="category")
        listed = sign_in(officer).get("/v1/petitions").json()["total"]
        assert body["totals"]["received"] == number == listed, officer
        if officer in {"leader", "inspector"}:
            assert [row["label"] for row in body["rows"]] == ["申诉求决"]
            assert body["notes"] == [UNTOLD]
        else:
            assert body["notes"] == []


def test_what_may_not_be_read_is_told_roughly_and_of_finished_quarters_and_years_only(
    sign_in: SignIn, catch_up: CatchUp, clock: Clock
) -> None:
    office = sign_in("office")
    for _ in range(9):
        accusation(office, unit="unit-b")
    catch_up()
    day = datetime.fromisoformat(office.get("/v1/petitions").json()["items"][0]["received_on"]).date()
    quarter = {"from": "2026-01-01", "to": "2026-03-31"}
    assert "2026-01-01" <= str(day) <= "2026-03-31"
    clock.set(datetime.fromisoformat("2027-01-04T10:00:00+08:00"))
    assert told(sign_in("leader"), "receipts", **quarter)["notes"] == [UNTOLD]
    clock.set(datetime.fromisoformat(f"{day}T10:00:00+08:00"))
    for _ in range(3):
        accusation(office, unit="unit-b")
    catch_up()
    assert told(sign_in("leader"), "receipts", **quarter)["notes"] == [UNTOLD]
    clock.set(datetime.fromisoformat("2027-01-04T10:00:00+08:00"))
    many = ["另有检举控告10件以上依规不予分列。"]
    year = {"from": "2026-01-01", "to": "2026-12-31"}
    for officer in ("leader", "inspector"):
        for period in (quarter, year):
            assert told(sign_in(officer), "receipts", **period)["notes"] == many
    odd = (
        {},
        {"from": str(day), "to": str(day)},
        {"from": "2026-01-02", "to": "2026-03-31"},
        {"from": "2026-01-01", "to": "2026-03-30"},
        {"from": "2026-02-01", "to": "2026-04-30"},
        {"from": "2026-01-01", "to": "2026-06-30"},
        {"from": "2025-04-01", "to": "2026-03-31"},
        {"from": "2026-01-01", "to": "2027-12-31"},
    )
    for period in odd:
        assert told(sign_in("leader"), "receipts", **period)["notes"] == [UNTOLD], period
    assert told(sign_in("unit-b-head"), "receipts", **quarter)["notes"] == []
    assert told(sign_in("leader"), "timeliness", clock="route", **quarter)["totals"]["total"] == 0


def test_the_four_ways_and_the_rate(walker: Walker, sign_in: SignIn, catch_up: CatchUp, clock: Clock) -> None:
    walker.walk(SERVED)
    walker.walk(EXTENDED)
    walker.walk(OBJECTED)
    catch_up()
    body = told(sign_in("leader"), "timeliness")
    ways = ("met", "met_late", "open_in_time", "open_late")
    assert [body["totals"][one] for one in ways] == [1, 0, 1, 0]
    assert body["totals"]["in_time_rate"] == 1.0
    assert body["clock_label"] == "办理期限"
    clock.set(datetime.fromisoformat("2026-07-01T10:00:00+08:00"))
    later = told(sign_in("leader"), "timeliness")
    assert [later["totals"][one] for one in ways] == [1, 0, 0, 1]
    assert later["totals"]["in_time_rate"] == 0.5
    concluded = told(sign_in("leader"), "timeliness", basis="concluded")
    assert [concluded["totals"][one] for one in ways] == [1, 0, 0, 0]
    notify = told(sign_in("leader"), "timeliness", clock="notify")
    assert notify["totals"]["total"] == 3
    extensions = told(sign_in("leader"), "extensions")["totals"]
    assert (extensions["asked"], extensions["granted"], extensions["days"]) == (1, 1, 10)
    assert extensions["extension_rate"] == 0.5
    returns = told(sign_in("leader"), "returns")["totals"]
    assert (returns["passed_on"], returns["objected"], returns["undecided"]) == (3, 1, 1)


def test_imported_letters_are_late_as_the_list_of_clocks_has_it(
    services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    """The demo's answered letters, whenever they came: each clock of the list is counted, in the same way."""
    content = (Path(demo.__file__).parent / "letters.csv").read_bytes()
    read = letters.read(content, services.clock().date())
    act = system_act(services.clock())
    landed = sum(one.landed for one in letters.land(services.casework, read.letters, lambda: act))
    assert landed > 0
    catch_up()
    leader = sign_in("leader")
    for clock in ("decide", "notify", "finish"):
        totals = told(leader, "timeliness", clock=clock, **{"from": "2000-01-01"})["totals"]
        for status in ("met", "met_late"):
            listed = leader.get("/v1/deadlines", params={"clock": clock, "status": status}).json()["total"]
            assert totals[status] == listed, (clock, status)
    assert told(leader, "timeliness", **{"from": "2000-01-01"})["totals"]["total"] == landed


def test_targets_stand_beside_the_rates_with_the_rule_they_come_from(
    walker: Walker, sign_in: SignIn, catch_up: CatchUp
) -> None:
    walker.walk(SERVED)
    catch_up()
    body = told(sign_in("leader"), "repeats")
    by_measure = {one["measure"]: one for one in body["targets"]}
    assert {name: (one["sense"], one["value"]) for name, one in by_measure.items()} == {
        "repeat_rate": ("most", 0.1),
        "closing_rate": ("least", 0.9),
    }
    assert all(
        one["basis"] == "《粮食局机关信访工作制度》第六条" and one["is_met"] for one in by_measure.values()
    )
    registered(sign_in("office"))
    catch_up()
    after = {one["measure"]: one for one in told(sign_in("leader"), "repeats")["targets"]}
    assert after["closing_rate"]["actual"] == 0.5
    assert after["closing_rate"]["is_met"] is False


def test_workload_by_unit_and_officer(walker: Walker, sign_in: SignIn, catch_up: CatchUp) -> None:
    ItemWalker(sign_in).walk(JOINT)
    case = walker.walk(OBJECTED)
    done(sign_in("office"), case, "keep-with-unit", reason="属于你单位")
    done(sign_in("unit-a-head"), case, "designate", officer="unit-a-officer")
    catch_up()
    leader = sign_in("leader")
    assert figures(leader, "workload", "open") == {
        "清江区住房和城乡建设局": 2,
        "清江区人力资源和社会保障局": 1,
    }
    totals = told(leader, "workload")["totals"]
    assert (totals["petitions"], totals["items"]) == (1, 2)
    assert totals["open"] == sum(totals[light] for light in ("red", "yellow", "green", "grey"))
    officers = figures(leader, "workload", "petitions", by="officer")
    assert officers["孙三立（清江区住房和城乡建设局）"] == 1
    assert told(leader, "workload")["from"] is None


def test_how_items_stand_is_open_to_everybody(sign_in: SignIn, catch_up: CatchUp) -> None:
    ItemWalker(sign_in).walk(DESIGNATED)
    catch_up()
    for officer in ("leader", "unit-b-officer", "office", "admin", "auditor"):
        assert figures(sign_in(officer), "scores", "allocated") == {"清江区住房和城乡建设局": 1}, officer


def test_as_of_then_the_cases_are_as_they_were_and_as_they_were_known(
    walker: Walker, sign_in: SignIn, catch_up: CatchUp, clock: Clock
) -> None:
    case = walker.walk(OBJECTED)
    clock.set(datetime.fromisoformat("2026-03-06T10:00:00+08:00"))
    done(sign_in("office"), case, "keep-with-unit", reason="属于你单位", on="2026-03-04")
    catch_up()
    leader = sign_in("leader")
    now = told(leader, "returns")["totals"]
    assert (now["objected"], now["kept"]) == (1, 1)
    evening = "2026-03-05T20:00:00+08:00"
    assert told(leader, "returns", at=evening)["totals"]["kept"] == 1
    assert told(leader, "returns", known_at=evening)["totals"]["kept"] == 0
    assert told(leader, "returns", at=evening, known_at=evening)["totals"]["objected"] == 1
    assert told(leader, "receipts", at="2026-03-01T20:00:00+08:00")["totals"]["received"] == 0
    assert told(sign_in("unit-b-head"), "returns", at=evening)["totals"]["objected"] == 0


def test_what_a_report_can_not_answer_is_refused(sign_in: SignIn, catch_up: CatchUp) -> None:
    leader = sign_in("leader")
    for report, asked, status, code in (
        ("everything", {}, 404, "statistics.no_such_report"),
        ("receipts", {"by": "officer"}, 422, "statistics.bad_by"),
        ("scores", {"by": "channel"}, 422, "statistics.bad_by"),
        ("receipts", {"by": "sex"}, 422, "request.malformed"),
        ("receipts", {"from": "2026-13-01"}, 422, "request.malformed"),
        ("receipts", {"from": "2026-03-02", "to": "2026-03-01"}, 422, "statistics.bad_period"),
        ("receipts", {"at": "2026-03-01"}, 422, "request.malformed"),
        ("receipts", {"at": "2027-01-01T00:00:00+08:00"}, 422, "statistics.in_future"),
        ("receipts", {"known_at": "2027-01-01T00:00:00+08:00"}, 422, "statistics.in_future"),
        ("timeliness", {"clock": "item"}, 422, "request.malformed"),
        ("timeliness", {"basis": "registered"}, 422, "request.malformed"),
        ("receipts", {"after": 10**9}, 503, "projection.behind"),
    ):
        refused(leader.get(f"{URL}/{report}", params=asked), status, code)


def test_the_sheet_holds_the_same_figures(walker: Walker, sign_in: SignIn, catch_up: CatchUp) -> None:
    walker.walk(SERVED)
    walker.walk(EXTENDED)
    catch_up()
    leader = sign_in("leader")
    answer = leader.get(f"{URL}/timeliness.xlsx", params={"by": "month", "from": "2026-01-01"})
    assert answer.headers["content-type"] == XLSX
    assert "办理时效（按月份，2026-01-01至2026-03-02）.xlsx" in unquote(answer.headers["content-disposition"])
    [head, columns, *rows] = load_workbook(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    body = told(leader, "timeliness", **{"by": "month", "from": "2026-01-01"})
    assert str(head[0]).startswith("办理时效")
    assert columns[:3] == ["月份", "应办件次", "按期办结"]
    assert columns[-1] == "按期率（%）"
    assert [row[0] for row in rows[:4]] == ["2026-01", "2026-02", "2026-03", "合计"]
    assert rows[3][1:3] == [body["totals"]["total"], body["totals"]["met"]]
    assert rows[3][-1] == 100
    assert str(rows[4][0]).startswith("统计范围：")


def test_a_token_needs_the_permission_for_statistics() -> None:
    for report in REPORTS:
        assert scopes.needed("GET", f"{URL}/{report}") == "read:statistics"
        assert scopes.needed("GET", f"{URL}/{report}.xlsx") == "read:statistics"
