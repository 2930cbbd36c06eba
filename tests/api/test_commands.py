"""Every act through its route: who isn't signed in, who may, who may not, who may not even know, and when."""

import pytest

from api.bodies import form_of, is_optional
from domain.petition.petition import COMMANDS
from tests.api.conftest import Town
from tests.api.lives import LETTER, LIVES, Life
from tests.api.problems import refused

each = pytest.mark.parametrize("life", LIVES, ids=[life.act for life in LIVES])


def test_every_command_of_the_table_is_told_here():
    assert sorted(life.act for life in LIVES) == sorted(COMMANDS)


@each
def test_who_is_not_signed_in_learns_nothing_else(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    before = town.head()
    for url in (f"/v1/petitions/{case}/{life.act}", f"/v1/petitions/not-an-id/{life.act}"):
        answer = town.client.post(url, content=b"{not json", headers={"Content-Type": "application/json"})
        refused(answer, 401, "session.missing")
        assert answer.headers["www-authenticate"] == "Bearer"
    assert town.head() == before


@each
def test_who_may_does(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    body = town.walker.filled(life.body)
    version = len(life.way) + 1
    answer = town.walker.do(case, life.who, life.act, body, headers={"If-Match": f'"{version}"'})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "id": case,
        "version": version + 1,
        "position": town.head(),
        "events": [life.event],
    }
    assert answer.headers["etag"] == f'"{version + 1}"'


@each
def test_who_may_only_read_may_not(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    body, before = town.walker.filled(life.body), town.head()
    refused(town.walker.do(case, "auditor", life.act, body), 403, "petition.not_yours")
    assert town.head() == before


@each
def test_who_may_not_read_finds_nothing(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    body, before = town.walker.filled(life.body), town.head()
    unknown = "00000000-0000-4000-8000-00000000dead"
    for who, id in (("unit-b-clerk", case), ("admin", case), (life.who, unknown)):
        refused(town.walker.do(id, who, life.act, body), 404, "petition.unknown")
    assert town.head() == before


@each
def test_in_another_stage_it_is_closed(town: Town, life: Life):
    case = town.walker.walk(life.closed)
    body, before = town.walker.filled(life.body), town.head()
    code = "archive.file_not_lent" if life.act == "return-file" else "petition.wrong_stage"
    refused(town.walker.do(case, life.who, life.act, body), 409, code)
    assert town.head() == before


@each
def test_a_stale_version_is_told_what_came_between(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    body, version = town.walker.filled(life.body), len(life.way) + 1
    town.walker.do(case, "leader", "instruct", {"text": "请抓紧"}).raise_for_status()
    before = town.head()
    for seen in (f'"{version}"', f'W/"{version}"'):
        answer = town.walker.do(case, life.who, life.act, body, headers={"If-Match": seen})
        problem = refused(answer, 412, "petition.stale")
        assert problem["events"] == ["Instructed"]
        assert problem["version"] == version + 1
    assert town.head() == before


@each
def test_what_the_form_does_not_know_is_refused(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    body, before = town.walker.filled(life.body) | {"actor": "leader"}, town.head()
    problem = refused(town.walker.do(case, life.who, life.act, body), 422, "request.malformed")
    assert problem["fields"] == [{"field": "actor", "message": "没有这个字段"}]
    assert town.head() == before


@each
def test_what_is_required_must_be_there(town: Town, life: Life):
    if is_optional(form_of(COMMANDS[life.act])):
        assert (
            town.walker.as_(life.who)
            .post(f"/v1/petitions/{town.walker.walk(life.way, **life.fields)}/{life.act}")
            .is_success
        )
        return
    case = town.walker.walk(life.way, **life.fields)
    before = town.head()
    answer = town.walker.as_(life.who).post(f"/v1/petitions/{case}/{life.act}")
    problem = refused(answer, 422, "request.malformed")
    assert "必填" in problem["detail"]
    assert town.head() == before


@each
def test_the_acts_page_agrees_with_the_act(town: Town, life: Life):
    case = town.walker.walk(life.way, **life.fields)
    url = f"/v1/petitions/{case}/acts"
    mine = {one["act"]: one for one in town.walker.as_(life.who).get(url).json()["items"]}
    assert list(mine) == list(COMMANDS)
    assert mine[life.act] == {"act": life.act, "term": mine[life.act]["term"], "open": True}
    auditors = town.walker.as_("auditor").get(url).json()["items"]
    assert {one["code"] for one in auditors} == {"petition.not_yours"}
    assert all(one["reason"] and not one["open"] for one in auditors)
    refused(town.walker.as_("unit-b-head").get(url), 404, "petition.unknown")
    refused(town.client.get(url), 401, "session.missing")


class TestRegistration:
    """登记."""

    def test_it_answers_number_and_query_code(self, town: Town):
        answer = town.walker.as_("office").post("/v1/petitions", json=LETTER)
        assert answer.status_code == 201, answer.text
        entered = answer.json()
        assert entered["number"].startswith("XF-2026-")
        assert len(entered["query_code"]) == 10
        assert (entered["version"], entered["events"]) == (1, ["Registered"])
        assert entered["position"] == town.head()
        assert answer.headers["etag"] == '"1"'

    def test_a_unit_registers_what_it_receives(self, town: Town):
        assert town.walker.as_("unit-a-clerk").post("/v1/petitions", json=LETTER).status_code == 201

    def test_nobody_registers_unsigned(self, town: Town):
        before = town.head()
        refused(town.client.post("/v1/petitions", json=LETTER), 401, "session.missing")
        assert town.head() == before

    @pytest.mark.parametrize("who", ["auditor", "admin", "inspector", "leader", "unit-a-officer"])
    def test_others_do_not_register(self, town: Town, who: str):
        before = town.head()
        problem = refused(town.walker.as_(who).post("/v1/petitions", json=LETTER), 403, "petition.not_yours")
        assert problem["basis"] == "《信访工作条例》第二十二条、第二十三条"
        assert town.head() == before

    @pytest.mark.parametrize("missing", ["channel", "category", "subject", "content"])
    def test_it_needs_a_channel_a_category_a_subject_and_a_text(self, town: Town, missing: str):
        before = town.head()
        letter = {name: value for name, value in LETTER.items() if name != missing}
        problem = refused(
            town.walker.as_("office").post("/v1/petitions", json=letter), 422, "request.malformed"
        )
        assert problem["fields"] == [{"field": missing, "message": "必填"}]
        assert town.head() == before
