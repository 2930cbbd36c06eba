"""Alerts raised on real cases: who sees them, their shape, and the acknowledgement by name, once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.bootstrap import Services
from tests.api.caller import Caller
from tests.api.cases import PERSONAL, accusation, done, pages, registered
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
Raise = Callable[[str], int]
URL = "/v1/alerts"


@pytest.fixture
def raised(services: Services, catch_up: CatchUp, clock: Clock) -> Raise:
    """Raises what is due by ten in the morning of a day, on every case there is; the views follow."""

    def by(day: str) -> int:
        clock.set(datetime.fromisoformat(f"{day}T10:00:00+08:00"))
        catch_up()
        with services.database.connection() as connection:
            cases = [row["case_id"] for row in connection.execute("SELECT case_id FROM ledger")]
        count = services.casework.raise_alerts(cases, clock())
        catch_up()
        return count

    return by


@pytest.fixture
def with_a(sign_in: SignIn) -> str:
    """A petition that unit A has had since Monday, 2 March 2026: the notice whether it is accepted is due on 17 March."""
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    return case


def mine(caller: Caller, **filters: str) -> list[dict[str, Any]]:
    """The alerts about the notice on acceptance; the shorter clock for objecting has its own."""
    return [one for one in pages(caller, URL, 50, **filters) if one["clock"] == "notify"]


def test_nobody_sees_alerts_without_signing_in(client: Caller) -> None:
    assert client.get(URL).status_code == 401
    assert client.get(f"{URL}/stream").status_code == 401
    assert client.post(f"{URL}/{uuid4()}/acknowledge", json={"remark": "已知悉"}).status_code == 401


def test_an_alert_has_the_agreed_shape(sign_in: SignIn, with_a: str, raised: Raise) -> None:
    raised("2026-03-10")
    (alert,) = mine(sign_in("unit-a-clerk"))
    told = {
        "case": with_a,
        "case_number": "XF-2026-000001",
        "clock": "notify",
        "step": "due_soon",
        "step_id": "due_soon_5",
        "days_before": 5,
        "due_on": "2026-03-17",
        "light": "yellow",
        "unit": "unit-a",
        "unit_name": "清江区住房和城乡建设局",
        "raised_at": "2026-03-10T02:00:00Z",
        "deliveries": [
            {"channel": "in_app", "state": "available", "attempts": 1, "at": "2026-03-10T02:00:00Z"}
        ],
    }
    assert {name: alert[name] for name in told} == told
    assert "unit-a-clerk" in alert["recipients"]
    assert "acknowledged_by" not in alert
    assert not [word for word in PERSONAL if word in sign_in("unit-a-clerk").get(URL).text]


def test_every_step_comes_once(sign_in: SignIn, with_a: str, raised: Raise) -> None:
    for day in ("2026-03-10", "2026-03-10", "2026-03-13", "2026-03-17", "2026-03-18", "2026-03-19"):
        raised(day)
    steps = [(one["step"], one["step_id"], one["days_before"]) for one in mine(sign_in("unit-a-clerk"))]
    assert steps[::-1] == [
        ("due_soon", "due_soon_5", 5),
        ("due_soon", "due_soon_2", 2),
        ("due", "due", None),
        ("overdue", "overdue", None),
    ]
    raised("2026-03-20")
    assert len({one["id"] for one in mine(sign_in("leader"), to="all")}) == 5
    assert {one["light"] for one in mine(sign_in("leader"), to="all")} == {"red"}


def test_deliveries_tell_each_channel(
    sign_in: SignIn, with_a: str, raised: Raise, services: Services
) -> None:
    channel = {"id": "hall", "kind": "webhook", "settings": {"url": "https://hall.test/", "secret": "s" * 32}}
    assert sign_in("admin").put("/v1/alert-channels", json={"items": [channel]}).status_code == 200
    raised("2026-03-10")
    (alert,) = mine(sign_in("unit-a-clerk"))
    assert [(one["channel"], one["state"], one["attempts"]) for one in alert["deliveries"]] == [
        ("in_app", "available", 1),
        ("hall", "pending", 0),
    ]


def test_me_my_unit_and_all(sign_in: SignIn, with_a: str, raised: Raise) -> None:
    other = registered(sign_in("office"))
    done(sign_in("office"), other, "transfer", to_unit="unit-b")
    raised("2026-03-17")
    for officer, to, cases in (
        ("unit-a-clerk", "me", {with_a}),
        ("unit-a-clerk", "unit", {with_a}),
        ("unit-b-clerk", "unit", {other}),
        ("unit-b-officer", "me", set()),
        ("unit-a-officer", "unit", set()),
        ("inspector", "all", {with_a, other}),
        ("auditor", "all", {with_a, other}),
        ("auditor", "me", set()),
        ("admin", "me", set()),
        ("admin", "unit", set()),
    ):
        assert {one["case"] for one in mine(sign_in(officer), to=to)} == cases, (officer, to)
    for officer in ("unit-a-head", "unit-a-clerk", "unit-a-officer", "admin"):
        answer = sign_in(officer).get(URL, params={"to": "all"})
        assert (answer.status_code, answer.json()["code"]) == (403, "alert.all_not_yours")
    assert sign_in("office").get(URL, params={"to": "them"}).status_code == 422


def test_the_accused_get_no_alert(sign_in: SignIn, raised: Raise) -> None:
    case = accusation(sign_in("office"), person="inspector")
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    raised("2026-03-24")
    assert mine(sign_in("inspector"), to="me") == mine(sign_in("inspector"), to="all") == []
    assert mine(sign_in("leader"), to="all") == []
    everybody = mine(sign_in("auditor"), to="all")
    assert everybody
    assert not [one for one in everybody if "inspector" in one["recipients"]]
    answer = sign_in("inspector").post(f"{URL}/{everybody[0]['id']}/acknowledge", json={"remark": "已知悉"})
    unknown = sign_in("inspector").post(f"{URL}/{uuid4()}/acknowledge", json={"remark": "已知悉"})
    assert answer.status_code == unknown.status_code == 404
    assert answer.content == unknown.content


def test_a_recipient_acknowledges_once(
    sign_in: SignIn, with_a: str, raised: Raise, catch_up: CatchUp
) -> None:
    raised("2026-03-10")
    clerk = sign_in("unit-a-clerk")
    (alert,) = mine(clerk, status="open")
    url = f"{URL}/{alert['id']}/acknowledge"
    answer = clerk.post(url, json={"remark": "已安排核实"})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["events"]) == (with_a, ["AlertAcknowledged"])
    assert answer.headers["etag"] == f'"{body["version"]}"'
    again = clerk.post(url, json={"remark": "已安排核实"})
    assert (again.status_code, again.json()["code"]) == (409, "alert.already_acknowledged")
    catch_up()
    assert mine(clerk, status="open") == []
    (done_,) = clerk.get(URL, params={"status": "acknowledged", "after": body["position"]}).json()["items"]
    assert (done_["acknowledged_by"], done_["remark"]) == ("unit-a-clerk", "已安排核实")
    assert done_["acknowledged_at"] == "2026-03-10T02:00:00Z"


def test_the_same_key_acknowledges_once(sign_in: SignIn, with_a: str, raised: Raise) -> None:
    raised("2026-03-10")
    clerk = sign_in("unit-a-clerk")
    url = f"{URL}/{mine(clerk)[0]['id']}/acknowledge"
    first, second = (
        clerk.post(url, json={"remark": "已知悉"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert first.status_code == second.status_code == 200
    assert first.json() == second.json()
    other = clerk.post(url, json={"remark": "另一说明"}, headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


def test_others_do_not_acknowledge(sign_in: SignIn, with_a: str, raised: Raise) -> None:
    raised("2026-03-10")
    alert = mine(sign_in("unit-a-clerk"))[0]
    url = f"{URL}/{alert['id']}/acknowledge"
    outsiders = {"office", "leader", "inspector", "auditor", "unit-a-head"} - set(alert["recipients"])
    assert {"leader", "auditor"} <= outsiders
    for officer in outsiders:
        assert sign_in(officer).post(url, json={"remark": "已知悉"}).status_code == 403, officer
    for officer in ("admin", "unit-b-head", "unit-a-officer"):
        answer = sign_in(officer).post(url, json={"remark": "已知悉"})
        assert (answer.status_code, answer.json()["code"]) == (404, "alert.unknown")
    for body in ({}, {"remark": ""}, {"remark": " "}, {"remark": 1}, {"remark": "好", "by": "leader"}):
        assert sign_in("unit-a-clerk").post(url, json=body).status_code == 422, body
    history = sign_in("office").get(f"/v1/petitions/{with_a}/history").json()["items"]
    assert "AlertAcknowledged" not in {one["event"] for one in history}


def test_status_and_light(sign_in: SignIn, with_a: str, raised: Raise, catch_up: CatchUp) -> None:
    raised("2026-03-24")
    leader = sign_in("leader")
    escalated = mine(leader, to="all", status="escalated")
    assert {one["step_id"] for one in escalated} == {"escalated_1"}
    open_ones = mine(leader, to="all", status="open")
    assert {one["step_id"] for one in open_ones} == {"due_soon_5", "due_soon_2", "due", "overdue"}
    assert len(mine(leader, to="all", light="red")) == 5
    assert mine(leader, to="all", light="green") == []
    done(sign_in("unit-a-clerk"), with_a, "accept")
    done(sign_in("unit-a-clerk"), with_a, "serve", notice="acceptance", method="post")
    catch_up()
    assert {one["light"] for one in mine(leader, to="all", light="grey")} == {"grey"}


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_paging_is_complete_and_repeats_nothing(
    sign_in: SignIn, with_a: str, raised: Raise, limit: int
) -> None:
    raised("2026-03-24")
    leader = sign_in("leader")
    paged = pages(leader, URL, limit, to="all")
    assert paged == leader.get(URL, params={"to": "all"}).json()["items"]
    assert len({UUID(one["id"]) for one in paged}) == len(paged) > 5


def test_one_waits_for_a_position(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.lists.PATIENCE", 0.05)
    answer = sign_in("office").get(URL, params={"after": 10_000})
    assert (answer.status_code, answer.json()["code"]) == (503, "projection.behind")
