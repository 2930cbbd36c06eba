"""统计: every report's query agrees with a plain count over the folded cases, now and as of an earlier day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.acts import envelope, system_act
from domain.casework import Casework
from domain.directory.events import OfficerAppointed, UnitFounded
from domain.directory.fold import DIRECTORY_ID
from domain.errors import Invalid
from domain.petition.timetravel import as_of
from eventstore.database import Database
from projections import past, reports, statistics
from projections.lights import Lights
from projections.past import Then
from projections.reports import Report
from projections.runner import catch_up
from projections.statistics import CLOCKS, EVERYTHING, Asked, count
from projections.view import Connection
from tests.builders import OFFICERS, UNITS, Story, at
from tests.projections import plain_counts as plain
from tests.projections.office import Office, on
from tests.projections.plain_counts import DAY, Rows

STORIES = 220
BY = ("unit", "channel", "category", "month")


@pytest.fixture
def database(database_dsn: str) -> Iterator[Database]:
    with Database(database_dsn) as database:
        yield database


def told(casework: Casework, seed: int) -> list[Story]:
    """The directory and the cases of chance, stored."""
    act = system_act(at("2026-01-02"))
    drafts: list[tuple[Any, dict[str, Any]]] = [
        *((UnitFounded, {"unit_id": u.id, "name": u.name, "kind": u.kind, "code": u.code}) for u in UNITS),
        *(
            (OfficerAppointed, {"officer": o.id, "name": o.name, "unit_id": o.unit, "post": o.post})
            for o in OFFICERS
        ),
    ]
    casework.publish(
        DIRECTORY_ID,
        lambda version: [
            kind(**envelope(DIRECTORY_ID, version + n, act), **own) for n, (kind, own) in enumerate(drafts, 1)
        ],
        act,
    )
    those = plain.stories(seed, STORIES)
    for story in those:
        casework.save(*story.facts)
    return those


class Counting:
    """Asks for reports on one day, seeing everything."""

    def __init__(self, connection: Connection, casework: Casework, day: date = DAY) -> None:
        self.connection = connection
        self.lights = Lights(day, casework.known(at("2026-11-22")).calendar)

    def __call__(self, report: Report, by: str, **asked: Any) -> statistics.Counted:
        given = {"by": by, "lights": self.lights, "visible": EVERYTHING} | asked
        return count(self.connection, report, Asked(**given))

    def agrees(self, report: Report, by: str, expected: Rows, **asked: Any) -> None:
        """The measures are those counted, key by key, and the totals their sums."""
        found = self(report, by, **asked)
        measures = [name for name in report.measures if name not in {"items", "sent_back"}]
        shown = {key: {n: row[n] for n in measures if row[n]} for key, row in found.rows.items()}
        assert shown == {key: dict(+row) for key, row in expected.items()}
        assert {n: found.totals[n] for n in measures} == {
            n: sum(row[n] for row in expected.values()) for n in measures
        }


def all_agree(counting: Counting, those: list[Story], day: date) -> None:
    """Every report of petitions, by every key."""
    for by in BY:
        counting.agrees(reports.RECEIPTS, by, plain.receipts(those, by))
        counting.agrees(reports.REPEATS, by, plain.repeats(those, by))
        counting.agrees(reports.EXTENSIONS, by, plain.extensions(those, by))
        counting.agrees(reports.RETURNS, by, plain.returns(those, by))
        counting.agrees(reports.SATISFACTION, by, plain.acts(those, by, plain.a_rating))
        counting.agrees(reports.WORKLOAD, by, plain.workload(those, by, counting.lights.first_green, day))
        counting.agrees(reports.RISKS, by, plain.risks(those, by, day))
        for clock in CLOCKS:
            expected = plain.timeliness(those, by, clock, day)
            counting.agrees(reports.TIMELINESS, by, expected, clocks=CLOCKS[clock])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_report_agrees_with_a_plain_count(seed: int, database: Database, casework: Casework) -> None:
    those = told(casework, seed)
    catch_up(database, casework)
    with database.transaction() as connection:
        counting = Counting(connection, casework)
        all_agree(counting, those, DAY)
        full = counting(reports.TIMELINESS, "unit").totals
        assert min(full[way] for way in ("met", "met_late", "open_in_time", "open_late")) > 0
        assert min(
            counting(reports.RETURNS, "unit").totals[n] for n in ("handed_back", "kept", "objected_late")
        )


def test_a_period_takes_in_its_first_and_last_day(database: Database, casework: Casework) -> None:
    those = told(casework, 4)
    catch_up(database, casework)
    since, until = those[0].petition.received_on, those[0].petition.received_on + timedelta(days=30)
    within = [one for one in those if since <= one.petition.received_on <= until]
    assert 0 < len(within) < len(those)
    with database.transaction() as connection:
        counting = Counting(connection, casework)
        counting.agrees(
            reports.RECEIPTS, "channel", plain.receipts(within, "channel"), since=since, until=until
        )
        finish = plain.timeliness(within, "unit", "finish")
        counting.agrees(reports.TIMELINESS, "unit", finish, since=since, until=until)
        only = counting(reports.TIMELINESS, "unit", units=("unit-a",), since=since, until=until)
        assert set(only.rows) == {"unit-a"}
        assert only.totals["total"] == finish["unit-a"]["total"]


@contextmanager
def gone_back(database: Database, casework: Casework, report: Report, then: Then) -> Iterator[Connection]:
    with database.transaction() as connection:
        past.go_back(connection, casework, report, then, EVERYTHING, None, None)
        yield connection


@pytest.mark.parametrize("day", ["2026-02-10", "2026-04-20", "2026-05-29"])
def test_every_report_as_of_an_earlier_day_counts_what_had_happened_by_then(
    day: str, database: Database, casework: Casework
) -> None:
    those = told(casework, 5)
    catch_up(database, casework)
    then = Then(now=at("2026-06-10"), at=datetime.fromisoformat(f"{day}T23:59:00+08:00"))
    earlier = [Story(one.id, tuple(as_of(one.facts, then.at))) for one in those]
    earlier = [one for one in earlier if one.facts]
    assert len(earlier) > 0
    for report in (reports.RECEIPTS, reports.TIMELINESS, reports.WORKLOAD, reports.RISKS):
        with gone_back(database, casework, report, then) as connection:
            counting = Counting(connection, casework, on(day))
            if report is reports.TIMELINESS:
                all_agree(counting, earlier, on(day))
            elif report is reports.RECEIPTS:
                counting.agrees(report, "unit", plain.receipts(earlier, "unit"))
            elif report is reports.WORKLOAD:
                expected = plain.workload(earlier, "unit", counting.lights.first_green, on(day))
                counting.agrees(report, "unit", expected)
            else:
                counting.agrees(report, "unit", plain.risks(earlier, "unit", on(day)))


def test_the_live_figures_are_the_live_ones_again_afterwards(database: Database, casework: Casework) -> None:
    told(casework, 6)
    catch_up(database, casework)
    then = Then(now=at("2026-06-10"), at=at("2026-02-10"))
    with gone_back(database, casework, reports.RECEIPTS, then) as connection:
        fewer = Counting(connection, casework)(reports.RECEIPTS, "unit").totals["received"]
    with database.transaction() as connection:
        assert fewer < Counting(connection, casework)(reports.RECEIPTS, "unit").totals["received"] == STORIES


def test_too_many_cases_are_not_folded(
    database: Database, casework: Casework, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(casework, 7)
    catch_up(database, casework)
    monkeypatch.setattr(past, "MOST", STORIES - 1)
    monkeypatch.setattr(past, "MOST_CLOCKED", STORIES - 1)
    then = Then(now=at("2026-06-10"), at=at("2026-06-10"))
    for report in (reports.RECEIPTS, reports.TIMELINESS):
        with pytest.raises(Invalid) as refused, database.transaction() as connection:
            past.go_back(connection, casework, report, then, EVERYTHING, None, None)
        assert refused.value.code == "statistics.too_many_to_replay"
        assert f"共{STORIES}件" in refused.value.message
        assert f"不超过{STORIES - 1}件" in refused.value.message


def test_as_many_cases_are_folded_as_an_office_has_in_some_years() -> None:
    assert past.MOST >= past.MOST_CLOCKED >= 20_000


def test_letters_are_counted_late_by_the_rules_of_their_time(
    office: Office, casework: Casework, database: Database
) -> None:
    """受理15日、办结60日: the day after the limit is late; the holiday moves the limit."""
    office.letters(
        [
            ("2015-03-02", "2015-03-17"),
            ("2015-03-02", "2015-03-18"),
            ("2015-03-02", "2015-05-04"),
            ("2015-03-02", "2015-05-05"),
        ]
    )
    catch_up(database, casework)
    with database.transaction() as connection:
        counting = Counting(connection, casework)
        decide = counting(reports.TIMELINESS, "month", clocks=CLOCKS["decide"])
        finish = counting(reports.TIMELINESS, "month", clocks=CLOCKS["finish"])
        rows = connection.execute(
            "SELECT clock, count(*) FILTER (WHERE stopped_on > due_on) AS late, count(*) AS total FROM deadlines"
            " WHERE clock IN ('decide', 'finish') GROUP BY clock"
        ).fetchall()
    of_clock = {row["clock"]: (row["late"], row["total"]) for row in rows}
    assert (decide.totals["met_late"], decide.totals["total"]) == of_clock["decide"] == (3, 4)
    assert (finish.totals["met_late"], finish.totals["total"]) == of_clock["finish"]
    assert decide.rows["2015-03"]["in_time_rate"] == 0.25


def test_each_part_of_an_item_is_counted_once(office: Office, casework: Casework, database: Database) -> None:
    office.items()
    catch_up(database, casework)
    with database.transaction() as connection:
        counting = Counting(connection, casework, on("2026-03-02"))
        scores = counting(reports.SCORES, "unit")
        ways = ("done_in_time", "done_late", "open_in_time", "open_late", "let_off")
        for figures in (*scores.rows.values(), scores.totals):
            assert figures["allocated"] == sum(figures[way] for way in ways)
        assert scores.rows["unit-a"]["sent_back"] == 1
        assert counting(reports.WORKLOAD, "unit").totals["items"] == 3
