"""The shipped rule books and the calendar as known when these tests were written."""

from datetime import UTC, datetime

import pytest

from domain.rules import calendar as calendars
from domain.rules import rulebook
from domain.rules.calendar import Calendar
from domain.rules.rulebook import Books

WRITTEN_AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return calendars.as_known(calendars.shipped(), WRITTEN_AT)


@pytest.fixture(scope="session")
def books() -> Books:
    return Books(rulebook.shipped())
