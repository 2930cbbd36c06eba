"""Who the petitioners are stands nowhere but on their own page (A13): not in any other answer to anybody, not in what is
refused, not in the log – and whoever opens that page leaves a trace that the auditor sees.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from domain.petition import events
from domain.petition.stages import Stage
from projections import runner
from tests.api.caller import Caller
from tests.api.conftest import Town
from tests.api.powers import routes
from tests.api.powers.people import IDS
from tests.api.powers.petitions import ORDINARY
from tests.builders import case_named
from tests.traces import noted, with_reason

PERSON = events.Person("p1", "慕容听雪", "330102197203045678", "13957101234", "清江区桃花弄17号")
REPLY_TO, SIGNED_BY = "邮政信箱0571-77号", "端木代收"
PLANTED = ("慕容听雪", "听雪", "330102197203045678", "13957101234", "桃花弄", REPLY_TO, SIGNED_BY)
CASE = case_named("whose petitioner is known")
URL = f"/v1/petitions/{CASE}"
LATER = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)
MAY_OPEN = {
    "clerk", "head", "leader", "a-head", "a-clerk", "handler", "c-head", "c-clerk", "auditor",
}  # fmt: skip
"""The office, the units that handle and assist, the officer named, whom it was put to, and the auditor."""
SAY_WHY = {"leader", "auditor"}
"""Of these those who don't handle it."""
SEE_DRAFTS = MAY_OPEN - {"leader", "c-head", "c-clerk"}
"""Of a paper that isn't issued yet: those who draw it up or answer for it, and the auditor."""
PAPERS = ("/notices/{code}.docx", "/notices/{code}.pdf")
THEIR_OWN = ("/petitioners", "/dossier.zip", *PAPERS)
"""What names the petitioners: their page, the papers that go to them, and the whole file (test_dossier.py)."""


@pytest.fixture(scope="module", autouse=True)
def known(town: Town) -> None:
    """A petition in handling, whose petitioner gave everything, for whom somebody signed, and whose limits have passed."""
    first, *rest = [replace(fact, originator_id=CASE) for fact in ORDINARY.way(Stage.HANDLING).facts]
    casework = town.services.casework
    casework.save(
        replace(first, number="XF-2026-008001", personal=events.Personal((PERSON,), REPLY_TO)), *rest
    )
    served = {"notice": "receipt", "method": "post", "signed_by": SIGNED_BY}
    assert town.walker.as_("clerk").post(f"{URL}/serve", json=served).status_code == 200
    casework.raise_alerts([CASE], LATER)
    runner.catch_up(town.services.database, casework)


def say_why(town: Town, who: str) -> None:
    """Who doesn't handle the case is shown nothing before that (test_reading_reasons.py)."""
    if who in SAY_WHY:
        with_reason(town.walker.as_(who), URL)


def traces(town: Town, query: dict[str, str]) -> dict[str, Any]:
    noted(town.services)
    answer: dict[str, Any] = town.walker.as_("auditor").get("/v1/readings", params=query).json()
    return answer


def planted(answer: httpx.Response) -> list[str]:
    """What is found in the answer, however its characters are written."""
    text = f"{answer.text} {answer.headers} {routes.told_by(answer)}"
    return [word for word in PLANTED if word in text]


def everything(town: Town, caller: Caller) -> Iterator[tuple[str, httpx.Response]]:
    """Every GET route but the petitioners' own page and the papers addressed to them, and what is tried of rules."""
    for route in routes.reads(town.app):
        if route.of_a_case and not route.path.endswith(THEIR_OWN):
            yield route.path, caller.get(route.of(CASE))
            if "at" in route.queries:
                yield route.path, caller.get(route.of(CASE), params={"at": "2026-03-02T11:00:00+08:00"})
    yield from routes.asked(town.app, caller, {"q": "XF-2026-008001", "case": str(CASE)})


@pytest.mark.parametrize("who", IDS)
def test_no_answer_but_their_own_page_says_who_they_are(
    town: Town, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    found = [(what, words) for what, one in everything(town, town.walker.as_(who)) if (words := planted(one))]
    assert not found
    said = capsys.readouterr()
    assert not [word for word in PLANTED if word in said.out + said.err]


@pytest.mark.parametrize("who", IDS)
def test_opening_their_page_leaves_a_trace_for_the_auditor(
    town: Town, who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    query = {"case": str(CASE), "officer": who, "what": "petitioners"}
    before = traces(town, query)["total"]
    say_why(town, who)
    capsys.readouterr()
    answer = town.walker.as_(who).get(f"{URL}/petitioners")
    if who in MAY_OPEN:
        assert answer.status_code == 200
        assert answer.json()["items"][0]["name"] == PERSON.name
        last = traces(town, query)["items"][0]
        assert (last["officer"], last["what"], last["case"]) == (who, "petitioners", str(CASE))
    else:
        assert answer.status_code in {403, 404}
        assert not planted(answer)
    assert traces(town, query)["total"] == before + (who in MAY_OPEN)
    said = capsys.readouterr()
    assert not [word for word in PLANTED if word in said.out + said.err]


@pytest.mark.parametrize("who", IDS)
def test_opening_a_paper_to_them_leaves_a_trace_for_the_auditor(town: Town, who: str) -> None:
    query = {"case": str(CASE), "officer": who, "what": "notice"}
    before = traces(town, query)["total"]
    say_why(town, who)
    answer = town.walker.as_(who).get(f"{URL}/notices/receipt.docx")
    readings = traces(town, query)
    if who in SEE_DRAFTS:
        assert answer.status_code == 200, answer.text
        assert PERSON.name in planted(answer)
        last = readings["items"][0]
        assert (last["officer"], last["what"], last["case"]) == (who, "notice", str(CASE))
    else:
        assert answer.status_code in {403, 404, 409}
        assert not planted(answer)
    assert readings["total"] == before + (who in SEE_DRAFTS)


@pytest.mark.parametrize("act", ORDINARY.table.acts)
def test_no_refusal_says_who_they_are(town: Town, act: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor what was sent along: an act in the wrong hands, at the wrong time, in a wrong form."""
    body = dict(ORDINARY.body("archived", act, "", "clerk"))
    echo: dict[str, Any] = {"petitioners": PERSON.name, "phone": PERSON.phone, PERSON.name: PERSON.address}
    capsys.readouterr()
    for who in ("auditor", "b-head", "a-officer"):
        caller = town.walker.as_(who)
        assert not planted(caller.post(f"{URL}/{act}", json=body))
        answer = caller.post(f"{URL}/{act}", json=body | echo)
        assert answer.status_code == 422
        assert not [word for word in (PERSON.phone, PERSON.address) if str(word) in answer.text]
    said = capsys.readouterr()
    assert not [word for word in PLANTED if word in said.out + said.err]
