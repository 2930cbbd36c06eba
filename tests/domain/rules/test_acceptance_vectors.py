"""The reference vectors of the counting rules, A1 to A21; those on the hour of the day are the signals' business."""

from datetime import date

import pytest

from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books

HEARING = ((date(2026, 3, 10), date(2026, 3, 17)),)

VECTORS = {
    "A1-15d-plain": ("notify", "2026-03-02", 0, (), "2026-03-17", "2026-03-17"),
    "A2-15d-into-spring-festival": ("notify", "2026-02-05", 0, (), "2026-02-20", "2026-02-24"),
    "A3-15d-on-make-up-saturday": ("route", "2026-01-30", 0, (), "2026-02-14", "2026-02-14"),
    "A4-15d-on-make-up-saturday": ("route", "2026-04-24", 0, (), "2026-05-09", "2026-05-09"),
    "A5-15d-into-labour-day": ("notify", "2026-04-18", 0, (), "2026-05-03", "2026-05-06"),
    "A6-15d-on-make-up-sunday": ("notify", "2025-04-12", 0, (), "2025-04-27", "2025-04-27"),
    "A7-15d-spring-festival-2025": ("notify", "2025-01-13", 0, (), "2025-01-28", "2025-02-05"),
    "A8-60d": ("finish", "2026-01-05", 0, (), "2026-03-06", "2026-03-06"),
    "A9-60d-into-national-day": ("finish", "2026-08-05", 0, (), "2026-10-04", "2026-10-08"),
    "A10-base": ("finish", "2026-07-09", 0, (), "2026-09-07", "2026-09-07"),
    "A10-60d-30d-roll-once": ("finish", "2026-07-09", 30, (), "2026-10-07", "2026-10-08"),
    "A11-30d-request": ("review-request", "2025-09-01", 0, (), "2025-10-01", "2025-10-09"),
    "A12-onto-working-sunday": ("review-request", "2025-12-02", 0, (), "2026-01-01", "2026-01-04"),
    "A13-5wd-festival": ("object", "2026-02-12", 0, (), "2026-02-26", "2026-02-26"),
    "A14-5wd-mid-autumn-national-day": ("object", "2026-09-24", 0, (), "2026-10-09", "2026-10-09"),
    "A15-5wd-working-sunday": ("object", "2026-09-18", 0, (), "2026-09-24", "2026-09-24"),
    "A18-30d-no-hearing": ("reexamination", "2026-03-02", 0, (), "2026-04-01", "2026-04-01"),
    "A18-30d-hearing": ("reexamination", "2026-03-02", 0, HEARING, "2026-04-09", "2026-04-09"),
    "A19-15d-from-the-local-date": ("notify", "2026-03-02", 0, (), "2026-03-17", "2026-03-17"),
    "A21-30d-from-receipt": ("review", "2025-10-13", 0, (), "2025-11-12", "2025-11-12"),
}
SUMMARY_VECTORS = {
    "A16-3wd-accept": ("accept", "2026-02-13", "2026-02-25"),
    "A17-10wd-finish": ("finish", "2026-04-28", "2026-05-14"),
}


@pytest.mark.parametrize(
    ("clock", "started", "extension", "suspensions", "nominal", "due"),
    VECTORS.values(),
    ids=VECTORS.keys(),
)
def test_a_petition_clock(
    books: Books, calendar: Calendar, clock, started, extension, suspensions, nominal, due
):
    started_on = date.fromisoformat(started)
    spec = books.clock(books.version("petition-2022", started_on), clock)
    found = limit(spec, started_on, calendar, extension_days=extension, suspensions=suspensions)
    assert (found.nominal_due_on.isoformat(), found.due_on.isoformat()) == (nominal, due)


@pytest.mark.parametrize(("clock", "started", "due"), SUMMARY_VECTORS.values(), ids=SUMMARY_VECTORS.keys())
def test_a_clock_of_the_simplified_track(books: Books, calendar: Calendar, clock, started, due):
    started_on = date.fromisoformat(started)
    spec = books.clock(books.version("petition-summary", started_on), clock)
    assert limit(spec, started_on, calendar).due_on.isoformat() == due


def test_a20_a_year_without_a_notice_makes_the_date_provisional(books: Books, calendar: Calendar):
    spec = books.clock(books.version("petition-2022", date(2026, 12, 2)), "review-request")
    found = limit(spec, date(2026, 12, 2), calendar)
    assert found.nominal_due_on == date(2027, 1, 1)
    assert found.provisional
    assert any(line.startswith("暂定：2027年放假安排尚未公布") for line in found.explanation)
