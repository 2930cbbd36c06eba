"""Two API processes on one database: neither is told anything but by the database, and nothing is done twice (C1, issue 6)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.app import create_app
from api.bootstrap import Services, build
from domain.facts import name_of
from tests.api.caller import Caller, calling
from tests.api.cases import registered
from tests.api.conftest import SignIn
from tests.conftest import Clock

OPINION = {"opinion": "拟转区住建局办理"}


@pytest.fixture
def other(services: Services, clock: Clock) -> Iterator[Caller]:
    """A client of a second service, which has its own memory and its own connections."""
    with build(services.settings, clock) as second, calling(create_app(second)) as caller:
        yield caller


def test_commands_on_the_same_cases_through_both_are_each_done_once(
    services: Services, sign_in: SignIn, other: Caller
):
    office = sign_in("office")
    doors = (office, other.signed(office.token))
    cases = [registered(office) for _ in range(3)]

    def propose(number: int) -> tuple[int, str]:
        headers = {"Idempotency-Key": f"k-{number // 2}"}  # each key is sent twice, once to each
        path = f"/v1/petitions/{cases[number // 2 % 3]}/propose"
        answer = doors[number % 2].post(path, json=OPINION, headers=headers)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(propose, range(48)))
    assert {status for status, _ in answers} == {200}
    assert answers[0::2] == answers[1::2], "the same key gets the same answer at both"
    assert len(set(answers)) == 24
    for case in cases:
        told = [name_of(one.fact) for one in services.casework.history(case)]
        assert told == ["Registered", *["Proposed"] * 8]


def test_who_signs_out_at_one_is_out_at_the_other_at_once(sign_in: SignIn, other: Caller):
    office = sign_in("office")
    there = other.signed(office.token)
    assert there.get("/v1/sessions/current").status_code == 200
    assert office.delete("/v1/sessions/current").status_code == 204
    assert there.get("/v1/sessions/current").status_code == 401


def test_a_post_given_at_one_counts_at_the_other_for_the_next_command(sign_in: SignIn, other: Caller):
    office, admin = sign_in("office"), sign_in("admin")
    case = registered(office)
    path = f"/v1/petitions/{case}/propose"
    there = other.signed(sign_in("unit-a-clerk").token)
    assert there.post(path, json=OPINION).status_code == 404
    moved = admin.post(
        "/v1/directory/officers/unit-a-clerk/appoint",
        json={"unit": "petition-office", "post": "office_clerk"},
    )
    assert moved.status_code == 200, moved.text
    assert there.post(path, json=OPINION).status_code == 200
