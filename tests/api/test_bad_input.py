"""What bad input gets: a status, a stable code, a Chinese sentence, the rule if one refused it – and nothing stored."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.api.conftest import Town
from tests.api.lives import (
    ACCEPTED,
    ARCHIVED,
    EXTENDED,
    EXTENSION_ASKED,
    LETTER,
    OBJECTED,
    REPLIED,
    SERVED,
    TRANSFERRED,
    Step,
)
from tests.api.problems import refused

JSON = {"Content-Type": "application/json"}

ARTICLE_23 = "《信访工作条例》第二十三条第三款"
ARTICLE_34 = "《信访工作条例》第三十四条"


def case(
    name: str,
    way: list[Step],
    who: str,
    act: str,
    body: dict[str, Any],
    status: int,
    code: str,
    basis: str | None = None,
) -> Any:
    return pytest.param(way, who, act, body, status, code, basis, id=name)


@pytest.mark.parametrize(
    ("way", "who", "act", "body", "status", "code", "basis"),
    [
        case("a hand-back nobody objected for", TRANSFERRED, "office", "hand-back",
             {"reason": "同意退回"}, 409, "petition.no_objection", ARTICLE_23),
        case("a decision on no objection", TRANSFERRED, "office", "keep-with-unit",
             {"reason": "不同意"}, 409, "petition.no_objection", ARTICLE_23),
        case("an objection on an objection", OBJECTED, "unit-a-clerk", "object",
             {"reason": "再次异议"}, 409, "petition.objection_open", ARTICLE_23),
        case("a second extension", EXTENDED, "unit-a-clerk", "request-extension",
             {"days": 5, "reason": "仍未查清"}, 409, "petition.already_extended", ARTICLE_34),
        case("31 days", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": 31, "reason": "案情复杂"}, 422, "petition.extension_over_cap", ARTICLE_34),
        case("31 days granted", EXTENSION_ASKED, "leader", "grant-extension",
             {"days": 31}, 422, "petition.extension_over_cap", ARTICLE_34),
        case("no days", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": 0, "reason": "案情复杂"}, 422, "petition.days_not_positive"),
        case("an extension nobody asked for", ACCEPTED, "leader", "grant-extension",
             {"days": 5}, 409, "petition.no_extension_request"),
        case("an extension granted by the one who asks", EXTENSION_ASKED, "unit-a-clerk", "grant-extension",
             {"days": 5}, 403, "petition.not_yours"),
        case("a reply before acceptance", TRANSFERRED, "unit-a-clerk", "reply",
             {"result": "explain", "text": "答复"}, 409, "petition.wrong_stage"),
        case("an act on an archived matter", ARCHIVED, "unit-a-clerk", "accept", {}, 409, "petition.wrong_stage"),
        case("a review before service", REPLIED, "office", "request-review",
             {"reasons": "不服"}, 409, "petition.opinion_not_served", "《信访工作条例》第三十五条"),
        case("an opinion served before it exists", ACCEPTED, "unit-a-clerk", "serve",
             {"notice": "opinion", "method": "post"}, 409, "petition.notice_not_issued"),
        case("a rating twice", [*REPLIED, ("office", "rate", {"about": "unit", "score": "satisfied"})],
             "office", "rate", {"about": "unit", "score": "basically"}, 409, "petition.already_rated",
             "《信访事项办理群众满意度评价工作办法》"),
        case("the wrong officer", ACCEPTED, "office", "reply",
             {"result": "explain", "text": "答复"}, 403, "petition.not_yours"),
        case("another unit's matter", ACCEPTED, "unit-b-head", "reply",
             {"result": "explain", "text": "答复"}, 404, "petition.unknown"),
        case("another unit's matter, by its clerk", SERVED, "unit-b-clerk", "report",
             {"text": "反馈"}, 404, "petition.unknown"),
        case("a matter of nobody the administrator is", [], "admin", "archive", {"reason": "清理"},
             404, "petition.unknown"),
        case("a unit that isn't there", [], "office", "transfer", {"to_unit": "unit-z"}, 422, "unit.unknown"),
        case("the office as handling unit", [], "office", "transfer",
             {"to_unit": "petition-office"}, 422, "petition.unit_is_office"),
        case("a date to come", TRANSFERRED, "unit-a-clerk", "accept", {"on": "2026-03-03"}, 422, "date.in_future"),
        case("a date before receipt", TRANSFERRED, "unit-a-clerk", "accept",
             {"on": "2026-02-27"}, 422, "date.before_antecedent"),
        case("a supplement to come", [*TRANSFERRED, ("unit-a-clerk", "ask-for-more", {"missing": ["身份证"]})],
             "office", "supplement", {"received_on": "2026-03-03"}, 422, "date.in_future"),
        case("a service to come", REPLIED, "unit-a-clerk", "serve",
             {"notice": "opinion", "method": "post", "served_on": "2026-12-31"}, 422, "date.in_future"),
        case("no such day", TRANSFERRED, "unit-a-clerk", "accept", {"on": "2026-02-30"}, 422, "request.malformed"),
        case("no leap year", TRANSFERRED, "unit-a-clerk", "accept", {"on": "2026-02-29"}, 422, "request.malformed"),
        case("a number as a date", TRANSFERRED, "unit-a-clerk", "accept", {"on": 0}, 422, "request.malformed"),
        case("an instant as a date", TRANSFERRED, "unit-a-clerk", "accept",
             {"on": "2026-03-02T00:00:00Z"}, 422, "request.malformed"),
        case("another calendar's digits", TRANSFERRED, "unit-a-clerk", "accept",
             {"on": "２０２６-０３-０２"}, 422, "request.malformed"),
        case("the year one", TRANSFERRED, "unit-a-clerk", "accept", {"on": "0001-01-01"}, 422, "request.malformed"),
        case("the end of time", [], "office", "assign",
             {"to_unit": "unit-a", "due_on": "9999-12-31"}, 422, "request.malformed"),
        case("a text for days", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": "10", "reason": "复杂"}, 422, "request.malformed"),
        case("half a day", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": 1.5, "reason": "复杂"}, 422, "request.malformed"),
        case("yes for a number", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": True, "reason": "复杂"}, 422, "request.malformed"),
        case("days without end", ACCEPTED, "unit-a-clerk", "request-extension",
             {"days": 10**30, "reason": "复杂"}, 422, "request.malformed"),
        case("a method that isn't one", ACCEPTED, "inspector", "urge",
             {"method": "telegram", "text": "催"}, 422, "request.malformed"),
        case("a number for a text", ACCEPTED, "unit-a-clerk", "report", {"text": 5}, 422, "request.malformed"),
        case("a blank text", ACCEPTED, "unit-a-clerk", "report", {"text": " \n\t　"}, 422, "request.malformed"),
        case("nothing missing", TRANSFERRED, "unit-a-clerk", "ask-for-more",
             {"missing": []}, 422, "petition.nothing_missing", "一次性告知"),
        case("an unknown ground", TRANSFERRED, "unit-a-head", "decline",
             {"ground": "N99", "explanation": "说明"}, 422, "ground.unknown"),
        case("an id that isn't one", [], "office", "link-repeat", {"earlier_petition": 7}, 422, "request.malformed"),
        case("an earlier petition that isn't there", [], "office", "link-repeat",
             {"earlier_petition": "00000000-0000-4000-8000-00000000dead"}, 422, "petition.earlier_unknown"),
    ],
)  # fmt: skip
def test_an_act_that_cannot_be(
    town: Town,
    way: list[Step],
    who: str,
    act: str,
    body: dict[str, Any],
    status: int,
    code: str,
    basis: str | None,
):
    petition = town.walker.walk(way)
    before = town.head()
    problem = refused(town.walker.do(petition, who, act, body), status, code)
    assert town.head() == before
    if basis is not None:
        assert problem["basis"] == basis


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"received_on": "2026-03-03"}, "date.in_future", id="received tomorrow"),
        pytest.param({"received_on": "1980-01-01"}, "date.too_early", id="received long ago"),
        pytest.param({"received_on": "2026-13-01"}, "request.malformed", id="a thirteenth month"),
        pytest.param({"channel": "pigeon"}, "request.malformed", id="a channel that isn't one"),
        pytest.param({"petitioners": "王秀兰"}, "request.malformed", id="a text for a list"),
        pytest.param({"petitioners": [{"name": "王", "age": 70}]}, "request.malformed", id="an unknown inner field"),
        pytest.param({"petitioners": [{"name": ""}]}, "request.malformed", id="a petitioner without a name"),
        pytest.param({"petitioners": [{"name": "王"}] * 1001}, "request.malformed", id="too many petitioners"),
        pytest.param({"petitioners": [{"name": "王"}] * 3, "headcount": 2}, "petition.headcount_too_small",
                     id="fewer people than names"),
        pytest.param({"headcount": -1}, "request.malformed", id="less than nobody"),
        pytest.param({"urgent": "yes"}, "request.malformed", id="a word for a flag"),
        pytest.param({"urgent": 1}, "request.malformed", id="a number for a flag"),
        pytest.param({"subject": "供" * 201}, "request.malformed", id="a subject too long"),
        pytest.param({"content": "供" * 20_001}, "request.malformed", id="a text too long"),
        pytest.param({"content": None}, "request.malformed", id="nothing for a text"),
        pytest.param({"rulebook": "petition-1895"}, "rulebook.unknown", id="an unknown rule book"),
        pytest.param({"number": "XF-2026-000001"}, "request.malformed", id="its own number"),
        pytest.param({"office": "unit-a"}, "request.malformed", id="another register"),
        pytest.param({"by": "leader"}, "request.malformed", id="as somebody else"),
        pytest.param(
            {"channel": "visit", "petitioners": [{"name": f"代表{n}", "representative": True} for n in range(6)]},
            "petition.too_many_representatives", id="a sixth representative"),
    ],
)  # fmt: skip
def test_a_letter_that_cannot_be_registered(town: Town, change: dict[str, Any], code: str):
    before = town.head()
    refused(town.walker.as_("office").post("/v1/petitions", json=LETTER | change), 422, code)
    assert town.head() == before


def test_what_can_be_chosen_is_listed_in_chinese(town: Town):
    answer = town.walker.as_("office").post("/v1/petitions", json=LETTER | {"channel": "pigeon"})
    told = refused(answer, 422, "request.malformed")["detail"]
    assert "可选：letter、" in told
    assert " or " not in told
    assert "'" not in told


@pytest.mark.parametrize(
    ("field", "text"),
    [
        pytest.param("subject", "供暖\x00问题", id="NUL"),
        pytest.param("subject", "供暖\x1b[31m问题", id="escape"),
        pytest.param("subject", "供暖\n问题", id="a line end in a short text"),
        pytest.param("subject", "供暖\x7f问题", id="delete"),
        pytest.param("subject", "供暖\x85问题", id="a C1 control"),
        pytest.param("content", "供暖\x00问题", id="NUL in a long text"),
        pytest.param("content", "供暖\x08问题", id="backspace in a long text"),
        pytest.param("content", "供暖\ud800问题", id="half a surrogate pair"),
    ],
)
def test_characters_that_no_page_can_show_are_refused(town: Town, field: str, text: str):
    before = town.head()
    body = json.dumps(LETTER | {field: text}).encode()
    answer = town.walker.as_("office").post("/v1/petitions", content=body, headers=JSON)
    problem = refused(answer, 422, "request.malformed")
    assert [one["field"] for one in problem["fields"]] == [field]
    assert town.head() == before


@pytest.mark.parametrize("text", ["第一行\n第二行\t缩进", "第一行\r\n第二行", "𠮷野家", "e\u0301", "👨‍👩‍👧"])
def test_texts_that_people_write_are_kept(town: Town, text: str):
    answer = town.walker.as_("office").post("/v1/petitions", json=LETTER | {"content": text})
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"42", id="a number"),
        pytest.param(b"NaN", id="not a number"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"{}x", id="something after the end"),
        pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
        pytest.param(json.dumps(LETTER, ensure_ascii=False).encode("gb18030"), id="GB 18030"),
        pytest.param(b'{"subject": "a", "subject": "b"}', id="a name twice"),
        pytest.param(b'{"headcount": NaN}', id="NaN"),
        pytest.param(b'{"headcount": -Infinity}', id="infinity"),
        pytest.param(b'{"headcount": 1e400}', id="a number beyond floats"),
        pytest.param(b'{"headcount": ' + b"9" * 5000 + b"}", id="a number of 5000 digits"),
        pytest.param(b'{"a":' * 40 + b"1" + b"}" * 40, id="forty deep"),
        pytest.param(b"[" * 100_000, id="a hundred thousand deep"),
        pytest.param(b'{"a":' * 100_000, id="objects a hundred thousand deep"),
    ],
)
def test_a_body_that_is_no_letter(town: Town, body: bytes):
    before = town.head()
    answer = town.walker.as_("office").post("/v1/petitions", content=body, headers=JSON)
    refused(answer, 422, "request.malformed")
    refused(town.client.post("/v1/petitions", content=body, headers=JSON), 401, "session.missing")
    assert town.head() == before


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_another_media_type_is_not_read(town: Town, media: str):
    before = town.head()
    answer = town.walker.as_("office").post(
        "/v1/petitions", content=json.dumps(LETTER).encode(), headers={"Content-Type": media}
    )
    refused(answer, 422, "request.malformed")
    assert town.head() == before


def test_ten_megabytes_of_text_are_not_taken_in(town: Town):
    before = town.head()
    body = json.dumps(LETTER | {"content": "a" * 10_000_000}).encode()
    office = town.walker.as_("office")
    refused(office.post("/v1/petitions", content=body, headers=JSON), 413, "request.too_large")

    async def in_pieces():
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    refused(office.post("/v1/petitions", content=in_pieces(), headers=JSON), 413, "request.too_large")
    assert town.head() == before


def test_what_was_sent_is_not_repeated(town: Town):
    secret = "王秀兰的身份证号是110101199003070000"
    answer = town.walker.as_("office").post(
        "/v1/petitions", json=LETTER | {"channel": secret, "headcount": secret, secret: 1, "urgent": secret}
    )
    refused(answer, 422, "request.malformed")
    assert "110101" not in answer.text
    assert "王秀兰" not in answer.text


@pytest.mark.parametrize(
    "given", ["3", "abc", '"x"', '"-1"', '"1","2"', '"99999999999999999999"', "W/1", '""']
)
def test_a_version_that_is_none_is_refused(town: Town, given: str):
    petition, before = town.walker.register(), town.head()
    answer = town.walker.do(
        petition, "office", "urge", {"method": "phone", "text": "催"}, headers={"If-Match": given}
    )
    problem = refused(answer, 422, "request.malformed")
    assert [one["field"] for one in problem["fields"]] == ["if-match"]
    assert town.head() == before


def test_a_version_that_never_was_is_stale(town: Town):
    petition = town.walker.register()
    body = {"method": "phone", "text": "催"}
    answer = town.walker.do(petition, "office", "urge", body, headers={"If-Match": '"7"'})
    assert refused(answer, 412, "petition.stale")["events"] == []
    assert town.walker.do(petition, "office", "urge", body, headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    "id",
    ["1", "0", "-1", "99999999999999999999999", "abc", "%00", "..%2f..", "null", "%E2%80%AE", "a" * 5000],
)
def test_an_id_that_is_none_finds_nothing(town: Town, id: str):
    for method, path in (("GET", "acts"), ("POST", "accept")):
        answer = town.walker.as_("office").request(method, f"/v1/petitions/{id}/{path}")
        assert answer.status_code in {404, 422}, answer.text
        refused(answer, answer.status_code)


def test_addresses_and_methods_that_are_none(town: Town):
    office = town.walker.as_("office")
    refused(office.get("/v1/nothing"), 404, "request.no_such_address")
    refused(office.get("/v1/petitions/"), 404, "request.no_such_address")
    refused(office.post(f"/v1/petitions/{town.walker.register()}/explode"), 404, "request.no_such_address")
    refused(
        office.delete(f"/v1/petitions/{town.walker.register()}/accept"), 405, "request.method_not_allowed"
    )
    refused(office.get("/v1/sessions/current?x=%ff"), 422, "request.malformed")
    refused(office.get("/v1/sessions/current?x=%00"), 422, "request.malformed")


@pytest.mark.parametrize("url", ["/v1/petitions", "/v1/deadlines", "/v1/alerts", "/v1/imports"])
@pytest.mark.parametrize(
    "place",
    [
        pytest.param(b"[" * 300, id="deep"),
        pytest.param(b"[" * 30_000, id="very deep"),
        pytest.param(b'["' + b"a" * 600 + b'"]', id="long"),
        pytest.param(b'["\\ud800"]', id="half a surrogate pair"),
        pytest.param(b'["\\u0000"]', id="NUL"),
    ],
)
def test_a_cursor_that_is_none_of_ours(town: Town, url: str, place: bytes):
    answer = town.walker.as_("office").get(url, params={"cursor": urlsafe_b64encode(place).decode()})
    refused(answer, 422, "cursor.malformed")


@pytest.mark.parametrize(
    "table",
    [
        {"note": "\ud800"},
        {"clocks": [{"label": "办结\udfff"}]},
        {"clocks": [{"\ud800": 1}]},
        {"note": "\x00"},
    ],
)
@pytest.mark.parametrize(
    ("method", "url", "name"),
    [
        ("POST", "/v1/what-if", "rulebook"),
        ("POST", "/v1/rulebooks/petition-2022/versions", None),
        ("PUT", "/v1/alert-channels", "settings"),
    ],
)
def test_a_free_table_holds_only_what_can_be_kept(
    town: Town, method: str, url: str, name: str | None, table: dict[str, Any]
):
    sent: dict[str, Any] = {name: table} if name else table
    if name == "settings":
        sent = {"items": [{"id": "hall", "kind": "webhook", "settings": table}]}
    before = town.head()
    for headers in (JSON, JSON | {"Idempotency-Key": "once"}):
        answer = town.walker.as_("admin").request(method, url, content=json.dumps(sent), headers=headers)
        refused(answer, 422, "request.malformed")
    assert town.head() == before
