"""What the log records as destroyed is destroyed on every machine (C4, issue 5): at start, and by whoever follows the log."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from api import key_upkeep
from domain.casework import Casework
from domain.erasure import commands as custody
from domain.petition import commands
from domain.petition.events import Registered
from domain.secrets import CLEARED
from eventstore.database import Database, library_env
from eventstore.keys import Keys
from projections.catalogue import VIEWS
from projections.ledger import Ledger
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.surroundings import ReadModels
from tests.projections.office import Office

DAY = "2026-03-02"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """Keys of the test's own: it puts back files from before."""
    return Keys.open(tmp_path / "keys")


@pytest.fixture
def casework(database_dsn: str, database: Database, keys: Keys) -> Iterator[Casework]:
    with Casework(library_env(database_dsn), keys=keys) as made:
        made.surroundings = ReadModels(database, made)
        yield made


@pytest.fixture
def erased(office: Office, keys: Keys) -> Iterator[UUID]:
    """A petition that was erased, on a machine whose key file is from before: a crash in between, or another host."""
    case = office.accepted(
        "2026-01-05",
        subject="反映地下室渗水",
        content="欧阳雪反映地下室渗水多年。",
        petitioners=(commands.PetitionerEntry("欧阳雪", phone="13912345678"),),
    )
    office.do(case, "a-clerk", "2026-01-20", commands.Reply("support", "地下室渗水属实，已修。"))
    office.do(case, "a-clerk", "2026-01-21", commands.Serve("opinion", "post", signed_by="欧阳雪"))
    office.do(case, "clerk", "2026-02-02", commands.SignOff("已修好"))
    office.do(
        case,
        "clerk",
        DAY,
        custody.RequestErasure(
            ground="petitioner-request", reason="本人书面申请", people=("all",), texts=True
        ),
    )
    office.do(case, "leader", DAY, custody.ApproveErasure())
    office.do(case, "head", DAY, custody.WitnessErasure())
    before = keys.file.read_bytes()
    office.do(case, "inspector", DAY, custody.WitnessErasure())
    assert not keys.holds(str(case), "texts")
    keys.file.write_bytes(before)
    yield case
    for subject in ("texts", "person:p1", "contact"):
        assert not keys.holds(str(case), subject)
    assert keys.holds(str(case), "accused")


def test_every_process_destroys_at_start(
    erased: UUID, database: Database, casework: Casework, keys: Keys
) -> None:
    assert casework.keys.holds(str(erased), "texts")
    assert key_upkeep.destroy_what_is_recorded(database, casework) == 1
    assert key_upkeep.unrecorded(database, casework, keys) == 0, "the log knows of all that is destroyed"
    first = casework.history(erased)[0].fact
    assert isinstance(first, Registered)
    assert (first.subject, first.personal.people) == (CLEARED, ())


def test_who_follows_the_log_reads_what_came_before_without_the_keys(
    erased: UUID, database: Database, casework: Casework
) -> None:
    """In one batch with the destruction lies what was registered; nothing of it comes into a row."""
    Runner(database, casework, Ledger()).catch_up()
    with database.connection() as connection:
        row = connection.execute("SELECT t::text AS r FROM ledger t WHERE case_id = %s", (erased,)).fetchone()
    assert row is not None
    assert not [told for told in ("渗水", "欧阳雪", "13912345678") if told in row["r"]]


def test_c4_what_was_remembered_of_a_case_is_forgotten_with_its_keys(
    erased: UUID, database: Database, casework: Casework
) -> None:
    """Issue 6: a runner that goes event by event had the case in mind when its destruction came."""
    Runner(database, casework, *VIEWS, batch=1).catch_up()
    with database.connection() as connection:
        for table in ("ledger", "ledger_texts", "archives", "timeline", "deadlines", "awaited"):
            rows = connection.execute(f"SELECT t::text AS r FROM {table} t WHERE case_id = %s", (erased,))
            told = " ".join(row["r"] for row in rows.fetchall())
            assert not [word for word in ("渗水", "欧阳雪", "13912345678") if word in told], table


def test_building_anew_does_so_too(erased: UUID, database: Database, casework: Casework) -> None:
    [result] = rebuild(database, casework, [Ledger()])
    assert result.position > 0
