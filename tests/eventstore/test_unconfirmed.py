"""A commit whose confirmation is lost: the command is carried out once and answered as carried out."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from domain.casework import OWN_KEY, Casework
from domain.facts import name_of
from domain.petition.commands import Register, Urge
from domain.store import Outcome, Submission
from eventstore.database import Database, library_env
from eventstore.group_commit import GroupCommit
from eventstore.recorder import CaseRecorder
from scheduler.jobs import Context, purge_receipts
from tests.keys import run_keys
from tests.projections.office import Office, at

LETTER = Register(channel="letter", category="appeal", subject="供暖", content="温度不达标")


class Losing(CaseRecorder):
    """A recorder whose next confirmation gets lost after the commit when `lose` is set, so that the batch is sent again."""

    lose = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.append_all = GroupCommit(self._sent)

    def _sent(self, submissions: Sequence[Submission]) -> Sequence[Outcome]:
        outcomes = self._appender(submissions)
        if Losing.lose:
            Losing.lose = False
            return self._appender(submissions)
        return outcomes


@pytest.fixture
def casework(database: Database) -> Iterator[Casework]:
    recorder = {"CASEWORK_APPLICATION_RECORDER_TOPIC": "tests.eventstore.test_unconfirmed:Losing"}
    Losing.lose = False
    made = Casework(library_env(database.dsn) | recorder, keys=run_keys())
    yield made
    made.close()


def test_a_registration_is_not_doubled(database: Database, casework: Casework):
    act = Office(casework).act("clerk", "2026-03-02")
    before = casework.store.max_notification_id() or 0
    Losing.lose = True
    receipt = casework.register(LETTER, act)
    assert not Losing.lose
    stored = [name_of(casework.fact(row)) for row in casework.store.select_log(before, 100)]
    assert stored == ["NumbersTaken", "Registered"]
    assert [r.fact.originator_version for r in casework.history(receipt.id)] == [receipt.version]
    assert dict(receipt.extra)["number"] == "XF-2026-000001"


def test_an_act_is_not_doubled_and_answered_as_done(database: Database, casework: Casework):
    office = Office(casework)
    case = casework.register(LETTER, office.act("clerk", "2026-03-02")).id
    Losing.lose = True
    receipt = casework.handle(case, Urge("phone", "请抓紧办理"), office.act("head", "2026-03-03"))
    assert (receipt.version, receipt.events) == (2, ("Urged",))
    assert [name_of(r.fact) for r in casework.history(case)] == ["Registered", "Urged"]


def test_receipts_of_commands_without_a_key_are_let_go_after_a_day(database: Database, casework: Casework):
    office = Office(casework)
    casework.register(LETTER, office.act("clerk", "2026-03-02"))

    def kept() -> int:
        with database.connection() as connection:
            row = connection.execute(
                "SELECT count(*) AS n FROM command_receipts WHERE key LIKE %s", (f"{OWN_KEY}%",)
            ).fetchone()
        assert row is not None
        return int(row["n"])

    def purge(day: str) -> None:
        purge_receipts(Context(database, casework, lambda: at(day), "test", lambda: True))

    assert kept() > 0
    purge("2020-01-01")
    assert kept() > 0
    purge("2090-01-01")
    assert kept() == 0
