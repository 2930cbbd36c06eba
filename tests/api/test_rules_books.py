"""Rule books over HTTP: read, publish, refuse; and what a new version does to running clocks."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]

IDS = [
    "documents", "leader-instruction", "letters-cppcc", "letters-grain-bureau", "negative-filing",
    "petition-2005", "petition-2022", "petition-summary", "petition-zhejiang-2016", "reception", "staff-complaints", "supervision", "time-limited",
]  # fmt: skip


def changed(table: dict[str, Any], clock: str = "notify", **fields: Any) -> dict[str, Any]:
    """The version as it was read, with another number for one clock, from tomorrow's morning on."""
    clocks = [{**one, "length": 10} if one["clock"] == clock else one for one in table["clocks"]]
    usual = {
        "version": "2",
        "clocks": clocks,
        "published_at": "2026-03-01T00:00:00+08:00",
        "in_force_from": "2026-03-02",
    }
    return {**table, **usual, **fields}


@pytest.fixture
def table(sign_in: SignIn) -> dict[str, Any]:
    """The present version of petition-2022, as anybody signed in reads it."""
    found: dict[str, Any] = sign_in("auditor").get("/v1/rulebooks/petition-2022").json()["versions"][-1]
    return found


def test_every_rule_book_is_listed_with_its_clocks(sign_in: SignIn) -> None:
    listed = sign_in("unit-b-officer").get("/v1/rulebooks").json()
    assert [one["id"] for one in listed["items"]] == IDS
    clocks = {one["id"]: [clock["clock"] for clock in one["clocks"]] for one in listed["items"]}
    assert {"route", "notify", "object", "finish", "review-request", "review"} <= set(clocks["petition-2022"])
    assert set(clocks["letters-cppcc"]) >= {"settle", "reply", "pass-on"}


def test_a_book_tells_its_source_and_when_it_is_in_force(sign_in: SignIn) -> None:
    book = sign_in("unit-b-officer").get("/v1/rulebooks/petition-2005").json()
    assert (book["versions"][0]["in_force_from"], book["versions"][0]["in_force_to"]) == (
        "2005-05-01",
        "2022-04-30",
    )
    assert "国务院令第431号" in book["source"]
    assert book["in_force"] is False


def test_an_unknown_book(sign_in: SignIn, client: Caller) -> None:
    answer = sign_in("office").get("/v1/rulebooks/petition-1995")
    assert (answer.status_code, answer.json()["code"]) == (404, "rulebook.unknown")
    assert client.get("/v1/rulebooks").status_code == 401


def test_a_version_is_published_and_judges_what_starts_under_it(
    sign_in: SignIn, table: dict[str, Any]
) -> None:
    answer = sign_in("admin").post("/v1/rulebooks/petition-2022/versions", json=changed(table))
    assert answer.status_code == 201, answer.text
    assert answer.json()["events"] == ["RulebookPublished"]
    assert answer.headers["etag"] == '"1"'
    office = sign_in("office")
    book = office.get("/v1/rulebooks/petition-2022").json()
    assert [one["version"] for one in book["versions"]] == [table["version"], "2"]
    assert [one["in_use"] for one in book["versions"]] == [False, True]
    sent = {"rulebook": "petition-2022", "clock": "notify", "started_on": "2026-03-02"}
    assert office.post("/v1/deadline-preview", json=sent).json()["due_on"] == "2026-03-12"
    before = office.post("/v1/deadline-preview", json=sent | {"started_on": "2026-03-01"}).json()
    assert (before["due_on"], before["rulebook_version"]) == ("2026-03-16", table["version"])
    then = office.post("/v1/deadline-preview", json=sent | {"known_at": "2026-02-27T00:00:00+08:00"}).json()
    assert then["due_on"] == "2026-03-17"


def test_published_twice_under_one_key_is_published_once(sign_in: SignIn, table: dict[str, Any]) -> None:
    admin, headers = sign_in("admin"), {"Idempotency-Key": "a"}
    first = admin.post("/v1/rulebooks/petition-2022/versions", json=changed(table), headers=headers)
    again = admin.post("/v1/rulebooks/petition-2022/versions", json=changed(table), headers=headers)
    assert first.json() == again.json()
    other = admin.post(
        "/v1/rulebooks/petition-2022/versions", json=changed(table, version="3"), headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.key_reused")


@pytest.mark.parametrize("username", ["office", "office-head", "leader", "auditor", "unit-a-head"])
def test_only_the_administrator_publishes(sign_in: SignIn, table: dict[str, Any], username: str) -> None:
    answer = sign_in(username).post("/v1/rulebooks/petition-2022/versions", json=changed(table))
    assert (answer.status_code, answer.json()["code"]) == (403, "rulebase.not_yours")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"version": "1"}, "rulebook.version_exists"),
        ({"published_at": "2026-03-02T23:00:00+08:00"}, "rulebook.published_in_future"),
        ({"in_force_from": "2022-05-01"}, "rulebook.in_force_overlap"),
        ({"in_force_from": "2021-01-01"}, "rulebook.in_force_overlap"),
        ({"in_force_from": "2021-01-01", "in_force_to": "2021-12-31"}, "rulebook.in_force_gap"),
        ({"in_force_to": "2026-12-31"}, "rulebook.in_force_overlap"),
        ({"in_force_from": "2026-03-02", "in_force_to": "2026-03-01"}, "rulebook.malformed"),
        ({"inherits": "petition-1995"}, "rulebook.unknown_parent"),
        ({"inherits": "petition-zhejiang-2016"}, "rulebook.malformed"),
        ({"kind": "supervision"}, "rulebook.kind_changed"),
        ({"id": "petition-2005"}, "rulebook.id_mismatch"),
        ({"title": ""}, "rulebook.malformed"),
        ({"title": "条\x07例"}, "rulebook.malformed"),
        ({"surprise": 1}, "rulebook.malformed"),
        ({"clocks": [{"clock": "notify"}]}, "rulebook.malformed"),
        ({"clocks": "notify"}, "rulebook.malformed"),
        ({"beside": ["weather"]}, "rulebook.malformed"),
        ({"beside": ["petition"]}, "rulebook.malformed"),
        ({"beside": "document"}, "rulebook.malformed"),
    ],
)
def test_refusals(sign_in: SignIn, table: dict[str, Any], fields: dict[str, Any], code: str) -> None:
    answer = sign_in("admin").post("/v1/rulebooks/petition-2022/versions", json=changed(table, **fields))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"].endswith("。")


def test_a_book_that_lies_beside_another_says_so(sign_in: SignIn) -> None:
    listed = sign_in("office").get("/v1/rulebooks").json()["items"]
    assert {one["id"]: one["beside"] for one in listed if one["beside"]} == {
        "leader-instruction": ["petition"],
        "negative-filing": ["petition"],
        "reception": ["petition"],
        "supervision": ["document"],
    }
    (version,) = sign_in("office").get("/v1/rulebooks/negative-filing").json()["versions"]
    assert version["beside"] == ["petition"]


def test_a_book_beside_petitions_comes_with_clocks_of_its_own(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    (table,) = admin.get("/v1/rulebooks/leader-instruction").json()["versions"]
    own = changed(table, id="qingjiang-notes", title="清江区批示件办理规定")
    clash = admin.post("/v1/rulebooks/qingjiang-notes/versions", json=own)
    assert (clash.status_code, clash.json()["code"]) == (422, "rulebook.beside_clash")
    assert "leader-instruction" in clash.json()["detail"]
    (clock,) = own["clocks"]
    named = own | {"clocks": [clock | {"clock": "note-answer", "label": "批示件回复"}]}
    answer = admin.post("/v1/rulebooks/qingjiang-notes/versions", json=named)
    assert answer.status_code == 201, answer.text


def test_a_stale_form_is_refused(sign_in: SignIn, table: dict[str, Any]) -> None:
    admin, address = sign_in("admin"), "/v1/rulebooks/petition-2022/versions"
    assert admin.post(address, json=changed(table), headers={"If-Match": '"0"'}).status_code == 201
    later = changed(table, version="3", in_force_from="2026-04-01")
    stale = admin.post(address, json=later, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "rulebase.stale")


def test_an_office_adopts_a_book_of_its_own(sign_in: SignIn, table: dict[str, Any]) -> None:
    own = changed(table, id="qingjiang-2026", title="清江区办理时限规定", statutory=False)
    answer = sign_in("admin").post("/v1/rulebooks/qingjiang-2026/versions", json=own)
    assert answer.status_code == 201, answer.text
    sent = {"rulebook": "qingjiang-2026", "clock": "notify", "started_on": "2026-03-02"}
    assert sign_in("office").post("/v1/deadline-preview", json=sent).json()["due_on"] == "2026-03-12"


def test_running_clocks_keep_their_version_unless_the_amendment_moves_them(
    sign_in: SignIn, table: dict[str, Any], catch_up: CatchUp
) -> None:
    office, case = (
        sign_in("office"),
        {
            "channel": "letter",
            "category": "appeal",
            "subject": "供暖",
            "content": "不热",
            "petitioners": [{"name": "王某"}],
        },
    )
    made = office.post("/v1/petitions", json=case | {"received_on": "2026-02-26"}).json()
    office.post(f"/v1/petitions/{made['id']}/transfer", json={"to_unit": "unit-a", "on": "2026-02-26"})
    catch_up()

    def due() -> str:
        items = office.get("/v1/deadlines", params={"clock": "notify"}).json()["items"]
        found: str = items[0]["due_on"]
        return found

    assert due() == "2026-03-13"
    trial = changed(table, running_clocks_move=True)
    moved = office.post("/v1/what-if", json={"rulebook": trial})
    assert moved.status_code == 200, moved.text
    assert [(m["case_number"], m["clock"], m["from"], m["to"]) for m in moved.json()["items"]] == [
        (made["number"], "notify", "2026-03-13", "2026-03-09")
    ]
    assert (
        sign_in("admin").post("/v1/rulebooks/petition-2022/versions", json=changed(table)).status_code == 201
    )
    catch_up()
    assert due() == "2026-03-13"
    third = changed(table, version="3", in_force_from="2026-03-03", running_clocks_move=True)
    assert sign_in("admin").post("/v1/rulebooks/petition-2022/versions", json=third).status_code == 201
    catch_up()
    assert due() == "2026-03-09"


def test_the_grounds_that_can_be_chosen(sign_in: SignIn) -> None:
    found = sign_in("unit-a-clerk").get("/v1/grounds").json()
    assert {one["code"] for one in found["decline"]} >= {"N1", "N2", "N3", "N4"}
    assert {one["code"] for one in found["notices"]} >= {"receipt", "acceptance", "refusal", "opinion"}
    assert {one["code"] for one in found["sources"]} == {
        "decision", "target", "instruction", "meeting", "proposal", "petition", "other",
    }  # fmt: skip
    assert all(one["label"] and one["basis"] for kind in found.values() for one in kind)
