"""重放等于当时: replays at a thousand random instants of a year equal what was recorded then (C1, C2, C4)."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from random import Random

import pytest

from api.bootstrap import build
from api.settings import Settings
from domain.bounded import Reach, Then, reach
from eventstore.embedded import Server
from projections.rebuild import rebuild
from projections.replay import fill
from projections.runner import catch_up
from tests.api.lived_year import FIRST, INSTANTS, LAST, Year, digest, said
from tests.conftest import TEMPLATE, Clock, fresh
from tests.projections.office import Office


@pytest.fixture(scope="module")
def year(server: Server, server_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """A year that was lived, with what was written down of it."""
    with fresh(server, TEMPLATE) as dsn:
        settings = Settings(home=tmp_path_factory.mktemp("year"), database_url=dsn, pool_size=4, beat=0)
        with build(settings, Clock(LAST + timedelta(days=2))) as services:
            Office(services.casework)
            lived = Year(services, Random(20260105))
            lived.live()
            yield lived


def test_every_view_at_a_thousand_instants_is_what_it_was_then(year: Year) -> None:
    """The whole store, from nothing each time that more had been recorded."""
    services, random = year.services, Random(7)
    instants = sorted(FIRST + (LAST - FIRST) * random.random() for _ in range(INSTANTS))
    bounds = [(at, reach(services.casework, at)) for at in instants]
    replayed = 0
    for within, those in groupby(bounds, key=lambda pair: pair[1]):
        at = next(those)[0]
        written = [one for one in year.views if one[0] <= at]
        if not written:
            continue
        _, head, held = written[-1]
        assert (within.whole, within.last, within.versions) == (head, head, {})
        fill(services.database, Then(services.casework, within), at, within, "as_then")
        with services.database.connection() as connection:
            found = digest(connection, "as_then")
        assert {name for name, one in found.items() if one != held[name]} == set(), at
        replayed += 1
    assert replayed > 35


def test_a_page_at_a_thousand_instants_says_what_it_said_then(year: Year) -> None:
    """Stage and clocks as known then; also before a decree or a rule-book version was entered that had long been out."""
    courses = {case: year.course(case) for case in {page[1] for page in year.pages}}
    moved = 0
    for at, case, count, stage, clocks in year.pages:
        moment = courses[case].at(at)
        assert (moment.count, moment.then.state.stage.value) == (count, stage)
        then = said(moment.clocks, moment.then.today, moment.then.known, moment.then.directory)
        assert then == clocks, (at, case)
        now = {(one.clock, one.start_version, one.part): one.due_on for one in moment.clocks_now}
        moved += any(
            now.get((one.clock, one.start_version, one.part), one.due_on) != one.due_on
            for one in moment.clocks
        )
    assert len(year.pages) > INSTANTS * 0.9
    assert moved > 20, "what is known now differs here and there from what was known then"


def test_every_event_and_every_pause_is_told_in_order(year: Year) -> None:
    """Each step is judged on its own day; between two events limits run out only where one was running."""
    for case in [*year.petitions, *year.items]:
        course = year.course(case)
        for count in range(1, course.length + 1):
            event = course.event(count)
            between = list(course.between(event))
            instants = [event.at, *(one.at for one in between)]
            assert instants == sorted(instants)
            for one in between:
                assert (one.count, one.event) == (count, None)
                assert one.passed or one.rule is not None
                assert all(over.due_on < one.then.today for over in one.passed)


def test_a_replay_until_now_is_a_rebuild(year: Year) -> None:
    services = year.services
    catch_up(services.database, services.casework)
    within: Reach = reach(services.casework, LAST)
    fill(services.database, Then(services.casework, within), LAST, within, "until_now")
    with services.database.connection() as connection:
        assert digest(connection, "until_now") == digest(connection, "public")
    assert all(one.agrees for one in rebuild(services.database, services.casework, switch=False))
