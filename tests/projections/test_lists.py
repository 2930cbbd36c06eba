"""The lists: every filter, the search, the lights, keyset pages, and what each officer may see."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from domain.alerts.commands import AcknowledgeAlert
from domain.casework import Casework
from domain.errors import Invalid
from domain.petition.situation import standing_of
from domain.rules import authority
from domain.rules.signals import signal
from eventstore.database import Database
from eventstore.embedded import Server
from projections import alerts, deadlines_list, ledger_list, paging, searching, timeline
from projections.lights import Lights
from projections.paging import Page
from projections.runner import catch_up
from projections.searching import search
from projections.visibility import Visibility
from tests.conftest import TEMPLATE, fresh
from tests.projections.office import OFFICERS, Office, a_casework, at, on

KINDS = frozenset({"petition", "item"})
EVERYTHING = Visibility(officer="clerk", all=KINDS, confidential=KINDS)


class Lists:
    """The lists over one database, seen by one officer on one day."""

    def __init__(self, database: Database, casework: Casework, office: Office) -> None:
        self.database, self.casework, self.office = database, casework, office
        self.today = "2026-03-02"

    def petitions(
        self, sees: Visibility = EVERYTHING, limit: int = 200, cursor: str | None = None, **wanted
    ) -> Page:
        with self.database.connection() as connection:
            return ledger_list.petitions(
                connection, sees, self.lights, ledger_list.Wanted(**wanted), limit=limit, cursor=cursor
            )

    def deadlines(
        self, sees: Visibility = EVERYTHING, limit: int = 200, cursor: str | None = None, **wanted
    ) -> Page:
        with self.database.connection() as connection:
            return deadlines_list.deadlines(
                connection, sees, self.lights, deadlines_list.Wanted(**wanted), limit=limit, cursor=cursor
            )

    def alerts(self, sees: Visibility = EVERYTHING, **wanted) -> Page:
        with self.database.connection() as connection:
            return alerts.alerts(connection, sees, self.lights, **wanted)

    def found(self, **wanted) -> set[UUID]:
        """The cases that a filter finds; the total agrees with them."""
        page = self.petitions(**wanted)
        assert page.total == len(page.items)
        return {row["case_id"] for row in page.items}

    @property
    def lights(self) -> Lights:
        return self.office.lights(self.today)


@pytest.fixture
def lists(database: Database, casework: Casework, office: Office) -> Lists:
    """The lists over a database of the test's own."""
    return Lists(database, casework, office)


@pytest.fixture
def cases(lists: Lists) -> dict[str, UUID]:
    """The varied history in the test's own database, read by the views; each case by its name."""
    return varied(lists)


Archive = tuple[Lists, dict[str, UUID]]


@pytest.fixture(scope="module")
def kept(server: Server, server_dsn: str) -> Iterator[Archive]:
    """The varied history once a module, for the tests that only read."""
    with fresh(server, TEMPLATE) as dsn, Database(dsn, name="test") as database, a_casework(dsn) as casework:
        lists = Lists(database, casework, Office(casework))
        yield lists, varied(lists)


@pytest.fixture
def archive(kept: Archive) -> Archive:
    """The lists of the kept history, on the usual day."""
    lists, cases = kept
    return Lists(lists.database, lists.casework, lists.office), cases


def varied(lists: Lists) -> dict[str, UUID]:
    names = ("plain", "objected", "answered", "accusation", "withdrawn", "repeat", "against_people", "letter")
    found = dict(zip(names, lists.office.varied(), strict=True))
    catch_up(lists.database, lists.casework)
    return found


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


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("收费", {"plain", "repeat"}),
        ("物业 再次", {"repeat"}),
        ("漏", {"answered"}),
        ("XF-2026-000002", {"objected"}),
        ("xf-2026-000002", {"objected"}),
        ("低保资格", {"objected"}),
        ("低格", set()),
        ("保低", set()),
        ("%", set()),
        ("__", set()),
        ("王某", set()),
        ("ＸＦ-2026-000002", {"objected"}),
        ("来信 漏水", {"answered"}),
        ("来信全文 供暖", set()),
        (
            "",
            {
                "plain",
                "objected",
                "answered",
                "accusation",
                "withdrawn",
                "repeat",
                "against_people",
                "letter",
            },
        ),
    ],
)
def test_two_characters_suffice_to_search(archive: Archive, words: str, names: set[str]) -> None:
    lists, cases = archive
    assert lists.found(q=words) == {cases[name] for name in names}


def test_a_search_finds_the_same_whether_its_words_are_rare_or_not(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists, _ = archive
    words = ("供暖", "噪声", "来信", "市", "XF-2026")
    rare = [lists.found(q=one) for one in words]
    monkeypatch.setattr(searching, "FEW", 0)
    assert [lists.found(q=one) for one in words] == rare
    assert any(rare)


def test_few_cases_that_are_found_are_looked_up_and_no_other_is_passed_by(archive: Archive) -> None:
    settled = search("XF-2026").settled
    assert settled is not None
    lists, _ = archive
    with lists.database.transaction() as connection:
        condition = settled(connection)
        looked_up = connection.execute(
            f"SELECT l.case_id FROM ledger l WHERE {condition.text}", condition.values
        ).fetchall()
    assert not condition.dear
    assert {row["case_id"] for row in looked_up} >= lists.found(q="XF-2026") != set()


def test_a_page_tells_when_it_did_not_count_them_all(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C1: with a million petitions a page counts only so far – and shows all it finds all the same."""
    lists, _ = archive
    sought, everyone = lists.found(q="XF-2026"), lists.found()
    monkeypatch.setattr(searching, "FEW", 0)
    monkeypatch.setattr(paging, "LOOKED_INTO", 2)
    page = lists.petitions(q="XF-2026")
    assert not page.counted_all
    assert page.total == len(page.items) > 2, "no less than what is shown"
    assert {row["case_id"] for row in page.items} == sought
    with lists.database.transaction() as connection:
        asked = ledger_list.query(EVERYTHING, lists.lights, ledger_list.Wanted())
        some = paging.fetch(connection, asked, limit=2, cursor=None, count_to=3)
        rest = paging.fetch(connection, asked, limit=200, cursor=None, count_to=len(everyone))
    assert (some.total, some.counted_all, len(some.items)) == (3, False, 2)
    assert (rest.total, rest.counted_all) == (len(everyone), True)


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


def test_a_search_uses_its_index(archive: Archive) -> None:
    """Rare words by their pairs, common ones by the place of each case that is left."""
    lists, _ = archive
    condition = search("收费")
    places = searching.PLACES.replace("{}", "t.bigrams @> %(pairs)s::bigint[]")
    asked = {
        "ledger_texts_bigrams_idx": places,
        "ledger_texts_position_idx": f"SELECT FROM ledger l WHERE {condition.text}",
    }
    with lists.database.transaction() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        for index, query in asked.items():
            plan = connection.execute("EXPLAIN " + query, {**condition.values, "most": 10}).fetchall()
            assert any(index in row["QUERY PLAN"] for row in plan), index


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


def test_alerts_are_listed(lists: Lists, cases: dict[str, UUID]) -> None:
    lists.casework.raise_alerts(list(cases.values()), at("2026-04-20"))
    catch_up(lists.database, lists.casework)
    everything = lists.alerts().items
    assert everything
    positions = [row["position"] for row in everything]
    assert positions == sorted(positions, reverse=True)
    for_a_clerk = lists.alerts(lists.office.sees("a-clerk"), to="me").items
    assert {row["alert_id"] for row in for_a_clerk} == {
        row["alert_id"] for row in everything if "a-clerk" in row["recipients"]
    }
    assert for_a_clerk
    of_unit_a = lists.alerts(lists.office.sees("a-clerk"), to="unit").items
    assert {row["alert_id"] for row in of_unit_a} == {
        row["alert_id"] for row in everything if row["unit"] == "unit-a"
    }
    for light in ("green", "yellow", "red", "grey"):
        assert {row["alert_id"] for row in lists.alerts(light=light).items} == {
            row["alert_id"] for row in everything if row["light"] == light
        }
    with pytest.raises(Invalid):
        lists.alerts(to="them")
    with pytest.raises(Invalid):
        lists.alerts(status="lost")


def test_an_alert_is_open_escalated_or_acknowledged(lists: Lists, cases: dict[str, UUID]) -> None:
    office, casework = lists.office, lists.casework
    every = {row["alert_id"]: row for row in lists.alerts().items}
    one = next(row for row in every.values() if "head" in row["recipients"])
    casework.acknowledge(
        one["case_id"], AcknowledgeAlert(one["alert_id"], "已督促"), office.act("head", "2026-03-03")
    )
    catch_up(lists.database, casework)
    by_status = {
        status: {row["alert_id"] for row in lists.alerts(status=status).items}
        for status in ("open", "acknowledged", "escalated")
    }
    assert by_status["acknowledged"] == {one["alert_id"]}
    assert set.union(*by_status.values()) == set(every)
    assert sum(map(len, by_status.values())) == len(every)
    with lists.database.connection() as connection:
        shown = alerts.alert(connection, EVERYTHING, lists.lights, one["alert_id"])
        hidden = alerts.alert(connection, Visibility(officer="x"), lists.lights, one["alert_id"])
    assert shown is not None
    assert (shown["acknowledged_by"], shown["remark"]) == ("head", "已督促")
    assert shown["acknowledged_at"] == at("2026-03-03")
    assert hidden is None


def test_an_alert_shows_its_deliveries(lists: Lists, office: Office) -> None:
    with lists.database.transaction() as connection:
        connection.execute(
            "INSERT INTO alert_channels (id, kind) VALUES ('邮件', 'mail'), ('对接', 'webhook')"
        )
    case = office.register("2026-01-05")
    lists.casework.raise_alerts([case], at("2026-01-21"))
    catch_up(lists.database, lists.casework)
    rows = lists.alerts().items
    assert rows
    for row in rows:
        assert [(one["channel"], one["state"], one["attempts"]) for one in row["deliveries"]] == [
            ("对接", "pending", 0), ("邮件", "pending", 0)
        ]  # fmt: skip
