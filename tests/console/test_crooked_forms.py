"""What no page of ours sends: control characters, far dates, broken cookies. Answered in words, never with a fault."""

from collections.abc import Callable
from time import process_time

import pytest
from fastapi.routing import APIRoute

from api import progress, progress_page, reception_page
from api.console import console, forms
from api.console.visitors import CAPACITY, NOTE
from tests.api.conftest import Town
from tests.api.test_errors import Logged, logged
from tests.console.pages import Pages, nobody

__all__ = ["logged"]

Open = Callable[[str], Pages]
NUL = "a\x00b"


def read_pages() -> list[APIRoute]:
    """Every page that is opened by its address."""
    routers = [
        part.router for part in (*console.PAGES, progress_page, reception_page) if hasattr(part, "router")
    ]
    routes = [one for router in routers for one in router.routes]
    return [one for one in routes if isinstance(one, APIRoute) and "GET" in (one.methods or ())]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/progress", {"number": NUL, "query_code": "AAAAAAAAAA"}),
        ("/progress", {"number": "XF-2026-000001", "query_code": NUL}),
        ("/progress/rating", {"number": NUL, "query_code": "AAAAAAAAAA", "office": "satisfied"}),
        ("/progress/rating", {"number": "XF-2026-000001", "query_code": "AAAAAAAAAA", "comment": NUL}),
        ("/progress/notices/acceptance.pdf", {"number": NUL, "query_code": "AAAAAAAAAA"}),
        ("/console/sign-in", {"username": NUL, "password": "x"}),
        ("/console/sign-in", {"username": "x" * 300, "password": "x"}),
    ],
)
def test_who_is_not_signed_in_meets_words_not_faults(town: Town, path: str, fields: dict[str, str]) -> None:
    page = nobody(town.client).post(path, fields)
    assert (page.status, page.answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert NUL not in page.answer.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/console/reception/rota", {"entries.0.place": NUL}),
        ("/console/reception/rota", {"once": NUL}),
        ("/console/reception/shifts", {"once": NUL}),
        ("/console/reception", {"subject": NUL}),
        ("/console/reception/log", {"q": NUL}),
        ("/console/register", {"subject": NUL}),
        ("/console/register", {NUL: "x"}),
        ("/console/petitions/filter", {"q": NUL}),
        ("/console/capacity", {"post": NUL}),
        ("/console/account/absences", {"from_on": "2026-03-02", "reason": NUL}),
        ("/console/account/return", {"on": NUL}),
        ("/console/alerts/acknowledge", {"alert": "0" * 32, "remark": "x", "once": NUL}),
        ("/console/directory/search", {"name": NUL}),
    ],
)
def test_control_characters_are_refused_in_words(town_pages: Open, path: str, fields: dict[str, str]) -> None:
    page = town_pages("office").post(path, fields)
    assert page.status == 422, page.text


@pytest.mark.parametrize(
    "fields",
    [
        {f"petitioners.{at}.name": "王秀兰" for at in range(4900)},
        {"petitioners.9999.name": "王秀兰", "against.5000.unit": "某局"},
    ],
    ids=["many rows", "rows far down"],
)
def test_a_form_of_too_many_rows_is_told_so_at_once(town_pages: Open, fields: dict[str, str]) -> None:
    office = town_pages("office")
    office.get("/console/register")
    began = process_time()
    page = office.post("/console/register", fields)
    assert (page.status, f"一次至多填写{forms.MOST_ROWS}行" in page.text) == (422, True)
    assert (
        len(page.all("//input[contains(@name, 'petitioners.') and contains(@name, '.name')]"))
        <= forms.MOST_ROWS
    )
    assert process_time() - began < 2.5


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "10000-01-01", "x"])
@pytest.mark.parametrize("path", ["/console/reception/rota", "/console/reception/shifts", "/reception"])
def test_a_day_beyond_the_calendar_is_no_fault(town_pages: Open, path: str, day: str) -> None:
    assert town_pages("office").get(path, params={"from": day}).status in {200, 422}


def test_an_alert_that_is_none_is_refused_in_words(town: Town, town_pages: Open) -> None:
    case = town.walker.register()
    page = town_pages("office").post(
        f"/console/petitions/{case}/acts/acknowledge-alert", {"alert_id": "abc", "remark": "已知悉"}
    )
    assert (page.status, "编号" in page.text) == (422, True)


@pytest.mark.parametrize("note", ["abc", "text=", "%00", "text=%FF"])
def test_a_note_that_says_nothing_is_dropped(town_pages: Open, note: str) -> None:
    browser = town_pages("office")
    browser.cookies |= {NOTE: note, CAPACITY: "for=%00"}
    assert browser.get("/console").status == 200
    assert NOTE not in browser.cookies


def test_what_nobody_expected_is_a_page_and_a_line_in_the_log(
    town: Town, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(progress, "find", fails)
    page = nobody(town.client).post("/progress", {"number": "XF-2026-000001", "query_code": "AAAAAAAAAA"})
    assert (page.status, page.one("//h1").text) == (500, "系统故障")
    assert page.one("//a[@role='button']").get("href") == "/progress"
    assert [(one["event"], one.get("error")) for one in logged()] == [
        ("request.failed", "ArithmeticError"),
        ("request.done", None),
    ]


def test_a_piece_of_a_page_shows_the_fault_in_its_place(
    town: Town, town_pages: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(type(town.services.casework), "directory", fails)
    page = town_pages("office").get("/console/alerts", headers={"HX-Request": "true"})
    assert (page.status, page.answer.headers["hx-retarget"]) == (500, "#faults")
    assert "系统出现故障" in page.text


def test_a_form_sent_after_the_session_has_ended_keeps_what_was_filled_in(town: Town) -> None:
    case = town.walker.register()
    page = nobody(town.client).post(
        f"/console/petitions/{case}/acts/accept", {"text": "写了很久"}, headers={"HX-Request": "true"}
    )
    assert (page.status, page.answer.headers["hx-retarget"], page.goes_to) == (401, "#faults", None)
    assert "登录已失效" in page.text


def test_headers_alone_can_be_asked_for(town_pages: Open) -> None:
    browser = town_pages("office")
    answers = [browser.send("HEAD", path) for path in ("/console", "/progress", "/reception")]
    assert [one.status for one in answers] == [200, 200, 200]


@pytest.mark.parametrize("next", ["/console/../v1/petitions", "/console//evil.test", "/console/%2e%2e/v1"])
def test_signing_in_leads_nowhere_by_detours(town: Town, next: str) -> None:
    page = nobody(town.client).get("/console/sign-in", params={"next": next})
    assert page.form("/console/sign-in")["next"] == "/console"


def test_the_description_of_the_api_loads_nothing_from_elsewhere(town: Town) -> None:
    page = nobody(town.client).get("/docs")
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    elsewhere = [one for one in page.all("//@src | //link/@href") if not one.startswith("/")]
    assert elsewhere == []


CROOKED = (
    "9999-12-31",
    "0001-01-01",
    "9999",
    "0001",
    "9999-12",
    "-1",
    "99999999999999999999",
    "x",
    "%F0%9F%8C%8A",
)
ASKED = sorted(
    {
        (one.path, parameter.alias)
        for one in read_pages()
        for parameter in one.dependant.query_params
        if "{" not in one.path
    }
)


@pytest.mark.parametrize(("path", "name"), ASKED, ids=[f"{path}-{name}" for path, name in ASKED])
def test_whatever_stands_in_an_address_is_no_fault(town_pages: Open, path: str, name: str) -> None:
    for who in ("office", "inspector", "admin"):
        browser = town_pages(who)
        for value in CROOKED:
            assert browser.get(f"{path}?{name}={value}").status < 500, value
