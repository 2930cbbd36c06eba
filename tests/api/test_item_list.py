"""The list of supervision items, their clocks and alerts in the lists of all cases, and how every unit stands."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from api.bootstrap import Services
from tests.api.caller import Caller
from tests.api.cases import done, pages, registered
from tests.api.item_lives import (
    ASKED,
    DESIGNATED,
    HANDLING,
    ISSUED,
    JOINT,
    PASSED_UP,
    SIGNED_OFF,
    URL,
    WITHDRAWN,
    ItemWalker,
)
from tests.api.problems import refused
from tests.conftest import Clock

SignIn = Callable[[str], Caller]
CatchUp = Callable[[], None]


@pytest.fixture
def items(sign_in: SignIn) -> ItemWalker:
    return ItemWalker(sign_in)


def day(clock: Clock, sign_in: SignIn, date: str) -> ItemWalker:
    """Another day; everybody signs in anew."""
    clock.set(datetime.fromisoformat(f"{date}T10:00:00+08:00"))
    return ItemWalker(sign_in)


def test_nobody_lists_without_signing_in(client: Caller) -> None:
    for url in (URL, f"{URL}/completion"):
        refused(client.get(url), 401, "session.missing")


def test_each_officer_sees_what_the_rule_lets_read(items: ItemWalker, catch_up: CatchUp) -> None:
    drafted, with_a, joint = items.walk([]), items.walk(DESIGNATED), items.walk(JOINT)
    public = items.walk(ISSUED, public=True)
    catch_up()
    everything = {drafted, with_a, joint, public}
    seen = dict.fromkeys(("inspector", "leader", "auditor"), everything)
    seen |= {"unit-a-head": {with_a, joint, public}, "unit-a-officer": {with_a, public}}
    seen |= {"unit-b-clerk": {joint, public}, "unit-b-officer": {public}, "office": {public}, "admin": set()}
    for officer, cases in seen.items():
        body = items.as_(officer).get(URL).json()
        assert ({one["id"] for one in body["items"]}, body["total"]) == (cases, len(cases)), officer


def test_every_filter(items: ItemWalker, catch_up: CatchUp, sign_in: SignIn, clock: Clock) -> None:
    draft = items.walk([], subject="年度目标分解", category="target", source="年度工作要点")
    mine = items.walk(DESIGNATED, due_on="2026-05-29")
    joint = items.walk(JOINT, subject="联合整治", public=True)
    gone = items.walk(WITHDRAWN, subject="撤销的事项")
    later = day(clock, sign_in, "2026-04-28")
    paper = later.open(
        form="document", limit_class="ordinary", due_on=None, category="来信来访", source="市局来文"
    )
    catch_up()
    everything = {draft, mine, joint, gone, paper}
    for who, filters, expected in (
        ("inspector", {"q": "目标"}, {draft}),
        ("inspector", {"q": "联合 整治"}, {joint}),
        ("inspector", {"q": "DC-2026-000002"}, {mine}),
        ("inspector", {"state": "closed"}, {gone}),
        ("inspector", {"stage": "handling"}, {mine, joint}),
        ("inspector", {"stage": "opened"}, {draft, paper}),
        ("inspector", {"unit": "unit-a"}, {mine, joint, gone}),
        ("inspector", {"unit": "清江区人力资源和社会保障局"}, {joint}),
        ("inspector", {"unit": "supervision"}, {draft, paper}),
        ("inspector", {"source": "年度工作要点"}, {draft}),
        ("inspector", {"category": "target"}, {draft}),
        ("inspector", {"category": "中心工作"}, {draft}),
        ("inspector", {"category": "petition"}, {paper}),
        ("inspector", {"form": "document"}, {paper}),
        ("inspector", {"public": True}, {joint}),
        ("inspector", {"public": False, "state": "open"}, {draft, mine, paper}),
        ("inspector", {"opened_from": "2026-03-03"}, {paper}),
        ("inspector", {"opened_to": "2026-03-02"}, {draft, mine, joint, gone}),
        ("inspector", {"due_from": "2026-05-01"}, {mine}),
        ("inspector", {"due_to": "2026-04-30"}, {draft, joint, gone}),
        ("inspector", {"overdue": True}, {joint}),
        ("inspector", {"light": "red"}, {joint}),
        ("inspector", {"light": "green"}, {mine, paper}),
        ("inspector", {"light": "grey"}, {draft, gone}),
        ("inspector", {"mine": True}, everything),
        ("leader", {"mine": True}, {mine, joint, gone}),
        ("leader", {"mine": False}, {draft, paper}),
        ("unit-b-head", {"mine": True}, {joint}),
        ("unit-b-officer", {"mine": True}, set()),
        ("unit-a-officer", {"mine": True}, {mine}),
        ("unit-a-officer", {"mine": False}, {joint}),
    ):
        body = later.as_(who).get(URL, params=filters).json()
        found = {one["id"] for one in body["items"]}
        assert (found, body["total"]) == (expected, len(expected)), (who, filters)


def test_the_list_agrees_with_the_case(items: ItemWalker, catch_up: CatchUp) -> None:
    item = items.walk(JOINT)
    catch_up()
    (listed,) = items.as_("inspector").get(URL).json()["items"]
    shown = items.as_("inspector").get(f"{URL}/{item}").json()
    same = set(listed) & set(shown)
    assert same >= {
        *("id", "number", "version", "stage", "stage_label", "state", "category_label", "public", "light"),
        *("opened_on", "opened_by_unit_name", "due_on", "next_due_on", "closed_on", "form", "source"),
    }
    assert {name: listed[name] for name in same} == {name: shown[name] for name in same}
    assert (listed["unit"], listed["unit_name"]) == ("unit-a", "清江区住房和城乡建设局")
    assert listed["handling_units"] == ["unit-a", "unit-b"]
    assert listed["handling_unit_names"] == ["清江区住房和城乡建设局", "清江区人力资源和社会保障局"]


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_paging_is_complete_and_repeats_nothing(items: ItemWalker, catch_up: CatchUp, limit: int) -> None:
    opened = [items.open() for _ in range(5)]
    catch_up()
    assert [one["id"] for one in pages(items.as_("inspector"), URL, limit)] == opened[::-1]


@pytest.mark.parametrize(
    "filters",
    [
        {"cursor": "x"},
        {"cursor": "bnVsbA"},
        {"limit": 0},
        {"light": "blue"},
        {"stage": "registered"},
        {"form": "letter"},
        {"due_from": "2026-02-30"},
        {"mine": "maybe"},
        {"q": "a" * 201},
    ],
)
def test_a_malformed_question_is_told_so(items: ItemWalker, filters: dict[str, Any]) -> None:
    assert items.as_("inspector").get(URL, params=filters).status_code == 422


def test_items_are_no_petitions_and_petitions_no_items(
    items: ItemWalker, sign_in: SignIn, catch_up: CatchUp
) -> None:
    item, petition = items.open(), registered(sign_in("office"))
    catch_up()
    auditor = sign_in("auditor")
    assert [one["id"] for one in auditor.get(URL).json()["items"]] == [item]
    assert [one["id"] for one in auditor.get("/v1/petitions").json()["items"]] == [petition]


def test_clocks_of_items_are_among_the_clocks(items: ItemWalker, sign_in: SignIn, catch_up: CatchUp) -> None:
    item, petition = items.walk(JOINT), registered(sign_in("office"))
    done(sign_in("office"), petition, "transfer", to_unit="unit-a")
    catch_up()
    head = pages(items.as_("unit-a-head"), "/v1/deadlines", 2)
    assert {(one["case"], one["case_kind"]) for one in head} == {(item, "item"), (petition, "petition")}
    of_item = [one for one in head if one["case"] == item]
    own = items.as_("unit-a-head").get(f"{URL}/{item}/deadlines").json()["items"]
    assert sorted((one["clock"], one["part"], one["due_on"]) for one in of_item) == sorted(
        (one["clock"], one["part"], one["due_on"]) for one in own
    )
    assert {one["stage_label"] for one in of_item} == {"承办中"}
    limits = pages(items.as_("inspector"), "/v1/deadlines", 1, clock="unit-limit")
    assert {(one["case"], one["part"]) for one in limits} == {(item, "unit-a"), (item, "unit-b")}
    assert items.as_("unit-b-officer").get("/v1/deadlines").json()["total"] == 0


def test_alerts_on_items_reach_the_unit_and_are_acknowledged(
    items: ItemWalker, sign_in: SignIn, services: Services, catch_up: CatchUp, clock: Clock
) -> None:
    item = items.walk(DESIGNATED)
    later = day(clock, sign_in, "2026-04-23")
    catch_up()
    with services.database.connection() as connection:
        ids = [row["case_id"] for row in connection.execute("SELECT case_id FROM ledger")]
    assert services.casework.raise_alerts(ids, clock()) > 0
    catch_up()
    alerts = pages(later.as_("unit-a-officer"), "/v1/alerts", 50)
    assert {(one["case"], one["case_kind"]) for one in alerts} == {(item, "item")}
    assert pages(later.as_("unit-b-head"), "/v1/alerts", 50) == []
    (alert,) = [one for one in alerts if (one["clock"], one["step_id"]) == ("unit-limit", "due_soon_2")]
    assert (alert["part"], alert["case_number"], alert["due_on"]) == (
        "unit-a",
        "DC-2026-000001",
        "2026-04-27",
    )
    assert {"unit-a-officer", "unit-a-clerk"} <= set(alert["recipients"])
    answer = later.as_("unit-a-officer").post(
        f"/v1/alerts/{alert['id']}/acknowledge", json={"remark": "今日报结"}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == item
    again = later.as_("unit-a-head").post(f"/v1/alerts/{alert['id']}/acknowledge", json={"remark": "x"})
    refused(again, 409, "alert.already_acknowledged")
    stranger = later.as_("unit-b-head").post(f"/v1/alerts/{alert['id']}/acknowledge", json={"remark": "x"})
    refused(stranger, 404, "alert.unknown")


def test_b14_who_stands_in_is_alerted_in_the_place_of_who_is_away(
    items: ItemWalker, sign_in: SignIn, services: Services, catch_up: CatchUp, clock: Clock
) -> None:
    item = items.walk(HANDLING)
    officers = "/v1/directory/officers/unit-a-head"
    for path, body in (
        ("stand-ins", {"stand_ins": ["unit-b-officer"]}),
        ("absences", {"from_on": "2026-04-20", "to_on": "2026-04-24", "reason": "外出培训"}),
    ):
        assert items.as_("admin").post(f"{officers}/{path}", json=body).status_code in {200, 201}
    later = day(clock, sign_in, "2026-04-23")
    services.casework.raise_alerts([UUID(item)], clock())
    catch_up()
    away, stranger = {"Acting-For": "unit-a-head"}, later.as_("unit-b-officer")
    assert stranger.get("/v1/alerts").json()["items"] == []
    (alert, *_) = stranger.get("/v1/alerts", headers=away).json()["items"]
    assert {"unit-a-head", "unit-b-officer"} <= set(alert["recipients"])
    path, said = f"/v1/alerts/{alert['id']}/acknowledge", {"remark": "代为签收"}
    refused(stranger.post(path, json=said), 404, "alert.unknown")
    assert stranger.post(path, json=said, headers=away).status_code == 200
    last = later.as_("auditor").get(f"{URL}/{item}/history").json()["items"][-1]
    assert (last["event"], last["by"], last["by_name"]) == ("AlertAcknowledged", "unit-b-officer", "郑六合")
    assert (last["for_whom"], last["for_whom_name"]) == ("unit-a-head", "赵一鸣")
    assert (last["unit_name"], last["role"]) == ("清江区住房和城乡建设局", "unit_head")
    present = day(clock, sign_in, "2026-04-27")
    services.casework.raise_alerts([UUID(item)], clock())
    catch_up()
    back = present.as_("unit-a-head").get("/v1/alerts").json()["items"][0]
    assert "unit-b-officer" not in back["recipients"]


def test_a_changed_calendar_moves_the_dates_of_items_too(items: ItemWalker, catch_up: CatchUp) -> None:
    item = items.walk(HANDLING)
    catch_up()
    decree = {
        "source": "试算",
        "published_at": "2026-03-02T00:00:00+08:00",
        "days_off": ["2026-04-27", "2026-04-28", "2026-04-29"],
    }
    moved = items.as_("admin").post("/v1/calendars/2026/preview", json=decree)
    assert moved.status_code == 200, moved.text
    of_item = [one for one in moved.json()["items"] if one["case"] == item]
    assert {(one["case_kind"], one["clock"]) for one in of_item} >= {("item", "unit-limit")}


class TestCompletion:
    """各单位完成情况 (第二十四条第二项)."""

    def asked(self, walker: ItemWalker, who: str = "unit-b-officer", **given: str) -> dict[str, Any]:
        answer = walker.as_(who).get(f"{URL}/completion", params=given)
        assert answer.status_code == 200, answer.text
        return {one["unit"]: one for one in answer.json()["items"]}

    def test_every_part_is_counted_once(
        self, items: ItemWalker, catch_up: CatchUp, sign_in: SignIn, clock: Clock
    ) -> None:
        items.walk(SIGNED_OFF)
        items.walk(WITHDRAWN)
        items.walk([*PASSED_UP, ("inspector", "grant-extension", {"due_on": "2026-04-29"})])
        items.walk(ASKED)
        joint = items.walk(JOINT)
        late = day(clock, sign_in, "2026-04-28")
        late.on(
            joint,
            [
                ("unit-b-head", "submit-result", {"conclusion": "配合完成"}),
                ("unit-a-head", "submit-result", {"conclusion": "完成"}),
                ("inspector", "vet", {"opinion": "材料不全"}),
                ("inspector", "send-back", {"reason": "请补充", "redo_by": "2026-04-30"}),
            ],
        )
        catch_up()
        both = self.asked(late)
        counted = {
            "unit_name": "清江区住房和城乡建设局",
            "allocated": 5,
            "done_in_time": 1,
            "done_late": 0,
            "open_in_time": 2,
            "open_late": 1,
            "let_off": 1,
            "sent_back": 1,
            "extended": 1,
        }
        assert {name: both["unit-a"][name] for name in counted} == counted
        assert (both["unit-b"]["allocated"], both["unit-b"]["done_late"]) == (1, 1)
        later = day(clock, sign_in, "2026-05-06")
        assert self.asked(later)["unit-a"]["open_late"] == 3

    def test_everybody_signed_in_may_ask(self, items: ItemWalker, catch_up: CatchUp) -> None:
        items.walk(HANDLING)
        catch_up()
        for who in ("inspector", "leader", "office", "unit-a-head", "unit-b-officer", "auditor", "admin"):
            assert self.asked(items, who)["unit-a"]["allocated"] == 1, who

    def test_between_two_days_of_allocation(
        self, items: ItemWalker, catch_up: CatchUp, sign_in: SignIn, clock: Clock
    ) -> None:
        items.walk(HANDLING)
        later = day(clock, sign_in, "2026-03-16")
        later.walk(HANDLING)
        later.walk(JOINT)
        catch_up()
        assert self.asked(later)["unit-a"]["allocated"] == 3
        assert self.asked(later, **{"from": "2026-03-03"})["unit-a"]["allocated"] == 2
        assert self.asked(later, to="2026-03-15")["unit-a"]["allocated"] == 1
        assert "unit-b" not in self.asked(later, to="2026-03-15")
        assert self.asked(later, **{"from": "2026-03-03", "to": "2026-03-10"}) == {}

    def test_confidential_items_do_not_count(
        self, items: ItemWalker, sign_in: SignIn, catch_up: CatchUp
    ) -> None:
        office = sign_in("office")
        secret = registered(office, category="accusation", subject="检举", against=[{"person": "李四海"}])
        done(office, secret, "send-for-reading", officers=["inspector", "leader"], reason="请阅")
        item = items.open(petition=secret)
        items.on(
            item,
            [
                ("inspector", "submit", {"leaders": ["leader"]}),
                ("leader", "instruct", {"text": "请查实"}),
                ("inspector", "issue", {}),
                ("inspector", "allocate", {"lead_unit": "unit-a"}),
            ],
        )
        catch_up()
        assert items.as_("unit-a-head").get(URL).json()["total"] == 1
        for who in ("unit-b-head", "auditor", "inspector", "unit-a-head"):
            assert self.asked(items, who) == {}

    @pytest.mark.parametrize("given", [{"from": "2026-02-30"}, {"to": "yesterday"}, {"after": "-1"}])
    def test_a_malformed_question_is_told_so(self, items: ItemWalker, given: dict[str, str]) -> None:
        assert items.as_("office").get(f"{URL}/completion", params=given).status_code == 422
