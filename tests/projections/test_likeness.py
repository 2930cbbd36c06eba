"""Marks of petitioners and words: made with the office's key, the same when built anew, and nothing to be read in them."""

from domain.casework import Casework
from domain.petition import commands
from eventstore.database import Database
from projections import likeness
from projections.catalogue import VIEWS
from projections.likeness import Known, Likenesses
from projections.rebuild import rebuild
from projections.runner import Runner, catch_up
from tests.projections.office import Office

KEY = bytes(32)
WANG = commands.PetitionerEntry(
    name="王秀兰", id_number="110101195003071234", phone="13900000001", address="和平路8号"
)


def rows(database: Database) -> list[str]:
    with database.connection() as connection:
        return sorted(row["r"] for row in connection.execute("SELECT t::text AS r FROM likenesses t"))


def test_following_along_and_building_anew_agree(
    database: Database, casework: Casework, office: Office
) -> None:
    office.varied()
    office.items()
    Runner(database, casework, Likenesses(), batch=1).catch_up()
    followed = rows(database)
    [result] = rebuild(database, casework, [Likenesses()])
    assert (len(followed) > 5, result.agrees, rows(database)) == (True, True, followed)


def test_nothing_typed_can_be_read_in_the_tables(
    database: Database, casework: Casework, office: Office
) -> None:
    office.register("2026-03-02", "反映王秀兰家中漏水", petitioners=(WANG,))
    catch_up(database, casework)
    stored = "\n".join(rows(database))
    assert stored
    told = ("王秀兰", "王秀", "110101195003071234", "13900000001", "和平路", "漏水")
    assert not [one for one in told if one in stored]


def test_only_petitions_have_a_row(database: Database, casework: Casework, office: Office) -> None:
    office.items()
    catch_up(database, casework)
    with database.connection() as connection:
        row = connection.execute(
            "SELECT count(*) AS n FROM likenesses WHERE case_id IN (SELECT case_id FROM ledger WHERE kind <> 'petition')"
        ).fetchone()
    assert row == {"n": 0}


def test_each_office_has_a_key_of_its_own_bytes(casework: Casework) -> None:
    key = likeness.key_of(casework)
    assert (len(key), len(set(key)) > 8) == (32, True)


def test_a_mark_is_of_the_key_and_of_what_it_marks() -> None:
    one = likeness.marks(KEY, [Known("王秀兰", "110101195003071234", "13900000001")])
    other = likeness.marks(b"x" * 32, [Known("王秀兰", "110101195003071234", "13900000001")])
    assert sorted(one.values()) == ["id_number", "name", "phone"]
    assert not set(one) & set(other)
    # the same digits as a telephone and as an id number are two things
    assert not set(likeness.marks(KEY, [Known(phone="13900000001")])) & set(
        likeness.marks(KEY, [Known(id_number="13900000001")])
    )


def test_pairs_of_characters_are_numbers_of_the_key() -> None:
    assert likeness.grams(KEY, "供暖") != likeness.grams(b"x" * 32, "供暖")
    assert likeness.grams(KEY, "供 暖！") == likeness.grams(KEY, "供暖")
    assert likeness.grams(KEY, "供") == []


def test_the_view_is_one_of_those_that_are_kept_up() -> None:
    assert {"likenesses", "awaited"} <= {view.name for view in VIEWS}
