"""The lists compare whom an accusation names exactly as `authority.names_unit` does (A13)."""

import pytest

from domain.rules.naming import names_unit, person_pattern, plain, unit_name
from eventstore.database import Database
from projections.visibility import Abbreviable, Called, Visibility

HOUSING = "云溪县住房和城乡建设局"


@pytest.mark.parametrize(
    "written",
    [
        HOUSING,
        "住建局",
        "云溪县住建局",
        "住房城乡建设局",
        "云溪县",
        "民政局",
        "住房和城乡建设局物业科",
        "建局住",
        "局",
    ],
)
def test_a_list_hides_what_the_rule_hides(database: Database, written: str):
    housing = unit_name(plain(HOUSING))
    condition = Visibility(
        officer="x",
        unit="unit-a",
        confidential=frozenset({"petition"}),
        called=(Called(person_pattern("赵一")), Called(housing.pattern)),
        abbreviable=(Abbreviable(housing.name, housing.place),),
    ).condition()
    query = (
        f"SELECT {condition.text} AS seen FROM (SELECT 'petition' AS kind, true AS confidential, false AS public, now() AS registered_at,"
        " %(units)s::text[] AS units,"
    )
    query += " %(accused)s::text[] AS accused_units, '{}'::text[] AS accused_people) l"
    values = {**condition.values, "units": ["unit-a"], "accused": [plain(written)]}
    with database.connection() as connection:
        row = connection.execute(query, values).fetchone()
    assert row is not None
    assert row["seen"] is not names_unit(plain(written), plain(HOUSING))
