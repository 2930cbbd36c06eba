"""What must hold however names are written and dates are told: secrecy of accusations, and lateness on record (A13, A4)."""

import pytest

from domain.petition.commands import Classify, Withdraw
from domain.petition.events import Classified, Withdrawn
from domain.petition.registration import basis_of_registration
from domain.rules.naming import names_unit, plain
from tests.builders import a_clerk, clerk, in_handling, known, on
from tests.spec import given

HOUSING = "云溪县住房和城乡建设局"


@pytest.mark.parametrize(
    ("written", "is_meant"),
    [
        (HOUSING, True),
        ("住房和城乡建设局", True),
        ("住建局", True),
        ("云溪县住建局", True),
        ("住房城乡建设局", True),
        ("云溪县住房和城乡建设局物业科", True),
        ("云溪县", False),
        ("民政局", False),
        ("局", False),
    ],
)
def test_a13_a_unit_is_known_by_its_abbreviations_and_not_by_its_place(written: str, is_meant: bool):
    assert names_unit(plain(written), plain(HOUSING)) is is_meant


@pytest.mark.parametrize("written", ["unit-a", "UNIT_A", "unit a", "ｕｎｉｔ‐ａ", "unit\u200b-a"])
def test_a13_signs_and_widths_make_no_other_name(written: str):
    assert plain(written) == "unita"


@pytest.mark.parametrize("command", [Withdraw("信访人撤回", on("2026-01-08")), None])
def test_a4_a_unit_that_missed_a_limit_cannot_end_it_by_a_date_told_back(command: Withdraw | None):
    missed = in_handling("2026-01-05")
    act = command or Classify(category="suggestion", on=on("2026-01-08"))
    given(missed).when(act, a_clerk, on="2026-04-01").refused("petition.backdating_not_yours")
    given(missed).when(act, a_clerk, on="2026-01-12").then(Withdrawn if command else Classified)
    given(missed).when(act, clerk, on="2026-04-01").then(Withdrawn if command else Classified)


def test_a3_after_reopening_the_notice_still_owed_is_owed_again():
    story = in_handling("2026-03-02").withdrawn(on="2026-03-05").reopened(on="2026-03-06")
    assert story.clock("notify").started_on.isoformat() == "2026-03-06"
    assert story.clock("notify").state == "running"
    told = in_handling("2026-03-02").served("acceptance").withdrawn(on="2026-03-05").reopened(on="2026-03-06")
    assert {c.state for c in told.clocks() if c.clock == "notify"} == {"stopped"}


def test_a1_a_registration_rests_on_the_regulation_of_its_day():
    books = known().books
    assert "信访工作条例" in (basis_of_registration(None, on("2026-03-02"), books) or "")
    assert "《信访条例》" in (basis_of_registration(None, on("2019-03-04"), books) or "")
