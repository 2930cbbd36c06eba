"""The cookie of our own pages: how it is set, what doesn't carry over into it, and what other sites can't make it do."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI

from api.bootstrap import Services
from api.serving import config
from api.settings import Settings
from tests.api.caller import Caller, serving
from tests.api.conftest import SignIn
from tests.api.problems import refused
from tests.api.town import PASSWORD

SESSION = "shixian_session"
HERE = {"Origin": "http://office.test"}
REGISTER = {
    "channel": "letter",
    "received_on": "2026-03-02",
    "category": "appeal",
    "subject": "路灯",
    "content": "和平路的路灯坏了三天。",
    "petitioners": [{"name": "王建国"}],
}


def sign(client: Caller, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    body = {"username": "office", "password": PASSWORD, "cookie": True, **more}
    return client.post("/v1/sessions", json=body, headers=headers)


def cookie_of(answer: httpx.Response) -> dict[str, str]:
    [one] = answer.headers.get_list("set-cookie")
    parts = [part.partition("=") for part in one.split("; ")]
    return {name: value for name, _, value in parts}


@pytest.fixture
def browser(client: Caller) -> dict[str, str]:
    """The headers of a browser in which somebody is signed in."""
    token = cookie_of(sign(client))[SESSION]
    client._http.cookies.clear()
    return {"Cookie": f"{SESSION}={token}"}


@pytest.fixture
def page(browser: dict[str, str]) -> dict[str, str]:
    """The headers of what one of our own pages sends."""
    return browser | HERE


class TestTheCookie:
    """登录 Cookie."""

    def test_no_script_and_no_other_site_gets_hold_of_it(self, client: Caller):
        cookie = cookie_of(sign(client))
        assert {"HttpOnly", "SameSite", "Path", "Max-Age"} <= set(cookie)
        assert (cookie["SameSite"].lower(), cookie["Path"], cookie["Max-Age"]) == ("lax", "/", "43200")
        assert "Domain" not in cookie

    def test_one_is_signed_in_by_it(self, client: Caller, page: dict[str, str]):
        assert client.get("/v1/sessions/current", headers=page).status_code == 200
        made = client.post("/v1/petitions", json=REGISTER, headers=page)
        assert made.status_code == 201, made.text

    def test_pages_listen_by_it(self, app: FastAPI, browser: dict[str, str]):
        with (
            serving(app) as address,
            httpx.stream("GET", f"{address}/v1/alerts/stream", headers=browser, timeout=20) as answer,
        ):
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")

    def test_without_asking_there_is_none(self, client: Caller):
        assert "set-cookie" not in sign(client, cookie=False).headers

    def test_a_token_in_the_header_goes_before(
        self, client: Caller, sign_in: SignIn, browser: dict[str, str]
    ):
        leader = sign_in("leader")
        current = leader.get("/v1/sessions/current", headers=browser).json()
        assert current["officer"]["id"] == "leader"
        wrong = {**browser, "Authorization": "Bearer wrong"}
        refused(client.get("/v1/sessions/current", headers=wrong), 401, "session.missing")
        refused(client.get("/v1/sessions/current", headers={**browser, "Authorization": "Basic eDp5"}), 401)

    def test_one_planted_before_is_never_adopted(self, client: Caller):
        planted = HERE | {"Cookie": f"{SESSION}=planted-by-somebody"}
        token = cookie_of(sign(client, planted))[SESSION]
        client._http.cookies.clear()
        assert token != "planted-by-somebody"
        refused(client.get("/v1/sessions/current", headers=planted), 401, "session.missing")

    def test_signing_in_again_ends_the_one_before(self, client: Caller, page: dict[str, str]):
        token = cookie_of(sign(client, page))[SESSION]
        client._http.cookies.clear()
        refused(client.get("/v1/sessions/current", headers=page), 401, "session.missing")
        new = {"Cookie": f"{SESSION}={token}"}
        assert client.get("/v1/sessions/current", headers=new).status_code == 200

    @pytest.mark.parametrize("path", ["/v1/sessions/current", "/v1/sessions"])
    def test_after_signing_out_it_is_no_use(self, client: Caller, page: dict[str, str], path: str):
        answer = client.delete(path, headers=page)
        assert answer.status_code == 204
        assert cookie_of(answer)["Max-Age"] == "0"
        refused(client.get("/v1/sessions/current", headers=page), 401, "session.missing")

    @pytest.mark.parametrize(
        ("proxy", "secure"), [("127.0.0.1/32", True), ("10.9.9.9/32", False), (None, False)]
    )
    def test_over_https_it_stays_there(
        self, app: FastAPI, settings: Settings, proxy: str | None, secure: bool
    ):
        served = config(app, replace(settings, trusted_proxy=proxy))
        served.load()
        transport = httpx.ASGITransport(served.loaded_app, client=("127.0.0.1", 40000))
        with start_blocking_portal() as portal:
            http = httpx.AsyncClient(transport=transport, base_url="http://office.test", timeout=60)
            caller = Caller(portal, http)
            assert ("Secure" in cookie_of(sign(caller, {"X-Forwarded-Proto": "https"}))) is secure
            portal.call(http.aclose)


CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://office.test"},
    {"Origin": "http://mallory.example"},
    {"Origin": "http://office.test.mallory.example"},
    {"Origin": "http://office.test:8080"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://["},
]
OURS = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://office.test"},
    {"Origin": "HTTP://OFFICE.test"},
]


class TestOtherSites:
    """跨站请求."""

    @pytest.mark.parametrize("headers", CROSS)
    def test_what_they_make_a_browser_send_changes_nothing(
        self, client: Caller, browser: dict[str, str], services: Services, headers: dict[str, str]
    ):
        before = services.casework.store.max_notification_id()
        for method, path in (
            ("POST", "/v1/petitions"),
            ("DELETE", "/v1/sessions/current"),
            ("PUT", "/v1/x"),
            ("POST", "/v1/sessions"),
        ):
            answer = client.request(method, path, json=REGISTER, headers={**browser, **headers})
            refused(answer, 403, "request.cross_site")
        assert services.casework.store.max_notification_id() == before
        assert client.get("/v1/sessions/current", headers={**browser, **headers}).status_code == 200

    def test_what_says_nothing_of_where_it_comes_from_changes_nothing_by_the_cookie(
        self, client: Caller, sign_in: SignIn, browser: dict[str, str]
    ):
        for method, path in (("POST", "/v1/petitions"), ("DELETE", "/v1/sessions"), ("POST", "/v1/sessions")):
            refused(client.request(method, path, json=REGISTER, headers=browser), 403, "request.cross_site")
        assert client.get("/v1/sessions/current", headers=browser).status_code == 200
        assert sign_in("office").post("/v1/petitions", json=REGISTER, headers=browser).status_code == 201

    @pytest.mark.parametrize("headers", OURS)
    def test_what_our_own_pages_send_is_taken(
        self, client: Caller, browser: dict[str, str], headers: dict[str, str]
    ):
        answer = client.post("/v1/petitions", json=REGISTER, headers={**browser, **headers})
        assert answer.status_code == 201, answer.text

    def test_nobody_is_signed_in_as_somebody_else_behind_his_back(self, client: Caller):
        refused(sign(client, {"Sec-Fetch-Site": "cross-site"}), 403, "request.cross_site")

    @pytest.mark.parametrize(
        "media", ["text/plain", "application/x-www-form-urlencoded", "text/plain; application/json", ""]
    )
    def test_a_form_is_no_json(self, client: Caller, page: dict[str, str], media: str):
        headers = {**page, "Content-Type": media}
        answer = client.post("/v1/petitions", content=b'{"a": 1}', headers=headers)
        refused(answer, 422, "request.not_json")
        chunked = client.post("/v1/petitions", content=_pieces(), headers=headers)
        refused(chunked, 422, "request.not_json")

    def test_a_form_of_many_parts_is_no_petition(self, client: Caller, page: dict[str, str]):
        answer = client.post("/v1/petitions", files={"x": b"{}"}, headers=page)
        refused(answer, 422)


async def _pieces():
    yield b'{"a": 1}'
