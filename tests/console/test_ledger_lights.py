"""The ledgers' light of what has ended says so; a search never stands in an address; an ended clock has no light in alerts."""

from datetime import date
from typing import Any

import pytest

from api.ledger_shapes import ALERTS, DEADLINES, PETITIONS
from domain.directory.fold import Directory
from tests.api.cases import done, registered

HERE = "/console/petitions"
CLOSED = {
    "light": "grey",
    "state": "closed",
    "replied_on": date(2026, 3, 9),
    "closed_on": date(2026, 5, 20),
    "finish_due_on": date(2026, 5, 4),
}


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({}, "closed"),
        ({"replied_on": date(2026, 5, 5)}, "closed_late"),
        ({"replied_on": None}, "closed_late"),
        ({"replied_on": None, "finish_due_on": None}, "closed"),
        ({"state": "open"}, "grey"),
        ({"light": "red"}, "red"),
    ],
)
def test_a_closed_case_shows_that_it_is_closed_and_whether_in_time(changed: dict[str, Any], shown: str):
    assert PETITIONS["light"].value(CLOSED | changed, Directory()) == shown


@pytest.mark.parametrize(
    ("status", "shown"), [("met", "closed"), ("met_late", "closed_late"), ("suspended", "grey")]
)
def test_a_clock_that_was_met_shows_that_it_was(status: str, shown: str):
    assert DEADLINES["light"].value({"light": "grey", "status": status}, Directory()) == shown


def test_an_alert_whose_clock_has_ended_has_no_light():
    assert ALERTS["light"].value({"light": "grey"}, Directory()) is None
    assert ALERTS["light"].value({"light": "red"}, Directory()) == "red"


def test_the_page_says_what_is_closed_and_that_words_are_for_the_search_box(pages: Any, sign_in, catch_up):
    office = sign_in("office")
    done(office, registered(office), "withdraw", reason="已经解决")
    catch_up()
    page = pages("office").get(HERE)
    assert "".join(page.one("//td[contains(@class, 'of-light')]/span").itertext()) == "已办结"
    asked = pages("office").get(f"{HERE}?q=王某")
    assert "检索词不进入网址，请在检索框中填写。" in asked.text
    assert "检索词不进入网址" not in page.text
