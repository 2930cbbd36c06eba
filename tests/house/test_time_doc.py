"""docs/time.md is true: every block marked `example` is run against the counting it describes."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.rules import calendar as calendars
from domain.rules import rulebook
from domain.rules.counting import CannotCount, limit

PAGE = Path(__file__).parents[2] / "docs" / "time.md"
WRITTEN_AT = "2026-11-22T00:00:00+08:00"
GIVEN = {"rulebook", "clock", "started_on", "extension_days", "suspensions", "known_at"}
DATES = {"due_set", "moved_to", "count_from"}
EXPECTED = {"nominal", "due_on", "provisional", "refused"}


def examples() -> list[dict[str, str]]:
    blocks = re.findall(r"^```example\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [dict(re.split(r"\s*=\s*", line, maxsplit=1) for line in block.splitlines()) for block in blocks]


def interval(text: str) -> tuple[date, date]:
    first, last = text.strip().split("..")
    return date.fromisoformat(first), date.fromisoformat(last)


def counted(example: dict[str, str]) -> dict[str, str]:
    """What the counting says, in the words of the page."""
    at = datetime.fromisoformat(example.get("known_at", WRITTEN_AT)).astimezone(UTC)
    calendar = calendars.as_known(calendars.shipped(), at)
    books = rulebook.Books(rulebook.shipped())
    started_on = date.fromisoformat(example["started_on"])
    book = books.version(example["rulebook"], started_on)
    assert book is not None, f"no rule book {example['rulebook']}"
    spec = books.clock(book, example["clock"])
    assert spec is not None, f"{example['rulebook']} has no clock {example['clock']}"
    dates = {name: date.fromisoformat(example[name]) for name in DATES & example.keys()}
    try:
        found = limit(
            spec,
            started_on,
            calendar,
            extension_days=int(example.get("extension_days", "0")),
            suspensions=[interval(each) for each in example.get("suspensions", "").split(",") if each],
            **dates,
        )
    except CannotCount as refusal:
        return {"refused": refusal.code}
    said = {"nominal": found.nominal_due_on.isoformat(), "due_on": found.due_on.isoformat()}
    return said | ({"provisional": "yes"} if found.provisional else {})


def test_the_page_has_examples():
    assert len(examples()) >= 15


@pytest.mark.parametrize(
    "example", examples(), ids=lambda e: f"{e['rulebook']}-{e['clock']}-{e['started_on']}"
)
def test_an_example_comes_out_as_written(example: dict[str, str]):
    assert set(example) <= GIVEN | DATES | EXPECTED, "an example holds a field this test doesn't know"
    assert {name: example[name] for name in example.keys() & EXPECTED} == counted(example)
