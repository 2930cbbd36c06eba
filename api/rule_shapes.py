"""规则接口的形状: rule books, their versions and calendars as they are shown, and as they can be sent back."""

from datetime import date
from typing import Any

from domain.errors import Unknown
from domain.rules.calendar import Calendar, Decree, statutory_names
from domain.rules.rulebook import Books, Rulebook, as_table


def summary(books: Books, id: str, today: date) -> dict[str, Any]:
    book = books.version(id, today)
    if book is None:
        raise Unknown("rulebook.unknown", "没有这个规则册。")
    return {
        "id": book.id,
        "title": book.title,
        "kind": book.kind,
        "statutory": book.statutory,
        "beside": list(book.beside),
        "source": book.source,
        "version": book.version,
        "published_at": book.published_at,
        "in_force_from": book.in_force_from,
        "in_force_to": book.in_force_to,
        "in_force": book.in_force(today),
        "clocks": [{"clock": spec.clock, "label": spec.label} for spec in books.clocks(book)],
    }


def version(books: Books, book: Rulebook) -> dict[str, Any]:
    """规则版本: the table as `POST …/versions` takes it back, and the clocks it inherits."""
    table = as_table(book)
    table["clocks"] = table.pop("clock")
    own = {spec.clock for spec in book.clocks}
    inherited = [spec.clock for spec in books.clocks(book) if spec.clock not in own]
    return table | {"inherited_clocks": inherited}


def year(year: int, calendar: Calendar) -> dict[str, Any]:
    found = calendar.decrees.get(year)
    if found is not None:
        return {"year": year, "published": True} | decree(found)
    return {
        "year": year,
        "published": False,
        "source": None,
        "published_at": None,
        "days_off": sorted(statutory_names(year)),
        "make_up_days": [],
    }


def decree(decree: Decree) -> dict[str, Any]:
    return {
        "source": decree.source,
        "published_at": decree.published_at,
        "days_off": sorted(decree.days_off),
        "make_up_days": sorted(decree.make_up_days),
    }
