"""编号: one after the other in a register; of confidential cases by chance, so that no gap tells of one."""

import re

from domain.petition.commands import AgainstEntry, Register
from eventstore.database import Database
from tests.builders import act, clerk
from tests.scenarios.office import Office


def numbers(database: Database, *categories: str) -> list[str]:
    office = Office(database)
    found = []
    for category in categories:
        against = (AgainstEntry(unit="清江区民政局"),) if category == "accusation" else ()
        command = Register("letter", category, "反映问题", "来信全文。", against=against)
        found.append(dict(office.casework.register(command, act(clerk, "2026-03-02")).extra)["number"])
    office.close()
    return found


def test_a1_a13_an_accusation_leaves_no_gap_and_fits_in_no_order(database: Database):
    first, hidden, second, other = numbers(database, "appeal", "accusation", "appeal", "accusation")
    assert (first, second) == ("XF-2026-000001", "XF-2026-000002")
    assert hidden != other
    assert all(re.fullmatch(r"XF-2026-J\d{8}", number) for number in (hidden, other))
