"""What lists, counts, search, clocks, alerts and the feed show is what each kind's own rule lets read – no more, no less.

Every officer in every post and in every place stood in for, against cases of all kinds as chance makes them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.bootstrap import Services, build
from api.sessions import open_session
from api.settings import Settings
from domain.acts import Act
from domain.casework import Case
from domain.directory.capacity import act_of
from eventstore.embedded import Server
from projections import runner
from projections.visibility import Visibility
from tests.api.apps import lent
from tests.api.caller import Caller, calling
from tests.api.cases import pages
from tests.api.random_cases import OFFICERS, STAND_INS, Chance, founding, moving
from tests.conftest import TEMPLATE, Clock, fresh

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
COUNT = 60
LISTS = {
    "petition": "/v1/petitions",
    "item": "/v1/supervision-items",
    "month": "/v1/negative-lists",
    "reception": "/v1/reception",
}


@dataclass(frozen=True)
class World:
    """An office full of cases; every capacity in which somebody may act in it."""

    services: Services
    client: Caller
    cases: dict[str, Case]
    clock: Clock

    def acts(self) -> list[Act]:
        """Every officer in every post, and everybody who stands in for somebody in each of that one's posts."""
        directory = self.services.casework.directory()
        pairs: list[tuple[str, str | None]] = [(one, None) for one, *_ in OFFICERS]
        pairs += [(stands_in, away) for away, stands_in in STAND_INS]
        return [
            act_of(directory, officer, NOW, for_whom=away, post=post.key)
            for officer, away in pairs
            for post in directory.posts(away or officer)
        ]

    def readable(self, act: Act) -> set[str]:
        """What the rules of the kinds let read."""
        directory = self.services.casework.directory()
        return {id for id, case in self.cases.items() if case.kind.may_read(case.state, directory, act)}

    def of_kind(self, kind: str) -> set[str]:
        return {id for id, case in self.cases.items() if case.kind.name == kind}


@pytest.fixture(scope="module")
def world(server: Server, server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Chance's cases, alerts raised on them, and the views caught up."""
    clock = Clock(NOW)
    with fresh(server, TEMPLATE) as dsn:
        settings = Settings(
            home=tmp_path_factory.mktemp("world"),
            database_url=dsn,
            pool_size=10,
            beat=0,
        )
        with build(settings, clock) as services:
            founded = founding(NOW - timedelta(days=1))
            services.casework.save(*founded, *moving(len(founded), NOW - timedelta(hours=1)))
            stories = list(Chance(20260302, NOW).cases(COUNT))
            services.casework.save(*(fact for facts in stories for fact in facts))
            ids = [facts[0].originator_id for facts in stories]
            services.casework.raise_alerts(ids, NOW + timedelta(days=90))
            runner.catch_up(services.database, services.casework)
            cases = {str(id): case for id, case in services.casework.cases(ids).items()}
            with lent(services) as app, calling(app) as client:
                yield World(services, client, cases, clock)


def test_there_is_something_to_see_and_to_hide(world: World) -> None:
    seen = {(act.by, act.for_whom, act.unit, act.role): world.readable(act) for act in world.acts()}
    assert {case.kind.name for case in world.cases.values()} == set(LISTS)
    assert len(set(map(frozenset, seen.values()))) > 10
    for kind in ("petition", "item", "reception"):
        some = [len(cases & world.of_kind(kind)) for cases in seen.values()]
        assert 0 in some
        assert any(0 < count < COUNT for count in some)


def test_the_condition_of_lists_is_the_rule_of_each_kind(world: World) -> None:
    directory = world.services.casework.directory()
    for act in world.acts():
        condition = Visibility.of(act, directory).condition()
        query: Any = f"SELECT l.case_id::text AS id FROM ledger l WHERE {condition.text}"
        with world.services.database.connection() as connection:
            listed = {row["id"] for row in connection.execute(query, condition.values)}
        differing = sorted(listed ^ world.readable(act))
        assert not differing, (act, [world.cases[id].state for id in differing[:3]])


def capacities(world: World) -> list[tuple[Act, Caller, dict[str, str]]]:
    """Each capacity with a client that is signed in, and the headers that say it."""
    found = []
    for act in world.acts():
        client = world.client.signed(open_session(world.services, act.by)[0])
        headers = {"Acting-As": f"{act.unit}/{act.role}"}
        if act.for_whom is not None:
            headers["Acting-For"] = act.for_whom
        found.append((act, client, headers))
    return found


def test_lists_counts_search_clocks_alerts_and_feed_show_the_same(world: World) -> None:
    for act, client, headers in capacities(world):
        readable = world.readable(act)
        speaking = Speaking(client, headers)
        for kind, url in LISTS.items():
            wanted = readable & world.of_kind(kind)
            assert {one["id"] for one in pages(speaking, url, 200)} == wanted, (act, kind)
        searched = pages(speaking, LISTS["item"], 200, q="督查第 件事")
        assert {one["id"] for one in searched} == readable & world.of_kind("item"), act
        clocks = pages(speaking, "/v1/deadlines", 200)
        assert {one["case"] for one in clocks} <= readable, act
        assert all(one["case_kind"] == world.cases[one["case"]].kind.name for one in clocks)
        told = {one["case"]: one["case_kind"] for one in followed(speaking) if one["case"] is not None}
        assert told == {id: world.cases[id].kind.name for id in readable}, act
        for to in ("me", "unit"):
            alerts = pages(speaking, "/v1/alerts", 200, to=to)
            assert {one["case"] for one in alerts} <= readable, act
            assert all(one["case_kind"] == world.cases[one["case"]].kind.name for one in alerts)


def test_everybody_who_is_alerted_may_read(world: World) -> None:
    with world.services.database.connection() as connection:
        rows = connection.execute("SELECT case_id::text, recipients FROM alerts").fetchall()
    assert {world.cases[row["case_id"]].kind.name for row in rows} == set(LISTS)
    mine: dict[str, set[str]] = {}
    for act in world.acts():
        mine.setdefault(act.by, set()).update(world.readable(act))
    for row in rows:
        strangers = [officer for officer in row["recipients"] if row["case_id"] not in mine[officer]]
        assert not strangers, (strangers, world.cases[row["case_id"]].facts)


def test_single_reads_agree_and_the_hidden_is_as_the_unknown(world: World) -> None:
    for act, client, headers in capacities(world)[::3]:
        readable = world.readable(act)
        for kind, url in LISTS.items():
            unknown = client.get(f"{url}/00000000-0000-4000-8000-00000000dead", headers=headers)
            assert unknown.status_code == 404
            for id in sorted(world.of_kind(kind))[:12]:
                answer = client.get(f"{url}/{id}", headers=headers)
                assert answer.status_code == (200 if id in readable else 404), (act, id)
                if id not in readable:
                    assert answer.content == unknown.content


@dataclass(frozen=True)
class Speaking:
    """A client that says in which capacity it speaks."""

    client: Caller
    headers: dict[str, str]

    def get(self, url: str, **given: Any) -> Any:
        return self.client.get(url, headers=self.headers, **given)


def followed(caller: Speaking) -> list[dict[str, Any]]:
    """The whole feed."""
    found: list[dict[str, Any]] = []
    after, more = 0, True
    while more:
        body = caller.get("/v1/events", params={"after": after, "limit": 200}).json()
        found, after, more = found + body["items"], body["next"], body["more"]
    return found
