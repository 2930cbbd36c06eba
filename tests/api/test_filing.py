"""否定事项月清单 (A17) over HTTP: put up by the first "no", seen case by case, sent after the month, and due by the 10th."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from api.bootstrap import Services
from domain.acts import SHANGHAI
from tests.api.caller import Caller
from tests.api.cases import accusation, done, registered
from tests.api.problems import refused
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
URL = "/v1/negative-lists"
NO = {"ground": "N3", "explanation": "请向有权机关提出"}
TO = {"to_organ": "街道纪工委"}


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.fixture
def march(clock: Clock, sign_in: SignIn, catch_up: CatchUp) -> dict[str, Any]:
    """On 4 March unit A declines a petition, and the office an accusation; the cases and the list they are on."""
    clock.set(morning("2026-03-04"))
    office = sign_in("office")
    open_case, secret = registered(office), accusation(office, person="赵一鸣")
    done(office, open_case, "transfer", to_unit="unit-a")
    done(sign_in("unit-a-clerk"), open_case, "decline", **NO)
    done(office, secret, "decline", **NO)
    catch_up()
    lists = office.get(URL).json()["items"]
    assert len(lists) == 1
    return {"open": open_case, "secret": secret, "url": f"{URL}/{lists[0]['id']}", "listed": lists[0]}


def test_a17_the_list_of_lists(march: dict[str, Any], sign_in: SignIn) -> None:
    listed = march["listed"]
    assert (listed["number"], listed["month"], listed["stage_label"]) == ("XF-2026-03", "2026-03", "待报备")
    assert (listed["next_due_on"], listed["state"]) == ("2026-04-10", "open")
    office = sign_in("office")
    for params, total in (
        ({"month": "2026-03"}, 1),
        ({"month": "2026-04"}, 0),
        ({"state": "open"}, 1),
        ({"state": "closed"}, 0),
    ):
        assert office.get(URL, params=params).json()["total"] == total
    refused(office.get(URL, params={"month": "2026-13"}), 422)
    assert office.get("/v1/petitions").json()["total"] == 2


def test_a17_who_reads(march: dict[str, Any], sign_in: SignIn, client: Caller) -> None:
    for officer in ("office", "office-head", "leader", "auditor"):
        assert sign_in(officer).get(URL).json()["total"] == 1
        for path in ("", "/history", "/deadlines", "/acts"):
            assert sign_in(officer).get(march["url"] + path).status_code == 200
    for officer in ("inspector", "unit-a-clerk", "unit-b-head", "unit-a-officer", "admin"):
        assert sign_in(officer).get(URL).json()["total"] == 0
        for path in ("", "/history", "/deadlines", "/acts"):
            refused(sign_in(officer).get(march["url"] + path), 404, "month.unknown")
        assert sign_in(officer).get("/v1/deadlines", params={"clock": "month-list"}).json()["total"] == 0
    refused(client.get(march["url"]), 401)
    refused(sign_in("office").get(f"{URL}/{march['open']}"), 404, "month.unknown")
    refused(
        sign_in("office").get(march["url"].replace("negative-lists", "petitions")), 404, "petition.unknown"
    )


def test_a13_an_accusation_is_on_the_list_only_for_those_who_may_read_it(
    march: dict[str, Any], sign_in: SignIn
) -> None:
    both, one = {march["open"], march["secret"]}, {march["open"]}
    for officer, expected in (("office", both), ("auditor", both), ("leader", one)):
        caller = sign_in(officer)
        entries = caller.get(march["url"]).json()["entries"]
        assert {entry["case"] for entry in entries} == expected
        history = caller.get(march["url"] + "/history").json()["items"]
        noted = {item["data"]["case"] for item in history if item["event"] == "RefusalNoted"}
        assert noted == expected
        feed = caller.get("/v1/events", params={"limit": 200}).json()["items"]
        assert {item["data"]["case"] for item in feed if item["event"] == "RefusalNoted"} == expected
        assert march["secret"] not in str(entries if officer == "leader" else "")
    entry = sign_in("leader").get(march["url"]).json()["entries"][0]
    assert set(entry) == {"case", "case_number", "decided_on", "unit", "unit_name", "sent_on"}


def test_a17_sent_after_the_month_and_again_for_what_comes_later(
    march: dict[str, Any], clock: Clock, sign_in: SignIn, catch_up: CatchUp
) -> None:
    office, url = sign_in("office"), march["url"]
    refused(office.post(url + "/send", json=TO), 409, "month.not_over")
    clock.set(morning("2026-04-02"))
    office = sign_in("office")
    refused(sign_in("leader").post(url + "/send", json=TO), 403, "month.not_yours")
    refused(sign_in("unit-a-head").post(url + "/send", json=TO), 404, "month.unknown")
    refused(office.post(url + "/send", json={}), 422, "request.malformed")
    refused(office.post(url + "/send", json=TO, headers={"If-Match": '"1"'}), 412, "month.stale")
    answer = office.post(url + "/send", json=TO, headers={"If-Match": '"3"', "Idempotency-Key": "send-march"})
    assert (answer.status_code, answer.json()["events"]) == (200, ["MonthListSent"])
    again = office.post(url + "/send", json=TO, headers={"If-Match": '"3"', "Idempotency-Key": "send-march"})
    assert again.json() == answer.json()
    clocks = office.get(url + "/deadlines").json()["items"]
    assert [(c["due_on"], c["status"]) for c in clocks] == [("2026-04-10", "met")]
    refused(office.post(url + "/send", json=TO), 409, "month.wrong_stage")

    late = registered(office)
    done(office, late, "decline", **NO)  # of April: another list
    back = registered(office, received_on="2026-03-30")
    done(office, back, "decline", **NO, on="2026-03-31")
    catch_up()
    assert office.get(URL).json()["total"] == 2
    shown = office.get(url).json()
    assert (shown["stage"], shown["state"]) == ("again", "open")
    assert [one["sent_on"] for one in shown["entries"]] == ["2026-04-02", "2026-04-02", None]
    clock.set(morning("2026-04-13"))
    assert sign_in("office").get(url).json()["light"] == "red"
    sign_in("office").post(url + "/send", json=TO).raise_for_status()
    assert [c["status"] for c in sign_in("office").get(url + "/deadlines").json()["items"]] == [
        "met",
        "met_late",
    ]


def test_a17_the_office_is_told_before_the_tenth(
    march: dict[str, Any], clock: Clock, services: Services, sign_in: SignIn, catch_up: CatchUp
) -> None:
    clock.set(morning("2026-04-10"))
    month = march["url"].rsplit("/", 1)[1]
    assert services.casework.raise_alerts([UUID(month)], clock()) > 0
    catch_up()
    mine = [a for a in sign_in("office").get("/v1/alerts").json()["items"] if a["case"] == month]
    assert mine
    assert not [a for a in sign_in("inspector").get("/v1/alerts").json()["items"] if a["case"] == month]
    acknowledged = sign_in("office").post(
        f"/v1/alerts/{mine[0]['id']}/acknowledge", json={"remark": "今日报送"}
    )
    assert acknowledged.status_code == 200, acknowledged.text
