"""The shortcut of well-formed commands answers as the framework's own route does (C1, issue 6)."""

from typing import Any

import httpx
import pytest

from api.acting import WAYS
from api.shortcut import Shortcut
from domain.kinds import KINDS
from tests.api.caller import Caller
from tests.api.cases import registered
from tests.api.conftest import Town, signing_in

OPINION = {"opinion": "拟转区住建局办理"}
NOBODY = "0d824b51-985d-40dc-816d-6996e1a81d03"


class Counted:
    """Whether requests went on to the framework."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.passed: list[bool] = []
        well_formed = Shortcut._well_formed

        def watched(shortcut: Shortcut, scope: Any) -> Any:
            found = well_formed(shortcut, scope)
            self.passed.append(found is not None)
            return found

        monkeypatch.setattr(Shortcut, "_well_formed", watched)


@pytest.fixture
def office(town: Town) -> Caller:
    return signing_in(town.services, town.client)("office")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def by_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Shortcut, "_well_formed", lambda *_: None)


def seen(answer: httpx.Response) -> tuple[Any, ...]:
    """What an answer says, but for what differs from one to the next."""
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return answer.status_code, headers, answer.json()


def test_every_command_has_its_way():
    assert {(way.kind.name, way.slug) for way in WAYS.values()} == {
        (kind.name, slug) for kind in KINDS for slug in kind.commands
    }


def test_a_well_formed_command_takes_it(office: Caller, counted: Counted):
    path = f"/v1/petitions/{registered(office)}/propose"
    counted.passed.clear()
    answer = office.post(path, json=OPINION)
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'
    assert counted.passed == [True]


ODD: dict[str, dict[str, Any]] = {
    "nobody": {"json": OPINION, "headers": {"Authorization": "Bearer nobody"}},
    "unknown field": {"json": {**OPINION, "other": 1}},
    "missing field": {"json": {}},
    "no json": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "twice the same field": {
        "content": b'{"opinion":"a","opinion":"b"}',
        "headers": {"Content-Type": "application/json"},
    },
    "a form": {"data": OPINION},
    "nothing at all": {},
    "another version": {"json": OPINION, "headers": {"If-Match": '"9"'}},
    "no version": {"json": OPINION, "headers": {"If-Match": "9"}},
    "any version": {"json": OPINION, "headers": {"If-Match": "*"}},
    "a key of blanks": {"json": OPINION, "headers": {"Idempotency-Key": " "}},
    "a long key": {"json": OPINION, "headers": {"Idempotency-Key": "k" * 201}},
    "in somebody's place": {"json": OPINION, "headers": {"Acting-For": "leader"}},
    "in the future": {"json": {**OPINION, "on": "2026-03-09"}},
}


@pytest.mark.parametrize("name", ["application/json", "Application/JSON"])
def test_a_field_sent_twice_is_refused_however_its_type_is_written(office: Caller, name: str):
    path, twice = f"/v1/petitions/{registered(office)}/propose", b'{"opinion":"a","opinion":"b"}'
    answer = office.post(path, content=twice, headers={"Content-Type": name})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.malformed")


@pytest.mark.parametrize("name", ODD)
def test_it_says_what_the_framework_would(office: Caller, name: str, monkeypatch: pytest.MonkeyPatch):
    given, case = ODD[name], registered(office)
    other = registered(office)

    def told(case: str) -> tuple[Any, ...]:
        status, headers, content = seen(office.post(f"/v1/petitions/{case}/propose", **given))
        if status == 200:
            content = {**content, "id": "", "position": 0}
            headers["content-length"] = ""
        return status, headers, content

    first = told(case)
    by_framework(monkeypatch)
    assert first == told(other)


@pytest.mark.parametrize("id", ["nothing", f"{{{NOBODY}}}", NOBODY.replace("-", ""), NOBODY])
def test_a_strange_address_is_answered_alike(office: Caller, id: str, monkeypatch: pytest.MonkeyPatch):
    first = seen(office.post(f"/v1/petitions/{id}/propose", json=OPINION))
    by_framework(monkeypatch)
    assert first == seen(office.post(f"/v1/petitions/{id}/propose", json=OPINION))
