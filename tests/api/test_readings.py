"""查阅留痕 (A13): opening personal data leaves a trace that the auditors see and nobody else."""

from collections.abc import Callable

from tests.api.caller import Caller
from tests.api.lives import Walker


def opened(walker: Walker, who: str, case: str) -> None:
    response = walker.as_(who).get(f"/v1/petitions/{case}/petitioners")
    assert response.status_code == 200, response.text


def traces(walker: Walker, **wanted: str) -> list[tuple[str, str, str]]:
    response = walker.as_("auditor").get("/v1/readings", params=wanted)
    assert response.status_code == 200, response.text
    return [(one["case"], one["officer"], one["what"]) for one in response.json()["items"]]


def test_a13_nobody_unknown_reads_the_trace(client: Caller) -> None:
    assert client.get("/v1/readings").status_code == 401


def test_a13_only_auditors_read_the_trace(walker: Walker) -> None:
    for who in ("office", "office-head", "inspector", "leader", "unit-a-head", "unit-a-officer", "admin"):
        response = walker.as_(who).get("/v1/readings")
        assert (response.status_code, response.json()["code"]) == (403, "reading.not_yours")


def test_a13_each_opening_is_there_newest_first(walker: Walker, catch_up: Callable[[], None]) -> None:
    first, second = walker.register(), walker.register()
    opened(walker, "office", first)
    opened(walker, "office-head", second)
    opened(walker, "office", second)
    catch_up()
    expected = [
        (second, "office", "petitioners"),
        (second, "office-head", "petitioners"),
        (first, "office", "petitioners"),
    ]
    assert traces(walker) == expected
    assert traces(walker, case=first) == expected[2:]
    assert traces(walker, officer="office-head") == expected[1:2]
    assert traces(walker, read_from="2026-03-02", read_to="2026-03-02") == expected
    assert traces(walker, read_to="2026-03-01") == []


def test_a13_who_is_refused_leaves_no_trace(walker: Walker, catch_up: Callable[[], None]) -> None:
    case = walker.register()
    assert walker.as_("unit-b-clerk").get(f"/v1/petitions/{case}/petitioners").status_code == 404
    catch_up()
    assert traces(walker) == []


def test_a13_an_accusation_of_the_auditor_stays_hidden(walker: Walker, catch_up: Callable[[], None]) -> None:
    case = walker.register(category="accusation", against=[{"person": "何审之"}])
    opened(walker, "office", case)
    catch_up()
    assert traces(walker) == []
