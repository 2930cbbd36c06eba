"""Deadlines across all cases: filters, what each officer sees, paging, and agreement with the case's own page."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.api.caller import Caller
from tests.api.cases import PERSONAL, accusation, done, pages, registered
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
URL = "/v1/deadlines"


def test_nobody_lists_without_signing_in(client: Caller) -> None:
    assert client.get(URL).status_code == 401


@pytest.fixture
def three(sign_in: SignIn, catch_up: CatchUp) -> tuple[str, str, str]:
    """One case accepted by unit A, one answered by unit B, one an accusation against unit A."""
    office = sign_in("office")
    with_a, with_b, hidden = registered(office), registered(office), accusation(office, unit="unit-a")
    done(office, with_a, "transfer", to_unit="unit-a")
    done(office, with_b, "transfer", to_unit="unit-b")
    done(sign_in("unit-a-clerk"), with_a, "accept")
    done(sign_in("unit-b-clerk"), with_b, "accept")
    done(sign_in("unit-b-clerk"), with_b, "reply", result="support", text="已解决")
    done(sign_in("unit-b-clerk"), with_b, "serve", notice="opinion", method="post")
    catch_up()
    return with_a, with_b, hidden


def test_a_row_is_the_clock_of_the_case(sign_in: SignIn, three: tuple[str, str, str]) -> None:
    office = sign_in("office")
    with_a, *_ = three
    rows = [one for one in pages(office, URL, 50) if one["case"] == with_a]
    clocks = office.get(f"/v1/petitions/{with_a}/deadlines").json()["items"]
    assert rows
    assert {one["case_number"] for one in rows} == {"XF-2026-000001"}

    def bare(items: list[dict[str, object]]) -> list[dict[str, object]]:
        shown = [{name: one[name] for name in clocks[0]} for one in items]
        return sorted(
            shown, key=lambda one: (str(one["clock"]), str(one["started_on"]), str(one["unit_name"]))
        )

    assert bare(rows) == bare(clocks)


def test_each_officer_sees_the_clocks_of_their_cases(sign_in: SignIn, three: tuple[str, str, str]) -> None:
    with_a, with_b, hidden = three
    for officer, cases in {
        "auditor": {with_a, with_b, hidden},
        "unit-a-head": {with_a},
        "unit-b-clerk": {with_b},
        "unit-b-officer": set(),
        "admin": set(),
    }.items():
        found = pages(sign_in(officer), URL, 3)
        assert {one["case"] for one in found} == cases, officer
    text = sign_in("office").get(URL).text
    assert not [word for word in PERSONAL if word in text]


def test_every_filter(sign_in: SignIn, three: tuple[str, str, str], clock: Clock) -> None:
    clock.set(datetime(2026, 5, 7, 2, 0, tzinfo=UTC))
    office = sign_in("office")
    with_a, with_b, _ = three
    for filters, expected in (
        ({"light": "red", "clock": "finish"}, {with_a}),
        ({"status": "overdue", "clock": "finish"}, {with_a}),
        ({"status": "met", "clock": "finish"}, {with_b}),
        ({"unit": "unit-b", "clock": "finish"}, {with_b}),
        ({"unit": "清江区住房和城乡建设局", "clock": "finish"}, {with_a}),
        ({"clock": "finish", "due_from": "2026-05-06", "due_to": "2026-05-06"}, {with_a, with_b}),
        ({"clock": "finish", "due_from": "2026-05-07"}, set()),
        ({"clock": "finish", "due_to": "2026-05-05"}, set()),
        ({"clock": "finish", "rulebook": "petition-2022"}, {with_a, with_b}),
        ({"clock": "finish", "rulebook": "petition-2005"}, set()),
        ({"clock": "finish", "provisional": False}, {with_a, with_b}),
        ({"clock": "finish", "provisional": True}, set()),
    ):
        body = office.get(URL, params=filters).json()
        assert ({one["case"] for one in body["items"]}, body["total"]) == (expected, len(expected)), filters
    assert office.get(URL, params={"status": "late"}).status_code == 422
    assert office.get(URL, params={"cursor": "WyJcdTAwMDAiXQ"}).status_code == 422


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_paging_is_complete_and_repeats_nothing(
    sign_in: SignIn, three: tuple[str, str, str], limit: int
) -> None:
    office = sign_in("office")
    whole = office.get(URL, params={"limit": 200}).json()["items"]
    paged = pages(office, URL, limit)
    assert paged == whole
    assert [one["due_on"] for one in paged] == sorted(one["due_on"] for one in paged)
