"""The list of petitions: what each officer sees and counts, filters, search, paging, and waiting for one's own write."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Semaphore, Thread

import pytest

from api import lists
from api.bootstrap import Services
from projections import leading
from projections.tracking import hurry
from tests.api.caller import Caller
from tests.api.cases import PERSONAL, accusation, done, pages, registered
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]
URL = "/v1/petitions"


def test_nobody_lists_without_signing_in(client: Caller) -> None:
    assert client.get(URL).status_code == 401


def test_each_officer_sees_what_passes_through_their_hands(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    at_office, with_a, with_b = (registered(office) for _ in range(3))
    done(office, with_a, "transfer", to_unit="unit-a")
    done(office, with_b, "transfer", to_unit="unit-b")
    done(sign_in("unit-a-clerk"), with_a, "accept")
    catch_up()
    everything = {at_office, with_a, with_b}
    seen = {"office": everything, "office-head": everything, "inspector": everything, "leader": everything}
    seen |= {"unit-a-head": {with_a}, "unit-a-clerk": {with_a}, "unit-b-head": {with_b}}
    seen |= {"auditor": everything, "unit-a-officer": set(), "admin": set()}
    for officer, cases in seen.items():
        body = sign_in(officer).get(URL).json()
        assert ({one["id"] for one in body["items"]}, body["total"]) == (cases, len(cases)), officer
    done(sign_in("unit-a-head"), with_a, "designate", officer="unit-a-officer")
    catch_up()
    assert sign_in("unit-a-officer").get(URL).json()["total"] == 1


def test_the_accused_find_no_trace(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    by_id, by_name = accusation(office, unit="unit-a"), accusation(office, unit="清江区住房和城乡建设局")
    of_head, of_inspector = accusation(office, person="赵一鸣"), accusation(office, person="inspector")
    for case in (of_head, of_inspector):
        done(office, case, "transfer", to_unit="unit-b")
    catch_up()
    for filters in ({}, {"q": "检举"}, {"category": "accusation"}, {"unit": "unit-b"}, {"state": "open"}):
        for officer, hidden in (
            ("unit-a-head", {by_id, by_name, of_head, of_inspector}),
            ("inspector", {of_inspector}),
        ):
            body = sign_in(officer).get(URL, params=filters).json()
            ids = {one["id"] for one in body["items"]}
            assert not ids & hidden
            assert body["total"] == len(ids)
    assert sign_in("auditor").get(URL, params={"category": "accusation"}).json()["total"] == 4


def test_every_filter(sign_in: SignIn, catch_up: CatchUp, clock: Clock) -> None:
    office = sign_in("office")
    plain = registered(office)
    urgent = registered(office, channel="visit", category="suggestion", subject="建议增设公交站点")
    closed = registered(office, subject="反映噪音扰民")
    done(office, closed, "withdraw", reason="信访人撤回")
    again = registered(office, subject="再次反映供暖")
    done(office, again, "link-repeat", earlier_petition=plain)
    done(office, urgent, "transfer", to_unit="unit-b")
    clock.set(datetime(2026, 3, 16, 2, 0, tzinfo=UTC))
    office = sign_in("office")
    late = registered(office, received_on="2026-01-05", subject="迟录的来信")
    catch_up()
    for filters, expected in (
        ({"q": "供暖"}, {plain, again}),
        ({"q": "公交 站点"}, {urgent}),
        ({"q": "XF-2026-000001"}, {plain}),
        ({"state": "closed"}, {closed}),
        ({"stage": "with_unit"}, {urgent}),
        ({"unit": "unit-b"}, {urgent}),
        ({"unit": "清江区人力资源和社会保障局"}, {urgent}),
        ({"channel": "visit"}, {urgent}),
        ({"category": "suggestion"}, {urgent}),
        ({"received_to": "2026-03-01"}, {late}),
        ({"received_from": "2026-03-02", "state": "open"}, {plain, urgent, again}),
        ({"repeat": True}, {again}),
        ({"repeat": False, "channel": "letter", "state": "open"}, {plain, late}),
        ({"overdue": True}, {late}),
        ({"light": "red"}, {late}),
        ({"light": "yellow"}, {plain, again, urgent}),
        ({"light": "grey"}, {closed}),
        ({"light": "green"}, set()),
    ):
        body = office.get(URL, params=filters).json()
        assert ({one["id"] for one in body["items"]}, body["total"]) == (expected, len(expected)), filters


def test_the_list_agrees_with_the_case(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    case = registered(office)
    done(office, case, "transfer", to_unit="unit-a")
    catch_up()
    (listed,) = office.get(URL).json()["items"]
    shown = office.get(f"{URL}/{case}").json()
    same = set(listed) & set(shown)
    assert same >= {"id", "number", "version", "stage", "stage_label", "state", "unit", "unit_name", "light"}
    assert {name: listed[name] for name in same} == {name: shown[name] for name in same}
    assert not [word for word in PERSONAL if word in office.get(URL).text]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_paging_is_complete_and_repeats_nothing(sign_in: SignIn, catch_up: CatchUp, limit: int) -> None:
    office = sign_in("office")
    cases = [registered(office) for _ in range(7)]
    catch_up()
    assert [one["id"] for one in pages(office, URL, limit)] == cases[::-1]


def test_a_new_case_while_paging_moves_nothing(sign_in: SignIn, catch_up: CatchUp) -> None:
    office = sign_in("office")
    cases = [registered(office) for _ in range(4)]
    catch_up()
    first = office.get(URL, params={"limit": 2}).json()
    registered(office)
    catch_up()
    second = office.get(URL, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [one["id"] for one in (*first["items"], *second["items"])] == cases[::-1]


@pytest.mark.parametrize(
    "filters",
    [
        {"cursor": "x"},
        {"cursor": "WyJcdTAwMDAiXQ"},
        {"cursor": "bnVsbA"},
        {"limit": 0},
        {"limit": 201},
        {"light": "blue"},
        {"stage": "nowhere"},
        {"received_from": "2026-02-30"},
        {"after": -1},
        {"q": "a" * 201},
    ],
)
def test_a_malformed_question_is_told_so(sign_in: SignIn, filters: dict[str, str]) -> None:
    assert sign_in("office").get(URL, params=filters).status_code == 422


def test_one_waits_for_ones_own_write(
    sign_in: SignIn, catch_up: CatchUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sign_in("office")
    position = done(office, registered(office), "urge", method="phone", text="请抓紧办理")
    monkeypatch.setattr("api.lists.PATIENCE", 0.05)
    behind = office.get(URL, params={"after": position})
    assert (behind.status_code, behind.json()["code"]) == (503, "projection.behind")
    catch_up()
    assert office.get(URL, params={"after": position}).json()["total"] == 1


def test_c1_whoever_waits_ends_the_gathering(
    services: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: while many events come the views gather them, and are prompt for whoever waits all the same."""
    monkeypatch.setattr(leading, "MANY", 0)
    monkeypatch.setattr(leading, "GATHER", 600)
    office, stop = sign_in("office"), Event()
    leader = Thread(target=leading.Leader(services.database, services.casework, poll=600).run, args=(stop,))
    leader.start()
    try:
        petition = registered(office)
        for _ in range(3):
            position = done(office, petition, "urge", method="phone", text="请抓紧办理")
            assert office.get(URL, params={"after": position}).json()["total"] == 1
    finally:
        stop.set()
        with services.database.connection() as connection:
            hurry(connection, position + 1)
        leader.join(10)
    assert not leader.is_alive()


def test_a_position_the_log_has_not_come_to_is_not_waited_for(
    services: Services, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = sign_in("office")
    registered(office)
    monkeypatch.setattr("api.lists.wait_for", lambda *_: pytest.fail("waits"))
    head = services.casework.store.max_notification_id() or 0
    behind = office.get(URL, params={"after": head + 1})
    assert (behind.status_code, behind.json()["code"]) == (503, "projection.behind")
    assert int(behind.headers["retry-after"]) > 0


def test_only_so_many_wait_at_once(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    office = sign_in("office")
    position = done(office, registered(office), "urge", method="phone", text="请抓紧办理")
    waiting, enough = Semaphore(0), Event()

    def wait(*_: object) -> bool:
        waiting.release()
        return enough.wait(30)

    monkeypatch.setattr("api.lists.wait_for", wait)
    with ThreadPoolExecutor(lists.MOST_WAITING) as pool:
        held = [pool.submit(office.get, URL, params={"after": position}) for _ in range(lists.MOST_WAITING)]
        for _ in held:
            assert waiting.acquire(timeout=30)
        refusal = office.get(URL, params={"after": position})
        enough.set()
        assert [one.result().status_code for one in held] == [200] * lists.MOST_WAITING
    assert (refusal.status_code, refusal.json()["code"]) == (503, "projection.behind")
    assert office.get(URL, params={"after": position}).status_code == 200
