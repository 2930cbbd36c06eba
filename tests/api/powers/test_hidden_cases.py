"""What is hidden is as if it weren't there (A13, B9): in lists, counts, search, clocks, alerts, the feed, trials of rules,
statistics, the log of readings, in what is said of cases that point at it, in every single read and in every act.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from msgspec.structs import replace

from api import sealing
from domain.acts import Act
from domain.trace import Reading
from projections import runner
from scheduler.message import outside
from tests.api.caller import serving
from tests.api.conftest import Town
from tests.api.powers import items, petitions, routes
from tests.api.powers.hidden import HIDDEN, NOBODYS, PETITIONS, Hidden, pointing_at
from tests.api.powers.people import IDS
from tests.api.test_alert_stream import listening

each = pytest.mark.parametrize("hidden", HIDDEN, ids=[one.name for one in HIDDEN])
LATER = datetime(2026, 8, 3, 2, 0, tzinfo=UTC)
"""When every limit of the cases has passed."""
HEADS = "/v1/seals {"
"""The list of heads: how far the log is sealed and when, which is signed for all staff to hold on to. A head is due after
whatever is recorded, a reading or an appointment too, and names nothing (0015); so it may grow, and is searched all the same.
"""
TRIALS = ("POST /v1/what-if", "POST /v1/calendars/2026/preview")


def catch_up(town: Town) -> None:
    runner.catch_up(town.services.database, town.services.casework)
    sealing.of(town.services).catch_up()


def live(town: Town, hidden: Hidden) -> None:
    """Stores the case unless it is there, lets its limits pass, and has somebody open what it holds."""
    casework = town.services.casework
    if casework.history(hidden.id):
        return
    casework.save(*hidden.facts)
    casework.raise_alerts([hidden.id], LATER)
    act = Act(by="auditor", unit="petition-office", role="auditor", at=town.clock(), name="何审")
    casework.note_readings([Reading(hidden.id, "petitioners", "auditor", "例行审计")], act)
    catch_up(town)


@pytest.fixture(scope="module", autouse=True)
def others(town: Town) -> None:
    """What there is besides: something of each kind, and what points at each hidden case before it is there."""
    casework = town.services.casework
    for stories, act in ((petitions.ORDINARY, "reply"), (items.NOT_PUBLIC, "report")):
        for stage in ("handling", "archived"):
            casework.save(*stories.told(stage, act, "").again()[1])
    for hidden in HIDDEN:
        casework.save(*pointing_at(hidden))
    catch_up(town)
    for who in IDS:
        town.walker.as_(who)


def told(town: Town, hidden: Hidden) -> dict[str, dict[str, tuple[int, Any]]]:
    """What every outsider is answered, route by route."""
    words = {"q": hidden.marks[2], "case": str(hidden.id), "unit": "unit-a"}
    return {
        who: {what: _shown(answer) for what, answer in routes.asked(town.app, town.walker.as_(who), words)}
        for who in hidden.outsiders
    }


def _shown(answer: httpx.Response) -> tuple[int, Any]:
    """The answer; where the feed goes on and how far figures reach is the log's business, which grows by whatever happens."""
    body = routes.told_by(answer)
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in {"next", "more", "position"}}
    return answer.status_code, body


def _is_open(hidden: Hidden, who: str, what: str) -> bool:
    """Of what is no secret: how the units stand is open to all staff (第二十四条第二项), and whoever publishes rules sees
    which limits they move."""
    of_all = "/completion" in what or "/v1/statistics/scores" in what
    return not hidden.secret and (of_all or (who == "admin" and what in TRIALS))


@each
def test_nothing_that_others_see_changes_by_it(town: Town, hidden: Hidden) -> None:
    before = told(town, hidden)
    live(town, hidden)
    after = told(town, hidden)
    seen = [
        (who, what)
        for who in hidden.outsiders
        for what in before[who] | after[who]
        if not _is_open(hidden, who, what)
    ]
    kept = [(who, what) for who, what in seen if not what.startswith(HEADS)]
    assert not [(who, what) for who, what in kept if before[who].get(what) != after[who].get(what)]
    texts = {(who, what): json.dumps(after[who].get(what), ensure_ascii=False) for who, what in seen}
    assert not [(place, found) for place, text in texts.items() if (found := hidden.found_in(text))]


@each
def test_who_may_read_it_finds_it(town: Town, hidden: Hidden) -> None:
    live(town, hidden)
    for who in hidden.readers:
        caller = town.walker.as_(who)
        assert caller.get(f"{hidden.prefix}/{hidden.id}").status_code == 200, who
        found = caller.get(hidden.prefix, params={"q": hidden.marks[2]}).json()
        assert [one["id"] for one in found["items"]] == [str(hidden.id)], who


@each
def test_by_its_id_it_is_as_unknown_as_any(town: Town, hidden: Hidden) -> None:
    live(town, hidden)
    wrong = []
    for who in hidden.outsiders:
        for method, url, body in _calls(town, hidden.id):
            other = uuid4()
            asked = (
                {"params": {"known_at": "2026-03-02T12:00:00+08:00"}} if method == "GET" else {"json": body}
            )
            caller = town.walker.as_(who)
            of_hidden = caller.request(method, url, **asked)
            of_none = caller.request(method, url.replace(str(hidden.id), str(other)), **asked)
            same = _told(of_hidden, hidden.id) == _told(of_none, other)
            if of_hidden.status_code != 404 or not same or hidden.found_in(of_hidden.text):
                wrong.append(f"{who} {method} {url}: {of_hidden.status_code} {of_hidden.text}")
    assert not wrong


def _told(answer: httpx.Response, id: UUID) -> tuple[int, str, list[str]]:
    return answer.status_code, answer.text.replace(str(id), "{id}"), sorted(answer.headers)


def _calls(town: Town, case: UUID) -> Iterator[tuple[str, str, Any]]:
    """Every GET route with the id of a case in it, and every act – under the prefixes of all kinds."""
    for route in routes.reads(town.app):
        if route.of_a_case:
            yield "GET", route.of(case), None
    for act in petitions.ORDINARY.table.acts:
        yield "POST", f"{PETITIONS}/{case}/{act}", petitions.ORDINARY.body("handling", act, "", "clerk")
    for act in items.NOT_PUBLIC.table.acts:
        body = items.NOT_PUBLIC.body("handling", act, "", "inspector")
        yield "POST", f"/v1/supervision-items/{case}/{act}", body
    yield "POST", f"/v1/negative-lists/{case}/send", {"to_organ": "清江区纪委监委"}


@each
def test_named_in_another_act_it_is_unknown_too(town: Town, hidden: Hidden) -> None:
    """As the petition that another one repeats, as the one an item is made from, by one of its alerts."""
    live(town, hidden)
    item = {
        "source": "督查室", "category": "decision", "subject": "核查", "requirements": "核查", "due_on": "2026-04-30",
    }  # fmt: skip
    with town.services.database.connection() as connection:
        asked = "SELECT alert_id FROM alerts WHERE case_id = %s"
        alerts = [row["alert_id"] for row in connection.execute(asked, (hidden.id,))]
    assert alerts
    visible = town.walker.as_("clerk")
    repeating = petitions.ORDINARY.told("registered", "link-repeat", "").again()
    town.services.casework.save(*repeating[1])
    link = f"{PETITIONS}/{repeating[0]}/link-repeat"
    assert visible.get(f"{PETITIONS}/{repeating[0]}").status_code == 200
    for who in hidden.outsiders:
        caller = town.walker.as_(who)
        pairs = [(caller.post(link, json={"earlier_petition": str(id)}), id) for id in (hidden.id, uuid4())]
        named = [
            (caller.post("/v1/supervision-items", json=item | {"petition": str(id)}), id)
            for id in (hidden.id, uuid4())
        ]
        acknowledged = [
            (caller.post(f"/v1/alerts/{id}/acknowledge", json={"remark": "已知悉"}), id)
            for id in (alerts[0], uuid4())
        ]
        for (first, its), (second, others) in (pairs, named, acknowledged):
            assert _told(first, its) == _told(second, others), who
            assert first.status_code >= 400


@each
def test_no_channel_carries_what_it_is_called_out_of_the_house(town: Town, hidden: Hidden) -> None:
    """A channel may reach anybody: of a confidential case neither number nor unit is sent."""
    id, casework = uuid4(), town.services.casework
    first, *rest = (replace(fact, originator_id=id) for fact in hidden.facts)
    casework.save(replace(first, number=f"{first.number}-1"), *rest)
    with town.services.database.transaction() as connection:
        connection.execute(
            "INSERT INTO alert_channels (id, kind) VALUES ('desk', 'webhook') ON CONFLICT (id) DO UPDATE SET enabled = true"
        )
    casework.raise_alerts([id], LATER)
    with town.services.database.transaction() as connection:
        rows = connection.execute("SELECT payload FROM outbox WHERE case_id = %s", (id,)).fetchall()
        connection.execute("UPDATE alert_channels SET enabled = false")
    assert rows
    for row in rows:
        said = outside(row["payload"])
        assert bool(hidden.found_in(json.dumps(said, ensure_ascii=False))) is not hidden.secret
        assert ("unit" in said) is not hidden.secret


def test_a_stream_passes_it_over(town: Town) -> None:
    """Of two alerts, the first of a hidden case: who may not read it gets the second first."""
    hidden, its_facts = petitions.OF_A_UNIT.told("handling", "reply", "").again()
    visible, facts = petitions.Petitions("unit-b", "b-officer").told("handling", "reply", "").again()
    casework = town.services.casework
    casework.save(*its_facts, *facts)
    catch_up(town)
    outsider, insider = (town.walker.as_(who).token or "" for who in ("deputy", "clerk"))
    with serving(town.app) as address, ExitStack() as open_streams:
        theirs = open_streams.enter_context(listening(address, outsider))
        ours = open_streams.enter_context(listening(address, insider))
        casework.raise_alerts([hidden], LATER)
        casework.raise_alerts([visible], LATER)
        catch_up(town)
        first = [next(stream)["alert"]["case"] for stream in (ours, theirs)]
    assert first == [str(hidden), str(visible)]


@pytest.mark.parametrize(
    ("who", "act", "body"),
    [
        ("deputy", "propose", {"opinion": "拟请审示", "to_leaders": ["deputy"]}),
        ("deputy", "send-for-reading", {"officers": ["deputy"], "reason": "请阅"}),
        ("inspector", "send-for-reading", {"officers": ["inspector"], "reason": "请阅"}),
    ],
)
def test_whom_it_is_put_to_reads_it_from_then_on(
    town: Town, who: str, act: str, body: dict[str, Any]
) -> None:
    case, facts = NOBODYS.told("handling", "reply", "").again()
    town.services.casework.save(*facts)
    url = f"{PETITIONS}/{case}"
    others = {"deputy", "inspector", "inspector2", "east-clerk", "b-head"} - {who}
    assert {town.walker.as_(one).get(url).status_code for one in (who, *others)} == {404}
    assert town.walker.as_("clerk").post(f"{url}/{act}", json=body).status_code == 200
    assert town.walker.as_(who).get(url).status_code == 200
    assert {town.walker.as_(one).get(url).status_code for one in others} == {404}
