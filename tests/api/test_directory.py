"""机构人员 over HTTP: who may change what, what is refused how, and who had which power on which day."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from api.bootstrap import Services
from tests.api import town
from tests.api.caller import Caller
from tests.api.lives import Walker
from tests.conftest import Clock

SignIn = Callable[[str], Caller]

HOME = "/v1/directory"
COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "found": (f"{HOME}/units", {"id": "unit-c", "name": "清江区水务局", "kind": "unit", "parent": "unit-a"}),
    "rename": (f"{HOME}/units/unit-a/rename", {"name": "清江区建设局"}),
    "move": (f"{HOME}/units/unit-a/move", {"parent": "unit-b"}),
    "take on": (
        f"{HOME}/officers",
        {"id": "new", "name": "吴新", "unit": "unit-a", "post": "unit_officer"},
    ),
    "appoint": (f"{HOME}/officers/unit-b-clerk/appoint", {"unit": "unit-a", "post": "unit_clerk"}),
    "give": (f"{HOME}/officers/leader/give-post", {"unit": "unit-a", "post": "unit_head"}),
    "take": (f"{HOME}/officers/leader/take-post", {"unit": "unit-a", "post": "unit_head"}),
    "dismiss": (f"{HOME}/officers/unit-b-officer/dismiss", {"reason": "退休"}),
    "stand-ins": (f"{HOME}/officers/unit-b-head/stand-ins", {"stand_ins": ["unit-b-clerk", "unit-a-head"]}),
    "absence": (
        f"{HOME}/officers/unit-b-head/absences",
        {"from_on": "2026-03-03", "to_on": "2026-03-05", "reason": "学习"},
    ),
    "return": (f"{HOME}/officers/unit-b-head/return", {"on": "2026-03-04"}),
}
READS = [HOME, f"{HOME}/history", f"{HOME}/units/unit-a", f"{HOME}/officers/leader"]
FOUNDED = len(town.UNITS) + len(town.OFFICERS)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def person(listed: Any, officer: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in listed.json()["officers"] if one["id"] == officer)
    return found


@pytest.mark.parametrize("url", READS)
def test_nobody_reads_without_signing_in(client: Caller, url: str) -> None:
    assert client.get(url).status_code == 401


@pytest.mark.parametrize("command", COMMANDS)
def test_nobody_changes_anything_without_signing_in(client: Caller, command: str) -> None:
    url, body = COMMANDS[command]
    assert client.post(url, json=body).status_code == 401
    assert client.post(url, json={"nonsense": 1}).status_code == 401


@pytest.mark.parametrize("username", ["office", "office-head", "leader", "auditor", "unit-a-head"])
def test_others_change_nothing(sign_in: SignIn, username: str) -> None:
    caller = sign_in(username)
    for command, (url, body) in COMMANDS.items():
        answer = caller.post(url, json=body)
        assert answer.status_code == 403, command
        assert answer.json()["basis"], command


@pytest.mark.parametrize("username", ["admin", "inspector"])
def test_a_whole_life_of_the_directory(sign_in: SignIn, username: str) -> None:
    caller = sign_in(username)
    events = {}
    for count, (command, (url, body)) in enumerate(COMMANDS.items(), FOUNDED + 1):
        answer = caller.post(url, json=body)
        assert answer.status_code == (201 if command in {"found", "take on"} else 200), answer.text
        assert answer.json()["version"] == count
        assert answer.headers["etag"] == f'"{count}"'
        (events[command],) = answer.json()["events"]
    assert events == {
        "found": "UnitFounded",
        "rename": "UnitRenamed",
        "move": "UnitMoved",
        "take on": "OfficerAppointed",
        "appoint": "OfficerAppointed",
        "give": "PostGiven",
        "take": "PostTaken",
        "dismiss": "OfficerDismissed",
        "stand-ins": "StandInsNamed",
        "absence": "AbsenceRecorded",
        "return": "AbsenceEnded",
    }
    listed = caller.get(HOME)
    assert listed.headers["etag"] == f'"{FOUNDED + len(COMMANDS)}"'
    top = {one["id"]: one for one in listed.json()["units"]}
    (bureau,) = top["unit-b"]["units"]
    (below,) = bureau["units"]
    assert (bureau["id"], bureau["name"], below["id"]) == ("unit-a", "清江区建设局", "unit-c")
    assert person(listed, "unit-b-officer")["serving"] is False
    assert person(listed, "unit-b-clerk")["unit_name"] == "清江区建设局"
    assert [one["id"] for one in person(listed, "unit-b-head")["stand_ins"]] == [
        "unit-b-clerk",
        "unit-a-head",
    ]
    unit = caller.get(f"{HOME}/units/unit-a").json()
    assert [one["id"] for one in unit["above"]] == ["unit-b"]
    assert unit["below"] == ["unit-c"]
    assert [one["name"] for one in unit["called"]] == ["清江区住房和城乡建设局", "清江区建设局"]
    assert {"officer": "new", "name": "吴新", "post": "unit_officer", "post_label": "承办人"} in unit[
        "holders"
    ]


def test_everybody_signed_in_reads_the_directory_but_not_why_somebody_is_away(sign_in: SignIn) -> None:
    absence = {"from_on": "2026-03-02", "reason": "住院"}
    assert sign_in("unit-a-officer").post(f"{HOME}/officers/unit-a-officer/absences", json=absence).is_success
    for username, reason in (
        ("unit-a-officer", "住院"),
        ("unit-a-head", "住院"),
        ("admin", "住院"),
        ("auditor", "住院"),
        ("unit-a-clerk", None),
        ("unit-b-head", None),
        ("office", None),
    ):
        caller = sign_in(username)
        found = person(caller.get(HOME), "unit-a-officer")
        assert found["absent"] is True, username
        assert found["absences"] == [{"from_on": "2026-03-02", "to_on": None, "reason": reason}], username
        full = caller.get(f"{HOME}/officers/unit-a-officer").json()
        assert full["absences"][0]["reason"] == reason, username


def test_unknown_units_and_officers(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    for path in ("units/nowhere", "officers/nobody"):
        assert admin.get(f"{HOME}/{path}").status_code == 404
    for command in ("rename", "move"):
        url, body = COMMANDS[command]
        answer = admin.post(url.replace("unit-a", "nowhere"), json=body)
        assert told(answer) == (404, "directory.no_such_unit")
    for command in ("appoint", "give", "take", "dismiss", "stand-ins", "absence", "return"):
        url, body = COMMANDS[command]
        parts = url.split("/")
        parts[4] = "nobody"
        assert told(admin.post("/".join(parts), json=body)) == (404, "officer.unknown")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("units/unit-a/move", {"parent": "unit-a"}, 422, "directory.cycle"),
        ("units", {"id": "unit-a", "name": "新局", "kind": "unit"}, 422, "directory.unit_exists"),
        ("officers", {"id": "office", "name": "新", "unit": "unit-a", "post": "leader"}, 422, "directory.officer_exists"),
        ("officers/admin/give-post", {"unit": "leadership", "post": "leader"}, 403, "directory.own_post"),
        ("officers/admin/dismiss", {}, 403, "directory.own_post"),
        ("officers/leader/stand-ins", {"stand_ins": ["admin", "office"]}, 403, "standin.own_name"),
        ("officers/leader/stand-ins", {"stand_ins": ["leader"]}, 422, "standin.self"),
        ("officers/leader/take-post", {"unit": "unit-a", "post": "leader"}, 409, "directory.post_not_further"),
        ("officers/leader/return", {}, 409, "duty.not_absent"),
        ("officers/leader/absences", {"from_on": "2026-03-03", "to_on": "2026-03-02", "reason": "x"}, 422, "duty.reversed"),
    ],
)  # fmt: skip
def test_refusals(sign_in: SignIn, path: str, body: dict[str, Any], status: int, code: str) -> None:
    assert told(sign_in("admin").post(f"{HOME}/{path}", json=body)) == (status, code)


def test_the_last_administrator_stays(sign_in: SignIn) -> None:
    inspector = sign_in("inspector")
    assert told(inspector.post(f"{HOME}/officers/admin/dismiss")) == (409, "directory.last_admin")
    body = {"unit": "unit-a", "post": "unit_officer"}
    assert told(inspector.post(f"{HOME}/officers/admin/appoint", json=body)) == (409, "directory.last_admin")


@pytest.mark.parametrize("command", COMMANDS)
def test_malformed_bodies(sign_in: SignIn, command: str) -> None:
    admin, (url, body) = sign_in("admin"), COMMANDS[command]
    wrong: list[Any] = [{**body, "by": "leader"}, {**body, "officer": "leader"}, [], "text", 1]
    wrong += [{**body, name: 1} for name in body]
    wrong += [{**body, name: "坏\x00字"} for name in body]
    for one in wrong:
        answer = admin.post(url, json=one)
        assert answer.status_code == 422, one
        assert answer.headers["content-type"] == "application/problem+json"
    assert admin.get(HOME).json()["version"] == FOUNDED


def test_the_version_seen_is_honoured(sign_in: SignIn) -> None:
    admin, (url, body) = sign_in("admin"), COMMANDS["rename"]
    seen = {"If-Match": admin.get(HOME).headers["etag"]}
    assert admin.post(url, json=body, headers=seen).is_success
    stale = admin.post(url, json={"name": "另一名称"}, headers=seen)
    assert told(stale) == (412, "directory.stale")
    assert stale.json()["version"] == FOUNDED + 1


def test_done_twice_under_one_key_is_done_once(sign_in: SignIn) -> None:
    admin, (url, body) = sign_in("admin"), COMMANDS["rename"]
    key = {"Idempotency-Key": "rename-1"}
    first, again = (admin.post(url, json=body, headers=key) for _ in range(2))
    assert first.json() == again.json()
    other = admin.post(url, json={"name": "另一名称"}, headers=key)
    assert told(other) == (422, "idempotency.key_reused")
    elsewhere = admin.post(f"{HOME}/units/unit-b/rename", json=body, headers=key)
    assert told(elsewhere) == (422, "idempotency.key_reused")


def test_who_had_which_power_on_that_day(sign_in: SignIn, clock: Clock) -> None:
    clock.set(datetime(2026, 3, 2, 3, tzinfo=UTC))
    answer = sign_in("admin").post(
        f"{HOME}/officers/unit-a-head/stand-ins", json={"stand_ins": ["unit-a-clerk", "unit-b-head"]}
    )
    assert answer.is_success
    clock.set(datetime(2026, 3, 3, 1, tzinfo=UTC))
    away = {"from_on": "2026-03-03", "to_on": "2026-03-05", "reason": "学习"}
    assert sign_in("unit-a-head").post(f"{HOME}/officers/unit-a-head/absences", json=away).is_success
    clock.set(datetime(2026, 3, 4, 1, tzinfo=UTC))
    ill = {"from_on": "2026-03-04", "to_on": "2026-03-04", "reason": "病假"}
    assert sign_in("unit-a-head").post(f"{HOME}/officers/unit-a-clerk/absences", json=ill).is_success
    clock.set(datetime(2026, 3, 9, 1, tzinfo=UTC))
    assert sign_in("admin").post(f"{HOME}/officers/unit-a-clerk/dismiss", json={}).is_success
    office = sign_in("office")

    def acting(officer: str, instant: str) -> set[tuple[str, str, str | None]]:
        shown = office.get(f"{HOME}/officers/{officer}", params={"at": instant}).json()
        return {(one["unit"], one["post"], one["for_whom"]) for one in shown["powers"]}

    clerk, head = ("unit-a", "unit_clerk", None), ("unit-b", "unit_head", None)
    in_place = ("unit-a", "unit_head", "unit-a-head")
    assert acting("unit-a-clerk", "2026-03-02T18:00:00+08:00") == {clerk}
    assert acting("unit-a-clerk", "2026-03-03T18:00:00+08:00") == {clerk, in_place}
    assert acting("unit-a-clerk", "2026-03-04T18:00:00+08:00") == {clerk}
    assert acting("unit-b-head", "2026-03-04T18:00:00+08:00") == {head, in_place}
    assert acting("unit-a-clerk", "2026-03-05T18:00:00+08:00") == {clerk, in_place}
    assert acting("unit-b-head", "2026-03-05T18:00:00+08:00") == {head}
    assert acting("unit-a-clerk", "2026-03-09T18:00:00+08:00") == set()
    then = office.get(f"{HOME}/officers/unit-a-head", params={"at": "2026-03-04T18:00:00+08:00"}).json()
    assert (then["absent"], then["standing_in"], then["day"]) == (True, "unit-b-head", "2026-03-04")
    then = person(office.get(HOME, params={"at": "2026-03-02T10:30:00+08:00"}), "unit-a-head")
    assert (then["stand_ins"], then["absent"]) == ([], False)
    early = office.get(f"{HOME}/officers/unit-a-head", params={"at": "2020-01-01T00:00:00+08:00"})
    assert told(early) == (404, "officer.unknown")
    assert office.get(HOME, params={"at": "2020-01-01T00:00:00+08:00"}).json()["units"] == []
    assert office.get(HOME, params={"at": "yesterday"}).status_code == 422


def test_renaming_leaves_the_names_in_what_was_recorded_before(sign_in: SignIn, clock: Clock) -> None:
    clock.set(datetime(2026, 3, 3, 1, tzinfo=UTC))
    admin = sign_in("admin")
    assert admin.post(f"{HOME}/units/unit-a/rename", json={"name": "清江区建设局"}).is_success
    renamed = {"unit": "unit-a", "post": "unit_head", "name": "赵一鸣（改）"}
    assert admin.post(f"{HOME}/officers/unit-a-head/appoint", json=renamed).is_success
    items = sign_in("auditor").get(f"{HOME}/history", params={"limit": 200}).json()["items"]
    assert [one["version"] for one in items] == list(range(1, FOUNDED + 3))
    founding, renaming, appointing = items[1], items[-2], items[-1]
    assert (founding["by_name"], founding["names"]["unit_id"]) == ("系统", "清江区住房和城乡建设局")
    assert (renaming["by"], renaming["by_name"]) == ("admin", "管理员")
    assert renaming["names"] == {"unit_id": "清江区建设局"}
    assert appointing["names"] == {"officer": "赵一鸣（改）", "unit_id": "清江区建设局"}
    before = next(one for one in items if one["data"].get("officer") == "unit-a-head")
    assert before["names"] == {"officer": "赵一鸣", "unit_id": "清江区住房和城乡建设局"}


def test_renaming_leaves_the_names_in_the_history_of_a_petition(
    walker: Walker, sign_in: SignIn, clock: Clock
) -> None:
    case = walker.register()
    clock.set(datetime(2026, 3, 3, 1, tzinfo=UTC))
    admin = sign_in("admin")
    assert admin.post(f"{HOME}/units/petition-office/rename", json={"name": "清江区信访工作中心"}).is_success
    renamed = {"unit": "petition-office", "post": "office_clerk", "name": "林晓雨"}
    assert admin.post(f"{HOME}/officers/office/appoint", json=renamed).is_success
    office = sign_in("office")
    (registered,) = office.get(f"/v1/petitions/{case}/history").json()["items"]
    assert (registered["by_name"], registered["unit_name"]) == ("林小雨", "清江区信访局")
    assert office.get(f"/v1/petitions/{case}").json()["office_name"] == "清江区信访工作中心"


def test_the_history_is_for_those_who_keep_and_check_the_directory(sign_in: SignIn) -> None:
    for username in ("admin", "inspector", "auditor"):
        assert sign_in(username).get(f"{HOME}/history").json()["total"] == FOUNDED
    for username in ("office", "office-head", "leader", "unit-a-head", "unit-a-officer"):
        answer = sign_in(username).get(f"{HOME}/history")
        assert told(answer) == (403, "directory.history_not_yours")


def test_the_history_is_read_page_by_page(sign_in: SignIn) -> None:
    admin, seen, cursor = sign_in("admin"), [], None
    while True:
        page = admin.get(
            f"{HOME}/history", params={"limit": 7} | ({"cursor": cursor} if cursor else {})
        ).json()
        seen += [one["version"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(range(1, FOUNDED + 1))
    for wrong in ("x", "WyJhIl0", "Wy0xXQ", "W10"):
        answer = admin.get(f"{HOME}/history", params={"cursor": wrong})
        assert told(answer) == (422, "cursor.malformed"), wrong


def test_who_is_dismissed_is_signed_out_at_once(sign_in: SignIn) -> None:
    gone = sign_in("unit-b-officer")
    assert gone.get(HOME).is_success
    assert sign_in("admin").post(f"{HOME}/officers/unit-b-officer/dismiss").is_success
    assert gone.get(HOME).status_code == 401


def test_a_stand_in_keeps_the_directory_for_the_inspector_who_is_away(sign_in: SignIn) -> None:
    inspector, clerk, body = sign_in("inspector"), sign_in("unit-a-clerk"), {"name": "清江区建设局"}
    order, away = {"stand_ins": ["unit-a-clerk", "leader"]}, {"from_on": "2026-03-02", "reason": "公差"}
    assert sign_in("admin").post(f"{HOME}/officers/inspector/stand-ins", json=order).is_success
    url, instead = f"{HOME}/units/unit-a/rename", {"Acting-For": "inspector"}
    assert told(clerk.post(url, json=body, headers=instead)) == (403, "standin.not_absent")
    assert inspector.post(f"{HOME}/officers/inspector/absences", json=away).is_success
    assert told(sign_in("leader").post(url, json=body, headers=instead)) == (403, "standin.earlier_present")
    assert told(clerk.post(url, json=body)) == (403, "directory.not_yours")
    assert clerk.post(url, json=body, headers=instead).is_success
    last = clerk.get(f"{HOME}/history", params={"limit": 200}, headers=instead).json()["items"][-1]
    assert (last["by"], last["for_whom"], last["role"]) == ("unit-a-clerk", "inspector", "inspector")
    assert (last["by_name"], last["for_whom_name"], last["unit_name"]) == ("钱多多", "郑督", "清江区督查室")
    assert inspector.post(f"{HOME}/officers/inspector/return").is_success
    assert told(clerk.post(url, json={"name": "又一名称"}, headers=instead)) == (403, "standin.not_absent")


def test_the_feed_shows_the_directory_to_those_who_keep_it(sign_in: SignIn, services: Services) -> None:
    admin, (url, body) = sign_in("admin"), COMMANDS["stand-ins"]
    after = admin.post(url, json=body).json()["position"] - 1
    (shown,) = admin.get("/v1/events", params={"after": after}).json()["items"]
    assert (shown["event"], shown["case"]) == ("StandInsNamed", None)
    assert sign_in("office").get("/v1/events", params={"after": after}).json()["items"] == []
