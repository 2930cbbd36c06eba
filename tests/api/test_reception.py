"""接访、接待日和值班 over HTTP (A10, A11): logged, promised, handed over and confirmed; the rota in public; a shift closed."""

from typing import Any

import pytest

from tests.api.caller import Caller
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.traces import with_reason

URL = "/v1/reception"
VISIT: dict[str, Any] = {
    "form": "visit",
    "content": "反映青石街道污水外溢，多次报修无果",
    "visitors": [{"name": "王秀英", "phone": "13800001234"}, {"name": "李大力"}],
    "place": "信访大厅",
}


def logged(caller: Caller, **given: Any) -> dict[str, Any]:
    answer = caller.post(URL, json=VISIT | given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def seen(caller: Caller, id: str) -> dict[str, Any]:
    answer = caller.get(f"{URL}/{id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a10_a_visit_is_logged_numbered_and_listed(sign_in: SignIn, catch_up: Any) -> None:
    office = sign_in("office")
    first, second = logged(office), logged(office, form="call", result="explained", text="已说明")
    assert (first["number"], second["number"]) == ("JF-XF-2026-000001", "JF-XF-2026-000002")
    shown = seen(office, first["id"])
    assert (shown["stage_label"], shown["headcount"], shown["responsible"]) == ("未办结", 2, "office")
    assert shown["light"] in {"green", "yellow"}
    assert [one["name"] for one in shown["visitors"]] == ["王*", "李*"]
    catch_up()
    for filters, numbers in (
        ({}, [second["number"], first["number"]]),
        ({"form": "call"}, [second["number"]]),
        ({"result": "explained"}, [second["number"]]),
        ({"state": "open"}, [first["number"]]),
        ({"q": "污水"}, [second["number"], first["number"]]),
        (
            {"officer": "office", "from": "2026-01-01", "to": "2026-12-31"},
            [second["number"], first["number"]],
        ),
        ({"officer": "leader"}, []),
        ({"responsible": "office", "stage": "unsettled"}, [first["number"]]),
    ):
        items = office.get(URL, params=filters).json()["items"]
        assert [one["number"] for one in items] == numbers, filters


def test_a13_who_came_is_shown_to_those_concerned_and_the_reading_leaves_a_trace(sign_in: SignIn) -> None:
    office, auditor = sign_in("office"), sign_in("auditor")
    id = logged(office)["id"]
    whole = office.get(f"{URL}/{id}/visitors").json()["items"]
    assert whole[0] == {"key": "v1", "name": "王秀英", "phone": "13800001234"}
    refused(auditor.get(f"{URL}/{id}/visitors"), 403, "reading.reason_needed")
    assert with_reason(auditor, f"{URL}/{id}").get(f"{URL}/{id}/visitors").status_code == 200
    refused(sign_in("leader").get(f"{URL}/{id}/visitors"), 403, "reception.personal_data_closed")
    history = office.get(f"{URL}/{id}/history").json()["items"]
    assert "王秀英" not in str(history)
    assert [one["label"] for one in history] == ["接访登记"]


def test_a11_a_hand_over_waits_for_the_named_officer_and_for_nobody_else(sign_in: SignIn) -> None:
    office, named = sign_in("office"), sign_in("unit-a-clerk")
    id = logged(office, result="promised", promised_on="2026-12-31")["id"]
    refused(named.get(f"{URL}/{id}"), 404, "reception.unknown")
    sent = office.post(f"{URL}/{id}/hand-over", json={"officer": "unit-a-clerk", "text": "请到现场查看"})
    assert (sent.status_code, sent.json()["events"]) == (200, ["HandedOver"])
    clocks = office.get(f"{URL}/{id}/deadlines").json()["items"]
    assert {one["clock"]: one["status"] for one in clocks} == {"promise": "running", "hand-over": "running"}
    acts = {one["act"]: one["open"] for one in named.get(f"{URL}/{id}/acts").json()["items"]}
    assert acts["confirm-hand-over"]
    assert not acts["settle"]
    refused(office.post(f"{URL}/{id}/confirm-hand-over"), 403, "reception.not_yours")
    assert named.post(f"{URL}/{id}/confirm-hand-over").status_code == 200
    shown = seen(named, id)
    assert (shown["responsible"], shown["pending"], shown["unit"]) == ("unit-a-clerk", None, "unit-a")
    done = named.post(f"{URL}/{id}/settle", json={"text": "管网已疏通，来访人认可"})
    assert done.json()["events"] == ["Settled"]
    replay = named.get(f"{URL}/{id}/replay").json()["items"]
    assert [one["event"]["event"] for one in replay] == [
        "Received",
        "HandedOver",
        "HandOverConfirmed",
        "Settled",
    ]


def test_a13_an_accusation_is_hidden_from_whom_it_accuses(sign_in: SignIn) -> None:
    office = sign_in("office")
    id = logged(office, against=[{"unit": "unit-a"}, {"unit": "云溪县住房和城乡建设局"}])["id"]
    for who in ("unit-a-clerk", "leader", "inspector"):
        refused(sign_in(who).get(f"{URL}/{id}"), 404, "reception.unknown")
    assert seen(office, id)["confidential"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"result": "promised"}, "reception.no_date"),
        ({"result": "settled"}, "reception.no_text"),
        ({"result": "registered"}, "reception.petition_unknown"),
        ({"promised_on": "2026-12-31"}, "reception.date_without_promise"),
        ({"received_by": "admin"}, "reception.officer_unknown"),
        ({"received_by": "nobody"}, "reception.officer_unknown"),
        ({"on": "2099-01-01"}, "date.in_future"),
    ],
)
def test_a10_what_is_missing_is_named(sign_in: SignIn, given: dict[str, Any], code: str) -> None:
    refused(sign_in("office").post(URL, json=VISIT | given), 422, code)


def test_a10_nobody_without_part_in_cases_logs_one(sign_in: SignIn) -> None:
    for who in ("admin", "auditor"):
        refused(sign_in(who).post(URL, json=VISIT), 403, "reception.not_yours")


def test_a10_a_visit_becomes_a_petition(sign_in: SignIn) -> None:
    office = sign_in("office")
    id = logged(office)["id"]
    petition = office.post(
        "/v1/petitions",
        json={"channel": "visit", "category": "appeal", "subject": "污水外溢", "content": "多次报修无果"},
    ).json()
    assert office.post(f"{URL}/{id}/register-petition", json={"petition": petition["id"]}).status_code == 200
    shown = seen(office, id)
    assert (shown["stage"], shown["petition_number"]) == ("registered", petition["number"])


ENTRY = {
    "on": "2026-12-07",
    "from_time": "08:30",
    "to_time": "11:30",
    "place": "一号接待室",
    "post": "分管副县长",
    "officer": "leader",
}
SPAN = {"from": "2026-12-01", "to": "2026-12-31"}


def test_a10_the_rota_is_published_amended_and_read_by_everybody(sign_in: SignIn) -> None:
    office = sign_in("office")
    made = office.post(f"{URL}/rota", json={"entries": [ENTRY, ENTRY | {"on": "2026-12-14"}]})
    assert made.status_code == 201, made.text
    first, second = sign_in("admin").get(f"{URL}/rota", params=SPAN).json()["items"]
    assert (first["on"], first["post"], first["place"]) == ("2026-12-07", "分管副县长", "一号接待室")
    changed = office.post(f"{URL}/rota/{first['id']}/amend", json={"reason": "会议冲突", "on": "2026-12-08"})
    assert changed.status_code == 200, changed.text
    gone = office.post(f"{URL}/rota/{second['id']}/amend", json={"reason": "外出", "cancelled": True})
    assert gone.status_code == 200
    items = office.get(f"{URL}/rota", params=SPAN).json()["items"]
    assert [(one["on"], one["cancelled"], len(one["history"])) for one in items] == [
        ("2026-12-08", False, 2),
        ("2026-12-14", True, 2),
    ]
    refused(sign_in("unit-a-head").post(f"{URL}/rota", json={"entries": [ENTRY]}), 403, "rota.not_yours")
    refused(office.post(f"{URL}/rota/x.2026.9.1/amend", json={"reason": "无"}), 404, "rota.unknown")
    refused(
        office.get(f"{URL}/rota", params={"from": "2026-12-01", "to": "2020-01-01"}), 422, "rota.bad_span"
    )


def test_a10_citizens_read_the_rota_without_signing_in_and_nothing_else(
    sign_in: SignIn, client: Caller
) -> None:
    sign_in("office").post(f"{URL}/rota", json={"entries": [ENTRY]})
    page = client.get("/reception", params={"from": "2026-12-01"})
    assert page.status_code == 200
    for told in ("分管副县长", "一号接待室", "08:30", "2026-12-07"):
        assert told in page.text
    assert "petition-office.2026" not in page.text
    refused(client.get(f"{URL}/rota"), 401)


def test_a10_a_shift_is_closed_once_somebody_has_taken_over_what_is_unsettled(sign_in: SignIn) -> None:
    office, named = sign_in("office"), sign_in("unit-a-clerk")
    today = office.get("/v1/reception/rota").json()["from"]
    given = {
        "on": today,
        "from_time": "08:30",
        "to_time": "17:30",
        "officers": ["office"],
        "leader": "leader",
    }
    shift = office.post(f"{URL}/shifts", json=given).json()["id"]
    assert office.post(f"{URL}/shifts/{shift}/note", json={"text": "上级来电核对情况"}).status_code == 200
    matter = logged(office, form="duty", shift=shift)
    shown = office.get(f"{URL}/shifts/{shift}").json()
    assert [one["number"] for one in shown["matters"]] == [matter["number"]]
    assert [one["text"] for one in shown["notes"]] == ["上级来电核对情况"]
    refused(office.post(f"{URL}/shifts/{shift}/close"), 409, "shift.unsettled")
    office.post(f"{URL}/{matter['id']}/hand-over", json={"officer": "unit-a-clerk", "text": "请接续"})
    refused(office.post(f"{URL}/shifts/{shift}/close"), 409, "shift.unsettled")
    named.post(f"{URL}/{matter['id']}/confirm-hand-over")
    assert office.post(f"{URL}/shifts/{shift}/close", json={"text": "已交接"}).status_code == 200
    assert office.get(f"{URL}/shifts", params={"from": today}).json()["items"][0]["state"] == "closed"
    refused(named.get(f"{URL}/shifts/{shift}"), 404, "shift.unknown")
    refused(office.post(URL, json=VISIT | {"shift": shift}), 409, "reception.shift_over")


def test_a11_a_petition_is_handed_over_and_confirmed(sign_in: SignIn) -> None:
    office, named = sign_in("office"), sign_in("unit-a-clerk")
    petition = office.post(
        "/v1/petitions",
        json={"channel": "visit", "category": "appeal", "subject": "污水外溢", "content": "多次报修无果"},
    ).json()
    url = f"/v1/petitions/{petition['id']}"
    assert (
        office.post(f"{url}/hand-over", json={"officer": "unit-a-clerk", "text": "请接"}).status_code == 200
    )
    assert named.post(f"{url}/confirm-hand-over").json()["events"] == ["HandOverConfirmed"]
    assert office.get(url).json()["first_contact"] == "unit-a-clerk"
