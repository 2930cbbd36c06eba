"""What somebody tries who isn't satisfied with a no: guessed ids and other ways of writing them, another kind's address, a
version or a key that tells whether there is something, another time, another method – and forged hands on an item.
"""

from typing import Any
from uuid import UUID, uuid4

import pytest

from api.bootstrap import Services
from api.sessions import open_session
from tests.api.caller import Caller
from tests.api.cases import accusation, done, registered
from tests.api.conftest import SignIn, Town, signing_in
from tests.api.problems import refused

ITEM = {
    "source": "区政府常务会议", "category": "decision", "subject": "老旧小区供暖改造", "requirements": "完成改造",
    "due_on": "2026-04-30",
}  # fmt: skip
ITEMS = "/v1/supervision-items"


@pytest.fixture
def services(town: Town) -> Services:
    """One office for all these tests."""
    return town.services


@pytest.fixture
def client(town: Town) -> Caller:
    return town.client


@pytest.fixture
def sign_in(town: Town) -> SignIn:
    return signing_in(town.services, town.client)


@pytest.fixture
def hidden(sign_in: SignIn) -> str:
    """An accusation of unit A, which unit B handles."""
    case = accusation(sign_in("office"), unit="unit-a")
    done(sign_in("office"), case, "transfer", to_unit="unit-b")
    return case


@pytest.fixture
def thief(sign_in: SignIn) -> Caller:
    """The head of the unit that is accused."""
    return sign_in("unit-a-head")


def alike(first: Any, second: Any, *ids: str) -> bool:
    texts = [one.text for one in (first, second)]
    for id in ids:
        texts = [text.replace(id, "{id}") for text in texts]
    return first.status_code == second.status_code and texts[0] == texts[1]


class TestGuessing:
    """猜测编号."""

    def test_ids_are_random_and_nothing_follows_from_one(self, sign_in: SignIn) -> None:
        ids = [UUID(registered(sign_in("office"))) for _ in range(5)]
        assert all(id.version == 4 for id in ids)
        neighbours = [UUID(int=id.int + step) for id in ids for step in (-1, 1)]
        assert not set(neighbours) & set(ids)
        for id in neighbours:
            refused(sign_in("office").get(f"/v1/petitions/{id}"), 404, "petition.unknown")

    @pytest.mark.parametrize(
        "written", ["1", "0001", "XF-2026-000001", "xf-2026-000001", "-1", "1e3", "*", "null"]
    )
    def test_a_number_opens_nothing(self, thief: Caller, hidden: str, written: str) -> None:
        for url in (f"/v1/petitions/{written}", f"{ITEMS}/{written}", f"/v1/petitions/{written}/petitioners"):
            refused(thief.get(url), 422, "request.malformed")
        refused(thief.post(f"/v1/petitions/{written}/accept", json={}), 422, "request.malformed")

    @pytest.mark.parametrize("dress", ["{}", "{{{}}}", "urn:uuid:{}", "{} ", "%20{}"])
    def test_however_it_is_written_it_stays_hidden(self, thief: Caller, hidden: str, dress: str) -> None:
        other = str(uuid4())
        for write in (str, str.upper, lambda id: id.replace("-", "")):
            answers = [thief.get(f"/v1/petitions/{dress.format(write(id))}") for id in (hidden, other)]
            assert answers[0].status_code in {404, 422}
            assert alike(*answers, write(hidden), write(other))

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/petitions//{}", "/v1/petitions/./{}", "/v1/petitions/x/../{}", "/v1//petitions/{}",
            "/V1/petitions/{}", "/v1/petitions/{}/", "/v1/petitions/{}%2Fpetitioners", "/v1/petitions/{};a=b",
            "/v1/supervision-items/{}", "/v1/negative-lists/{}", "/v1/imports/{}",
        ],
    )  # fmt: skip
    def test_no_other_address_leads_to_it(self, thief: Caller, hidden: str, path: str) -> None:
        other = str(uuid4())
        answers = [thief.get(path.format(id)) for id in (hidden, other)]
        assert answers[0].status_code in {307, 403, 404, 422}
        assert alike(*answers, hidden, other)

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])
    def test_no_other_method_tells(self, thief: Caller, hidden: str, method: str) -> None:
        other = str(uuid4())
        answers = [thief.request(method, f"/v1/petitions/{id}") for id in (hidden, other)]
        assert answers[0].status_code in {404, 405}
        assert alike(*answers, hidden, other)
        assert sorted(answers[0].headers) == sorted(answers[1].headers)

    def test_a_method_said_in_a_header_is_no_method(self, thief: Caller, hidden: str) -> None:
        answer = thief.get(f"/v1/petitions/{hidden}", headers={"X-HTTP-Method-Override": "POST"})
        refused(answer, 404, "petition.unknown")


class TestAsking:
    """旁敲侧击."""

    @pytest.mark.parametrize("version", ['"1"', '"2"', '"99"', 'W/"2"', "*"])
    def test_a_version_tells_nothing(self, thief: Caller, hidden: str, version: str) -> None:
        other = str(uuid4())
        url = "/v1/petitions/{}/accept"
        answers = [
            thief.post(url.format(id), json={}, headers={"If-Match": version}) for id in (hidden, other)
        ]
        refused(answers[0], 404, "petition.unknown")
        assert alike(*answers, hidden, other)

    def test_a_key_of_somebody_elses_gives_nobody_the_answer(self, sign_in: SignIn, hidden: str) -> None:
        url, given = f"/v1/petitions/{hidden}/accept", {"json": {}, "headers": {"Idempotency-Key": "k-1"}}
        assert sign_in("unit-b-head").post(url, **given).status_code == 200
        refused(sign_in("unit-a-head").post(url, **given), 404, "petition.unknown")
        refused(sign_in("unit-b-clerk").post(url, **given), 409, "petition.wrong_stage")

    @pytest.mark.parametrize("asked", ["at", "known_at"])
    @pytest.mark.parametrize("page", ["", "/history", "/deadlines", "/replay", "/petitioners"])
    def test_what_became_an_accusation_is_hidden_at_any_time(
        self, sign_in: SignIn, services: Services, asked: str, page: str
    ) -> None:
        case = registered(sign_in("office"), against=[{"unit": "unit-a"}])
        done(sign_in("office"), case, "transfer", to_unit="unit-a")
        when = {asked: services.clock().isoformat()}
        url = f"/v1/petitions/{case}{page}"
        assert sign_in("unit-a-head").get(url, params=when).status_code == 200
        done(sign_in("office"), case, "classify", category="accusation")
        for who in ("unit-a-head", "unit-a-clerk", "leader", "inspector"):
            refused(sign_in(who).get(url, params=when), 404, "petition.unknown")
            refused(sign_in(who).get(url), 404, "petition.unknown")

    def test_whoever_loses_the_case_can_no_longer_act_on_it(self, sign_in: SignIn) -> None:
        case = registered(sign_in("office"), against=[{"unit": "unit-a"}])
        done(sign_in("office"), case, "transfer", to_unit="unit-a")
        open_page = sign_in("unit-a-head")
        done(sign_in("office"), case, "classify", category="accusation")
        refused(open_page.post(f"/v1/petitions/{case}/accept", json={}), 404, "petition.unknown")
        done(sign_in("office"), case, "transfer", to_unit="unit-b")
        done(sign_in("unit-b-head"), case, "accept")


class TestForgedHands:
    """冒名办理督查事项."""

    @pytest.fixture
    def item(self, sign_in: SignIn) -> str:
        """An item that is to be submitted, with nobody's hand but the inspector's on it."""
        answer = sign_in("inspector").post(ITEMS, json=ITEM)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    @pytest.mark.parametrize(
        "field", ["by", "actor", "unit", "role", "officer", "for_whom", "act", "opened_by"]
    )
    def test_the_body_says_nothing_of_who_acts(self, sign_in: SignIn, item: str, field: str) -> None:
        for who in ("inspector", "leader"):
            answer = sign_in(who).post(f"{ITEMS}/{item}/submit", json={field: "inspector"})
            refused(answer, 422, "request.malformed")
        refused(sign_in("leader").post(ITEMS, json=ITEM | {field: "inspector"}), 422, "request.malformed")

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Forwarded-User": "inspector"}, {"Remote-User": "inspector"}, {"X-Remote-User": "inspector"},
            {"From": "inspector"}, {"X-User": "inspector"}, {"X-Officer": "inspector"}, {"Cookie": "officer=inspector"},
            {"X-Original-User": "inspector"}, {"X-Role": "inspector"}, {"Forwarded": "for=inspector;by=inspector"},
        ],
    )  # fmt: skip
    def test_no_header_says_it(
        self, sign_in: SignIn, client: Caller, item: str, headers: dict[str, str]
    ) -> None:
        url = f"{ITEMS}/{item}/submit"
        refused(sign_in("leader").post(url, json={}, headers=headers), 403, "item.not_yours")
        refused(client.post(url, json={}, headers=headers), 401, "session.missing")

    @pytest.mark.parametrize(
        ("header", "given"), [("Acting-For", "inspector"), ("Acting-As", "supervision/inspector")]
    )
    def test_nobody_takes_the_place_of_who_is_there(
        self, sign_in: SignIn, item: str, header: str, given: str
    ) -> None:
        for who in ("leader", "unit-a-head", "admin", "auditor"):
            refused(sign_in(who).post(f"{ITEMS}/{item}/submit", json={}, headers={header: given}), 403)

    @pytest.mark.parametrize("query", ["by", "actor", "officer", "as", "user", "token", "access_token"])
    def test_the_address_says_nothing(
        self, sign_in: SignIn, services: Services, client: Caller, item: str, query: str
    ) -> None:
        url, token = f"{ITEMS}/{item}/submit", open_session(services, "inspector")[0]
        for given in ("inspector", token):
            refused(sign_in("leader").post(url, json={}, params={query: given}), 403, "item.not_yours")
            refused(client.post(url, json={}, params={query: given}), 401, "session.missing")

    def test_a_token_after_sign_out_is_no_use_on_any_kind_of_case(self, sign_in: SignIn, item: str) -> None:
        inspector = sign_in("inspector")
        assert inspector.delete("/v1/sessions/current").is_success
        refused(inspector.post(f"{ITEMS}/{item}/submit", json={}), 401, "session.missing")
        refused(inspector.get(f"{ITEMS}/{item}"), 401, "session.missing")
        refused(inspector.get("/v1/alerts/stream"), 401, "session.missing")
