"""The lists: every filter, the lights, keyset pages, and what each officer may see."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.errors import Invalid
from domain.petition.situation import standing_of
from domain.rules import authority
from domain.rules.signals import signal
from projections import awaited_list, ledger_list, paging, timeline
from projections.paging import Page
from projections.runner import catch_up
from projections.visibility import Visibility
from tests.projections.listing import EVERYTHING, Archive, Lists
from tests.projections.office import OFFICERS, Office, on


def test_petitions_are_filtered(archive: Archive) -> None:
    lists, cases = archive
    everyone = set(cases.values())
    assert lists.found() == everyone
    assert lists.found(state="closed") == {cases["withdrawn"]}
    assert lists.found(state="open") == everyone - {cases["withdrawn"]}
    assert lists.found(stage="reviewed") == {cases["answered"]}
    assert lists.found(unit="unit-b") == {cases["withdrawn"], cases["against_people"]}
    assert lists.found(channel="online") == {cases["letter"]}
    assert lists.found(category="accusation") == {cases["accusation"], cases["against_people"]}
    assert lists.found(received_from=on("2026-01-12")) == {cases["withdrawn"], cases["repeat"]}
    assert lists.found(received_to=on("2026-01-05")) == {cases["plain"], cases["letter"]}
    assert lists.found(received_from=on("2026-01-06"), received_to=on("2026-01-07")) == {
        cases["objected"], cases["answered"]
    }  # fmt: skip
    assert lists.found(repeat=True) == {cases["repeat"]}
    assert lists.found(repeat=True, state="closed") == set()


def test_pages_by_limit_are_turned_over_to_those_without_one_and_back(archive: Archive) -> None:
    """C1: soonest first, then what has no running clock; no case is shown twice or left out, either way."""
    lists, _ = archive
    asked = ledger_list.query(EVERYTHING, lists.lights, ledger_list.Wanted(), ledger_list.SOONEST_FIRST)
    with lists.database.transaction() as connection:
        whole = list(paging.stream(connection, asked))
        pages = [paging.fetch(connection, asked, limit=3, cursor=None)]
        while (onwards := pages[-1].next_cursor) is not None:
            pages.append(paging.fetch(connection, asked, limit=3, cursor=onwards))
        returned = [pages[-1]]
        while (backwards := returned[-1].previous_cursor) is not None:
            returned.append(paging.fetch(connection, asked, limit=3, cursor=backwards, back=True))
    in_order = [row["case_id"] for row in whole]
    assert [row["case_id"] for page in pages for row in page.items] == in_order
    assert [row["case_id"] for page in returned[::-1] for row in page.items] == in_order
    days = [row["next_due_on"] for row in whole]
    without = days.index(None)
    assert days[:without] == sorted(days[:without])
    assert not any(days[without:])
    assert 0 < without < len(days)


@pytest.mark.parametrize("light", ["green", "yellow", "red", "grey"])
def test_each_light_by_limit_is_the_same_cases_turned_over_and_back(archive: Archive, light: str) -> None:
    """C1: where nothing runs, only what has no day is looked through; a cursor fits all the same."""
    lists, _ = archive
    by_limit = ledger_list.SOONEST_FIRST
    asked = ledger_list.query(EVERYTHING, lists.lights, ledger_list.Wanted(light=light), by_limit)
    with lists.database.transaction() as connection:
        whole = {row["case_id"]: row["next_due_on"] for row in paging.stream(connection, asked)}
        onwards, turned = paging.fetch(connection, asked, limit=2, cursor=None), []
        while True:
            turned += [row["case_id"] for row in onwards.items]
            if onwards.next_cursor is None:
                break
            onwards = paging.fetch(connection, asked, limit=2, cursor=onwards.next_cursor)
        if onwards.previous_cursor is not None:
            before = paging.fetch(connection, asked, limit=2, cursor=onwards.previous_cursor, back=True)
            assert [row["case_id"] for row in before.items] == turned[-len(onwards.items) - 2 :][:2]
    assert turned == list(whole)
    assert set(turned) == lists.found(light=light)
    assert light != "grey" or not any(whole.values())


def test_what_waits_comes_by_its_day_and_then_what_has_none(archive: Archive) -> None:
    """C1: in portions, each going on where the last ended: every case that waits once, those with a day first."""
    lists, _ = archive
    with lists.database.transaction() as connection:
        rows = connection.execute("""
            SELECT l.case_id, n.next_due_on, a.who, a.acts FROM ledger l JOIN awaited a USING (case_id)
            LEFT JOIN case_dues n USING (case_id) ORDER BY n.next_due_on NULLS LAST, l.position
        """).fetchall()
        who = sorted({row["who"] for row in rows})
        act = rows[0]["acts"][0]
        for acts, expected in (
            (None, rows),
            ([act], [row for row in rows if act in row["acts"]]),
        ):
            found = []
            while portion := awaited_list.soonest(
                connection, EVERYTHING, who, acts, limit=2, offset=len(found)
            ):
                found += portion
            assert found == list(dict.fromkeys(row["case_id"] for row in expected))
    days = [row["next_due_on"] for row in rows]
    assert any(days)
    assert not all(days)


def test_lights_are_those_of_the_rules_on_every_day(archive: Archive) -> None:
    """On each day: every clock has the light and status of the rules, and each filter finds just those."""
    lists, _ = archive
    seen: set[tuple[str, str]] = set()
    for day in range(0, 150, 3):
        lists.today = (on("2026-01-05") + timedelta(days=day)).isoformat()
        lights = lists.lights
        items = lists.deadlines().items
        for row in items:
            asked = (
                row["state"],
                row["due_on"],
                row["stopped_on"],
                lights.today,
                lights.calendar,
                row["is_window"],
            )
            assert (row["status"], row["light"]) == (signal(*asked).status, signal(*asked).light)
        seen |= {(row["status"], row["light"]) for row in items}
        for light in ("green", "yellow", "red", "grey"):
            assert ids(lists.deadlines(light=light)) == {key(row) for row in items if row["light"] == light}
        for status in ("running", "overdue", "suspended", "cancelled", "met", "met_late"):
            assert ids(lists.deadlines(status=status)) == {
                key(row) for row in items if row["status"] == status
            }
        check_cases(lists, items)
    assert {light for _, light in seen} == {"green", "yellow", "red", "grey"}
    assert {"running", "overdue", "met", "met_late", "cancelled"} <= {status for status, _ in seen}


def check_cases(lists: Lists, clocks: list) -> None:
    """A case's light is its worst running clock's, windows apart."""
    running: dict[UUID, set[str]] = {}
    for row in clocks:
        if row["state"] == "running" and not row["is_window"]:
            running.setdefault(row["case_id"], set()).add(row["light"])
    worst = {
        case: next(light for light in ("red", "yellow", "green") if light in lights)
        for case, lights in running.items()
    }
    everyone = lists.petitions().items
    for row in everyone:
        assert row["light"] == worst.get(row["case_id"], "grey")
        assert row["overdue"] == (row["light"] == "red")
    for light in ("green", "yellow", "red", "grey"):
        assert lists.found(light=light) == {row["case_id"] for row in everyone if row["light"] == light}
    assert lists.found(overdue=True) == lists.found(light="red")
    assert lists.found(overdue=False) == {row["case_id"] for row in everyone} - lists.found(light="red")


def key(row: dict) -> tuple:
    return (row["case_id"], row["clock"], row["start_version"])


def ids(page: Page) -> set[tuple]:
    return {key(row) for row in page.items}


def test_deadlines_are_filtered(archive: Archive) -> None:
    lists, _ = archive
    everything = lists.deadlines().items
    assert everything
    for name in ("unit", "clock", "rulebook", "provisional"):
        for value in {row[name] for row in everything}:
            found = lists.deadlines(**{name: value})
            assert ids(found) == {key(row) for row in everything if row[name] == value}
            assert found.total == len(found.items)
    middle = sorted(row["due_on"] for row in everything)[len(everything) // 2]
    assert ids(lists.deadlines(due_from=middle)) == {key(r) for r in everything if r["due_on"] >= middle}
    assert ids(lists.deadlines(due_to=middle)) == {key(r) for r in everything if r["due_on"] <= middle}
    assert [row["due_on"] for row in everything] == sorted(row["due_on"] for row in everything)
    assert all(row["number"] and row["explanation"] for row in everything)


@pytest.mark.parametrize("wanted", [{"light": "blue"}, {"status": "late"}])
def test_an_unknown_filter_is_refused(archive: Archive, wanted: dict[str, str]) -> None:
    lists, _ = archive
    with pytest.raises(Invalid):
        lists.deadlines(**wanted)


@pytest.mark.parametrize("cursor", ["rubbish", "!!", "W10", "WzEsMl0", "bnVsbA"])
def test_a_bad_cursor_is_refused(archive: Archive, cursor: str) -> None:
    lists, _ = archive
    with pytest.raises(Invalid):
        lists.petitions(cursor=cursor)


def test_pages_are_complete(lists: Lists, office: Office) -> None:
    office.many_letters(57)
    catch_up(lists.database, lists.casework)
    for ask, name in ((lists.petitions, "number"), (lists.deadlines, None)):
        rows: list = []
        cursor = None
        while True:
            page = ask(limit=10, cursor=cursor)
            assert page.total == ask(limit=1).total
            rows += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
            assert len(page.items) == 10
        assert len(rows) == page.total
        keys = [row[name] if name else key(row) for row in rows]
        assert len(set(keys)) == len(keys)
        assert keys == [row[name] if name else key(row) for row in ask(limit=500).items[:200]] + keys[200:]


def test_a_page_has_at_most_two_hundred_rows(lists: Lists, office: Office) -> None:
    office.many_letters(210)
    catch_up(lists.database, lists.casework)
    page = lists.petitions(limit=5000)
    assert (len(page.items), page.total) == (200, 210)
    assert page.next_cursor is not None


@pytest.mark.parametrize("who", [officer for officer, *_ in OFFICERS])
def test_lists_show_what_the_officer_may_read(archive: Archive, who: str) -> None:
    """The lists show a case exactly if its page would open."""
    lists, cases = archive
    office, casework = lists.office, lists.casework
    act = office.act(who, lists.today)
    directory = casework.directory()
    readable = set()
    for case in cases.values():
        petition = casework.petition(case)
        assert petition is not None
        if authority.may_read(standing_of(petition, directory), act):
            readable.add(case)
    sees = office.sees(who)
    assert lists.found(sees=sees) == readable
    assert {row["case_id"] for row in lists.deadlines(sees).items} <= readable
    assert {row["case_id"] for row in lists.alerts(sees).items} <= readable
    with lists.database.connection() as connection:
        shown = timeline.recent(connection, sees, limit=200)
    assert {row["case_id"] for row in shown.items} == readable


def test_an_officer_without_cases_sees_none(archive: Archive) -> None:
    lists, _ = archive
    assert lists.found(sees=Visibility(officer="admin")) == set()
