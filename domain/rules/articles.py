"""依据条款: which articles a paper cites and in which words, by the rule books that judge the case (`articles.toml`)."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache

from domain.rules.calendar import TABLES
from domain.rules.deadlines import TRACK_BOOK
from domain.rules.rulebook import Books, Rulebook


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((TABLES / "articles.toml").read_text("utf-8"))


def cited(books: Sequence[str], name: str) -> str:
    """所引条款: of the first of these rule books that has it; nothing if none has."""
    tables = _tables()
    return next((tables[book][name] for book in books if name in tables.get(book, {})), "")


def is_by_book(name: str) -> bool:
    """因规则册而异: whether any rule book has an article for it; else what `notices.toml` says holds for all."""
    return any(name in table for table in _tables().values())


def judging(kind: str, named: str | None, *, simplified: bool, on: date, books: Books) -> tuple[str, ...]:
    """适用的规则册: the simplified track's, the one named or the statutory one of the day, and what it descends from.

    What a book of the house doesn't settle the statutory one of the day does; a statutory one is not completed by another.
    """
    main = books.version(named, on) if named not in {None, TRACK_BOOK} else None
    line = list(_line(main or books.statutory(kind, on), on, books))
    if not any(one.statutory for one in line):
        line.append(books.statutory(kind, on))
    own = (TRACK_BOOK,) if simplified or named == TRACK_BOOK else ()
    return (*own, *(one.id for one in line))


def _line(book: Rulebook, on: date, books: Books) -> Sequence[Rulebook]:
    parent = books.version(book.inherits, on) if book.inherits else None
    return [book] if parent is None else [book, *_line(parent, on, books)]
