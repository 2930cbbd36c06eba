"""Every act on a supervision item through its route: not signed in, who may, who may not, who may not know, and when."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from api.bodies import form_of, is_optional
from domain.supervision.item import COMMANDS
from tests.api.caller import Caller
from tests.api.conftest import Town, signing_in
from tests.api.item_lives import (
    HANDLING,
    ITEM,
    ITEM_LIVES,
    LATER,
    URL,
    ItemWalker,
    Life,
    appoint_deputy,
)
from tests.api.problems import refused
from tests.api.threads import at_once

each = pytest.mark.parametrize("life", ITEM_LIVES, ids=[life.act for life in ITEM_LIVES])
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
STRANGERS = ("unit-b-clerk", "unit-b-officer", "office", "office-head", "admin")


@pytest.fixture(scope="module")
def walker(town: Town) -> Iterator[ItemWalker]:
    """Walks items in a town that has two leaders."""
    appoint_deputy(town.services)
    return ItemWalker(signing_in(town.services, town.client))


def test_every_command_of_the_table_is_told_here() -> None:
    assert sorted(life.act for life in ITEM_LIVES) == sorted(COMMANDS)


@each
def test_who_is_not_signed_in_learns_nothing_else(town: Town, walker: ItemWalker, life: Life) -> None:
    item, before = walker.walk(life.way, **life.fields), town.head()
    for url in (f"{URL}/{item}/{life.act}", f"{URL}/not-an-id/{life.act}"):
        answer = town.client.post(url, content=b"{not json", headers={"Content-Type": "application/json"})
        refused(answer, 401, "session.missing")
    assert town.head() == before


@each
def test_who_may_does(town: Town, walker: ItemWalker, life: Life) -> None:
    item, version = walker.walk(life.way, **life.fields), len(life.way) + 1
    answer = walker.do(item, life.who, life.act, life.body, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "id": item,
        "version": version + 1,
        "position": town.head(),
        "events": [life.event],
    }
    assert answer.headers["etag"] == f'"{version + 1}"'
    (last,) = walker.as_("auditor").get(f"{URL}/{item}/history").json()["items"][version:]
    assert (last["event"], last["by"]) == (life.event, life.who)
    assert "《机关单位督查督办工作制度》第" in last["basis"]


@each
def test_who_may_only_read_may_not(town: Town, walker: ItemWalker, life: Life) -> None:
    item, before = walker.walk(life.way, **life.fields), town.head()
    problem = refused(walker.do(item, "auditor", life.act, life.body), 403, "item.not_yours")
    assert "第" in problem["basis"]
    assert town.head() == before


@each
def test_of_a_public_item_strangers_do_nothing_either(town: Town, walker: ItemWalker, life: Life) -> None:
    item, before = walker.walk(life.way, **life.fields, public=True), town.head()
    for who in ("unit-b-officer", "office"):
        refused(walker.do(item, who, life.act, life.body), 403, "item.not_yours")
    assert town.head() == before


@each
def test_who_may_not_read_finds_nothing(town: Town, walker: ItemWalker, life: Life) -> None:
    way = HANDLING if life.act == "urge" else life.way
    item, before = walker.walk(way, **life.fields), town.head()
    unknown = refused(walker.do(UNKNOWN, life.who, life.act, life.body), 404, "item.unknown")
    for who in STRANGERS:
        assert refused(walker.do(item, who, life.act, life.body), 404, "item.unknown") == unknown
    assert town.head() == before


@each
def test_in_another_stage_it_is_closed(town: Town, walker: ItemWalker, life: Life) -> None:
    if not life.closed:
        assert life.act == "send-for-reading"
        return
    item, before = walker.walk(life.closed, **life.fields), town.head()
    refused(walker.do(item, life.who, life.act, life.body), 409, "item.wrong_stage")
    assert town.head() == before


@each
def test_a_stale_version_is_told_what_came_between(town: Town, walker: ItemWalker, life: Life) -> None:
    item, version = walker.walk(life.way, **life.fields), len(life.way) + 1
    shown = {"officers": ["unit-b-head"], "reason": "请了解情况"}
    walker.do(item, "leader", "send-for-reading", shown).raise_for_status()
    before = town.head()
    for seen in (f'"{version}"', f'W/"{version}"'):
        answer = walker.do(item, life.who, life.act, life.body, headers={"If-Match": seen})
        problem = refused(answer, 412, "item.stale")
        assert (problem["events"], problem["version"]) == (["SentForReading"], version + 1)
    assert town.head() == before


@each
def test_what_the_form_does_not_know_is_refused(town: Town, walker: ItemWalker, life: Life) -> None:
    item, before = walker.walk(life.way, **life.fields), town.head()
    for forged in ("actor", "by", "role", "for_whom"):
        answer = walker.do(item, life.who, life.act, life.body | {forged: "leader"})
        problem = refused(answer, 422, "request.malformed")
        assert problem["fields"] == [{"field": forged, "message": "没有这个字段"}]
    assert town.head() == before


@each
def test_what_is_required_must_be_there(town: Town, walker: ItemWalker, life: Life) -> None:
    item = walker.walk(life.way, **life.fields)
    before = town.head()
    answer = walker.as_(life.who).post(f"{URL}/{item}/{life.act}")
    if is_optional(form_of(COMMANDS[life.act])):
        assert answer.status_code == 200 or answer.json()["code"] == "item.nothing_to_amend"
        return
    assert "必填" in refused(answer, 422, "request.malformed")["detail"]
    assert town.head() == before


@each
def test_the_same_key_does_it_once(town: Town, walker: ItemWalker, life: Life) -> None:
    item = walker.walk(life.way, **life.fields)
    key = {"Idempotency-Key": f"{life.act}-{item}"}
    first = walker.do(item, life.who, life.act, life.body, headers=key)
    after = town.head()
    again = walker.do(item, life.who, life.act, life.body, headers=key)
    assert (again.status_code, again.json(), town.head()) == (200, first.json(), after)
    other = walker.do(item, life.who, life.act, life.body | {"on": "2026-03-02"}, headers=key)
    assert other.status_code == 422
    assert town.head() == after


@each
def test_the_acts_page_agrees_with_the_act(town: Town, walker: ItemWalker, life: Life) -> None:
    url = f"{URL}/{walker.walk(life.way, **life.fields)}/acts"
    mine = {one["act"]: one for one in walker.as_(life.who).get(url).json()["items"]}
    assert list(mine) == list(COMMANDS)
    assert mine[life.act] == {"act": life.act, "term": mine[life.act]["term"], "open": True}
    auditors = walker.as_("auditor").get(url).json()["items"]
    assert {one["code"] for one in auditors} == {"item.not_yours"}
    assert all(one["reason"] and one["basis"] and not one["open"] for one in auditors)
    refused(walker.as_("unit-b-officer").get(url), 404, "item.unknown")
    refused(town.client.get(url), 401, "session.missing")


class TestOpening:
    """立项."""

    def test_it_answers_the_number_of_the_opening_units_register(
        self, town: Town, walker: ItemWalker
    ) -> None:
        answer = walker.as_("inspector").post(URL, json=ITEM)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        assert opened["number"].startswith("DC-2026-")
        assert (opened["version"], opened["events"]) == (1, ["Opened"])
        assert opened["position"] == town.head()
        assert answer.headers["etag"] == '"1"'
        nexts = [walker.as_("inspector").post(URL, json=ITEM).json()["number"] for _ in range(2)]
        assert [int(one[-6:]) for one in nexts] == [
            int(opened["number"][-6:]) + 1,
            int(opened["number"][-6:]) + 2,
        ]
        for_office = walker.as_("inspector").post(URL, json=ITEM | {"opened_by_unit": "petition-office"})
        assert for_office.json()["number"].startswith("XF-2026-")

    def test_the_opening_unit_is_ones_own_unless_named(self, walker: ItemWalker) -> None:
        given = {name: value for name, value in ITEM.items() if name != "opened_by_unit"}
        opened = walker.as_("inspector").post(URL, json=given).json()["id"]
        assert walker.as_("inspector").get(f"{URL}/{opened}").json()["opened_by_unit"] == "supervision"

    def test_nobody_opens_unsigned(self, town: Town) -> None:
        before = town.head()
        refused(town.client.post(URL, json=ITEM), 401, "session.missing")
        assert town.head() == before

    @pytest.mark.parametrize(
        "who", ["leader", "office", "office-head", "unit-a-head", "unit-a-officer", "auditor", "admin"]
    )
    @pytest.mark.parametrize("given", [{}, {"opened_by_unit": "nowhere"}, {"petition": UNKNOWN}])
    def test_only_the_inspector_opens(
        self, town: Town, walker: ItemWalker, who: str, given: dict[str, Any]
    ) -> None:
        before = town.head()
        problem = refused(walker.as_(who).post(URL, json=ITEM | given), 403, "item.not_yours")
        assert problem["basis"] == "《机关单位督查督办工作制度》第十条"
        assert town.head() == before

    @pytest.mark.parametrize("missing", ["source", "category", "subject", "requirements"])
    def test_what_is_required_must_be_there(self, town: Town, walker: ItemWalker, missing: str) -> None:
        before = town.head()
        given = {name: value for name, value in ITEM.items() if name != missing}
        problem = refused(walker.as_("inspector").post(URL, json=given), 422, "request.malformed")
        assert problem["fields"] == [{"field": missing, "message": "必填"}]
        assert town.head() == before

    @pytest.mark.parametrize(
        ("given", "code"),
        [
            ({"due_on": None}, "item.no_limit"),
            ({"due_on": "2026-03-01"}, "petition.due_before_start"),
            ({"due_on": "2099-01-01"}, "date.too_far"),
            ({"on": "2026-03-03"}, "date.in_future"),
            ({"opened_by_unit": "nowhere"}, "unit.unknown"),
            ({"form": "meeting"}, "item.body_missing"),
            ({"petition": UNKNOWN}, "item.petition_unknown"),
            ({"public": "yes"}, "request.malformed"),
            ({"form": "secret"}, "request.malformed"),
            ({"leader_review": 1}, "request.malformed"),
            ({"by": "leader"}, "request.malformed"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, town: Town, walker: ItemWalker, given: dict[str, Any], code: str
    ) -> None:
        before = town.head()
        refused(walker.as_("inspector").post(URL, json=ITEM | given), 422, code)
        assert town.head() == before

    def test_the_same_key_opens_one(self, town: Town, walker: ItemWalker) -> None:
        key = {"Idempotency-Key": "item-1"}
        first = walker.as_("inspector").post(URL, json=ITEM, headers=key)
        after = town.head()
        again = walker.as_("inspector").post(URL, json=ITEM, headers=key)
        assert (again.status_code, again.json(), town.head()) == (201, first.json(), after)
        other = walker.as_("inspector").post(URL, json=ITEM | {"subject": "另一件"}, headers=key)
        refused(other, 422, "idempotency.key_reused")


class TestFromAPetition:
    """信访事项转为督查事项."""

    def opened(self, walker: ItemWalker, petition: str, **fields: Any) -> Any:
        return walker.as_("inspector").post(URL, json=ITEM | {"petition": petition} | fields)

    def test_both_know_of_each_other(self, town: Town, walker: ItemWalker) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        answer = self.opened(walker, petition)
        assert (answer.status_code, answer.json()["events"]) == (201, ["Opened"])
        assert answer.json()["position"] == town.head()
        item, number = answer.json()["id"], answer.json()["number"]
        seen = walker.as_("inspector").get(f"/v1/petitions/{petition}").json()
        assert (seen["supervision_item"], seen["supervision_item_number"]) == (item, number)
        shown = walker.as_("inspector").get(f"{URL}/{item}").json()
        assert (shown["petition"], shown["petition_number"]) == (petition, seen["number"])
        assert (shown["petition_office"], shown["confidential"]) == ("petition-office", False)
        (noted,) = [
            one
            for one in walker.as_("office").get(f"/v1/petitions/{petition}/history").json()["items"]
            if one["event"] == "PutUnderSupervision"
        ]
        assert noted["data"] == {"item": item, "item_number": number}
        assert walker.as_("office").get(f"{URL}/{item}").status_code == 200

    def test_who_may_not_read_the_item_learns_nothing_of_it_by_the_petition(
        self, town: Town, walker: ItemWalker
    ) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        opened = self.opened(walker, petition).json()
        clerk = walker.as_("unit-a-clerk")
        pages = [f"/v1/petitions/{petition}{read}" for read in ("", "/history", "/replay")]
        for url in (*pages, f"/v1/events?limit=200&after={opened['position'] - 3}"):
            answer = clerk.get(url)
            assert answer.status_code == 200
            assert opened["id"] not in answer.text, url
            assert opened["number"] not in answer.text, url
        assert opened["id"] in walker.as_("office").get(pages[1]).text

    def test_who_may_not_read_the_petition_learns_nothing_of_it_by_the_item(
        self, town: Town, walker: ItemWalker
    ) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        number = walker.as_("office").get(f"/v1/petitions/{petition}").json()["number"]
        opened = self.opened(walker, petition).json()
        way = [*HANDLING[:-1], ("inspector", "allocate", {"lead_unit": "unit-b"})]
        walker.on(opened["id"], way)
        stranger = walker.as_("unit-b-head")
        pages = [f"{URL}/{opened['id']}{read}" for read in ("", "/history", "/replay")]
        for url in (*pages, f"/v1/events?limit=200&after={opened['position'] - 3}"):
            answer = stranger.get(url)
            assert answer.status_code == 200
            assert petition not in answer.text, url
            assert number not in answer.text, url
            assert "petition-office" not in answer.text, url
        assert petition in walker.as_("leader").get(pages[0]).text

    def test_an_accusation_makes_a_confidential_item(self, town: Town, walker: ItemWalker) -> None:
        against = {"category": "accusation", "against": [{"unit": "unit-b"}]}
        petition = town.walker.register(**against)
        refused(self.opened(walker, petition), 422, "item.petition_unknown")
        read = {"officers": ["inspector"], "reason": "请了解情况"}
        town.walker.do(petition, "office", "send-for-reading", read).raise_for_status()
        refused(self.opened(walker, petition, public=True), 422, "item.confidential_not_public")
        item = self.opened(walker, petition).json()["id"]
        shown = walker.as_("inspector").get(f"{URL}/{item}").json()
        assert (shown["confidential"], shown["against"]) == (True, [{"unit": "unit-b", "person": None}])
        for who, status in (("leader", 404), ("office", 200), ("auditor", 200), ("unit-b-head", 404)):
            assert walker.as_(who).get(f"{URL}/{item}").status_code == status, who

    def test_a_hidden_petition_is_no_petition(self, town: Town, walker: ItemWalker) -> None:
        hidden = town.walker.register(category="accusation", against=[{"person": "李四海"}])
        before = town.head()
        told = refused(self.opened(walker, hidden), 422, "item.petition_unknown")
        assert refused(self.opened(walker, UNKNOWN), 422, "item.petition_unknown") == told
        item = walker.walk([])
        assert refused(self.opened(walker, item), 422, "item.petition_unknown") == told
        assert town.head() == before + 2

    def test_it_is_not_opened_before_the_petition_came(self, town: Town, walker: ItemWalker) -> None:
        petition = town.walker.register()
        refused(self.opened(walker, petition, on="2026-03-01"), 422, "date.before_antecedent")


class TestAnotherKind:
    """案件种类."""

    def test_a_petition_is_no_item_and_an_item_no_petition(self, town: Town, walker: ItemWalker) -> None:
        petition, item = town.walker.register(), walker.walk(HANDLING)
        inspector, before = walker.as_("inspector"), town.head()
        for there, id, code in ((URL, petition, "item.unknown"), ("/v1/petitions", item, "petition.unknown")):
            for read in ("", "/history", "/deadlines", "/replay", "/acts", "/attachments"):
                found, unknown = (
                    inspector.get(f"{there}/{id}{read}"),
                    inspector.get(f"{there}/{UNKNOWN}{read}"),
                )
                assert (found.status_code, found.json()["code"]) == (404, code)
                assert found.content == unknown.content
        urge = {"method": "phone", "text": "请抓紧"}
        refused(inspector.post(f"{URL}/{petition}/urge", json=urge), 404, "item.unknown")
        refused(inspector.post(f"/v1/petitions/{item}/urge", json=urge), 404, "petition.unknown")
        assert town.head() == before


class TestBounds:
    """填写的内容."""

    @pytest.fixture
    def head(self, walker: ItemWalker) -> Caller:
        return walker.as_("unit-a-head")

    @pytest.mark.parametrize(
        ("who", "act", "body"),
        [
            ("inspector", "score", {"unit": "unit-a", "points": 101, "reason": "x"}),
            ("inspector", "score", {"unit": "unit-a", "points": 0, "reason": "x"}),
            ("inspector", "score", {"unit": "unit-a", "points": 1.5, "reason": "x"}),
            ("inspector", "urge", {"method": "pigeon", "text": "请抓紧"}),
            ("unit-a-head", "request-extension", LATER | {"expected_on": "2026-02-30"}),
            ("unit-a-head", "request-extension", LATER | {"expected_on": "2026-03-05"}),
            ("unit-a-head", "submit-result", {"conclusion": "完工", "attachments": [{"name": "清单.xlsx"}]}),
            ("unit-a-head", "submit-result", {"conclusion": "完\x00工"}),
            ("unit-a-clerk", "designate", {"officer": "unit-b-officer"}),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, town: Town, walker: ItemWalker, who: str, act: str, body: dict[str, Any]
    ) -> None:
        item, before = walker.walk(HANDLING), town.head()
        assert walker.do(item, who, act, body).status_code == 422
        assert town.head() == before

    def test_an_id_is_an_id(self, walker: ItemWalker) -> None:
        opened = walker.as_("inspector").post(URL, json=ITEM).json()
        assert str(UUID(opened["id"])) == opened["id"]
        refused(walker.as_("inspector").get(f"{URL}/42"), 422, "request.malformed")


class TestRaces:
    """并发."""

    def test_many_opened_at_once_get_numbers_in_a_row(self, town: Town, walker: ItemWalker) -> None:
        inspector = walker.as_("inspector")
        answers = at_once(12, lambda n: inspector.post(URL, json=ITEM | {"subject": f"第{n}项"}))
        assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
        serials = sorted(int(one.json()["number"][-6:]) for one in answers)
        assert serials == list(range(serials[0], serials[0] + 12))

    def test_one_key_from_many_threads_opens_one(self, town: Town, walker: ItemWalker) -> None:
        petition, inspector = town.walker.register(), walker.as_("inspector")
        given, key, before = ITEM | {"petition": petition}, {"Idempotency-Key": "many"}, town.head()
        answers = at_once(8, lambda _: inspector.post(URL, json=given, headers=key))
        assert {one.status_code for one in answers} == {201}
        assert len({one.text for one in answers}) == 1
        assert len(town.services.casework.store.select_log(before, 100)) == 3

    def test_a_petition_that_moves_on_meanwhile_notes_every_item(
        self, town: Town, walker: ItemWalker
    ) -> None:
        petition, inspector = town.walker.register(), walker.as_("inspector")
        urge = {"method": "phone", "text": "请抓紧"}

        def call(n: int) -> Any:
            if n % 2:
                return inspector.post(f"/v1/petitions/{petition}/urge", json=urge)
            return inspector.post(URL, json=ITEM | {"petition": petition})

        answers = at_once(8, call)
        assert {one.status_code for one in answers} == {200, 201}, [one.text for one in answers]
        history = walker.as_("office").get(f"/v1/petitions/{petition}/history").json()["items"]
        assert [one["version"] for one in history] == list(range(1, 10))
        noted = {one["data"]["item"] for one in history if one["event"] == "PutUnderSupervision"}
        assert noted == {one.json()["id"] for one in answers if one.status_code == 201}
