"""C2: a change of the rules is one pass, and what it leaves is, row by row, what a rebuild leaves; what moved is recorded."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any, LiteralString
from uuid import UUID

import pytest

from domain.alerts.commands import AcknowledgeAlert
from domain.alerts.events import Alerted, AlertWithdrawn
from domain.casework import Casework
from domain.errors import NotNow, Refused
from domain.petition import commands
from domain.rulebase.events import LimitMoved, LimitsMoved
from domain.rulebase.fold import RULEBASE_ID, Known
from domain.rulebase.moving import MOST_IN_A_FACT, stream_of
from domain.rules import rulebook
from eventstore.database import Database
from projections import deadlines, recounting, trials
from projections.alerts import Alerts
from projections.casebook import EVER, Casebook
from projections.deadlines import Deadlines
from projections.ledger import Ledger
from projections.limit_moves import LimitMoves
from projections.paging import Condition
from projections.rebuild import rebuild
from projections.runner import catch_up
from projections.view import Connection
from scheduler.limits import record_limits
from scheduler.sweep import sweep
from tests.projections.office import Office, at, on

OWN = (Deadlines(), LimitMoves(), Alerts(), Ledger())
MOVE: LiteralString = "case_id, clock, start_version, part, from_on, to_on, was_provisional, provisional"
MONDAYS = [date(2026, 3, 2) + timedelta(days=7 * n) for n in range(8)]


def followed(database: Database, casework: Casework) -> None:
    catch_up(database, casework, OWN)


def assert_as_rebuilt(database: Database, casework: Casework) -> None:
    """Every row of the clocks, their steps, what falls due next and the alerts that stand."""
    for result in rebuild(database, casework, OWN, switch=False):
        assert result.agrees, result


def rows(database: Database, query: str, *values: object) -> list[dict[str, Any]]:
    with database.connection() as connection:
        return connection.execute(query, values).fetchall()


def moves(casework: Casework, change: int) -> list[LimitMoved]:
    """What the facts of a change say, each limit once."""
    found = [casework.fact(row) for row in casework.store.select_stream(stream_of(change))]
    return [move for fact in found if isinstance(fact, LimitsMoved) for move in fact.moves]


def recorded(database: Database, casework: Casework, day: str = "2026-03-03") -> int:
    return record_limits(database, casework, lambda: at(day))


def table_of(id: str, version: str, day: str, **fields: Any) -> dict[str, Any]:
    """A version of a shipped book."""
    table = rulebook.as_table(next(book for book in rulebook.shipped() if book.id == id))
    return table | {"version": version, "published_at": at(day).isoformat(), "in_force_from": day} | fields


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_changes_the_rows_are_those_of_a_rebuild(
    database: Database, casework: Casework, office: Office, seed: int
) -> None:
    """C2, issue 5: random cases, random decrees of several years and rule-book versions, with acts in between."""
    chance = Random(seed)
    cases = [*office.varied(), *office.items()]
    cases += [office.register(f"2025-12-{day}", f"年末来信{day}") for day in (15, 22, 29)]
    cases += [office.accepted(f"2026-02-{day:02}", subject=f"二月来信{day}") for day in (2, 9, 16)]
    followed(database, casework)
    versions = {"petition-2022": 2, "supervision": 2}
    for day in MONDAYS[:4]:
        _random_change(office, chance, day, versions)
        if chance.random() < 0.6:
            _random_change(office, chance, day, versions)
        _random_acts(office, chance, cases, day)
        casework.raise_alerts(cases, at(str(day)))
        followed(database, casework)
        assert_as_rebuilt(database, casework)
        recorded(database, casework, str(day))
    followed(database, casework)
    assert rows(database, "SELECT FROM limits_due") == []
    changes = rows(database, "SELECT change, total FROM rule_changes")
    assert sum(one["total"] for one in changes) > 0
    for one in changes:
        found = moves(casework, one["change"])
        assert len(found) == one["total"]
        assert len({(m.case, m.clock, m.start_version, m.part) for m in found}) == one["total"]


TOLD = ("recorded_limits", "recorded_cases", "firm", "withdrawn", "rearmed")
PUT_DOWN = """
SELECT count(*) AS recorded_limits, count(DISTINCT case_id) AS recorded_cases,
    count(*) FILTER (WHERE was_provisional AND NOT provisional) AS firm,
    coalesce(sum(cardinality(withdrawn)), 0) AS withdrawn, coalesce(sum(cardinality(rearmed)), 0) AS rearmed
FROM limits_due WHERE change = %s
"""


def test_whatever_a_decree_does_was_told_by_its_preview(
    database: Database, casework: Casework, office: Office
) -> None:
    """C2, C3, issue 6: of running, stopped, withdrawn and late-entered matters, windows gone by and dates not firm yet."""
    chance = Random(6)
    cases = [*office.varied(), *office.items()]
    cases += [office.register(f"2025-12-{day}", f"年末来信{day}") for day in (15, 22, 29)]
    cases += [office.accepted(f"2026-02-{day:02}", subject=f"二月来信{day}") for day in (2, 9, 16)]
    cases += [office.register(f"2026-12-{day}", f"补录来信{day}") for day in (14, 21, 28)]
    sums = dict.fromkeys(("total", *TOLD), 0)
    for day, year in zip(MONDAYS, (2026, 2027, 2026, 2027, 2025), strict=False):
        _random_acts(office, chance, cases, day)
        casework.raise_alerts(cases, at(str(day)))
        followed(database, casework)
        before = casework.rulebase().known(EVER)
        _random_decree(office, chance, year, day)
        after = casework.rulebase()
        with database.transaction() as connection:
            trials.put(connection, recounting.changed(connection, before, after.known(EVER)))
            shown = trials.totals(connection, Condition("true"), day)
            listed = connection.execute(f"SELECT {MOVE} FROM trial_moves ORDER BY {MOVE}").fetchall()
        followed(database, casework)
        assert listed == rows(
            database, f"SELECT {MOVE} FROM limits_due WHERE change = %s ORDER BY {MOVE}", after.version
        )
        [done] = rows(database, PUT_DOWN, after.version)
        assert {name: shown[name] for name in TOLD} == done
        sums = {name: sums[name] + shown[name] for name in sums}
    assert sums["total"] < sums["recorded_limits"]
    assert min(sums.values()) > 0


def _random_change(office: Office, chance: Random, day: date, versions: dict[str, int]) -> None:
    if chance.random() < 0.7:
        _random_decree(office, chance, chance.choice((2025, 2026, 2026, 2027, 2028)), day)
        return
    book = chance.choice(sorted(versions))
    if not any(one.id == book for one in rulebook.shipped()):
        return
    versions[book] += 1
    table = table_of(book, f"{versions[book]}", str(day + timedelta(days=chance.randrange(-40, 20))))
    table["running_clocks_move"] = chance.random() < 0.6
    for clock in table["clocks"] if "clocks" in table else table["clock"]:
        if clock["length"] is not None:
            clock["length"] += chance.randrange(3)
    office.publish(table, str(day))


def _random_decree(office: Office, chance: Random, year: int, day: date) -> None:
    first = date(year, 1, 1)
    off = sorted({first + timedelta(days=chance.randrange(364)) for _ in range(chance.randrange(5, 60))})
    weekends = [d for n in range(364) if (d := first + timedelta(days=n)).weekday() >= 5 and d not in off]
    work = sorted(set(chance.sample(weekends, 6)))
    office.decree(year, str(day), [str(d) for d in off], [str(d) for d in work])


def _random_acts(office: Office, chance: Random, cases: Sequence[UUID], day: date) -> None:
    acts = (
        ("clerk", commands.Withdraw("信访人撤回")),
        ("clerk", commands.Transfer("unit-a")),
        ("a-clerk", commands.Accept()),
        ("a-clerk", commands.OpenHearing(day)),
        ("a-clerk", commands.Reply("explain", "答复意见")),
        ("a-officer", commands.RequestExtension(20, "案情复杂")),
        ("leader", commands.GrantExtension(20)),
    )
    petitions = [case for case in cases if office.casework.petition(case) is not None]
    for case in chance.sample(petitions, 6):
        who, command = chance.choice(acts)
        try:
            office.do(case, who, str(day), command)
        except Refused:
            continue


def test_what_a_decree_moved_is_recorded_once_for_each_limit(
    database: Database, casework: Casework, office: Office
) -> None:
    """C2, issue 5: who moved it, because of what, from which day to which; a date that becomes firm is recorded, too."""
    late, steady = office.register("2026-12-21"), office.register("2026-03-02")
    versions = {case: len(casework.history(case)) for case in (late, steady)}
    followed(database, casework)
    office.decree(2027, "2026-11-20", ["2027-01-01", "2027-01-04", "2027-01-05", "2027-01-06"])
    followed(database, casework)
    assert recorded(database, casework) == 1
    assert recorded(database, casework) == 0
    change = casework.rulebase().version
    assert moves(casework, change) == [
        LimitMoved(
            case=late, clock="route", start_version=1, from_on=on("2027-01-05"), to_on=on("2027-01-07"),
            was_provisional=True,
        )
    ]  # fmt: skip
    [fact] = [casework.fact(row) for row in casework.store.select_stream(stream_of(change))]
    assert (fact.by, fact.basis) == ("system", casework.history(RULEBASE_ID)[-1].fact.basis)
    assert {case: len(casework.history(case)) for case in versions} == versions
    followed(database, casework)
    [row] = rows(database, "SELECT * FROM limit_moves")
    assert (row["case_id"], row["from_on"], row["to_on"]) == (late, on("2027-01-05"), on("2027-01-07"))


def test_a_decree_that_moves_nothing_is_recorded_as_such(
    database: Database, casework: Casework, office: Office
) -> None:
    """C2, issue 5."""
    office.register("2026-03-02")
    followed(database, casework)
    office.decree(2031, "2026-03-02", ["2031-10-01"])
    followed(database, casework)
    recorded(database, casework)
    [fact] = [
        casework.fact(row) for row in casework.store.select_stream(stream_of(casework.rulebase().version))
    ]
    assert isinstance(fact, LimitsMoved)
    assert (fact.moves, fact.through, fact.total) == ((), 0, 0)
    assert rows(database, "SELECT done FROM rule_changes") == [{"done": True}]


def test_a_correction_moves_back_and_the_alert_comes_again_under_a_new_id(
    database: Database, casework: Casework, office: Office
) -> None:
    """C3, issue 5: wrongly entered, then corrected by a new version: withdrawn, raised anew, and nothing twice as new."""
    case = office.register("2026-03-02")
    followed(database, casework)
    [due] = rows(database, "SELECT due_on FROM deadlines")
    day = at("2026-03-13")
    sweep(database, casework, lambda: day)
    followed(database, casework)
    first = _alerts(casework, case)
    assert "due_soon_5" in {one.step for one in first}
    shipped = next(d for d in casework.rulebase().decrees if d.year == 2026 and len(d.days_off) > 20)
    off, work = [str(d) for d in shipped.days_off], [str(d) for d in shipped.make_up_days]
    office.decree(2026, "2026-03-16", [*off, "2026-03-16", "2026-03-17"], work)
    followed(database, casework)
    sweep(database, casework, lambda: at("2026-03-16"))
    assert len(_withdrawn(casework, case)) == len(first)
    office.decree(2026, "2026-03-17", off, work)
    followed(database, casework)
    assert rows(database, "SELECT due_on FROM deadlines") == [due]
    for _ in range(3):
        sweep(database, casework, lambda: at("2026-03-17"))
        followed(database, casework)
    raised = _alerts(casework, case)
    assert len({one.alert_id for one in raised}) == len(raised)
    again = [
        one
        for one in raised
        if one.due_on == due["due_on"] and one.originator_version > first[-1].originator_version
    ]
    assert [(one.step, one.covers) for one in again] == [("due_soon_2", ("due_soon_5",)), ("due", ())]
    assert again[0].alert_id not in {one.alert_id for one in first}
    recorded(database, casework)
    last = casework.rulebase().version
    [there], [back] = moves(casework, last - 1), moves(casework, last)
    assert (there.from_on, there.to_on) == (back.to_on, back.from_on)
    assert set(there.withdrawn) == {one.alert_id for one in first}
    followed(database, casework)
    assert_as_rebuilt(database, casework)


def test_a_preview_counts_the_alerts_that_the_pass_withdraws_and_arms_anew(
    database: Database, casework: Casework, office: Office
) -> None:
    """C3, issue 6: not every alert of a moved limit comes again – some have passed, some stand for the new date already."""
    for day in ("2026-03-02", "2026-03-03", "2026-03-04", "2026-03-09"):
        office.register(day, f"来信{day}")
        office.accepted(day, subject=f"反映{day}")
    followed(database, casework)
    sweep(database, casework, lambda: at("2026-03-13"))
    followed(database, casework)
    shipped = next(d for d in casework.rulebase().decrees if d.year == 2026 and len(d.days_off) > 20)
    off, work = [str(d) for d in shipped.days_off], [str(d) for d in shipped.make_up_days]
    counted = []
    for day, more in (("2026-03-16", ["2026-03-17", "2026-03-18"]), ("2026-03-17", [])):
        before = casework.rulebase()
        office.decree(2026, day, [*off, *more], work)
        changed = recounting.changed
        with database.transaction() as connection:
            trials.put(connection, changed(connection, before.known(EVER), casework.rulebase().known(EVER)))
            shown = trials.totals(connection, Condition("true"), on(day))
            tried = connection.execute(f"SELECT {MOVE} FROM trial_moves ORDER BY {MOVE}").fetchall()
        followed(database, casework)
        assert tried == rows(
            database,
            f"SELECT {MOVE} FROM limits_due WHERE change = %s ORDER BY {MOVE}",
            casework.rulebase().version,
        )
        query = "SELECT sum(cardinality(withdrawn)) AS withdrawn, sum(cardinality(rearmed)) AS rearmed FROM limits_due"
        [done] = rows(database, query + " WHERE change = %s", casework.rulebase().version)
        assert (shown["withdrawn"], shown["rearmed"]) == (done["withdrawn"], done["rearmed"])
        counted.append((shown["withdrawn"], shown["rearmed"]))
        sweep(database, casework, lambda day=day: at(day))
        followed(database, casework)
        assert_as_rebuilt(database, casework)
    assert counted == [(6, 2), (4, 4)]


def test_a_running_limit_that_moves_to_a_version_gets_that_versions_alert_steps(
    database: Database, casework: Casework, office: Office
) -> None:
    """C2, C3, issue 6: its own reminder eight working days before, in the place of the one of five."""
    office.accepted("2026-03-02")
    followed(database, casework)
    steps = "SELECT step, fire_on FROM deadline_steps WHERE clock = 'finish' ORDER BY fire_on"
    first = rows(database, steps)
    own = {
        "id": "due_soon_5",
        "step": "due_soon",
        "label": "临期（还有8个工作日）",
        "offset": -8,
        "recipients": ["unit"],
    }
    office.publish(
        table_of("petition-2022", "2", "2026-03-10", running_clocks_move=True, alerts=[own]), "2026-03-10"
    )
    followed(database, casework)
    then = rows(database, steps)
    assert [one["step"] for one in then] == [one["step"] for one in first]
    assert then[0]["fire_on"] < first[0]["fire_on"]
    assert then[1:] == first[1:]
    assert_as_rebuilt(database, casework)


def test_an_extension_withdraws_the_alert_of_the_old_date(
    database: Database, casework: Casework, office: Office
) -> None:
    """C3, issue 5: the same rule whatever moved the date; an acknowledged alert stays, a withdrawn one can't be signed for."""
    case = office.accepted("2026-01-07")
    office.do(case, "a-clerk", "2026-01-07", commands.Designate("a-officer"))
    followed(database, casework)
    sweep(database, casework, lambda: at("2026-03-06"))
    followed(database, casework)
    before = [one for one in _alerts(casework, case) if one.clock == "finish"]
    kept, *others = before
    assert others
    who = kept.recipients[0]
    casework.acknowledge(case, AcknowledgeAlert(kept.alert_id, "已知悉"), office.act(who, "2026-03-06"))
    expects = len(casework.history(case))
    office.do(case, "a-officer", "2026-03-06", commands.RequestExtension(20, "案情复杂"))
    office.do(case, "leader", "2026-03-06", commands.GrantExtension(20))
    followed(database, casework)
    sweep(database, casework, lambda: at("2026-03-06"))
    assert {one.alert_id for one in _withdrawn(casework, case)} == {one.alert_id for one in others}
    sweep(database, casework, lambda: at("2026-03-06"))
    followed(database, casework)
    assert len(_withdrawn(casework, case)) == len(others)
    stands = rows(database, "SELECT alert_id FROM raised_alerts WHERE clock = 'finish'")
    assert stands == [{"alert_id": kept.alert_id}]
    with pytest.raises(NotNow) as refused:
        casework.acknowledge(
            case,
            AcknowledgeAlert(others[-1].alert_id, "已知悉"),
            office.act(others[-1].recipients[0], "2026-03-06"),
        )
    assert refused.value.code == "alert.withdrawn"
    assert expects < len(casework.history(case))
    assert_as_rebuilt(database, casework)


def test_an_unconcerned_case_is_left_alone(
    database: Database, casework: Casework, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C2: a version in force from tomorrow that leaves running clocks concerns nobody yet."""
    office.register("2026-03-02")
    followed(database, casework)
    table = table_of("petition-2022", "9", "2030-01-01")
    table["published_at"] = at("2026-03-03").isoformat()
    office.publish(table, "2026-03-03")
    written: list[Sequence[UUID]] = []
    usual = deadlines.write

    def counting(connection: Connection, casebook: Casebook, ids: Sequence[UUID], known: Known) -> None:
        written.append(ids)
        usual(connection, casebook, ids, known)

    monkeypatch.setattr(deadlines, "write", counting)
    followed(database, casework)
    assert written == []
    assert_as_rebuilt(database, casework)
    assert rows(database, "SELECT total FROM rule_changes") == [{"total": 0}]


def test_many_limits_are_many_facts(database: Database, casework: Casework, office: Office) -> None:
    """C2, issue 5: in portions, and each fact says how far the record is."""
    office.many_letters(MOST_IN_A_FACT)
    followed(database, casework)
    every = [f"2019-{month:02}-{day:02}" for month in (2, 3, 4) for day in range(1, 29)]
    office.decree(2019, "2026-03-02", every)
    followed(database, casework)
    [change] = rows(database, "SELECT change, total FROM rule_changes")
    assert change["total"] > MOST_IN_A_FACT
    assert record_limits(database, casework, lambda: at("2026-03-02"), portion=70) == change["total"]
    facts = [casework.fact(row) for row in casework.store.select_stream(stream_of(change["change"]))]
    through = [fact.through for fact in facts if isinstance(fact, LimitsMoved)]
    assert through == sorted(through)
    assert through[-1] == change["total"]
    assert len(facts) == 3
    followed(database, casework)
    assert_as_rebuilt(database, casework)


def _alerts(casework: Casework, case: UUID) -> list[Alerted]:
    return [one.fact for one in casework.history(case) if isinstance(one.fact, Alerted)]


def _withdrawn(casework: Casework, case: UUID) -> list[AlertWithdrawn]:
    return [one.fact for one in casework.history(case) if isinstance(one.fact, AlertWithdrawn)]
