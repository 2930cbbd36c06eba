"""The same tables for whoever acts in another's place: a stand-in while the head is away and while the head is there, and a
token of another system.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from tests.api.caller import Caller
from tests.api.conftest import Town
from tests.api.powers import items, petitions
from tests.api.powers.setting import Stories
from tests.api.problems import refused

DIRECTORY = "/v1/directory/officers"
PREFIX = {"petition": "/v1/petitions", "item": "/v1/supervision-items"}
FOR_A_HEAD, FOR_B_HEAD = {"Acting-For": "a-head"}, {"Acting-For": "b-head"}
OF_A_HEAD: list[tuple[str, Stories, str, int]] = [
    ("petition", petitions.ORDINARY, "accept", 200),
    ("petition", petitions.ORDINARY, "decline", 200),
    ("petition", petitions.ORDINARY, "reply", 409),
    ("petition", petitions.ORDINARY, "transfer", 403),
    ("petition", petitions.OF_A_UNIT, "accept", 404),
    ("item", items.NOT_PUBLIC, "sign-report", 200),
    ("item", items.NOT_PUBLIC, "vet-extension", 200),
    ("item", items.NOT_PUBLIC, "vet", 403),
    ("item", items.NOT_PUBLIC, "report", 403),
]
"""What the head of unit A is answered, and so whoever stands in for that head."""
STAGE = {"petition": "with_unit", "item": "handling"}
each = pytest.mark.parametrize(("kind", "stories", "act", "status"), OF_A_HEAD)


def stored(town: Town, stories: Stories, stage: str, act: str) -> UUID:
    id, facts = stories.told(stage, act, "").again()
    town.services.casework.save(*facts)
    return id


@pytest.fixture(scope="module", autouse=True)
def stand_ins(town: Town) -> None:
    """The officer of unit A who handles nothing stands in for both heads."""
    for head in ("a-head", "b-head"):
        answer = town.walker.as_("admin").post(
            f"{DIRECTORY}/{head}/stand-ins", json={"stand_ins": ["a-officer"]}
        )
        assert answer.is_success, answer.text


@pytest.fixture
def away(town: Town) -> Any:
    """Sends officers away; they are back afterwards."""
    gone: list[str] = []
    admin = town.walker.as_("admin")

    def leave(officer: str) -> None:
        gone.append(officer)
        answer = admin.post(
            f"{DIRECTORY}/{officer}/absences", json={"from_on": "2026-03-02", "reason": "公差"}
        )
        assert answer.is_success, answer.text

    yield leave
    for officer in gone:
        assert admin.post(f"{DIRECTORY}/{officer}/return", json={}).is_success


def tried(town: Town, who: Caller, kind: str, stories: Stories, act: str, **given: Any) -> Any:
    case = stored(town, stories, STAGE[kind], act)
    body = stories.body(STAGE[kind], act, "", "a-head")
    return who.post(f"{PREFIX[kind]}/{case}/{act}", json=dict(body), **given)


@each
def test_the_head_in_person(town: Town, kind: str, stories: Stories, act: str, status: int) -> None:
    assert tried(town, town.walker.as_("a-head"), kind, stories, act).status_code == status


@each
def test_the_stand_in_of_a_head_who_is_away(
    town: Town, away: Callable[[str], None], kind: str, stories: Stories, act: str, status: int
) -> None:
    away("a-head")
    stand_in = town.walker.as_("a-officer")
    assert tried(town, stand_in, kind, stories, act, headers=FOR_A_HEAD).status_code == status
    assert tried(town, stand_in, kind, stories, act).status_code == 404


@each
def test_nobody_stands_in_for_a_head_who_is_there(
    town: Town, kind: str, stories: Stories, act: str, status: int
) -> None:
    refused(tried(town, town.walker.as_("a-officer"), kind, stories, act, headers=FOR_A_HEAD), 403)
    refused(tried(town, town.walker.as_("c-head"), kind, stories, act, headers=FOR_A_HEAD), 403)


def test_an_accused_unit_finds_nothing_in_anothers_place_either(
    town: Town, away: Callable[[str], None]
) -> None:
    away("b-head")
    stand_in = town.walker.as_("a-officer")
    url = f"/v1/petitions/{stored(town, petitions.OF_A_UNIT, 'with_unit', 'accept')}"
    refused(stand_in.get(url, headers=FOR_B_HEAD), 404, "petition.unknown")
    refused(stand_in.post(f"{url}/accept", json={}, headers=FOR_B_HEAD), 404, "petition.unknown")
    open_to_b = petitions.Petitions("unit-b", "b-officer")
    case = stored(town, open_to_b, "with_unit", "accept")
    assert stand_in.post(f"/v1/petitions/{case}/accept", json={}, headers=FOR_B_HEAD).status_code == 200


def test_who_asked_for_more_time_never_vets_it_in_the_heads_place(
    town: Town, away: Callable[[str], None]
) -> None:
    order = {"stand_ins": ["handler", "a-officer"]}
    assert town.walker.as_("admin").post(f"{DIRECTORY}/a-head/stand-ins", json=order).is_success
    away("a-head")
    case = stored(town, items.NOT_PUBLIC, "handling", "vet-extension")
    url = f"/v1/supervision-items/{case}/vet-extension"
    body = {"opinion": "情况属实", "unit": "unit-a"}
    refused(town.walker.as_("handler").post(url, json=body, headers=FOR_A_HEAD), 403, "item.own_request")
    order = {"stand_ins": ["a-officer"]}
    assert town.walker.as_("admin").post(f"{DIRECTORY}/a-head/stand-ins", json=order).is_success


@pytest.mark.parametrize(
    ("scope", "stories", "status"),
    [
        ("write:cases", petitions.ORDINARY, 200),
        ("read:cases", petitions.ORDINARY, 403),
        ("write:cases", petitions.OF_A_UNIT, 404),
    ],
)
def test_a_token_does_what_its_officer_may_and_its_scope_opens(
    town: Town, scope: str, stories: Stories, status: int
) -> None:
    robot, admin = f"robot-{scope.replace(':', '-')}-{status}", town.walker.as_("admin")
    inspector = town.walker.as_("inspector")
    appointed = {"id": robot, "name": "业务系统", "unit": "unit-a", "post": "unit_clerk"}
    answer = admin.post(DIRECTORY, json=appointed)
    assert answer.is_success, answer.text
    made = inspector.post("/v1/tokens", json={"name": robot, "officer": robot, "scopes": [scope]})
    assert made.status_code == 201, made.text
    system = town.client.signed(made.json()["token"])
    assert tried(town, system, "petition", stories, "accept").status_code == status
