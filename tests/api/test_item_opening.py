"""Opening supervision items through their route: numbers, what is refused, the same key, links to petitions, races."""

from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.item_lives import HANDLING, ITEM, URL, ItemWalker
from tests.api.problems import refused
from tests.api.threads import at_once

UNKNOWN = "00000000-0000-4000-8000-00000000dead"


class TestOpening:
    """立项."""

    def test_it_answers_the_number_of_the_opening_units_register(
        self, town: Town, item_walker: ItemWalker
    ) -> None:
        answer = item_walker.as_("inspector").post(URL, json=ITEM)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        assert opened["number"].startswith("DC-2026-")
        assert (opened["version"], opened["events"]) == (1, ["Opened"])
        assert opened["position"] == town.head()
        assert answer.headers["etag"] == '"1"'
        nexts = [item_walker.as_("inspector").post(URL, json=ITEM).json()["number"] for _ in range(2)]
        assert [int(one[-6:]) for one in nexts] == [
            int(opened["number"][-6:]) + 1,
            int(opened["number"][-6:]) + 2,
        ]
        for_office = item_walker.as_("inspector").post(URL, json=ITEM | {"opened_by_unit": "petition-office"})
        assert for_office.json()["number"].startswith("DC-XF-2026-")

    def test_the_opening_unit_is_ones_own_unless_named(self, item_walker: ItemWalker) -> None:
        given = {name: value for name, value in ITEM.items() if name != "opened_by_unit"}
        opened = item_walker.as_("inspector").post(URL, json=given).json()["id"]
        assert item_walker.as_("inspector").get(f"{URL}/{opened}").json()["opened_by_unit"] == "supervision"

    def test_nobody_opens_unsigned(self, town: Town) -> None:
        before = town.head()
        refused(town.client.post(URL, json=ITEM), 401, "session.missing")
        assert town.head() == before

    @pytest.mark.parametrize(
        "who", ["leader", "office", "office-head", "unit-a-head", "unit-a-officer", "auditor", "admin"]
    )
    @pytest.mark.parametrize("given", [{}, {"opened_by_unit": "nowhere"}, {"petition": UNKNOWN}])
    def test_only_the_inspector_opens(
        self, town: Town, item_walker: ItemWalker, who: str, given: dict[str, Any]
    ) -> None:
        before = town.head()
        problem = refused(item_walker.as_(who).post(URL, json=ITEM | given), 403, "item.not_yours")
        assert problem["basis"] == "《机关单位督查督办工作制度》第十条"
        assert town.head() == before

    @pytest.mark.parametrize("missing", ["source", "category", "subject", "requirements"])
    def test_what_is_required_must_be_there(self, town: Town, item_walker: ItemWalker, missing: str) -> None:
        before = town.head()
        given = {name: value for name, value in ITEM.items() if name != missing}
        problem = refused(item_walker.as_("inspector").post(URL, json=given), 422, "request.malformed")
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
        self, town: Town, item_walker: ItemWalker, given: dict[str, Any], code: str
    ) -> None:
        before = town.head()
        refused(item_walker.as_("inspector").post(URL, json=ITEM | given), 422, code)
        assert town.head() == before

    def test_the_same_key_opens_one(self, town: Town, item_walker: ItemWalker) -> None:
        key = {"Idempotency-Key": "item-1"}
        first = item_walker.as_("inspector").post(URL, json=ITEM, headers=key)
        after = town.head()
        again = item_walker.as_("inspector").post(URL, json=ITEM, headers=key)
        assert (again.status_code, again.json(), town.head()) == (201, first.json(), after)
        other = item_walker.as_("inspector").post(URL, json=ITEM | {"subject": "另一件"}, headers=key)
        refused(other, 422, "idempotency.key_reused")


class TestFromAPetition:
    """信访事项转为督查事项."""

    def opened(self, item_walker: ItemWalker, petition: str, **fields: Any) -> Any:
        return item_walker.as_("inspector").post(URL, json=ITEM | {"petition": petition} | fields)

    def test_both_know_of_each_other(self, town: Town, item_walker: ItemWalker) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        answer = self.opened(item_walker, petition)
        assert (answer.status_code, answer.json()["events"]) == (201, ["Opened"])
        assert answer.json()["position"] == town.head()
        item, number = answer.json()["id"], answer.json()["number"]
        seen = item_walker.as_("inspector").get(f"/v1/petitions/{petition}").json()
        assert (seen["supervision_item"], seen["supervision_item_number"]) == (item, number)
        shown = item_walker.as_("inspector").get(f"{URL}/{item}").json()
        assert (shown["petition"], shown["petition_number"]) == (petition, seen["number"])
        assert (shown["petition_office"], shown["confidential"]) == ("petition-office", False)
        (noted,) = [
            one
            for one in item_walker.as_("office").get(f"/v1/petitions/{petition}/history").json()["items"]
            if one["event"] == "PutUnderSupervision"
        ]
        assert noted["data"] == {"item": item, "item_number": number}
        assert item_walker.as_("office").get(f"{URL}/{item}").status_code == 200

    def test_who_may_not_read_the_item_learns_nothing_of_it_by_the_petition(
        self, town: Town, item_walker: ItemWalker
    ) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        opened = self.opened(item_walker, petition).json()
        clerk = item_walker.as_("unit-a-clerk")
        pages = [f"/v1/petitions/{petition}{read}" for read in ("", "/history", "/replay")]
        for url in (*pages, f"/v1/events?limit=200&after={opened['position'] - 3}"):
            answer = clerk.get(url)
            assert answer.status_code == 200
            assert opened["id"] not in answer.text, url
            assert opened["number"] not in answer.text, url
        assert opened["id"] in item_walker.as_("office").get(pages[1]).text

    def test_who_may_not_read_the_petition_learns_nothing_of_it_by_the_item(
        self, town: Town, item_walker: ItemWalker
    ) -> None:
        petition = town.walker.walk([("office", "transfer", {"to_unit": "unit-a"})])
        number = item_walker.as_("office").get(f"/v1/petitions/{petition}").json()["number"]
        opened = self.opened(item_walker, petition).json()
        way = [*HANDLING[:-1], ("inspector", "allocate", {"lead_unit": "unit-b"})]
        item_walker.on(opened["id"], way)
        stranger = item_walker.as_("unit-b-head")
        pages = [f"{URL}/{opened['id']}{read}" for read in ("", "/history", "/replay")]
        for url in (*pages, f"/v1/events?limit=200&after={opened['position'] - 3}"):
            answer = stranger.get(url)
            assert answer.status_code == 200
            assert petition not in answer.text, url
            assert number not in answer.text, url
            assert "petition-office" not in answer.text, url
        assert petition in item_walker.as_("leader").get(pages[0]).text

    def test_an_accusation_makes_a_confidential_item(self, town: Town, item_walker: ItemWalker) -> None:
        against = {"category": "accusation", "against": [{"unit": "unit-b"}]}
        petition = town.walker.register(**against)
        refused(self.opened(item_walker, petition), 422, "item.petition_unknown")
        read = {"officers": ["inspector"], "reason": "请了解情况"}
        town.walker.do(petition, "office", "send-for-reading", read).raise_for_status()
        refused(self.opened(item_walker, petition, public=True), 422, "item.confidential_not_public")
        item = self.opened(item_walker, petition).json()["id"]
        shown = item_walker.as_("inspector").get(f"{URL}/{item}").json()
        assert (shown["confidential"], shown["against"]) == (True, [{"unit": "unit-b", "person": None}])
        for who, status in (("leader", 404), ("office", 200), ("auditor", 200), ("unit-b-head", 404)):
            assert item_walker.as_(who).get(f"{URL}/{item}").status_code == status, who

    def test_a_hidden_petition_is_no_petition(self, town: Town, item_walker: ItemWalker) -> None:
        hidden = town.walker.register(category="accusation", against=[{"person": "李四海"}])
        before = town.head()
        told = refused(self.opened(item_walker, hidden), 422, "item.petition_unknown")
        assert refused(self.opened(item_walker, UNKNOWN), 422, "item.petition_unknown") == told
        item = item_walker.walk([])
        assert refused(self.opened(item_walker, item), 422, "item.petition_unknown") == told
        assert town.head() == before + 2

    def test_it_is_not_opened_before_the_petition_came(self, town: Town, item_walker: ItemWalker) -> None:
        petition = town.walker.register()
        refused(self.opened(item_walker, petition, on="2026-03-01"), 422, "date.before_antecedent")


class TestAnotherKind:
    """案件种类."""

    def test_a_petition_is_no_item_and_an_item_no_petition(self, town: Town, item_walker: ItemWalker) -> None:
        petition, item = town.walker.register(), item_walker.walk(HANDLING)
        inspector, before = item_walker.as_("inspector"), town.head()
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


class TestRaces:
    """并发."""

    def test_many_opened_at_once_get_numbers_in_a_row(self, town: Town, item_walker: ItemWalker) -> None:
        inspector = item_walker.as_("inspector")
        answers = at_once(12, lambda n: inspector.post(URL, json=ITEM | {"subject": f"第{n}项"}))
        assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
        serials = sorted(int(one.json()["number"][-6:]) for one in answers)
        assert serials == list(range(serials[0], serials[0] + 12))

    def test_one_key_from_many_threads_opens_one(self, town: Town, item_walker: ItemWalker) -> None:
        petition, inspector = town.walker.register(), item_walker.as_("inspector")
        given, key, before = ITEM | {"petition": petition}, {"Idempotency-Key": "many"}, town.head()
        answers = at_once(8, lambda _: inspector.post(URL, json=given, headers=key))
        assert {one.status_code for one in answers} == {201}
        assert len({one.text for one in answers}) == 1
        assert len(town.services.casework.store.select_log(before, 100)) == 3

    def test_a_petition_that_moves_on_meanwhile_notes_the_one_item_it_gets(
        self, town: Town, item_walker: ItemWalker
    ) -> None:
        petition, inspector = town.walker.register(), item_walker.as_("inspector")
        urge = {"method": "phone", "text": "请抓紧"}

        def call(n: int) -> Any:
            if n % 2:
                return inspector.post(f"/v1/petitions/{petition}/urge", json=urge)
            return inspector.post(URL, json=ITEM | {"petition": petition})

        answers = at_once(8, call)
        told = [one.text for one in answers]
        assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201, 409, 409, 409], told
        assert {one.json()["code"] for one in answers if one.status_code == 409} == {"item.petition_has_item"}
        history = item_walker.as_("office").get(f"/v1/petitions/{petition}/history").json()["items"]
        assert [one["version"] for one in history] == list(range(1, 7))
        noted = {one["data"]["item"] for one in history if one["event"] == "PutUnderSupervision"}
        assert noted == {one.json()["id"] for one in answers if one.status_code == 201}
