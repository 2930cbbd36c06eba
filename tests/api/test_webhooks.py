"""Webhooks (C7): the administrator's alone; secrets go in and never come out; each keeps its place in the log."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.facts import TOPICS
from scheduler import push, subscriptions
from tests.api.caller import Caller
from tests.api.cases import pages
from tests.api.conftest import Town, signing_in

Open = Callable[[str], Caller]
URL = "/v1/webhooks"
SECRET = "a-secret-that-is-long-enough-0001"
MASK = "********"


@pytest.fixture
def admin(town: Town) -> Caller:
    one = signing_in(town.services, town.client)("admin")
    one.put(URL, json={"items": []})
    return one


def a_webhook(id: str = "oa", **given: Any) -> dict[str, Any]:
    made = {"url": "https://oa.test/in?key=hush-hush", "secret": SECRET, "kinds": ["petition.*"]}
    return {"id": id, **made, **given}


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", URL),
        ("PUT", URL),
        ("POST", f"{URL}/oa/test"),
        ("GET", f"{URL}/dead-letters"),
        ("POST", f"{URL}/dead-letters/00000000-0000-4000-8000-000000000001/resend"),
    ],
)
def test_only_the_administrator_comes_in(town: Town, method: str, url: str):
    body = {"json": {"items": [a_webhook()]}} if method == "PUT" else {}
    sign_in = signing_in(town.services, town.client)
    assert town.client.request(method, url, **body).status_code == 401
    for officer in ("office-head", "leader", "auditor", "unit-a-head", "unit-a-officer"):
        answer = sign_in(officer).request(method, url, **body)
        assert (answer.status_code, answer.json()["code"]) == (403, "webhook.not_yours")


def test_secrets_are_masked_and_kept_and_so_is_the_place(town: Town, admin: Caller):
    shown = admin.put(URL, json={"items": [a_webhook()]}).json()["items"][0]
    assert (shown["url"], shown["secret"]) == (f"https://oa.test/in?{MASK}", MASK)
    assert shown["position"] == town.head()
    again = {name: shown[name] for name in ("id", "url", "secret")} | {"kinds": ["item.opened"]}
    admin.put(URL, json={"items": [again | {"position": 3}]})
    admin.put(URL, json={"items": [again]})
    kept = subscriptions.one_of(town.services.database, "oa")
    assert (kept.url, kept.secret) == ("https://oa.test/in?key=hush-hush", SECRET)
    assert (kept.position, kept.kinds) == (3, ("item.opened",))
    assert "hush-hush" not in admin.get(URL).text


def test_a_place_that_is_not_reached_yet_is_the_last_one(town: Town, admin: Caller):
    shown = admin.put(URL, json={"items": [a_webhook(position=2**60)]}).json()["items"][0]
    assert shown["position"] == town.head()


def test_what_is_left_out_is_removed(admin: Caller):
    admin.put(URL, json={"items": [a_webhook("one"), a_webhook("two")]})
    admin.put(URL, json={"items": [a_webhook("two", secret=MASK)]})
    assert [one["id"] for one in admin.get(URL).json()["items"]] == ["two"]


def test_the_kinds_there_are_have_names_and_tell_nothing_of_the_house(admin: Caller):
    kinds = {one["kind"]: one["label"] for one in admin.get(URL).json()["kinds"]}
    assert kinds["petition.accepted"] == "受理"
    assert kinds["seal.head"]
    assert all(kinds.values())
    assert {kind.partition(".")[0] for kind in kinds} == subscriptions.OFFERED | {"seal"}
    assert {"directory", "rota", "shift"} <= {topic.partition(".")[0] for topic in TOPICS}


@pytest.mark.parametrize(
    "items",
    [
        [a_webhook(), a_webhook()],
        [a_webhook(), a_webhook("two", url="ftp://oa.test")],
        [a_webhook(), a_webhook("two", url="http://169.254.169.254/latest")],
        [a_webhook(), a_webhook("two", secret=MASK)],
        [a_webhook(), a_webhook("two", secret="short")],
        [a_webhook(), a_webhook("Two Systems")],
        [a_webhook(), a_webhook("two", kinds=[])],
        [a_webhook(), a_webhook("two", kinds=["directory.officer_appointed"])],
        [a_webhook(), a_webhook("two", kinds=["*"])],
        [a_webhook(), a_webhook("two", position=-1)],
        [a_webhook(), a_webhook("two", more="x")],
        {},
    ],
)
def test_bad_settings_change_nothing(admin: Caller, items: Any):
    admin.put(URL, json={"items": [a_webhook("before")]})
    answer = admin.put(
        URL, content=json.dumps({"items": items}), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert SECRET not in answer.text
    assert [one["id"] for one in admin.get(URL).json()["items"]] == ["before"]


def test_a_test_goes_to_no_private_address_unless_allowed(admin: Caller):
    there = "http://127.0.0.1:9/nobody"
    admin.put(URL, json={"items": [a_webhook(url=there), a_webhook("inside", url=there, allow_private=True)]})
    assert admin.post(f"{URL}/oa/test").json() == {
        "webhook": "oa", "delivered": False, "error": "private_address",
    }  # fmt: skip
    assert admin.post(f"{URL}/inside/test").json()["error"] == "refused"
    assert admin.post(f"{URL}/nowhere/test").json()["code"] == "webhook.unknown"


def buried(town: Town, count: int) -> list[UUID]:
    """So many letters that were given up."""
    ids = [uuid4() for _ in range(count)]
    with town.services.database.transaction() as connection:
        for id in ids:
            connection.execute(
                "INSERT INTO webhook_dead_letters (id, webhook, event, kind, position, attempts, error, created_at)"
                " VALUES (%s, 'oa', %s, 'petition.registered', 1, 8, 'timeout', %s)",
                (id, f"{id}.1", town.services.clock()),
            )
    return ids


@pytest.mark.parametrize("limit", [1, 200])
def test_dead_letters_are_listed_without_their_case(town: Town, admin: Caller, limit: int):
    admin.put(URL, json={"items": [a_webhook()]})
    ids = buried(town, 3)
    found = pages(admin, f"{URL}/dead-letters", limit)
    assert {UUID(one["id"]) for one in found} == set(ids)
    assert {frozenset(one) for one in found} == {
        frozenset({"id", "webhook", "kind", "attempts", "error", "created_at"})
    }


def test_a_dead_letter_that_may_not_be_told_any_more_is_let_go(town: Town, admin: Caller):
    """Position 1 is a fact of the directory: it is no case's, so nothing is sent."""
    admin.put(URL, json={"items": [a_webhook(url="http://127.0.0.1:9/nobody", allow_private=True)]})
    [id] = buried(town, 1)
    answer = admin.post(f"{URL}/dead-letters/{id}/resend")
    assert answer.json() == {"id": str(id), "delivered": False, "error": "withheld"}
    again = admin.post(f"{URL}/dead-letters/{id}/resend")
    assert (again.status_code, again.json()["code"]) == (404, "webhook.not_dead")


def test_one_with_nobody_to_take_it_says_so(town: Town, admin: Caller):
    admin.put(
        URL, json={"items": [a_webhook(url="http://127.0.0.1:9/nobody", allow_private=True, position=0)]}
    )
    signing_in(town.services, town.client)("office").post(
        "/v1/petitions",
        json={"channel": "letter", "category": "appeal", "subject": "供暖", "content": "不热",
              "petitioners": [{"name": "某某"}]},
    )  # fmt: skip
    counts = push.push(town.services.database, town.services.casework, town.clock)
    [shown] = admin.get(URL).json()["items"]
    assert (counts.failed, shown["error"], shown["attempts"]) == (1, "refused", 1)
    assert shown["next_try_at"]
