"""Whatever OpenAPI allows or forbids is sent to every operation, as one who may do much and as one who may do other
things, at cases in every stage: no server error, nothing that OpenAPI doesn't tell, nothing malformed let in.

The examples are the same on every run; a longer hunt is `FUZZ = 300` away.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from api import sealing
from api.app import put_together
from api.health import HEARTBEATS
from api.sessions import open_session
from projections import runner
from tests.api.conftest import Town, signing_in
from tests.api.item_lives import ITEM_LIVES, ItemWalker, appoint_deputy
from tests.api.lives import LIVES, Life, Walker

FUZZ = 6
ENDLESS = {("get", "/v1/alerts/stream")}
"""Answers that never end; their own tests read the beginning."""
CALLS_OUT = {("post", "/v1/alert-channels/{id}/test"), ("post", "/v1/webhooks/{id}/test")}
"""Sends a message to an address that an administrator gave: nothing to be tried with made-up addresses."""

SENDERS = ("office", "admin")
"""Each example is sent by both: making one up takes longer than sending it."""

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

unserved = put_together(0.0)
PAIRS = [
    pytest.param(method, path, mode, id=f"{method} {path} {mode.value}")
    for path, methods in unserved.openapi()["paths"].items()
    for method, operation in methods.items()
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    if (method, path) not in ENDLESS | CALLS_OUT
    and (mode is GenerationMode.POSITIVE or "parameters" in operation or "requestBody" in operation)
]


PETITIONS, ITEMS, MONTHS = "/v1/petitions", "/v1/supervision-items", "/v1/negative-lists"
RECEPTION = "/v1/reception"
OF_KIND = {"petition": PETITIONS, "item": ITEMS, "month": MONTHS, "reception": RECEPTION}
ACTS = [pytest.param(PETITIONS, life, id=life.act) for life in LIVES]
ACTS += [pytest.param(ITEMS, life, id=f"item {life.act}") for life in ITEM_LIVES]
DATES = ("on", "served_on", "received_on", "posted_on", "due_on", "expected_on", "redo_by", "unit_due_on")
"""Left out of what is sent to open acts: any date but today's or so is refused, and that is tried elsewhere."""

same_every_time = settings(
    max_examples=FUZZ,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def schema(town: Town) -> Any:
    """The operations of the served application."""
    with town.services.database.transaction() as connection:
        for name in HEARTBEATS:
            connection.execute("INSERT INTO heartbeats (name, at) VALUES (%s, %s)", (name, town.clock()))
    return schemathesis.openapi.from_asgi("/openapi.json", town.app)


@pytest.fixture
def walker(town: Town) -> Walker:
    """Walks petitions, signed in anew: one of the calls signs its officer out everywhere."""
    return Walker(signing_in(town.services, town.client))


@pytest.fixture(scope="module")
def items(town: Town) -> ItemWalker:
    """Walks supervision items, in a town that has two leaders."""
    appoint_deputy(town.services)
    return ItemWalker(signing_in(town.services, town.client))


@pytest.fixture(scope="module")
def cases(town: Town, items: ItemWalker) -> list[str]:
    """A petition and an item in every stage in which something can be done, on every list, in a log that is sealed."""
    made = [town.walker.walk(way) for way in {str(life.way): life.way for life in LIVES}.values()]
    made += [items.walk(way) for way in {str(life.way): life.way for life in ITEM_LIVES}.values()]
    town.services.casework.raise_alerts([UUID(case) for case in made], town.clock() + timedelta(days=90))
    runner.catch_up(town.services.database, town.services.casework)
    sealing.of(town.services).catch_up()
    return made


def send(case: Case, town: Town, who: str, checks: list[Any]) -> Any:
    """The answer to one call by that officer; signed in for each, since one of the calls signs out."""
    token, _ = open_session(town.services, who)
    return case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)


@pytest.mark.parametrize(("method", "path", "mode"), PAIRS)
def test_whatever_is_sent(
    schema: Any, town: Town, cases: list[str], method: str, path: str, mode: GenerationMode
):
    operation = schema[path][method]
    rejects = mode is GenerationMode.NEGATIVE and operation.body  # an unknown query parameter is ignored
    checks = [*CHECKS, negative_data_rejection] if rejects else CHECKS

    @same_every_time
    @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([*cases, None]))
    def calls(case: Case, known: str | None) -> None:
        if known is not None and "id" in case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters["id"] = known
        if isinstance(case.query.get("after"), int):
            case.query["after"] %= len(cases)  # a position that is yet to come is waited for
        for who in SENDERS:
            send(case, town, who, checks)

    calls()


@pytest.mark.parametrize(("url", "life"), ACTS)
def test_whatever_is_filled_in_where_the_act_is_open(
    schema: Any, town: Town, walker: Walker, items: ItemWalker, url: str, life: Life
):
    operation = schema[f"{url}/{{id}}/{life.act}"]["post"]
    walk = walker.walk if url == PETITIONS else items.walk
    untouched: list[str] = []  # the act is still open on a case on which it was refused

    @same_every_time
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        known=st.sets(st.sampled_from(sorted(life.body))) if life.body else st.just(set()),
    )
    def calls(case: Case, known: set[str]) -> None:
        at = untouched.pop() if untouched else walk(life.way, **life.fields)
        case.path_parameters["id"] = at
        case.headers = {}
        if isinstance(case.body, dict):
            kept = {name: value for name, value in case.body.items() if name not in DATES}
            case.body = kept | walker.filled({name: life.body[name] for name in known})
        if send(case, town, life.who, CHECKS).status_code >= 400:
            untouched.append(at)

    calls()


def test_whatever_was_stored_can_be_read(town: Town, cases: list[str]):
    services, act = town.services, town.services.casework
    runner.catch_up(services.database, act)
    with services.database.connection() as connection:
        stored = connection.execute("SELECT case_id, kind FROM ledger").fetchall()
    act.raise_alerts([row["case_id"] for row in stored], town.clock() + timedelta(days=400))
    runner.catch_up(services.database, act)
    auditor = town.walker.as_("auditor")
    pages = ("", "/history", "/deadlines", "/acts")
    folded = (*pages, "/replay")
    pages_of = {PETITIONS: folded, ITEMS: folded, MONTHS: pages, RECEPTION: folded}
    bases = [(OF_KIND[row["kind"]], row["case_id"]) for row in stored]
    urls = [f"{base}/{case}{page}" for base, case in bases for page in pages_of[base]]
    urls += [
        *(f"{base}?limit=200" for base in OF_KIND.values()),
        f"{ITEMS}/completion",
        "/v1/deadlines?limit=200",
        "/v1/alerts?to=all&limit=200",
        "/v1/events?limit=200",
    ]
    broken = [(url, answer.text) for url in urls if (answer := auditor.get(url)).status_code != 200]
    assert len(stored) >= len(cases)
    assert not broken
