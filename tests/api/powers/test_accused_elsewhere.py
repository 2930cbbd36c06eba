"""Whom an accusation accuses doesn't get at it by another post, in another's place, or by moving on (A13): neither by
its id nor in the list.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest
from msgspec.structs import replace

from api.sessions import open_session
from domain.petition.events import Against
from projections import runner
from tests.api.conftest import Town
from tests.api.powers.petitions import Petitions

HOME = "/v1/directory"
Tell = Callable[..., None]
numbers = count(1)


@pytest.fixture
def tell(town: Town) -> Tell:
    """What the administrator records in the directory, a minute after whatever was before."""

    def told(path: str, **body: Any) -> None:
        town.clock.now += timedelta(minutes=1)
        answer = town.walker.as_("admin").post(f"{HOME}/{path}", json=body)
        assert answer.is_success, answer.text
        town.clock.now += timedelta(minutes=1)

    return told


@pytest.fixture
def newcomer(tell: Tell) -> Callable[[str, str], str]:
    """Somebody new in a unit."""

    def take_on(unit: str, post: str) -> str:
        officer = f"new-{next(numbers)}"
        tell("officers", id=officer, name=f"新人{officer}", unit=unit, post=post)
        return officer

    return take_on


def accusing(town: Town, *against: Against) -> UUID:
    """An accusation that unit A handles, registered now."""
    id, facts = Petitions("unit-a", "handler", against).told("handling", "reply", "").again()
    town.services.casework.save(replace(facts[0], recorded_at=town.clock()), *facts[1:])
    return id


def sees(town: Town, officer: str, case: UUID, **headers: str) -> bool:
    """Whether the officer finds the case by its id; the list says the same."""
    runner.catch_up(town.services.database, town.services.casework)
    caller = town.client.signed(open_session(town.services, officer)[0])
    answer = caller.get(f"/v1/petitions/{case}", headers=headers)
    listed = caller.get("/v1/petitions", params={"limit": 200}, headers=headers).json()["items"]
    assert (str(case) in {one["id"] for one in listed}) is (answer.status_code == 200)
    return bool(answer.status_code == 200)


CIVIL = Against(unit="清江区民政局")
AS_CLERK = {"Acting-As": "unit-a/unit_clerk"}


def test_a_further_post_in_the_accused_unit(town: Town, tell: Tell, newcomer: Callable[..., str]) -> None:
    clerk, case = newcomer("unit-a", "unit_clerk"), accusing(town, CIVIL)
    assert sees(town, clerk, case)
    tell(f"officers/{clerk}/give-post", unit="unit-b", post="unit_officer")
    assert not sees(town, clerk, case)
    assert not sees(town, clerk, case, **AS_CLERK)


def test_a_main_post_in_the_accused_unit(town: Town, tell: Tell, newcomer: Callable[..., str]) -> None:
    officer, case = newcomer("unit-b", "unit_officer"), accusing(town, CIVIL)
    tell(f"officers/{officer}/give-post", unit="unit-a", post="unit_clerk")
    assert not sees(town, officer, case, **AS_CLERK)


@pytest.mark.parametrize("accused", ["absent", "stand-in"])
def test_in_anothers_place(town: Town, tell: Tell, newcomer: Callable[..., str], accused: str) -> None:
    absent, stand_in = newcomer("unit-a", "unit_clerk"), newcomer("unit-c", "unit_officer")
    case, other = accusing(town, CIVIL), accusing(town, Against(unit="北山建设集团"))
    tell(
        f"officers/{absent if accused == 'absent' else stand_in}/give-post",
        unit="unit-b",
        post="unit_officer",
    )
    tell(f"officers/{absent}/stand-ins", stand_ins=[stand_in])
    tell(f"officers/{absent}/absences", from_on="2026-03-02", reason="公差")
    assert sees(town, stand_in, other, **{"Acting-For": absent})
    assert not sees(town, stand_in, case, **{"Acting-For": absent})


def test_an_auditors_post_beside_one_in_the_accused_unit(
    town: Town, tell: Tell, newcomer: Callable[..., str]
) -> None:
    head, auditor = newcomer("unit-b", "unit_head"), newcomer("unit-b", "auditor")
    tell(f"officers/{head}/give-post", unit="petition-office", post="auditor")
    case, other = accusing(town, CIVIL), accusing(town, Against(unit="北山建设集团"))
    as_auditor = {"Acting-As": "petition-office/auditor"}
    assert sees(town, head, other, **as_auditor)
    assert not sees(town, head, case, **as_auditor)
    assert sees(town, auditor, case)


def test_who_moves_to_another_unit(town: Town, tell: Tell, newcomer: Callable[..., str]) -> None:
    officer = newcomer("unit-b", "unit_clerk")
    before = accusing(town, CIVIL)
    tell(f"officers/{officer}/appoint", unit="unit-a", post="unit_clerk")
    after = accusing(town, CIVIL)
    assert not sees(town, officer, before)
    assert sees(town, officer, after)


def test_a_section_that_moves_to_another_unit(town: Town, tell: Tell, newcomer: Callable[..., str]) -> None:
    section = f"section-{uuid4()}"
    tell("units", id=section, name=f"救助科{section}", kind="unit", parent="unit-b")
    officer = newcomer(section, "unit_clerk")
    tell(f"officers/{officer}/give-post", unit="unit-a", post="unit_clerk")
    before = accusing(town, CIVIL)
    tell(f"units/{section}/move", parent="unit-c")
    after = accusing(town, CIVIL)
    assert not sees(town, officer, before, **AS_CLERK)
    assert sees(town, officer, after, **AS_CLERK)


@pytest.mark.parametrize(
    "against",
    [
        Against(unit="信访局陈国平"),
        Against(person="清江区信访局局长"),
        Against(person="陈局长"),
        Against(unit="陳國平"),
        Against(unit="信訪辦"),
        Against(unit="区信访"),
    ],
)
def test_however_it_is_written(town: Town, against: Against) -> None:
    case = accusing(town, against)
    assert not sees(town, "head", case)
    assert sees(town, "a-clerk", case)


def test_an_accusation_of_whom_nobody_knows_is_registered(town: Town) -> None:
    body = {
        "channel": "letter", "category": "accusation", "subject": "检举", "content": "来信全文。",
        "petitioners": [{"name": "王某"}], "against": [{"unit": "某某公司", "person": "某经理"}],
    }  # fmt: skip
    answer = town.walker.as_("clerk").post("/v1/petitions", json=body)
    assert answer.status_code == 201, answer.text
    assert sees(town, "head", UUID(answer.json()["id"]))
