"""The demo office: everybody can sign in, every stage is there, an alert is open, and nothing decided too late."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from api import demo
from api.app import create_app
from api.bootstrap import Services, build
from api.settings import Settings
from domain.acts import legal_date
from domain.petition.stages import Stage
from projections import runner
from tests.api.caller import calling
from tests.conftest import Clock

MOMENTS = ["2026-03-02T02:00:00", "2026-11-22T06:00:00", "2026-10-04T16:05:00", "2026-02-21T12:00:00"]
"""A Monday, a Sunday, and five minutes past midnight and an evening amid long holidays, in Shanghai."""


@pytest.fixture
def empty(settings: Settings, clock: Clock) -> Iterator[Services]:
    """Services over a database in which there is no office."""
    with build(settings, clock) as made:
        yield made


def rows(services: Services, query: str) -> list[dict[str, object]]:
    with services.database.connection() as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_demo_at_any_time_of_the_year(empty: Services, clock: Clock, moment: str) -> None:
    clock.set(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    assert demo.seed(empty)
    runner.catch_up(empty.database, empty.casework)
    today = clock.now.date()
    late = rows(empty, "SELECT * FROM deadlines WHERE clock IN ('decide', 'finish') AND stopped_on > due_on")
    assert late == []
    running = rows(empty, "SELECT clock, due_on FROM deadlines WHERE state = 'running'")
    overdue = {row["clock"] for row in running if row["due_on"] < today}
    assert overdue & {"route", "notify"}
    assert not overdue & {"decide", "finish"}
    assert {
        row["stage"] for row in rows(empty, "SELECT DISTINCT stage FROM ledger WHERE kind = 'petition'")
    } == {stage.value for stage in Stage}
    assert rows(empty, "SELECT alert_id FROM alerts WHERE acknowledged_at IS NULL")
    assert rows(empty, "SELECT case_id FROM deadlines WHERE state = 'suspended'")


def test_seeding_again_changes_nothing(empty: Services) -> None:
    assert demo.seed(empty)
    before = rows(empty, "SELECT count(*) AS n FROM casework_events")
    assert not demo.seed(empty)
    assert rows(empty, "SELECT count(*) AS n FROM casework_events") == before


def test_an_office_of_ones_own_is_left_alone(services: Services) -> None:
    before = rows(services, "SELECT count(*) AS n FROM casework_events")
    assert not demo.seed(services)
    assert rows(services, "SELECT count(*) AS n FROM casework_events") == before


def test_a_seeding_cut_short_gets_its_accounts(empty: Services) -> None:
    demo.seed(empty)
    with empty.database.transaction() as connection:
        connection.execute("DELETE FROM accounts")
    assert demo.seed(empty)
    assert len(rows(empty, "SELECT username FROM accounts")) == 13


def test_everybody_signs_in_and_the_lights_show(empty: Services) -> None:
    demo.seed(empty)
    runner.catch_up(empty.database, empty.casework)
    with calling(create_app(empty)) as client:
        for username in (
            "office", "office-head", "inspector", "leader", "leader-2", "unit-a-head", "unit-a-clerk", "unit-a-officer",
            "unit-b-head", "unit-b-clerk", "unit-b-officer", "auditor", "admin",
        ):  # fmt: skip
            answer = client.post("/v1/sessions", json={"username": username, "password": "shixian-demo"})
            assert answer.status_code == 201, username
        answer = client.post("/v1/sessions", json={"username": "office", "password": "shixian-demo"})
        office = client.signed(answer.json()["token"])
        for light in ("green", "yellow", "red", "grey"):
            assert office.get("/v1/petitions", params={"light": light}).json()["total"] > 0, light
        assert office.get("/v1/alerts", params={"to": "all", "status": "open"}).json()["total"] > 0


def test_a_tree_of_three_levels_stand_ins_and_somebody_away(empty: Services, clock: Clock) -> None:
    demo.seed(empty)
    directory, today = empty.casework.directory(), legal_date(clock.now)
    assert directory.above("unit-a-property") == ("unit-a", "county")
    assert {"unit-a", "unit-b"} < directory.below("county")
    assert directory.officers["unit-a-head"].stand_ins == ("unit-a-clerk", "unit-a-officer")
    assert directory.standing_in("leader-2", today) == "leader"
    assert directory.stands_in_for("leader", today) == ["leader-2"]
    assert not any(directory.is_absent(one, today) for one in directory.officers if one != "leader-2")
    assert [held.key for held in directory.posts("unit-a-officer")] == [
        "unit-a/unit_officer",
        "unit-a-property/unit_head",
    ]
