"""The lists compare whom an accusation names exactly as the rules do, however it is written (A13)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from domain.rules.naming import (
    KINDS_OF_UNIT,
    meant,
    names_unit,
    person_pattern,
    plain,
    title_pattern,
    unit_name,
)
from eventstore.database import Database
from projections.visibility import Abbreviable, Called, Visibility

HOUSING = "云溪县住房和城乡建设局"
NAMES = (HOUSING, "云溪县信访局", "云溪县人民政府", "县领导", "房屋安全科", "东河街道信访站", "局", "A1")
PERSON = "欧阳国平"
TITLES = ("局长", "副局长", "主任", "的干部", "领导", "负责人", "陈国平", "某书记", "科")
REGISTERED = datetime(2026, 3, 2, tzinfo=UTC)


def texts() -> list[str]:
    """Texts that mean somebody here, or nearly."""
    random = Random(20260302)
    made = [
        "住建局",
        "云溪县",
        "民政局",
        "建局住",
        "局",
        "信访办",
        "县信访",
        "欧阳局长",
        "姓欧阳",
        "欧国平",
        "——",
        "",
    ]
    for _ in range(1500):
        name = random.choice((*NAMES, PERSON))
        kept = "".join(one for one in name if random.random() < random.choice((0.5, 0.9)))
        before, after = random.choice(("", "", "某", "清江区")), random.choice(("", *TITLES, *KINDS_OF_UNIT))
        made.append(before + kept + after + random.choice(("", "", *TITLES)))
    return [plain(one) for one in made]


def hidden(database: Database, visibility: Visibility, written: Sequence[str]) -> set[str]:
    """Those of the texts that hide a case registered then."""
    condition = visibility.condition()
    make = (
        "CREATE TEMP TABLE ledger ON COMMIT DROP AS SELECT 'petition' AS kind, true AS confidential, false AS public,"
        " %(registered)s::timestamptz AS registered_at, '{}'::text[] AS units, ARRAY[one] AS accused_units,"
        " '{}'::text[] AS accused_people FROM unnest(%(written)s::text[]) AS one"
    )
    queries: list[Any] = [
        f"SELECT accused_units[1] AS text FROM ledger l WHERE NOT ({one.text})"
        for one in (condition, condition.among_all())
    ]
    with database.transaction() as connection:
        connection.execute(make, {"written": list(written), "registered": REGISTERED})
        connection.execute(
            "CREATE TEMP TABLE accused_names ON COMMIT DROP AS SELECT unnest(accused_units) AS name FROM ledger"
        )
        by_row, by_name = (
            {row["text"] for row in connection.execute(query, condition.values)} for query in queries
        )
    assert by_row == by_name, "whoever goes through all cases sees just as many"
    return by_row


def eyes(**called: Any) -> Visibility:
    return Visibility(officer="x", confidential=frozenset({"petition"}), **called)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_hides_what_the_rule_hides_of_a_unit(database: Database, name: str):
    unit = unit_name(plain(name))
    visibility = eyes(called=(Called(unit.pattern),), abbreviable=(Abbreviable(unit.name, unit.mute),))
    written = texts()
    found = hidden(database, visibility, written)
    assert found == {text for text in written if names_unit(text, unit.name)}
    assert found


def test_a_list_hides_what_the_rule_hides_of_an_officer(database: Database):
    patterns = (person_pattern(PERSON), title_pattern(PERSON))
    written = texts()
    found = hidden(database, eyes(called=(Called("|".join(patterns)),)), written)
    assert found == {text for text in written if any(meant(text, pattern) for pattern in patterns)}
    assert found


@pytest.mark.parametrize(("days", "is_hidden"), [(-1, False), (0, True), (1, True)])
def test_what_was_left_before_the_registration_hides_nothing(database: Database, days: int, is_hidden: bool):
    unit, until = unit_name(plain(HOUSING)), REGISTERED + timedelta(days=days)
    whole = eyes(called=(Called(unit.pattern, until),))
    short = eyes(abbreviable=(Abbreviable(unit.name, unit.mute, until),))
    assert bool(hidden(database, whole, [HOUSING])) is is_hidden
    assert bool(hidden(database, short, ["住建局"])) is is_hidden
