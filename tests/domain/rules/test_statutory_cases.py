"""Every clock of every rule book on a dated case: the two dates, on both sides of festivals and make-up days."""

from datetime import date

import pytest

from domain.rules.calendar import Calendar
from domain.rules.counting import limit
from domain.rules.rulebook import Books

HEARING = ((date(2026, 3, 10), date(2026, 3, 17)),)


def case(id, book, clock, started, nominal, due, extension=0, suspensions=()):
    return pytest.param(book, clock, date.fromisoformat(started), extension, suspensions, nominal, due, id=id)


CASES = [
    case(
        "T22-23-notify-15d-plain", "petition-2022", "notify", "2026-03-02", "2026-03-17", "2026-03-17"
    ),
    case(
        "T22-23-notify-15d-spring-festival",
        "petition-2022", "notify", "2026-02-05", "2026-02-20", "2026-02-24",
    ),
    case(
        "T22-23-notify-15d-make-up-saturday",
        "petition-2022", "notify", "2026-01-30", "2026-02-14", "2026-02-14",
    ),
    case(
        "T22-22-route-15d-make-up-sunday",
        "petition-2022", "route", "2025-04-12", "2025-04-27", "2025-04-27",
    ),
    case(
        "T22-22-route-15d-labour-day",
        "petition-2022", "route", "2026-04-18", "2026-05-03", "2026-05-06",
    ),
    case(
        "T22-23-object-5wd-festival",
        "petition-2022", "object", "2026-02-12", "2026-02-26", "2026-02-26",
    ),
    case(
        "T22-23-object-5wd-working-sunday",
        "petition-2022", "object", "2026-09-18", "2026-09-24", "2026-09-24",
    ),
    case(
        "T22-34-finish-60d-holidays-inside",
        "petition-2022", "finish", "2026-01-05", "2026-03-06", "2026-03-06",
    ),
    case(
        "T22-34-finish-60d-national-day",
        "petition-2022", "finish", "2026-08-05", "2026-10-04", "2026-10-08",
    ),
    case(
        "T22-34-finish-60d-and-30d-rolled-once",
        "petition-2022", "finish", "2026-07-09", "2026-10-07", "2026-10-08", extension=30,
    ),
    case(
        "T22-34-finish-60d-and-15d",
        "petition-2022", "finish", "2026-03-10", "2026-05-24", "2026-05-25", extension=15,
    ),
    case(
        "T22-35-review-request-30d-into-next-year",
        "petition-2022", "review-request", "2025-12-02", "2026-01-01", "2026-01-04",
    ),
    case(
        "T22-36-reexamination-30d-hearing",
        "petition-2022", "reexamination", "2026-03-02", "2026-04-09", "2026-04-09",
        suspensions=HEARING,
    ),
    case(
        "T05-21-decide-15d-extended-festival",
        "petition-2005", "decide", "2020-01-10", "2020-01-25", "2020-02-03",
    ),
    case(
        "T05-36-advice-reply-30d-national-day",
        "petition-2005", "advice-reply", "2025-09-01", "2025-10-01", "2025-10-09",
    ),
    case(
        "summary-accept-3wd", "petition-summary", "accept", "2026-02-13", "2026-02-25", "2026-02-25"
    ),
    case(
        "summary-finish-10wd-labour-day",
        "petition-summary", "finish", "2026-04-28", "2026-05-14", "2026-05-14",
    ),
    case(
        "grain-bureau-3-leader-7d",
        "letters-grain-bureau", "leader-assigned", "2026-09-20", "2026-09-27", "2026-09-28",
    ),
    case(
        "grain-bureau-3-superior-15d-to-30d",
        "letters-grain-bureau", "superior-assigned", "2026-06-06", "2026-07-06", "2026-07-06",
        extension=15,
    ),
    case(
        "cppcc-4-6-reply-1-month",
        "letters-cppcc", "reply", "2026-01-31", "2026-02-28", "2026-02-28",
    ),
    case(
        "staff-6-complex-1-week",
        "staff-complaints", "complex", "2026-04-28", "2026-05-05", "2026-05-06",
    ),
    case(
        "time-limited-5-decision-15wd",
        "time-limited", "decision", "2026-02-13", "2026-03-11", "2026-03-11",
    ),
    case(
        "time-limited-3-special-3wd-on-make-up-saturday",
        "time-limited", "special", "2026-02-14", "2026-02-25", "2026-02-25",
    ),
    case(
        "documents-incoming-7wd-two-festivals",
        "documents", "incoming", "2026-09-24", "2026-10-12", "2026-10-12",
    ),
    case(
        "supervision-17-unit-limit-3wd-backwards",
        "supervision", "unit-limit", "2026-10-08", "2026-09-28", "2026-09-28",
    ),
    case(
        "supervision-17-objection-2wd",
        "supervision", "objection", "2025-09-26", "2025-09-29", "2025-09-29",
    ),
    case(
        "supervision-22-result-review-5wd",
        "supervision", "result-review", "2026-02-11", "2026-02-25", "2026-02-25",
    ),
    case(
        "zhejiang-23-finish-30d-and-60d",
        "petition-zhejiang-2016", "finish", "2026-05-20", "2026-08-18", "2026-08-18", extension=60,
    ),
]  # fmt: skip


@pytest.mark.parametrize(("book", "clock", "started_on", "extension", "suspensions", "nominal", "due"), CASES)
def test_a_clock_ends_on_its_day(
    books: Books, calendar: Calendar, book, clock, started_on, extension, suspensions, nominal, due
):
    spec = books.clock(books.version(book, started_on), clock)
    found = limit(spec, started_on, calendar, extension_days=extension, suspensions=suspensions)
    assert (found.nominal_due_on.isoformat(), found.due_on.isoformat()) == (nominal, due)
    assert not found.provisional
