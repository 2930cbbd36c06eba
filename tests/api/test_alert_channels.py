"""Alert channels and dead letters: the administrator's alone; secrets go in and never come out."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from api.bootstrap import Services
from scheduler import roster
from scheduler.mail import Mail
from scheduler.webhook import Webhook
from tests.api.caller import Caller
from tests.api.cases import pages

SignIn = Callable[[str], Caller]
URL = "/v1/alert-channels"
SECRET = "a-secret-that-is-long-enough-0001"
MASK = "********"


def a_webhook(id: str = "hall", **settings: Any) -> dict[str, Any]:
    return {
        "id": id,
        "kind": "webhook",
        "settings": {"url": "https://hall.test/alerts", "secret": SECRET} | settings,
        "enabled": True,
    }


ROUTES = (
    ("GET", URL),
    ("PUT", URL),
    ("POST", f"{URL}/hall/test"),
    ("GET", f"{URL}/dead-letters"),
    ("POST", f"{URL}/dead-letters/00000000-0000-4000-8000-000000000001/revive"),
)


@pytest.mark.parametrize(("method", "url"), ROUTES)
def test_only_the_administrator_comes_in(
    client: Caller, sign_in: SignIn, services: Services, method: str, url: str
) -> None:
    body = {"json": {"items": [a_webhook()]}} if method == "PUT" else {}
    assert client.request(method, url, **body).status_code == 401
    for officer in ("office-head", "leader", "auditor", "unit-a-head", "unit-a-officer"):
        assert sign_in(officer).request(method, url, **body).status_code == 403
    assert roster.channels(services.database) == []


def test_secrets_are_masked_and_kept(sign_in: SignIn, services: Services) -> None:
    admin = sign_in("admin")
    answer = admin.put(URL, json={"items": [a_webhook()]})
    shown = {"items": [a_webhook(secret=MASK)]}
    assert (answer.status_code, answer.json()) == (200, shown)
    assert admin.get(URL).json() == shown
    moved = a_webhook(url="https://hall.test/elsewhere", secret=MASK)
    assert admin.put(URL, json={"items": [moved]}).json() == {"items": [moved]}
    (kept,) = roster.channels(services.database)
    assert kept.settings == Webhook("https://hall.test/elsewhere", SECRET)


def a_mail(**settings: Any) -> dict[str, Any]:
    given = {
        "host": "mail.office.test",
        "port": 465,
        "ssl": True,
        "username": "alerts",
        "password": SECRET,
        "sender": "alerts@office.test",
        "recipients": ["duty@office.test"],
    }
    return {"id": "post", "kind": "mail", "settings": given | settings, "enabled": True}


@pytest.mark.parametrize(
    "change",
    [
        {"host": "mail.elsewhere.test"},
        {"port": 4650},
        {"ssl": False},
        {"ssl": False, "port": 25},
        {"port": None, "ssl": False, "starttls": True},
    ],
)
def test_a_kept_mail_password_stays_with_its_server(
    sign_in: SignIn, services: Services, change: dict[str, Any]
) -> None:
    admin = sign_in("admin")
    assert admin.put(URL, json={"items": [a_mail()]}).status_code == 200
    assert admin.put(URL, json={"items": [a_mail(password=MASK, sender="xf@office.test")]}).status_code == 200
    before = roster.channels(services.database)
    assert isinstance(before[0].settings, Mail)
    assert before[0].settings.password == SECRET
    answer = admin.put(URL, json={"items": [a_mail(password=MASK, **change)]})
    assert (answer.status_code, answer.json()["setting"]) == (422, "password")
    assert roster.channels(services.database) == before
    assert admin.put(URL, json={"items": [a_mail(**change)]}).status_code == 200


def test_a_kept_mail_password_may_go_where_it_is_safer(sign_in: SignIn, services: Services) -> None:
    admin = sign_in("admin")
    admin.put(URL, json={"items": [a_mail(ssl=False)]})
    assert (
        admin.put(URL, json={"items": [a_mail(password=MASK, starttls=True, ssl=False)]}).status_code == 200
    )
    (kept,) = roster.channels(services.database)
    assert isinstance(kept.settings, Mail)
    assert kept.settings.password == SECRET


def test_what_is_left_out_is_removed(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put(URL, json={"items": [a_webhook("one"), a_webhook("two")]})
    admin.put(URL, json={"items": [a_webhook("two")]})
    assert [one["id"] for one in admin.get(URL).json()["items"]] == ["two"]
    admin.put(URL, json={"items": []})
    assert admin.get(URL).json() == {"items": []}


@pytest.mark.parametrize(
    "items",
    [
        [a_webhook(), a_webhook()],
        [a_webhook(), a_webhook("two", url="ftp://hall.test")],
        [a_webhook(), a_webhook("two", secret=MASK)],
        [a_webhook(), a_webhook("two", more="x")],
        [a_webhook(), a_webhook("Two Halls")],
        [a_webhook(), a_webhook("two", secret="\ud800" * 40)],
        [a_webhook(), a_webhook("two", secret="\x00" * 40)],
        [a_webhook() | {"kind": "pigeon"}],
        [a_webhook() | {"enabled": "yes"}],
        {},
    ],
)
def test_bad_settings_change_nothing(sign_in: SignIn, items: Any) -> None:
    admin = sign_in("admin")
    admin.put(URL, json={"items": [a_webhook("before")]})
    content = json.dumps({"items": items})
    answer = admin.put(URL, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    assert SECRET not in answer.text
    assert [one["id"] for one in admin.get(URL).json()["items"]] == ["before"]


def test_a_test_tells_what_the_receiver_answered(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put(URL, json={"items": [a_webhook(url="http://127.0.0.1:9/nobody") | {"enabled": False}]})
    answer = admin.post(f"{URL}/hall/test")
    assert answer.status_code == 200
    assert (answer.json()["channel"], answer.json()["delivered"]) == ("hall", False)
    assert answer.json()["error"]
    unknown = admin.post(f"{URL}/nowhere/test")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "alert_channel.unknown")


def buried(services: Services, count: int) -> list[UUID]:
    """So many letters that were given up, newest first."""
    ids = [uuid4() for _ in range(count)]
    with services.database.transaction() as connection:
        for age, id in enumerate(ids):
            connection.execute(
                "INSERT INTO outbox (id, alert_id, case_id, channel, payload, state, attempts, error, created_at)"
                " VALUES (%s, %s, %s, 'hall', '{}', 'dead', 12, 'timeout', %s)",
                (id, uuid4(), uuid4(), services.clock() - timedelta(minutes=age // 2)),
            )
    return ids


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_dead_letters_are_listed_without_their_case(sign_in: SignIn, services: Services, limit: int) -> None:
    ids = buried(services, 5)
    found = pages(sign_in("admin"), f"{URL}/dead-letters", limit)
    assert {UUID(one["id"]) for one in found} == set(ids)
    assert [one["created_at"] for one in found] == sorted((one["created_at"] for one in found), reverse=True)
    assert {one["error"] for one in found} == {"timeout"}
    assert not [one for one in found if "case" in one or "case_id" in one]


def test_a_dead_letter_is_revived_once(sign_in: SignIn, services: Services) -> None:
    (id,) = buried(services, 1)
    admin = sign_in("admin")
    answer = admin.post(f"{URL}/dead-letters/{id}/revive")
    assert (answer.status_code, answer.json()) == (200, {"id": str(id), "state": "pending"})
    assert admin.get(f"{URL}/dead-letters").json()["total"] == 0
    again = admin.post(f"{URL}/dead-letters/{id}/revive")
    assert (again.status_code, again.json()["code"]) == (404, "outbox.not_dead")
