"""The same key and body: the first answer again, and one event. Races: one wins, the others learn why not."""

from collections import Counter
from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.lives import ACCEPTED, LETTER
from tests.api.problems import refused
from tests.api.threads import at_once

URGE = {"method": "phone", "text": "请尽快答复"}


def keyed(key: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key}}


class TestTheSameKey:
    """同一幂等键."""

    def test_the_first_answer_comes_again(self, town: Town):
        office = town.walker.as_("office")
        first = office.post("/v1/petitions", json=LETTER, **keyed("letter-1"))
        after = town.head()
        again = office.post("/v1/petitions", json=LETTER, **keyed("letter-1"))
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["etag"] == first.headers["etag"]
        assert town.head() == after

    def test_an_act_is_done_once_whatever_happened_since(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        first = town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-1"))
        town.walker.do(petition, "office", "withdraw", {"reason": "撤回"}).raise_for_status()
        after = town.head()
        again = town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-1"))
        assert again.json() == first.json()
        assert town.head() == after

    def test_the_same_content_in_another_order_is_the_same(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        first = town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-2"))
        turned = dict(reversed(URGE.items())) | {"on": None}
        again = town.walker.do(petition, "inspector", "urge", turned, **keyed("urge-2"))
        assert again.json() == first.json()

    def test_with_another_body_it_is_refused(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-3")).raise_for_status()
        before = town.head()
        other = URGE | {"text": "请立即答复"}
        answer = town.walker.do(petition, "inspector", "urge", other, **keyed("urge-3"))
        refused(answer, 422, "idempotency.key_reused")
        assert town.head() == before

    def test_for_another_act_or_case_it_is_refused(self, town: Town):
        petition, another = town.walker.walk(ACCEPTED), town.walker.walk(ACCEPTED)
        town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-4")).raise_for_status()
        before = town.head()
        refused(town.walker.do(another, "inspector", "urge", URGE, **keyed("urge-4")), 422)
        advice = {"ground": "S2", "advice": "请限期办结"}
        refused(town.walker.do(petition, "inspector", "supervise", advice, **keyed("urge-4")), 422)
        assert town.head() == before

    def test_another_officer_has_keys_of_their_own(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        first = town.walker.do(petition, "inspector", "urge", URGE, **keyed("urge-5"))
        second = town.walker.do(petition, "leader", "urge", URGE, **keyed("urge-5"))
        assert second.json()["version"] == first.json()["version"] + 1

    def test_a_refused_act_leaves_the_key_free(self, town: Town):
        petition = town.walker.register()
        body = {"result": "explain", "text": "答复"}
        refused(town.walker.do(petition, "office", "reply", body, **keyed("reply-1")), 409)
        town.walker.do(petition, "office", "accept").raise_for_status()
        assert town.walker.do(petition, "office", "reply", body, **keyed("reply-1")).status_code == 200

    @pytest.mark.parametrize("key", ["", "a" * 201, "钥匙".encode(), b"a\x7fb"])
    def test_a_key_that_is_none_is_refused(self, town: Town, key: str | bytes):
        before = town.head()
        answer = town.walker.as_("office").post(
            "/v1/petitions", json=LETTER, headers={b"Idempotency-Key": key}
        )
        problem = refused(answer, 422, "request.malformed")
        assert [one["field"] for one in problem["fields"]] == ["idempotency-key"]
        assert town.head() == before

    def test_from_many_threads_at_once_it_is_done_once(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        inspector, before = town.walker.as_("inspector"), town.head()
        answers = at_once(
            12, lambda _: inspector.post(f"/v1/petitions/{petition}/urge", json=URGE, **keyed("urge-6"))
        )
        assert {one.status_code for one in answers} == {200}, [one.text for one in answers]
        assert len({one.text for one in answers}) == 1
        assert town.head() == answers[0].json()["position"]
        assert len(town.services.casework.store.select_log(before, 100)) == 1

    def test_a_letter_sent_many_times_at_once_is_registered_once(self, town: Town):
        office, before = town.walker.as_("office"), town.head()
        answers = at_once(12, lambda _: office.post("/v1/petitions", json=LETTER, **keyed("letter-2")))
        assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
        assert len({one.text for one in answers}) == 1
        assert len(town.services.casework.store.select_log(before, 100)) == 2


class TestRaces:
    """并发."""

    def test_of_many_who_saw_the_same_version_one_goes_first(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        inspector = town.walker.as_("inspector")
        answers = at_once(
            10,
            lambda _: inspector.post(
                f"/v1/petitions/{petition}/urge", json=URGE, headers={"If-Match": '"3"'}
            ),
        )
        assert Counter(one.status_code for one in answers) == {200: 1, 412: 9}
        for one in answers:
            if one.status_code == 412:
                assert refused(one, 412, "petition.stale")["events"] == ["Urged"]

    def test_without_a_version_each_is_judged_by_what_is_there(self, town: Town):
        petition = town.walker.walk(ACCEPTED)
        inspector = town.walker.as_("inspector")
        answers = at_once(6, lambda _: inspector.post(f"/v1/petitions/{petition}/urge", json=URGE))
        assert {one.status_code for one in answers} == {200}
        assert sorted(one.json()["version"] for one in answers) == list(range(4, 10))

    def test_only_one_of_two_acceptances_counts(self, town: Town):
        petition = town.walker.walk(ACCEPTED[:1])
        clerks = [town.walker.as_("unit-a-clerk"), town.walker.as_("unit-a-head")]
        answers = at_once(2, lambda n: clerks[n].post(f"/v1/petitions/{petition}/accept"))
        assert sorted(one.status_code for one in answers) == [200, 409]

    def test_twenty_who_register_at_once_get_twenty_numbers_in_a_row(self, town: Town):
        office = town.walker.as_("office")
        answers = at_once(20, lambda n: office.post("/v1/petitions", json=LETTER | {"subject": f"第{n}封"}))
        assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
        serials = sorted(int(one.json()["number"].rsplit("-", 1)[1]) for one in answers)
        assert serials == list(range(serials[0], serials[0] + 20))
        assert len({one.json()["query_code"] for one in answers}) == 20
