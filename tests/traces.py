"""Readings of personal data, as the facts of the log tell them, and reasons for them."""

from typing import Any

from api.bootstrap import Services
from projections.readings import Readings
from projections.runner import Runner
from tests.api.caller import Caller

WHY = "核查办理情况"


def noted(services: Services) -> list[dict[str, Any]]:
    """Every reading, the first one first, with the view brought up to the log; statements of reasons are none."""
    Runner(services.database, services.casework, Readings()).catch_up()
    with services.database.connection() as connection:
        return connection.execute(
            "SELECT * FROM readings WHERE what <> 'reason' ORDER BY position"
        ).fetchall()


def with_reason(caller: Caller, url: str, reason: str = WHY) -> Caller:
    """The caller, who has said why the case at this address is opened."""
    answer = caller.post(f"{url}/readings", json={"reason": reason})
    assert answer.status_code == 201, answer.text
    return caller
