"""Rules that change: looked at first, applied as shown, recorded, and read by who may see the cases (C2, C3, C14, issue 5)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from api.bootstrap import Services
from api.case_reading import in_full
from api.console import case_clocks
from scheduler.limits import record_limits
from scheduler.sweep import sweep
from tests.api.conftest import SignIn

CatchUp = Callable[[], None]
LETTER = {
    "channel": "letter",
    "category": "appeal",
    "subject": "供暖",
    "content": "不热",
    "received_on": "2026-03-01",
}
OFF = ["2026-03-16", "2026-03-17"]


@pytest.fixture
def case(sign_in: SignIn, catch_up: CatchUp) -> dict[str, Any]:
    made: dict[str, Any] = sign_in("office").post("/v1/petitions", json=LETTER).json()
    catch_up()
    return made


def trial(office: Any, off: list[str] = OFF) -> dict[str, Any]:
    year = office.get("/v1/calendars/2026").json()
    return {"days_off": [*year["days_off"], *off], "make_up_days": year["make_up_days"]}


def applied(services: Services, catch_up: CatchUp) -> None:
    catch_up()
    record_limits(services.database, services.casework, services.clock)
    catch_up()


def test_what_is_applied_is_what_was_shown(
    sign_in: SignIn, case: dict[str, Any], services: Services, catch_up: CatchUp
) -> None:
    """C2: the log moved on in a way that matters, so the office looks again."""
    admin, office = sign_in("admin"), sign_in("office")
    body = trial(office)
    shown = admin.post("/v1/calendars/2026/preview", json=body).json()
    assert (shown["total"], shown["cases"]) == (1, 1)
    assert [one["clock"] for one in shown["by_clock"]] == ["route"]
    assert [one["limits"] for one in shown["by_unit"]] == [1]
    assert office.post("/v1/petitions", json=LETTER).status_code == 201
    catch_up()
    entered = body | {"source": "补充通知", "published_at": "2026-03-02"}
    refused = admin.put("/v1/calendars/2026", params={"preview": shown["preview"]}, json=entered)
    assert (refused.status_code, refused.json()["code"]) == (409, "rulebase.preview_outdated")
    assert "“登记后转送、交办”试算时会变动1项，现为2项" in refused.json()["detail"]
    assert "2件2项" in refused.json()["detail"]
    [differs] = refused.json()["differs"]
    assert (differs["clock"], differs["then"], differs["now"]) == ("route", 1, 2)
    unread = admin.put("/v1/calendars/2026", params={"preview": "1-1-abc"}, json=entered)
    assert (unread.status_code, "无法识别" in unread.json()["detail"]) == (409, True)
    again = admin.post("/v1/calendars/2026/preview", json=body).json()
    page = admin.post("/v1/calendars/2026/preview", params={"limit": 1}, json=body).json()
    further = {"limit": 1, "cursor": page["next_cursor"]}
    rest = admin.post("/v1/calendars/2026/preview", params=further, json=body).json()
    assert [*page["items"], *rest["items"]] == again["items"]
    done = admin.put("/v1/calendars/2026", params={"preview": again["preview"]}, json=entered)
    assert done.status_code == 200, done.text

    applied(services, catch_up)
    found = office.get("/v1/rule-changes/1").json()
    assert (found["change"]["total"], found["change"]["done"]) == (2, True)
    seen = office.get("/v1/rule-changes/1").json()["change"]["visible"]
    assert {name: seen[name] for name in ("limits", "cases")} == again["recorded"]
    assert (seen["firm"], seen["withdrawn"], seen["rearmed"]) == (again["firm"], *again["alerts"].values())
    assert {(one["from"], one["to"]) for one in found["items"]} == {("2026-03-16", "2026-03-18")}
    assert office.get("/v1/rule-changes").json()["items"][0]["title"] == "2026年放假安排"
    assert office.get("/v1/rule-changes/2").status_code == 404


def test_a_preview_while_limits_are_being_counted_again_says_when_to_ask(
    sign_in: SignIn, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """C2, issue 6: the views are behind for as long as a pass takes."""
    monkeypatch.setattr("api.lists.PATIENCE", 0.05)
    office = sign_in("office")
    assert office.post("/v1/petitions", json=LETTER).status_code == 201
    answer = sign_in("admin").post("/v1/calendars/2026/preview", json=trial(office))
    assert (answer.status_code, answer.json()["code"]) == (503, "projection.behind")
    assert answer.headers["Retry-After"] == "15"


def test_only_the_readers_of_a_case_learn_that_its_limit_moved(
    sign_in: SignIn, services: Services, catch_up: CatchUp
) -> None:
    """C2: in the list, in the feed and for the administrator, who is shown no accusation."""
    office = sign_in("office")
    accusation = LETTER | {"category": "accusation", "against": [{"person": "郑督"}]}
    hidden = office.post("/v1/petitions", json=accusation).json()["id"]
    catch_up()
    body = trial(office) | {"source": "补充通知", "published_at": "2026-03-02"}
    assert sign_in("admin").put("/v1/calendars/2026", json=body).status_code == 200
    applied(services, catch_up)
    for who, sees in (("auditor", True), ("inspector", False), ("admin", False), ("unit-a-head", False)):
        officer = sign_in(who)
        listed = [one["case"] for one in officer.get("/v1/rule-changes/1").json()["items"]]
        assert (hidden in listed) is sees, who
        feed = officer.get("/v1/events", params={"limit": 200}).json()["items"]
        told = [m["case"] for one in feed if one["event"] == "LimitsMoved" for m in one["data"]["moves"]]
        assert (hidden in told) is sees, who


def test_an_alert_of_a_date_that_moved_is_withdrawn_and_told_so(
    sign_in: SignIn, case: dict[str, Any], services: Services, catch_up: CatchUp, clock: Any
) -> None:
    """C3: out of the badge, on its own list, and signing for it is refused by name."""
    catch_up()
    clock.now = clock.now.replace(day=13)
    office = sign_in("office")
    sweep(services.database, services.casework, services.clock)
    catch_up()
    waiting = office.get("/v1/alerts", params={"status": "open"}).json()["items"]
    assert waiting
    body = trial(office) | {"source": "补充通知", "published_at": "2026-03-02"}
    assert sign_in("admin").put("/v1/calendars/2026", json=body).status_code == 200
    catch_up()
    sweep(services.database, services.casework, services.clock)
    applied(services, catch_up)
    gone = office.get("/v1/alerts", params={"status": "withdrawn"}).json()["items"]
    assert {one["id"] for one in gone} == {one["id"] for one in waiting}
    assert {one["now_due_on"] for one in gone} == {"2026-03-18"}
    still = office.get("/v1/alerts", params={"status": "open"}).json()["items"]
    assert not {one["id"] for one in still} & {one["id"] for one in gone}
    refused = office.post(f"/v1/alerts/{gone[0]['id']}/acknowledge", json={"remark": "已知悉"})
    assert (refused.status_code, refused.json()["code"]) == (409, "alert.withdrawn")


def test_how_many_would_have_been_late(
    sign_in: SignIn, case: dict[str, Any], catch_up: CatchUp, clock: Any
) -> None:
    """C14, issue 5: by today's rules and by others, over open and past cases of a time."""
    catch_up()
    clock.now = clock.now.replace(day=17)
    office = sign_in("office")
    asked = {"calendar": {"year": 2026, **trial(office)}}
    late = office.post("/v1/what-if", json=asked).json()["lateness"]
    assert (late["late"], late["would_be_late"], late["no_longer_late"], late["newly_late"]) == (1, 0, 1, 0)
    assert [one["label"] for one in late["by_clock"]]
    before = office.post("/v1/what-if", json=asked | {"to": "2026-01-31"}).json()["lateness"]
    assert before["limits"] == 0
    book = office.get("/v1/rulebooks/petition-2022").json()["versions"][-1]
    book["clocks"] = [one | {"length": 5} if one["clock"] == "route" else one for one in book["clocks"]]
    book |= {"version": "9", "running_clocks_move": True, "in_force_from": "2026-03-02"}
    shorter = office.post("/v1/what-if", json={"rulebook": book}).json()
    assert (shorter["total"], shorter["lateness"]["would_be_late"]) == (1, 1)
    assert shorter["recorded"] is None


def test_a_page_tells_the_rule_that_a_moved_limit_is_counted_by(
    sign_in: SignIn, services: Services, case: dict[str, Any]
) -> None:
    """C2: not the version that was in force when the clock began."""
    book = sign_in("office").get("/v1/rulebooks/petition-2022").json()["versions"][-1]
    book["clocks"] = [one | {"length": 5} if one["clock"] == "route" else one for one in book["clocks"]]
    book |= {"version": "9", "running_clocks_move": True, "in_force_from": "2026-03-02"}
    book |= {"published_at": "2026-03-02T00:00:00Z", "title": "信访工作条例（试行本）"}
    answer = sign_in("admin").post("/v1/rulebooks/petition-2022/versions", json=book)
    assert answer.status_code == 201, answer.text
    shown = case_clocks.of(in_full(services, UUID(case["id"]), services.clock()))
    [route] = [row for row in shown.running if row.clock.clock == "route"]
    assert (route.length, route.rulebook) == ("5日", "《信访工作条例（试行本）》（9版）")


def test_a_page_tells_the_length_that_a_local_book_takes_from_the_version_it_is_counted_by(
    sign_in: SignIn, services: Services
) -> None:
    """C2: a limit of the national book, moved by a new version of the local one that inherits it."""
    office, admin = sign_in("office"), sign_in("admin")
    local = "petition-zhejiang-2016"
    case = office.post("/v1/petitions", json=LETTER | {"rulebook": local}).json()["id"]
    assert office.post(f"/v1/petitions/{case}/transfer", json={"to_unit": "unit-a"}).status_code == 200
    in_force = {"version": "9", "in_force_from": "2026-03-03", "published_at": "2026-03-02T00:00:00Z"}
    for name, moves, length in (("petition-2022", False, 7), (local, True, 30)):
        book = office.get(f"/v1/rulebooks/{name}").json()["versions"][-1]
        book["clocks"] = [
            one | {"length": length} if one["clock"] == "object" else one for one in book["clocks"]
        ]
        book |= in_force | {"running_clocks_move": moves}
        answer = admin.post(f"/v1/rulebooks/{name}/versions", json=book)
        assert answer.status_code == 201, answer.text
    [objecting] = [
        row
        for row in case_clocks.of(in_full(services, UUID(case), services.clock())).running
        if row.clock.clock == "object"
    ]
    assert (objecting.clock.rulebook, objecting.clock.due_on.isoformat()) == (local, "2026-03-11")
    assert objecting.length == "7个工作日", "what the date was counted by"


def test_what_if_it_were_accepted_today_extended_and_paused(
    sign_in: SignIn, services: Services, case: dict[str, Any]
) -> None:
    """C14: real commands on a copy of the history; nothing is written. Of this limit no hearing is left out."""
    office = sign_in("office")
    address = f"/v1/petitions/{case['id']}"
    head = services.casework.store.max_notification_id()
    acts = [{"transfer": {"to_unit": "unit-a"}}, {"accept": {"on": "2026-03-04"}}]
    plain = office.post(f"{address}/what-if", json={"acts": acts})
    assert plain.status_code == 200, plain.text
    longer = office.post(f"{address}/what-if", json={"acts": [*acts, {"pause": 5}, {"extend": 30}]})
    assert longer.status_code == 200, longer.text

    def finish(answer: Any) -> str:
        return str(next(one["due_on"] for one in answer.json()["items"] if one["clock"] == "finish"))

    assert (finish(plain), finish(longer)) == ("2026-05-06", "2026-06-02")
    refused = office.post(f"{address}/what-if", json={"acts": [{"extend": 30}]})
    assert refused.status_code == 409
    assert office.post(f"{address}/what-if", json={"acts": [{"fly": {}}]}).status_code == 422
    assert services.casework.store.max_notification_id() == head
