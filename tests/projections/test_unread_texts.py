"""Texts that no view keeps stay closed while the log is read for the views (C1, issue 6): every row is the same as with all open."""

import pytest

from domain.casework import Casework
from eventstore.database import Database
from projections import runner
from projections.catalogue import UNREAD, VIEWS
from projections.runner import catch_up
from tests.owner import as_owner
from tests.projections.office import Office
from tests.projections.snapshot import everything
from tests.projections.test_erasure import a_closed_petition


def test_c1_no_view_keeps_a_text_that_was_left_closed(
    database: Database, casework: Casework, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.varied()
    office.items()
    a_closed_petition(office)
    log = casework.store.select_log(0, 10_000)
    assert casework.facts(log, UNREAD) != casework.facts(log)
    catch_up(database, casework)
    closed = everything(database)
    with as_owner(database) as connection:
        tables = ", ".join(table for view in VIEWS for table in view.tables)
        connection.execute(f"TRUNCATE projection_tracking, {tables}".encode())
    monkeypatch.setattr(runner, "UNREAD", frozenset())
    catch_up(database, casework)
    assert everything(database) == closed
