"""逐步重放: both clocks of each event, then beside now, the days on which a limit ran out, and what each party saw and was
told (C2, C4)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from api.bootstrap import Services
from domain.acts import Act, envelope, system_act
from domain.alerts.commands import AcknowledgeAlert
from domain.directory.events import UnitRenamed
from domain.directory.fold import DIRECTORY_ID
from domain.rulebase.events import CalendarDecreed
from domain.rulebase.fold import RULEBASE_ID
from tests.api.cases import done, registered
from tests.api.conftest import SignIn
from tests.api.item_lives import HANDLING, ItemWalker
from tests.conftest import Clock

Replayed = Callable[..., dict[str, Any]]


def moment(day: str, hour: int = 10) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00").astimezone(UTC)


@pytest.fixture
def replayed(sign_in: SignIn) -> Replayed:
    """A petition's replay, as the auditor asks for it."""

    def ask(case: str, who: str = "auditor", **params: object) -> dict[str, Any]:
        answer = sign_in(who).get(f"/v1/petitions/{case}/replay", params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return ask


def party(entry: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in entry["parties"] if one["name"] == name]
    return dict(found)


def clock_of(entry: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [one for one in entry["clocks"] if one["clock"] == name]
    return dict(found)


@pytest.fixture
def answered_late(sign_in: SignIn, clock: Clock) -> str:
    """Accepted in time, but entered weeks later; the decree on its spring days came in between."""
    case = registered(sign_in("office"))
    clock.set(moment("2026-03-03"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-30"))
    done(sign_in("unit-a-clerk"), case, "accept", on="2026-03-09")
    return case


def test_an_event_has_both_its_clocks(answered_late: str, replayed: Replayed) -> None:
    """When it happened, when it was recorded, and by how many days the record lies behind."""
    entries = replayed(answered_late)["items"]
    assert [one["event"]["event"] for one in entries] == ["Registered", "Transferred", "Accepted"]
    assert [one["backdated_days"] for one in entries] == [0, 0, 21]
    last = entries[-1]
    assert (last["event"]["on"], last["event"]["recorded_at"][:10]) == ("2026-03-09", "2026-03-30")
    assert (last["as_of"], last["judged_on"]) == ("2026-03-30", "2026-03-30")
    assert last["event"]["basis"].startswith("《信访工作条例》")
    assert "承办单位负责人或信访专员" in last["authority"]["powers"]


def test_what_was_known_then_stands_beside_what_is_known_now(answered_late: str, replayed: Replayed) -> None:
    """Late as judged then, in time as judged now: the acceptance lay there and nobody had entered it."""
    _, transferred, accepted = replayed(answered_late)["items"]
    [over] = [one for one in transferred["passed"] if "notify" in {at["clock"] for at in one["limits"]}]
    notify = clock_of(over, "notify")
    assert (notify["then"]["status"], over["judged_on"]) == ("overdue", "2026-03-19")
    at_acceptance = clock_of(accepted, "finish")
    assert at_acceptance["then"] == at_acceptance["now"]
    assert at_acceptance["differs"] == []
    then = [one for one in over["clocks"] if one["clock"] == "finish"]
    assert (then[0]["then"], then[0]["now"]["status"]) == (None, "running"), "nobody knew of it then"


def test_a_limit_that_ran_out_is_a_step_without_an_event(answered_late: str, replayed: Replayed) -> None:
    _, transferred, _ = replayed(answered_late)["items"]
    days = [one["judged_on"] for one in transferred["passed"]]
    assert days == sorted(days)
    assert all(one["what"] == "due" and one["limits"] for one in transferred["passed"])
    for one in transferred["passed"]:
        over = {(at["clock"], at["part"]) for at in one["limits"] if not at["window"]}
        told = {(at["clock"], at["part"]) for at in one["changes"] if at["change"] == "overdue"}
        assert over == told


def test_a_decree_entered_later_moves_nothing_before_it(
    sign_in: SignIn, clock: Clock, services: Services, replayed: Replayed
) -> None:
    """Out for a week before it was entered: then nobody here knew of it, and the step says so."""
    case = registered(sign_in("office"))
    clock.set(moment("2026-03-05"))
    act = system_act(clock())
    days = tuple(datetime.fromisoformat(f"2026-03-{day}").date() for day in (13, 16, 17, 18))
    decree = {"year": 2026, "source": "补充放假通知", "published_at": moment("2026-02-26"), "days_off": days}
    services.casework.publish(
        RULEBASE_ID,
        lambda v: [CalendarDecreed(**envelope(RULEBASE_ID, v + 1, act), **decree, make_up_days=())],
        act,
    )
    clock.set(moment("2026-03-06"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    first, second = replayed(case)["items"]
    route = clock_of(first, "route")
    assert route["then"]["due_on"] != route["now"]["due_on"]
    assert "due_on" in route["differs"]
    [moved] = first["passed"]
    assert (moved["what"], moved["rule"]["source"]) == ("rules", "补充放假通知")
    [change] = moved["changes"]
    wanted = ("route", "moved", route["then"]["due_on"], route["now"]["due_on"])
    assert (change["clock"], change["change"], change["from"], change["to"]) == wanted
    assert clock_of(second, "route")["differs"] == []


def test_each_party_sees_what_it_may_and_is_told_what_reaches_it(
    sign_in: SignIn, clock: Clock, services: Services, replayed: Replayed
) -> None:
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    done(sign_in("unit-a-clerk"), case, "accept")
    done(sign_in("unit-a-clerk"), case, "issue-notice", notice="acceptance")
    done(sign_in("unit-a-clerk"), case, "serve", notice="acceptance", method="post")
    clock.set(moment("2026-04-27"))
    services.casework.raise_alerts([UUID(case)], clock())
    entries = replayed(case)["items"]
    assert "清江区住房和城乡建设局" not in {one["name"] for one in entries[0]["parties"]}
    second = entries[1]
    sees = {one["name"]: one["sees"] for one in second["parties"]}
    assert sees == {
        "信访人": "progress",
        "清江区信访局": "whole",
        "清江区住房和城乡建设局": "whole",
        "领导": "masked",
        "督查员": "masked",
    }
    [act] = party(second, "清江区住房和城乡建设局")["told"]
    assert (act["what"], act["label"]) == ("act", "转办")
    served = next(one for one in entries if one["event"]["event"] == "Served")
    paper = next(one for one in party(served, "信访人")["told"] if one["what"] == "served")
    issued = next(one for one in entries if one["event"]["event"] == "NoticeIssued")["event"]["data"]
    assert paper["number"] == issued["number"]
    assert [one["on"] for one in paper["dates"]] == [one["on"] for one in issued["dates"]]
    assert paper["templates"] == [one["sha256"] for one in issued["templates"]]
    steps = [one["label"] for entry in entries for one in party(entry, "信访人")["told"]]
    assert steps[:3] == ["已登记", "已转办", "已受理"]
    alerted = next(one for one in entries if one["event"]["event"] == "Alerted")
    [alert] = [one for one in party(alerted, "清江区住房和城乡建设局")["told"] if one["what"] == "alert"]
    assert alert["acknowledged_at"] is None
    assert alert["deliveries"][0]["state"] == "available"
    assert {one["officer"] for one in alert["to"]} <= {"unit-a-head", "unit-a-clerk", "unit-a-officer"}


def test_an_alert_is_acknowledged_only_from_then_on(
    sign_in: SignIn, clock: Clock, services: Services, replayed: Replayed
) -> None:
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-09"))
    services.casework.raise_alerts([UUID(case)], clock())
    entries = replayed(case)["items"]
    [alert] = [one["event"]["data"] for one in entries if one["event"]["event"] == "Alerted"][:1]
    clock.set(moment("2026-03-10"))
    post = services.casework.directory().officers["inspector"]
    act = Act(post.id, post.unit, post.post, clock(), name=post.name)
    services.casework.acknowledge(UUID(case), AcknowledgeAlert(UUID(alert["alert_id"]), "即办"), act)
    then = replayed(case, known_at="2026-03-09T09:59:59+08:00")["asked"]
    assert all(told["what"] != "alert" for one in then["parties"] for told in one["told"])
    raised = next(
        one for one in replayed(case)["items"] if one["event"]["data"].get("alert_id") == alert["alert_id"]
    )
    [told] = [
        one
        for one in party(raised, "清江区住房和城乡建设局")["told"]
        if one.get("alert") == alert["alert_id"]
    ]
    assert told["acknowledged_at"] is None
    now = party(replayed(case)["asked"], "督查员")["told"]
    [told] = [one for one in now if one.get("alert") == alert["alert_id"]]
    assert told["acknowledged_by"] == "inspector"


def test_whom_an_accusation_accuses_sees_nothing_of_it(sign_in: SignIn, replayed: Replayed) -> None:
    """From the step on at which it became an accusation; before that the unit had it."""
    office = sign_in("office")
    case = registered(office, against=[{"unit": "unit-a"}])
    done(office, case, "transfer", to_unit="unit-a")
    done(office, case, "classify", category="accusation")
    _, before, after = replayed(case)["items"]
    assert party(before, "清江区住房和城乡建设局")["sees"] == "whole"
    assert party(after, "清江区住房和城乡建设局")["sees"] == "nothing"
    assert {one["sees"] for one in party(after, "清江区住房和城乡建设局")["officers"]} == {"nothing"}
    assert party(after, "督查员")["sees"] == "nothing"


def test_names_are_those_of_the_step(
    sign_in: SignIn, clock: Clock, services: Services, replayed: Replayed
) -> None:
    case = registered(sign_in("office"))
    done(sign_in("office"), case, "transfer", to_unit="unit-a")
    clock.set(moment("2026-03-04"))
    act = system_act(clock())
    renamed = {"unit_id": "unit-a", "name": "清江区住建局"}
    services.casework.publish(
        DIRECTORY_ID, lambda v: [UnitRenamed(**envelope(DIRECTORY_ID, v + 1, act), **renamed)], act
    )
    clock.set(moment("2026-03-05"))
    done(sign_in("unit-a-clerk"), case, "accept")
    _, transferred, accepted = replayed(case)["items"]
    assert "清江区住房和城乡建设局" in {one["name"] for one in transferred["parties"]}
    assert "清江区住建局" in {one["name"] for one in accepted["parties"]}
    notify = clock_of(transferred, "notify")
    assert notify["then"]["unit_name"] == "清江区住房和城乡建设局"


def test_no_personal_data_leaves_by_a_replay(answered_late: str, sign_in: SignIn) -> None:
    for who in ("auditor", "office", "leader", "unit-a-clerk"):
        told = sign_in(who).get(f"/v1/petitions/{answered_late}/replay").text
        assert "王秀兰" not in told
        assert "13900000001" not in told


def test_between_events_the_asked_instant_is_judged(answered_late: str, replayed: Replayed) -> None:
    """`at` and `known_at` together: what had happened and was known by then."""
    then = "2026-03-10T12:00:00+08:00"
    asked = replayed(answered_late, known_at=then)["asked"]
    assert (asked["state"]["stage"], asked["at"]) == ("with_unit", then)
    assert {one["clock"] for one in asked["clocks"] if one["then"]} >= {"route", "notify"}
    both = replayed(answered_late, at=then)["asked"]
    assert both["state"]["stage"] == "handling", "as it is known today it had been accepted by then"


def test_a_long_case_comes_in_pages(answered_late: str, replayed: Replayed) -> None:
    whole = replayed(answered_late)
    first = replayed(answered_late, limit=2)
    assert (len(first["items"]), first["total"], whole["next_cursor"]) == (2, 3, None)
    rest = replayed(answered_late, limit=2, cursor=first["next_cursor"])
    assert [*first["items"], *rest["items"]] == whole["items"]
    assert (rest["next_cursor"], rest["asked"]) == (None, whole["asked"])


def test_an_items_units_and_leaders_are_its_parties(sign_in: SignIn) -> None:
    walker = ItemWalker(sign_in)
    item = walker.walk(HANDLING)
    entries = sign_in("inspector").get(f"/v1/supervision-items/{item}/replay").json()["items"]
    last = entries[-1]
    assert {one["party"] for one in last["parties"]} == {"unit", "leaders", "inspectors"}
    unit = party(last, "清江区住房和城乡建设局")
    assert (unit["sees"], [one["label"] for one in unit["told"]]) == ("papers", ["分办"])
