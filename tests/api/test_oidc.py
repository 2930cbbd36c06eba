"""Signing in through an OpenID Connect provider: once through a real one, and what a crooked one or a thief achieves."""

import subprocess
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from select import select
from socket import create_connection, socket
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from api.app import create_app
from api.bootstrap import Services
from api.clock import now
from api.oidc import WITHIN
from api.settings import Oidc, SettingError, Settings
from api.tries import ADDRESS_TRIES
from tests.api.caller import Caller, calling
from tests.api.conftest import SignIn
from tests.api.crooked_provider import CLIENT, SECRET, encoded
from tests.api.problems import refused
from tests.conftest import Clock

CALLBACK = "http://office.test/v1/oidc/callback"


@contextmanager
def process(*command: str, **given: Any) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen([sys.executable, *command], text=True, stderr=subprocess.DEVNULL, **given)
    yield running
    running.terminate()
    running.wait(20)
    if running.stdout is not None:
        running.stdout.close()


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    """The address of a real provider, in which everybody may say who they are."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    claims = '{"sub": "u-17", "preferred_username": "unit-a-clerk"}'
    with process("-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "--user-claims", claims):
        deadline, pause = monotonic() + 30, Event()
        while monotonic() < deadline:
            try:
                create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                pause.wait(0.05)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def crooked() -> Iterator[str]:
    """The address of a provider that gives whatever it is told to."""
    root = str(Path(__file__).parents[2])
    command = ("-m", "tests.api.crooked_provider")
    with process(*command, stdout=subprocess.PIPE, cwd=root) as running:
        assert running.stdout is not None
        readable, _, _ = select([running.stdout], [], [], 30)
        assert readable
        yield running.stdout.readline().strip()


Open = Callable[..., Caller]


@pytest.fixture
def through(services: Services) -> Iterator[Open]:
    """A client of an office that signs in through that provider."""
    opened = []

    def office(issuer: str, client: str = CLIENT, secret: str = SECRET, **more: Any) -> Caller:
        given = Oidc(issuer, client, secret, **more)
        app = create_app(replace(services, settings=replace(services.settings, oidc=given)))
        opened.append(calling(app))
        return opened[-1].__enter__()

    yield office
    for one in opened:
        one.__exit__(None, None, None)


def started(client: Caller, **query: str) -> tuple[dict[str, str], str]:
    """What the provider is asked, and the cookie that the browser keeps."""
    answer = client.get("/v1/oidc/start", params=query)
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax", "Path=/v1/oidc"} <= set(cookie.split("; "))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    return asked, cookie.split(";")[0]


def back(client: Caller, cookie: str | None, **query: str) -> httpx.Response:
    return client.get(
        "/v1/oidc/callback", params=query, headers={"Cookie": cookie} if cookie is not None else {}
    )


def at_the_provider(client: Caller, sub: str, **query: str) -> tuple[str, dict[str, str]]:
    """A browser at the real provider: its cookie of ours, and what it comes back with."""
    answer = client.get("/v1/oidc/start", params=query)
    cookie = answer.headers["set-cookie"].split(";")[0]
    there = answer.headers["location"]
    data = {"sub": sub} if sub else {"action": "deny"}
    with httpx.Client(trust_env=False, timeout=20) as browser:
        assert browser.get(there).status_code == 200
        returned = browser.post(there, data=data)
    assert returned.status_code in {302, 303}, returned.text
    location = urlsplit(returned.headers["location"])
    assert location._replace(query="").geturl() == CALLBACK
    return cookie, {name: values[0] for name, values in parse_qs(location.query).items()}


class TestARealProvider:
    """全程登录."""

    @pytest.fixture
    def office(self, real: str, through: Open, clock: Clock) -> Caller:
        clock.set(now())
        return through(real, "shixian", "secret")

    def test_a_known_officer_is_signed_in_and_linked_for_good(
        self, office: Caller, services: Services
    ) -> None:
        cookie, query = at_the_provider(office, "u-17")
        answer = back(office, cookie, **query)
        assert answer.status_code == 200, answer.text
        session = answer.json()
        assert session["officer"]["id"] == "unit-a-clerk"
        assert office.signed(session["token"]).get("/v1/sessions/current").status_code == 200
        assert any(one.startswith("shixian_session=") for one in answer.headers.get_list("set-cookie"))
        [own] = office.signed(session["token"]).get("/v1/sessions").json()["items"]
        assert own["via"] == "oidc"
        with services.database.transaction() as connection:
            connection.execute("UPDATE accounts SET username = 'renamed' WHERE officer = 'unit-a-clerk'")
        next_cookie, next_query = at_the_provider(office, "u-17")
        again = back(office, next_cookie, **next_query)
        assert again.status_code == 200, "linked by the subject, no longer by the name"
        refused(back(office, cookie, **query), 403, "oidc.state")

    def test_one_comes_back_to_the_page_one_wanted(self, office: Caller):
        cookie, query = at_the_provider(office, "u-17", next="/console?tab=mine")
        answer = back(office, cookie, **query)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console?tab=mine")
        assert answer.content == b""

    def test_who_has_no_account_is_refused_and_nothing_is_said_of_whom(
        self, office: Caller, capsys: pytest.CaptureFixture[str]
    ):
        cookie, query = at_the_provider(office, "stranger-0817")
        problem = refused(back(office, cookie, **query), 403, "oidc.unknown_subject")
        said = capsys.readouterr()
        assert "oidc.refused" in said.out + said.err
        assert "stranger" not in said.out + said.err + str(problem)

    def test_who_declines_there_is_refused_here(self, office: Caller):
        cookie, query = at_the_provider(office, "")
        assert query["error"] == "access_denied"
        refused(back(office, cookie, **query), 403)

    def test_a_code_of_another_sign_in_is_refused(self, office: Caller):
        """Its nonce isn't ours, whoever's code it is."""
        _, stolen = at_the_provider(office, "u-17")
        cookie, query = at_the_provider(office, "u-17")
        refused(back(office, cookie, state=query["state"], code=stolen["code"]), 403, "oidc.refused")


def order(clock: Clock, issuer: str, asked: dict[str, str], **changed: Any) -> dict[str, Any]:
    """An order for a token that would do, but for what is changed."""
    seconds = int(clock().timestamp())
    claims = {
        "iss": issuer,
        "sub": "u-1",
        "aud": CLIENT,
        "iat": seconds,
        "exp": seconds + 300,
        "nonce": asked["nonce"],
        "preferred_username": "office",
    }
    claims = {
        name: value for name, value in {**claims, **changed.pop("claims", {})}.items() if value is not None
    }
    return {"claims": claims, "challenge": asked["code_challenge"], **changed}


BAD: dict[str, Callable[[int], dict[str, Any]]] = {
    "another nonce": lambda _: {"claims": {"nonce": "replayed"}},
    "no nonce": lambda _: {"claims": {"nonce": None}},
    "a nonce that is no text": lambda _: {"claims": {"nonce": ["x"]}},
    "for somebody else": lambda _: {"claims": {"aud": "mallory"}},
    "for somebody else by our order": lambda _: {"claims": {"aud": "mallory", "azp": CLIENT}},
    "for us among others, given to another": lambda _: {"claims": {"aud": [CLIENT, "m"], "azp": "m"}},
    "for nobody": lambda _: {"claims": {"aud": None}},
    "by another issuer": lambda _: {"claims": {"iss": "https://mallory.example"}},
    "by nobody": lambda _: {"claims": {"iss": None}},
    "expired": lambda at: {"claims": {"exp": at - 61}},
    "without an end": lambda _: {"claims": {"exp": None}},
    "an end that is no number": lambda _: {"claims": {"exp": "soon"}},
    "an endless end": lambda _: {"claims": {"exp": 1e308 * 10}},
    "from the future": lambda at: {"claims": {"iat": at + 3600}},
    "about nobody": lambda _: {"claims": {"sub": None}},
    "about an empty name": lambda _: {"claims": {"sub": ""}},
    "about a list": lambda _: {"claims": {"sub": ["u-1"]}},
    "about control characters": lambda _: {"claims": {"sub": "u\u0000"}},
    "about too long a name": lambda _: {"claims": {"sub": "u" * 256}},
    "unsigned": lambda _: {"alg": "none"},
    "signed with another key": lambda _: {"key": "other"},
    "signed with the public key as a secret": lambda _: {"alg": "HS256"},
    "signed by an algorithm it doesn't announce": lambda _: {"alg": "PS256"},
    "signed by another kind of key": lambda _: {"alg": "ES256", "key": "curve"},
    "bound to another access token": lambda _: {"claims": {"at_hash": "AAAA"}},
    "another verifier": lambda _: {"challenge": "x"},
    "no identity": lambda _: {"answer": {"access_token": "x"}},
    "an identity that is no token": lambda _: {"answer": {"id_token": 5}},
    "an identity in pieces": lambda _: {"answer": {"id_token": "a.b"}},
    "refused": lambda _: {"status": 401},
}
AWAY: dict[str, dict[str, Any]] = {
    "down": {"status": 500},
    "no object": {"answer": ["x"]},
    "elsewhere": {"status": 302},
}


class TestACrookedProvider:
    """不予采信."""

    @pytest.fixture
    def office(self, crooked: str, through: Open) -> Caller:
        return through(crooked)

    def test_a_token_that_holds_is_believed(self, office: Caller, crooked: str, clock: Clock):
        asked, cookie = started(office)
        assert asked["redirect_uri"] == CALLBACK
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert len(urlsafe_b64decode(asked["code_challenge"] + "=")) == 32
        answer = back(office, cookie, state=asked["state"], code=encoded(order(clock, crooked, asked)))
        assert answer.status_code == 200, answer.text
        assert answer.json()["officer"]["id"] == "office"

    @pytest.mark.parametrize("why", BAD)
    def test_any_other_is_not(self, office: Caller, crooked: str, clock: Clock, services: Services, why: str):
        asked, cookie = started(office)
        told = order(clock, crooked, asked, **BAD[why](int(clock().timestamp())))
        refused(back(office, cookie, state=asked["state"], code=encoded(told)), 403, "oidc.refused")
        assert _sessions(services) == 0

    @pytest.mark.parametrize("how", AWAY)
    def test_one_that_answers_strangely_is_away(
        self, office: Caller, crooked: str, clock: Clock, services: Services, how: str
    ):
        asked, cookie = started(office)
        told = order(clock, crooked, asked, **AWAY[how])
        refused(back(office, cookie, state=asked["state"], code=encoded(told)), 503, "oidc.away")
        assert _sessions(services) == 0

    @pytest.mark.parametrize("where", ["/mallory", "/plain", "/broken", ":1"])
    def test_one_that_is_not_who_it_says_is_not_asked(self, through: Open, crooked: str, where: str):
        issuer = crooked + where if where != ":1" else "http://127.0.0.1:1"
        refused(through(issuer).get("/v1/oidc/start"), 503, "oidc.away")

    def test_what_was_begun_is_good_once_for_a_while_and_in_one_browser(
        self, office: Caller, crooked: str, clock: Clock
    ):
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        other_asked, other_cookie = started(office)
        for wrong in (None, other_cookie, "shixian_oidc=", "shixian_oidc=x"):
            refused(back(office, wrong, state=asked["state"], code=code), 403, "oidc.state")
        for state in ("", "x", other_asked["state"], "ü", "\x00"):
            refused(back(office, cookie, state=state, code=code), 403 if state != "\x00" else 422)
        refused(back(office, cookie, code=code), 403, "oidc.state")
        refused(
            back(office, other_cookie, state=other_asked["state"], error="access_denied"), 403, "oidc.refused"
        )
        assert back(office, cookie, state=asked["state"], code=code).status_code == 200
        refused(back(office, cookie, state=asked["state"], code=code), 403, "oidc.state")
        asked, cookie = started(office)
        clock.set(clock() + WITHIN)
        refused(back(office, cookie, state=asked["state"], code="x"), 403, "oidc.state")

    def test_an_answer_in_anothers_name_is_refused(self, office: Caller, crooked: str, clock: Clock):
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        query = {"state": asked["state"], "code": code, "iss": "https://mallory.example"}
        refused(back(office, cookie, **query), 403, "oidc.refused")

    def test_a_session_from_before_is_not_adopted(self, office: Caller, crooked: str, clock: Clock):
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        planted = f"{cookie}; shixian_session=planted"
        answer = back(office, planted, state=asked["state"], code=code)
        assert answer.json()["token"] != "planted"
        refused(office.signed("planted").get("/v1/sessions/current"), 401)

    @pytest.mark.parametrize("state", ["locked", "dismissed", "linked elsewhere"])
    def test_who_may_not_sign_in_may_not_here_either(
        self, office: Caller, crooked: str, clock: Clock, services: Services, state: str
    ):
        change = {
            "locked": "locked_at = now()",
            "dismissed": "officer = 'gone'",
            "linked elsewhere": "oidc_subject = 'another'",
        }[state]
        with services.database.transaction() as connection:
            connection.execute(f"UPDATE accounts SET {change} WHERE username = 'office'")
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        refused(back(office, cookie, state=asked["state"], code=code), 403, "oidc.unknown_subject")

    def test_without_a_claim_only_a_manager_links(
        self, through: Open, crooked: str, clock: Clock, sign_in: SignIn
    ):
        office = through(crooked, claim=None)
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        refused(back(office, cookie, state=asked["state"], code=code), 403, "oidc.unknown_subject")
        admin = office.signed(sign_in("admin").token)
        assert admin.post("/v1/accounts/leader/oidc", json={"subject": "u-1"}).status_code == 202
        other = office.signed(sign_in("inspector").token)
        linked = other.post("/v1/accounts/leader/oidc/confirm", json={"subject": "u-1"})
        assert (linked.status_code, linked.json()["linked"]) == (200, True)
        taken = admin.post("/v1/accounts/office/oidc", json={"subject": "u-1"})
        refused(taken, 409, "oidc.subject_taken")
        asked, cookie = started(office)
        code = encoded(order(clock, crooked, asked))
        answer = back(office, cookie, state=asked["state"], code=code)
        assert answer.json()["officer"]["id"] == "leader"
        assert admin.post("/v1/accounts/leader/oidc", json={"subject": None}).json()["linked"] is False

    def test_starting_over_and_over_is_limited(self, office: Caller):
        for _ in range(ADDRESS_TRIES):
            assert office.get("/v1/oidc/start").status_code == 303
        refused(office.get("/v1/oidc/start"), 429, "session.too_often")

    @pytest.mark.parametrize(
        "page",
        ["https://mallory.example/", "//mallory.example", "/\\mallory.example", "console", "/a\nb", ""],
    )
    def test_one_is_sent_to_no_other_site(self, office: Caller, page: str):
        refused(office.get("/v1/oidc/start", params={"next": page}), 422, "request.malformed")

    @pytest.mark.parametrize("host", ["[", "a b", "mallory.example/x", "ü.example", ""])
    def test_a_host_that_is_none_is_refused(self, office: Caller, host: str):
        answer = office.get("/v1/oidc/start", headers={b"Host": host.encode()})
        refused(answer, 422, "request.malformed")


def _sessions(services: Services) -> int:
    with services.database.connection() as connection:
        [row] = connection.execute("SELECT count(*) AS n FROM sessions").fetchall()
    return int(row["n"])


def test_an_office_without_a_provider_says_so(client: Caller, sign_in: SignIn):
    refused(client.get("/v1/oidc/start"), 404, "oidc.off")
    refused(client.get("/v1/oidc/callback"), 404, "oidc.off")
    answer = sign_in("admin").post("/v1/accounts/office/oidc", json={"subject": "u-1"})
    refused(answer, 409, "oidc.off")


def test_a_provider_is_an_address_that_nobody_listens_in_on(tmp_path: Path):
    home = {"SHIXIAN_HOME": str(tmp_path), "SHIXIAN_OIDC_CLIENT_ID": "shixian"}
    assert Settings.read(home).oidc is None
    read = Settings.read({**home, "SHIXIAN_OIDC_ISSUER": "https://id.example/realm"}).oidc
    assert read == Oidc("https://id.example/realm", "shixian", "", "preferred_username")
    more = {"SHIXIAN_OIDC_CLIENT_SECRET": "s3cret", "SHIXIAN_OIDC_CLAIM": "none"}
    read = Settings.read({**home, "SHIXIAN_OIDC_ISSUER": "http://127.0.0.1:9400", **more}).oidc
    assert read == Oidc("http://127.0.0.1:9400", "shixian", "s3cret", None)
    assert "s3cret" not in repr(read)
    for bad in (
        "http://id.example",
        "id.example",
        "ftp://id.example",
        "https://",
        "https://a@b",
        "https://a?b",
    ):
        with pytest.raises(SettingError, match="SHIXIAN_OIDC_ISSUER"):
            Settings.read({**home, "SHIXIAN_OIDC_ISSUER": bad})
    with pytest.raises(SettingError, match="SHIXIAN_OIDC_CLIENT_ID"):
        Settings.read({"SHIXIAN_HOME": str(tmp_path), "SHIXIAN_OIDC_ISSUER": "https://id.example"})
