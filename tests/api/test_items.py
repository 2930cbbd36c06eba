"""Every act on a supervision item through its route: not signed in, who may, who may not, who may not know, and when."""

from typing import Any
from uuid import UUID

import pytest

from api.bodies import form_of, is_optional
from domain.erasure import commands as custody
from domain.supervision.item import COMMANDS
from tests.api.conftest import Town
from tests.api.item_lives import (
    HANDLING,
    ITEM,
    ITEM_LIVES,
    LATER,
    URL,
    ItemWalker,
    Life,
)
from tests.api.problems import refused

each = pytest.mark.parametrize("life", ITEM_LIVES, ids=[life.act for life in ITEM_LIVES])
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
STRANGERS = ("unit-b-clerk", "unit-b-officer", "office", "office-head", "admin")


def test_every_command_of_the_table_is_told_here() -> None:
    assert sorted(life.act for life in ITEM_LIVES) == sorted(COMMANDS)


@each
def test_who_is_not_signed_in_learns_nothing_else(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item, before = item_walker.walk(life.way, **life.fields), town.head()
    for url in (f"{URL}/{item}/{life.act}", f"{URL}/not-an-id/{life.act}"):
        answer = town.client.post(url, content=b"{not json", headers={"Content-Type": "application/json"})
        refused(answer, 401, "session.missing")
    assert town.head() == before


@each
def test_who_may_does(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item, version = item_walker.walk(life.way, **life.fields), len(life.way) + 1
    answer = item_walker.do(item, life.who, life.act, life.body, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "id": item,
        "version": version + 1,
        "position": town.head(),
        "events": [life.event],
    }
    assert answer.headers["etag"] == f'"{version + 1}"'
    (last,) = item_walker.as_("auditor").get(f"{URL}/{item}/history").json()["items"][version:]
    assert (last["event"], last["by"]) == (life.event, life.who)
    assert ("档案法" if life.act in custody.COMMANDS else "《机关单位督查督办工作制度》第") in last[
        "basis"
    ] or (life.act == "request-erasure" and "个人信息保护法" in last["basis"])


@each
def test_who_may_only_read_may_not(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item, before = item_walker.walk(life.way, **life.fields), town.head()
    problem = refused(item_walker.do(item, "auditor", life.act, life.body), 403, "item.not_yours")
    assert "第" in problem["basis"]
    assert town.head() == before


@each
def test_of_a_public_item_strangers_do_nothing_either(
    town: Town, item_walker: ItemWalker, life: Life
) -> None:
    item, before = item_walker.walk(life.way, **life.fields, public=True), town.head()
    for who in ("unit-b-officer", "office"):
        refused(item_walker.do(item, who, life.act, life.body), 403, "item.not_yours")
    assert town.head() == before


@each
def test_who_may_not_read_finds_nothing(town: Town, item_walker: ItemWalker, life: Life) -> None:
    way = HANDLING if life.act in {"urge", "issue-notice"} else life.way
    item, before = item_walker.walk(way, **life.fields), town.head()
    unknown = refused(item_walker.do(UNKNOWN, life.who, life.act, life.body), 404, "item.unknown")
    for who in STRANGERS:
        assert refused(item_walker.do(item, who, life.act, life.body), 404, "item.unknown") == unknown
    assert town.head() == before


@each
def test_in_another_stage_it_is_closed(town: Town, item_walker: ItemWalker, life: Life) -> None:
    if not life.closed:
        assert life.act in {"send-for-reading", "return-file"}
        return
    item, before = item_walker.walk(life.closed, **life.fields), town.head()
    refused(item_walker.do(item, life.who, life.act, life.body), 409, "item.wrong_stage")
    assert town.head() == before


@each
def test_a_stale_version_is_told_what_came_between(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item, version = item_walker.walk(life.way, **life.fields), len(life.way) + 1
    shown = {"officers": ["unit-b-head"], "reason": "请了解情况"}
    item_walker.do(item, "leader", "send-for-reading", shown).raise_for_status()
    before = town.head()
    for seen in (f'"{version}"', f'W/"{version}"'):
        answer = item_walker.do(item, life.who, life.act, life.body, headers={"If-Match": seen})
        problem = refused(answer, 412, "item.stale")
        assert (problem["events"], problem["version"]) == (["SentForReading"], version + 1)
    assert town.head() == before


@each
def test_what_the_form_does_not_know_is_refused(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item, before = item_walker.walk(life.way, **life.fields), town.head()
    for forged in ("actor", "by", "role", "for_whom"):
        answer = item_walker.do(item, life.who, life.act, life.body | {forged: "leader"})
        problem = refused(answer, 422, "request.malformed")
        assert problem["fields"] == [{"field": forged, "message": "没有这个字段"}]
    assert town.head() == before


@each
def test_what_is_required_must_be_there(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item = item_walker.walk(life.way, **life.fields)
    before = town.head()
    answer = item_walker.as_(life.who).post(f"{URL}/{item}/{life.act}")
    if is_optional(form_of(COMMANDS[life.act])):
        assert answer.status_code == 200 or answer.json()["code"] == "item.nothing_to_amend"
        return
    assert "必填" in refused(answer, 422, "request.malformed")["detail"]
    assert town.head() == before


@each
def test_the_same_key_does_it_once(town: Town, item_walker: ItemWalker, life: Life) -> None:
    item = item_walker.walk(life.way, **life.fields)
    key = {"Idempotency-Key": f"{life.act}-{item}"}
    first = item_walker.do(item, life.who, life.act, life.body, headers=key)
    after = town.head()
    again = item_walker.do(item, life.who, life.act, life.body, headers=key)
    assert (again.status_code, again.json(), town.head()) == (200, first.json(), after)
    other = item_walker.do(item, life.who, life.act, life.body | {"on": "2026-03-02"}, headers=key)
    assert other.status_code == 422
    assert town.head() == after


@each
def test_the_acts_page_agrees_with_the_act(town: Town, item_walker: ItemWalker, life: Life) -> None:
    url = f"{URL}/{item_walker.walk(life.way, **life.fields)}/acts"
    mine = {one["act"]: one for one in item_walker.as_(life.who).get(url).json()["items"]}
    assert list(mine) == list(COMMANDS)
    assert mine[life.act] == {"act": life.act, "term": mine[life.act]["term"], "open": True}
    auditors = item_walker.as_("auditor").get(url).json()["items"]
    assert {one["code"] for one in auditors} == {"item.not_yours"}
    assert all(one["reason"] and one["basis"] and not one["open"] for one in auditors)
    refused(item_walker.as_("unit-b-officer").get(url), 404, "item.unknown")
    refused(town.client.get(url), 401, "session.missing")


class TestBounds:
    """填写的内容."""

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
        self, town: Town, item_walker: ItemWalker, who: str, act: str, body: dict[str, Any]
    ) -> None:
        item, before = item_walker.walk(HANDLING), town.head()
        assert item_walker.do(item, who, act, body).status_code == 422
        assert town.head() == before

    def test_an_id_is_an_id(self, item_walker: ItemWalker) -> None:
        opened = item_walker.as_("inspector").post(URL, json=ITEM).json()
        assert str(UUID(opened["id"])) == opened["id"]
        refused(item_walker.as_("inspector").get(f"{URL}/42"), 422, "request.malformed")
